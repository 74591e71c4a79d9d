// Provisioned concurrency of functions (L35 to L38).
#include <algorithm>

#include "reference/model/function_service.h"

namespace skyreplay::reference {

void FunctionService::provision() {
  const std::uint32_t wanted = *config().function.provisioned;
  configured_ = wanted;
  provisioned_rate_ = provisioned_rate(world_, service_);
  note_use_of_account();
  const std::uint32_t memory = config().function.memory;
  for (auto slot = slots_.rbegin(); slot != slots_.rend(); ++slot) {
    const auto open = static_cast<std::uint32_t>(
        std::count_if(slots_.begin(), slots_.end(), [](const Slot& s) { return !s.until; }));
    if (!slot->until && (open > wanted || slot->memory != memory)) slot->until = world_.now();
  }
  while (std::count_if(slots_.begin(), slots_.end(), [](const Slot& s) { return !s.until; }) <
         wanted) {
    slots_.push_back({world_.now(), memory});
  }
  ++allocation_;
  for (; provisioned_ > wanted; --provisioned_) take_out_provisioned();
  note_use();
  if (provisioned_ == wanted) return;
  const Time ready = world_.now() + config().function.preparation +
                     std::chrono::milliseconds{10} * (wanted - provisioned_);  // L36
  const auto allocate = [this, number = allocation_] {
    if (number == allocation_) allocate_provisioned();
  };
  world_.calendar.plan(ready, allocate);
  if (world_.broken(Mutation::kUsableOneByOne)) {
    world_.calendar.plan(world_.now() + config().function.preparation, allocate);
  }
}

void FunctionService::allocate_provisioned() {
  ++allocation_;
  world_.journal.activities.push_back(
      {world_.now(), service_, "launch", provisioned_, *config().function.provisioned});
  while (provisioned_ < config().function.provisioned) {
    const Time init =
        sample(config().function.init,
               world_.bits(world_.entity(service_), "init_duration", environments_.size()));
    add_provisioned();
    const Time limit = std::max<Time>(std::chrono::seconds{130}, config().function.timeout);  // L4
    bill_duration(provisioned_mib_ms_, world_.now(), std::min(init, limit),
                  config().function.memory);
  }
  note_use();
}

void FunctionService::note_use() {
  if (!config().function.provisioned) return;
  std::uint32_t busy = 0, ready = 0;
  for (const Environment& environment : environments_) {
    if (!environment.provisioned || environment.ended || environment.outdated) continue;
    ++ready;
    busy += environment.busy ? 1 : 0;
  }
  if (world_.broken(Mutation::kConfiguredIsReady)) {
    ready = std::max(busy, *config().function.provisioned);
  }
  use_.push_back({world_.now(), busy, ready});
}

void FunctionService::add_provisioned() {
  ++provisioned_;
  ready_.push_back(environments_.size());
  environments_.push_back({.ordinal = environments_.size(),
                           .memory = config().function.memory,
                           .created = world_.now(),
                           .busy = false,
                           .provisioned = true});
  world_.journal.running[service_].change(world_.now(), +1);
}

void FunctionService::take_out_provisioned() {
  if (!ready_.empty()) return end_environment(environments_[ready_.front()]);
  for (Environment& environment : environments_) {
    if (!environment.provisioned || environment.ended || environment.outdated) continue;
    environment.outdated = true;
    return;
  }
}

}  // namespace skyreplay::reference
