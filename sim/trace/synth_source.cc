#include "trace/synth_source.h"

#include <algorithm>
#include <boost/random/poisson_distribution.hpp>
#include <cmath>
#include <queue>

#include "core/digest.h"
#include "trace/alias_table.h"
#include "trace/arrival_law.h"
#include "trace/synth_parts.h"

namespace skyreplay::trace {
namespace {

/// A slot holds about this many requests at most, so that it is sorted in cache.
constexpr double kRequestsPerSlot = 4'096;
constexpr double kMaxCallsPerRing = 1e6;  ///< of a draw whose law is far skewed

Duration slot_length_for(double rate) {
  Duration slot = std::chrono::seconds(1);
  while (rate * std::chrono::duration<double>(slot).count() > kRequestsPerSlot &&
         slot > std::chrono::microseconds(1)) {
    slot /= 10;
  }
  return slot;
}

/// What all requests of a class share.
struct ClassState {
  const SynthClass* spec;
  std::uint32_t first_route;
  RandomStream requests;  ///< at (slot, ordinal); of a periodic class at (ring, route, call)
  RandomStream counts;    ///< at (slot); of a periodic class at (ring, route)
  AliasTable routes;
  const SynthShape* shape;
  double level = 0;                     ///< requests a second where shape and bursts are at 1
  std::vector<Distribution> durations;  ///< one, or one per route
  std::vector<BurstTimeline> bursts;    ///< none, one, or one per route
};

/// One request of the slot in hand.
struct Request {
  TimePoint arrival;
  std::uint32_t route = 0;
  Duration work{};
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
};

/// A periodic route's next ring.
struct Timer {
  TimePoint next;
  std::uint32_t owner;  ///< class
  std::uint32_t route;  ///< within its class
  std::uint64_t ordinal;
  Duration period;

  auto operator<=>(const Timer&) const = default;
};

/// A call of a ring that is past, still to come.
struct PendingCall {
  TimePoint arrival;
  std::uint32_t owner;
  std::uint32_t route;
  std::uint64_t ring;
  std::uint64_t number;

  auto operator<=>(const PendingCall&) const = default;
};

/// The earliest on top.
template <typename Element>
using Earliest = std::priority_queue<Element, std::vector<Element>, std::greater<>>;

std::vector<double> kind_weights(const SynthClass& spec) {
  std::vector<double> weights;
  for (const auto& [kind, weight] : spec.kinds) weights.push_back(weight);
  return weights;
}

/// The columns of one batch.
struct Columns {
  std::vector<std::int64_t> arrival_ns, work_ns, wait_ns;
  std::vector<std::uint32_t> route;
  std::vector<std::uint64_t> bytes_in, bytes_out;

  Columns()
      : arrival_ns(Batch::kMaxRows),
        work_ns(Batch::kMaxRows),
        wait_ns(Batch::kMaxRows),
        route(Batch::kMaxRows),
        bytes_in(Batch::kMaxRows),
        bytes_out(Batch::kMaxRows) {}

  void set(std::size_t i, const Request& request) {
    arrival_ns[i] = request.arrival.time_since_epoch().count();
    // As a file keeps it: whole microseconds.
    work_ns[i] = (request.work.count() + 500) / 1'000 * 1'000;
    route[i] = request.route;
    bytes_in[i] = request.bytes_in;
    bytes_out[i] = request.bytes_out;
  }
};

}  // namespace

struct SynthSource::State {
  SynthSpec spec;
  TraceInfo info;
  Duration slot_length{};
  std::uint64_t slot = 0;
  TimePoint slot_begin;
  std::uint64_t emitted = 0;
  std::vector<ClassState> classes;
  Earliest<Timer> timers;
  Earliest<PendingCall> pending;
  std::vector<Request> requests;  ///< of the slot in hand, as they were drawn
  std::vector<std::pair<TimePoint, std::uint32_t>> order;  ///< by arrival, into `requests`
  std::size_t taken = 0;
  Columns columns;
  std::vector<std::uint64_t> rows;  ///< by route

