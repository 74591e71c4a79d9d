#include "trace/count_source.h"

#include <fmt/format.h>

#include "core/digest.h"
#include "core/error.h"

namespace skyreplay::trace {
namespace {

/// Everything about the series that its requests follow from.
struct Scan {
  TimePoint start;
  Duration step{};
  std::uint64_t periods = 0;
  std::uint64_t rows = 0;
  std::string digest;  ///< over the counts
};

}  // namespace

struct CountSource::State {
  BadRows bad{false};
  CountLaws laws;
  CountSeries series;
  CountedRequests requests;
  TraceInfo info;
  std::uint64_t emitted = 0;
  std::vector<std::int64_t> arrival_ns, work_ns, wait_ns;
  std::vector<std::uint32_t> route;
  std::vector<std::uint64_t> bytes;

  State(const std::filesystem::path& path, TimePoint origin, std::optional<Duration> step,
        const CountLaws& of)
      : laws(of),
        series(TextInput(path.string()), origin_of(path, origin), step, bad),
        requests(series, laws),
        arrival_ns(Batch::kMaxRows),
        work_ns(Batch::kMaxRows),
        wait_ns(Batch::kMaxRows),
        route(Batch::kMaxRows),
        bytes(Batch::kMaxRows) {
    describe(scan(path, origin, step));
  }

  /// Timestamps say where they begin.
  static TimePoint origin_of(const std::filesystem::path& path, TimePoint origin) {
    TextInput input(path.string());
    const TimePoint first = counts_preface(input.peek()).origin;
    return first == kDefaultOrigin ? origin : first;
  }

  Scan scan(const std::filesystem::path& path, TimePoint origin, std::optional<Duration> step) {
    CountSeries whole(TextInput(path.string()), origin_of(path, origin), step, bad);
    Scan found;
    std::string chain;
    for (std::uint64_t count = 0; whole.next(count); found.rows += count) {
      chain += fmt::format("{} ", count);
      if (chain.size() > (1u << 16)) chain = hex_digest(chain);
    }
    if (whole.periods() == 0) throw InputError({path.string()}, "there are no counts to replay");
    found.start = whole.start();
    found.step = whole.step();
    found.periods = whole.periods();
    found.digest = hex_digest(chain);
    return found;
  }

  void describe(const Scan& found) {
    info.origin = info.start = found.start;
    info.end = found.start + found.step * static_cast<std::int64_t>(found.periods);
    info.rows = found.rows;
    info.routes.push_back({.name = laws.route, .rows = found.rows});
    ProvenanceStep step;
    step.tool = "counts";
    step.arguments.emplace_back("seed", std::to_string(laws.seed));
    describe_counts(found.step, laws, step);
    std::string text = found.digest + " start " + to_rfc3339(found.start);
    for (const auto& [key, value] : step.arguments) text += " " + key + " " + value;
    info.digest = hex_digest(text + " route " + laws.route);
    info.provenance.push_back(std::move(step));
  }
};

CountSource::CountSource(const std::filesystem::path& path, TimePoint origin,
                         std::optional<Duration> step, const CountLaws& laws)
    : state_(std::make_unique<State>(path, origin, step, laws)) {}
CountSource::~CountSource() = default;

const TraceInfo& CountSource::info() const { return state_->info; }

Batch CountSource::next() {
  State& s = *state_;
  Batch batch;
  batch.first_row = s.emitted;
  TimePoint arrival;
  Duration work{};
  while (batch.size < Batch::kMaxRows && s.requests.next(arrival, work)) {
    s.arrival_ns[batch.size] = arrival.time_since_epoch().count();
    // As a file keeps it: whole microseconds.
    s.work_ns[batch.size++] = (work.count() + 500) / 1'000 * 1'000;
  }
  s.emitted += batch.size;
  batch.arrival_ns = s.arrival_ns.data();
  batch.route = s.route.data();
  batch.work_ns = s.work_ns.data();
  batch.wait_ns = s.wait_ns.data();
  batch.bytes_in = batch.bytes_out = s.bytes.data();
  return batch;
}

}  // namespace skyreplay::trace
