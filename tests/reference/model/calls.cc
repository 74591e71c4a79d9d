// Calls between services (docs/models.md, Calls between services).
#include <map>
#include <set>

#include "reference/model/world.h"

namespace skyreplay::reference {
namespace {

/// calls.FROM/TO, and a number from the second call of that pair on.
std::string entity_of(const Scenario& scenario, std::size_t index) {
  const Call& call = scenario.calls[index];
  int same = 0;
  for (std::size_t i = 0; i <= index; ++i) {
    same += scenario.calls[i].from == call.from && scenario.calls[i].to == call.to ? 1 : 0;
  }
  return "calls." + scenario.services[call.from].name + "/" + scenario.services[call.to].name +
         (same > 1 ? "#" + std::to_string(same) : "");
}

/// Which call of which call: SplitMix64 of the caller's path, the call's key and its number.
std::uint64_t mixed(std::uint64_t caller, std::uint64_t key, std::uint64_t number) {
  std::uint64_t z = caller + key + (number + 1) * 0x9e3779b97f4a7c15U;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

}  // namespace

bool World::makes_calls(std::size_t service) const {
  for (const Call& call : scenario.calls) {
    if (call.from == service) return true;
  }
  return false;
}

bool World::is_followed(const Call& call) const {
  const Service& from = scenario.services[call.from];
  const Service& to = scenario.services[call.to];
  return from.platform == Service::Platform::kFunction &&
         to.platform == Service::Platform::kFunction && to.function.front == Function::Front::kNone;
}

bool World::comes_back(const Call& call) const {
  if (!is_followed(call)) return false;
  std::set<std::size_t> reached{call.to};
  for (std::size_t before = 0; before < reached.size();) {
    before = reached.size();
    for (const Call& next : scenario.calls) {
      if (reached.count(next.from) > 0 && is_followed(next)) reached.insert(next.to);
    }
  }
  return reached.count(call.from) > 0;
}

void World::begin_calls(Attempt& caller) {
  caller.calling = true;
  caller.call = 0;
  caller.call_number = 0;
  caller.calling_since = now();
  go_on_calling(caller);
}

/// Makes calls until one has to be waited for.
void World::go_on_calling(Attempt& caller) {
  for (; caller.call < scenario.calls.size(); ++caller.call, caller.call_number = 0) {
    const Call& call = scenario.calls[caller.call];
    if (call.from != caller.service) continue;
    const std::string entity = entity_of(scenario, caller.call);
    while (caller.call_number < call.count) {
      const std::uint64_t key = bits(entity, "path", 0)();
      const std::uint64_t number = broken(Mutation::kPathOfOneCall) ? 0 : caller.call_number;
      ++caller.call_number;
      const std::uint64_t path = mixed(caller.path, key, number);
      if (call.probability < 1 &&
          bits(entity, "probability", caller.row, caller.number, path).uniform() >=
              call.probability) {
        continue;
      }
      Attempt& made = make_call(call, caller.call, caller, path);
      const Admission admission = stations[call.to]->admit(made);
      if (admission == Admission::kAccepted && call.sync) return;
      if (admission == Admission::kAccepted) continue;
      made.over = true;
      const bool throttled = admission == Admission::kThrottled;
      end(made, throttled ? Outcome::kThrottle : Outcome::kRefused, 1, made.start);
      if (call.sync && call.fails_caller) return resume(caller, true);
    }
  }
  resume(caller, false);
}

Attempt& World::make_call(const Call& call, std::size_t index, Attempt& caller,
                          std::uint64_t path) {
  const std::string entity = entity_of(scenario, index);
  attempts.push_back(
      {.service = call.to,
       .flow = scenario.routes.size() + index,
       .row = caller.row,
       .number = caller.number,
       .path = path,
       .start = now(),
       .work = sample(call.work, bits(entity, "work", caller.row, caller.number, path)),
       .wait = sample(call.wait, bits(entity, "wait", caller.row, caller.number, path)),
       .counted = caller.counted,
       .awaited = Attempt::Awaited::kByService,
       .caller = call.sync ? &caller : nullptr});
  Attempt& made = attempts.back();
  if (comes_back(call)) {
    // Of a chain that began with the caller it was the first.
    made.chain = caller.chain;
    if (made.chain.empty()) made.chain[call.from] = 1;
    ++made.chain[call.to];
  }
  journal.began.push_back({now(), made.flow, made.counted});
  journal.in_flight[made.service].change(now(), +1);
  return made;
}

void World::answer_call(Attempt& call, Outcome outcome) {
  end(call, outcome, 1, call.start);
  Attempt* caller = call.caller;
  // A caller that has ended meanwhile makes no further calls.
  if (caller == nullptr || caller->over || !caller->calling) return;
  const bool fails = scenario.calls[caller->call].fails_caller;
  if (outcome != Outcome::kCompleted && fails) return resume(*caller, true);
  go_on_calling(*caller);
}

void World::resume(Attempt& caller, bool failed) {
  caller.calling = false;
  caller.downstream += now() - caller.calling_since;
  stations[caller.service]->resume(caller, failed);
}

}  // namespace skyreplay::reference