  explicit State(const SynthSpec& of);
  void add_class(const SynthClass& each);
  void add_timers(const SynthClass& each, std::uint32_t owner);
  void describe();
  void count_rows() {
    info.rows = emitted;
    for (std::size_t i = 0; i < rows.size(); ++i) info.routes[i].rows = rows[i];
  }
  bool fill_slot();
  void draw_class(ClassState& state, Duration length);
  std::uint64_t draw_count(const ClassState& state, double per_second, Duration length) const;
  void ring(const Timer& timer);
  void ring_timers(TimePoint until);
  Request draw(const ClassState& state, std::uint32_t route, RandomEngine& random) const;
};

SynthSource::State::State(const SynthSpec& of)
    : spec(of), slot_length(slot_length_for(of.mean_rate())), slot_begin(of.start) {
  info.origin = spec.start;
  info.start = spec.start;
  info.end = spec.start + spec.duration;
  for (const SynthClass& each : spec.classes) add_class(each);
  rows.resize(info.routes.size());
  describe();
}

void SynthSource::State::add_class(const SynthClass& each) {
  const std::string entity = "class/" + each.name;
  ClassState state{.spec = &each,
                   .first_route = static_cast<std::uint32_t>(info.routes.size()),
                   .requests = RandomStream(spec.seed, entity, "requests"),
                   .counts = RandomStream(spec.seed, entity, "counts"),
                   .routes = AliasTable(weights_of(each.popularity, each.routes.size())),
                   .shape = each.shape ? &*each.shape : &spec.shape,
                   .durations = {},
                   .bursts = {}};
  const AliasTable kinds(kind_weights(each));
  for (const std::string& name : each.routes) {
    info.routes.push_back(route_of(each, name, spec.seed, kinds));
    if (!each.durations.law)
      state.durations.push_back(duration_of(each.durations, spec.seed, name));
  }
  if (each.durations.law) state.durations.push_back(*each.durations.law);
  state.level = spec.rate * each.share / mean_of(*state.shape, spec.start, spec.mean_over);
  if (each.bursts) {
    state.level *= each.bursts->base();
    const auto add = [&](const std::string& of) {
      state.bursts.emplace_back(*each.bursts, RandomStream(spec.seed, of, "bursts"), spec.start);
    };
    if (!each.bursts->per_route) add(entity);
    if (each.bursts->per_route) std::for_each(each.routes.begin(), each.routes.end(), add);
  }
  if (!each.periods.empty()) add_timers(each, static_cast<std::uint32_t>(classes.size()));
  classes.push_back(std::move(state));
}

void SynthSource::State::add_timers(const SynthClass& each, std::uint32_t owner) {
  const std::vector<Duration> periods = periods_of(each);
  for (std::uint32_t i = 0; i < periods.size(); ++i) {
    const std::uint64_t draw = RandomStream(spec.seed, each.routes[i], "phase").at(0)();
    Duration phase = place(draw, periods[i]);
    if (each.aligned) {
      const Duration since = spec.start.time_since_epoch() % periods[i];
      phase = since == Duration{0} ? since : periods[i] - since;
    }
    timers.push({spec.start + phase, owner, i, 0, periods[i]});
  }
}

void SynthSource::State::describe() {
  ProvenanceStep step;
  step.tool = "synth";
  if (!spec.name.empty()) step.arguments.emplace_back("name", spec.name);
  step.arguments.emplace_back("seed", std::to_string(spec.seed));
  step.arguments.emplace_back("duration", format_duration(spec.duration));
  step.drawn = {"arrival: Poisson with the spec's shape and bursts, timers periodic",
                "route: the spec's popularity", "duration: the spec's laws per class and route"};
  info.provenance.push_back(std::move(step));
  info.has_bytes = std::ranges::any_of(
      spec.classes, [](const SynthClass& each) { return each.bytes_in || each.bytes_out; });
  info.digest = hex_digest(spec.text_digest + " seed " + std::to_string(spec.seed) + " duration " +
                           std::to_string(spec.duration.count()));
}

Request SynthSource::State::draw(const ClassState& state, std::uint32_t route,
                                 RandomEngine& random) const {
  const SynthClass& each = *state.spec;
  const Distribution& law = state.durations[each.durations.law ? 0 : route];
  Request request{.arrival = {}, .route = state.first_route + route, .work = law.sample(random)};
  if (each.durations.max) request.work = std::min(request.work, *each.durations.max);
  if (each.bytes_in) request.bytes_in = static_cast<std::uint64_t>(each.bytes_in->sample(random));
  if (each.bytes_out) {
    request.bytes_out = static_cast<std::uint64_t>(each.bytes_out->sample(random));
  }
  return request;
}

std::uint64_t SynthSource::State::draw_count(const ClassState& state, double per_second,
                                             Duration length) const {
  const double mean = per_second * std::chrono::duration<double>(length).count();
  if (!(mean > 0)) return 0;
  RandomEngine random = state.counts.at(slot);
  return static_cast<std::uint64_t>(
      boost::random::poisson_distribution<std::int64_t, double>(mean)(random));
}

void SynthSource::State::draw_class(ClassState& state, Duration length) {
  const auto& bursts = state.spec->bursts;
  const bool thinned = bursts && bursts->per_route;
  double rate = state.level * state.shape->at(slot_begin + length / 2);
  if (thinned) rate *= bursts->highest();
  if (bursts && !thinned && state.bursts[0].on_at(slot_begin)) rate *= bursts->multiplier;
  const std::uint64_t count = draw_count(state, rate, length);
  for (std::uint64_t k = 0; k < count; ++k) {
    RandomEngine random = state.requests.at(slot, k);
    const TimePoint arrival = slot_begin + place(random(), length);
    const std::uint32_t route = state.routes.pick(random());
    // Candidates come at the higher of the two rates; at other times only some of them are kept.
    if (thinned) {
      const double factor = state.bursts[route].on_at(slot_begin) ? bursts->multiplier : 1;
      if (factor < bursts->highest() && random.uniform() * bursts->highest() >= factor) continue;
    }
    requests.push_back(draw(state, route, random));
    requests.back().arrival = arrival;
  }
}

/// Enters the calls of one ring.
void SynthSource::State::ring(const Timer& timer) {
  const ClassState& state = classes[timer.owner];
  RandomEngine counts = state.counts.at(timer.ordinal, timer.route);
  const double drawn = std::min(state.spec->calls.sample(counts), kMaxCallsPerRing);
  const auto calls = static_cast<std::uint64_t>(std::max(std::llround(drawn), 1LL));
  for (std::uint64_t k = 0; k < calls; ++k) {
    TimePoint arrival = timer.next;
    if (state.spec->within > Duration{0}) arrival += place(counts(), state.spec->within);
    if (arrival < info.end) {
      pending.push({arrival, timer.owner, timer.route, timer.ordinal, k});
    }
  }
}

void SynthSource::State::ring_timers(TimePoint until) {
  while (!timers.empty() && timers.top().next < until) {
    Timer timer = timers.top();
    timers.pop();
    ring(timer);
    timer.next += timer.period;
    ++timer.ordinal;
    timers.push(timer);
  }
  for (; !pending.empty() && pending.top().arrival < until; pending.pop()) {
    const PendingCall& call = pending.top();
    const ClassState& state = classes[call.owner];
    RandomEngine random = state.requests.at(call.ring, call.route, call.number);
    requests.push_back(draw(state, call.route, random));
    requests.back().arrival = call.arrival;
  }
}

/// The next slot with a request in it; false at the end.
bool SynthSource::State::fill_slot() {
  requests.clear();
  order.clear();
  taken = 0;
  while (requests.empty() && slot_begin < info.end) {
    const Duration length = std::min(slot_length, info.end - slot_begin);
    for (ClassState& state : classes) {
      if (state.level > 0) draw_class(state, length);
    }
    ring_timers(slot_begin + length);
    slot_begin += length;
    ++slot;
  }
  for (std::uint32_t i = 0; i < requests.size(); ++i) order.emplace_back(requests[i].arrival, i);
  std::sort(order.begin(), order.end());
  return !requests.empty();
}

SynthSource::SynthSource(const SynthSpec& spec) : state_(std::make_unique<State>(spec)) {}
SynthSource::~SynthSource() = default;
SynthSource::SynthSource(SynthSource&&) noexcept = default;

const TraceInfo& SynthSource::info() const { return state_->info; }

Batch SynthSource::next() {
  State& s = *state_;
  Batch batch;
  batch.first_row = s.emitted;
  while (batch.size < Batch::kMaxRows && (s.taken < s.order.size() || s.fill_slot())) {
    const Request& request = s.requests[s.order[s.taken++].second];
    ++s.rows[request.route];
    s.columns.set(batch.size++, request);
  }
  s.emitted += batch.size;
  if (batch.size == 0) s.count_rows();
  batch.arrival_ns = s.columns.arrival_ns.data();
  batch.route = s.columns.route.data();
  batch.work_ns = s.columns.work_ns.data();
  batch.wait_ns = s.columns.wait_ns.data();
  batch.bytes_in = s.columns.bytes_in.data();
  batch.bytes_out = s.columns.bytes_out.data();
  return batch;
}

}  // namespace skyreplay::trace
