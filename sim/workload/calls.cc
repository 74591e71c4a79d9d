#include "workload/calls.h"

#include <algorithm>

#include "core/check.h"
#include "workload/completion.h"

namespace skyreplay::workload {

using metrics::Outcome;

namespace {

/// The path of the n-th call of this kind that a request with path `caller` makes. Two equal paths
/// would mean equal draws, no more; 64 bits make that unlikely.
std::uint64_t path_of(std::uint64_t caller, std::uint64_t key, std::uint64_t n) {
  std::uint64_t mixed = caller + key + (n + 1) * 0x9e3779b97f4a7c15;  // splitmix64
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
  return mixed ^ (mixed >> 31);
}

}  // namespace

Calls::Calls(kernel::Loop& loop, metrics::Recorder& recorder, Clients& clients, std::uint64_t seed)
    : loop_(loop), recorder_(recorder), clients_(clients), seed_(seed) {
  clients_.pass_calls_to(*this);
}

std::uint32_t Calls::add(Service& from, std::uint32_t unit, const std::vector<CallConfig>& calls) {
  List list{.from = &from, .unit = unit, .calls = {}};
  for (const CallConfig& config : calls) {
    if (callees_.size() <= config.flow) callees_.resize(config.flow + std::size_t{1});
    callees_[config.flow] = {config.to, config.unit};
    if (config.chain) {
      if (chains_.size() <= config.flow) chains_.resize(config.flow + std::size_t{1});
      chains_[config.flow] = config.chain;
      in_chains_ = std::max<std::size_t>(
          in_chains_, std::max(config.chain->from, config.chain->to) + std::size_t{1});
    }
    list.calls.push_back({.config = config,
                          .key = RandomStream(seed_, config.name, "path").at(0)(),
                          .happens = {seed_, config.name, "probability"},
                          .work_draws = {seed_, config.name, "work"},
                          .wait_draws = {seed_, config.name, "wait"}});
  }
  lists_.push_back(std::move(list));
  return static_cast<std::uint32_t>(lists_.size() - 1);
}

void Calls::begin(std::uint32_t list, std::uint32_t index) {
  Request& request = clients_.request(index).second_line();
  request.calls = list;
  request.call = 0;
  request.call_number = 0;
  request.calling_since = loop_.now();
  go_on(index);
}

void Calls::go_on(std::uint32_t index) {
  const List& list = lists_[clients_.request(index).calls];
  for (;;) {
    Request& caller = clients_.request(index);
    if (caller.call == list.calls.size()) break;
    const Call& call = list.calls[caller.call];
    if (caller.call_number == call.config.count) {
      ++caller.call;
      caller.call_number = 0;
      continue;
    }
    const std::uint64_t path = path_of(caller.path, call.key, caller.call_number++);
    if (call.config.probability < 1.0) {
      RandomEngine draw = call.happens.at(caller.row, caller.attempts, path);
      if (draw.uniform() >= call.config.probability) continue;
    }
    const std::uint32_t child = make(call, index, path);
    call.config.to->end_what_is_due(call.config.unit);
    const Admitted admitted = admit(call, child);
    if (admitted.admission == Admission::kAccepted) {
      if (call.config.caller_waits) return;  // goes on at the answer
      continue;
    }
    end(child,
        admitted.admission == Admission::kThrottled ? Outcome::kThrottle : Outcome::kRefused);
    if (call.config.caller_waits && call.config.fails_caller) {
      resume(index, Called::kFailed);
      return;
    }
  }
  resume(index, Called::kWell);
}

Admitted Calls::admit(const Call& call, std::uint32_t index) {
  const ServiceUnit to{call.config.to, call.config.unit};
  if (clients_.request(index).is_watched()) [[unlikely]] {
    clients_.watcher().attempting(index, clients_.request(index), to);
  }
  const Admitted admitted = call.config.to->admit(to.unit, index, clients_.request(index));
  if (clients_.request(index).is_watched()) [[unlikely]] {
    clients_.watcher().attempted(clients_.request(index), to, admitted);
  }
  return admitted;
}

std::uint32_t Calls::make(const Call& call, std::uint32_t caller_index, std::uint64_t path) {
  const kernel::SlabId id = clients_.requests().acquire();
  const Request& caller = clients_.request(caller_index);
  Request& request = clients_.request(id.index);
  RandomEngine work = call.work_draws.at(caller.row, caller.attempts, path);
  RandomEngine wait = call.wait_draws.at(caller.row, caller.attempts, path);
  request.arrival = request.attempt = loop_.now();
  request.work = call.config.work.sample(work);
  request.wait = call.config.wait.sample(wait);
  request.init = Duration{};
  request.row = caller.row;
  request.flow = call.config.flow;
  request.attempts = caller.attempts;
  request.marks = caller.marks;
  request.awaited = Awaited::kByService;
  request.more = false;
  request.second_line().path = path;
  // Generations start at 0 and grow with each release: no live request has the largest.
  request.caller = call.config.caller_waits ? clients_.requests().id_of(caller_index)
                                            : kernel::SlabId{caller_index, ~std::uint32_t{0}};
  if (call.config.chain) [[unlikely]]
    follow_chain(*call.config.chain, caller_index, id.index);
  ++in_flight_;
  recorder_.arrived(request.flow, request.arrival, request.is_counted());
  return id.index;
}

// --- Chains that may come back

std::optional<ChainPlaces> Calls::chain_of(std::uint32_t index) const {
  const std::uint32_t flow = clients_.request(index).flow;
  return flow < chains_.size() ? chains_[flow] : std::nullopt;
}

/// A chain begins with the function whose request is no such call itself.
void Calls::follow_chain(const ChainPlaces& places, std::uint32_t caller, std::uint32_t index) {
  times_.resize(std::max(times_.size(), clients_.requests().capacity() * in_chains_));
  std::uint8_t* const times = &times_[index * in_chains_];
  if (chain_of(caller)) {
    std::copy_n(&times_[caller * in_chains_], in_chains_, times);
  } else {
    std::fill_n(times, in_chains_, std::uint8_t{0});
    times[places.from] = 1;
  }
  if (times[places.to] < 255) ++times[places.to];
}

std::uint32_t Calls::times_in_chain(std::uint32_t index) const {
  const auto places = chain_of(index);
  return places ? times_[index * in_chains_ + places->to] : 1;
}

void Calls::answer(std::uint32_t index, Outcome outcome) {
  const Request& call = clients_.request(index);
  const kernel::SlabId caller = call.caller;
  end(index, outcome);
  if (!clients_.requests().is_live(caller)) return;
  const Request& request = clients_.request(caller.index);
  const bool fails = lists_[request.calls].calls[request.call].config.fails_caller;
  if (outcome != Outcome::kCompleted && fails) {
    resume(caller.index, Called::kFailed);
  } else {
    go_on(caller.index);
  }
}

void Calls::end(std::uint32_t index, Outcome outcome) {
  const Request& call = clients_.request(index);
  if (call.is_watched()) [[unlikely]] {
    clients_.watcher().answered(call, callees_[call.flow], loop_.now(), outcome, Then::kEnded);
  }
  record_end(recorder_, clients_.request(index), loop_.now(), outcome, 1);
  clients_.requests().release(index);
  SKY_CHECK(in_flight_ > 0);
  --in_flight_;
}

void Calls::resume(std::uint32_t index, Called called) {
  Request& request = clients_.request(index);
  request.spent_downstream(loop_.now() - request.calling_since);
  const List& list = lists_[request.calls];
  list.from->resume(list.unit, index, called);
}

}  // namespace skyreplay::workload
