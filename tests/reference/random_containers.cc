#include "reference/random_containers.h"

#include <algorithm>

namespace skyreplay::reference {

using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t kMib = std::uint64_t{1024} * 1024;

}  // namespace

void RandomContainers::add_to(Scenario& s, Time unit) {
  random_.unit = unit;
  seldom_ = (s.end - s.start) / 60;
  for (Service& service : s.services) {
    const bool has_tasks = service.platform == Service::Platform::kFleet && service.fleet.fargate;
    if (has_tasks && random_.dice.chance(45)) divide(service.fleet);
  }
}

void RandomContainers::divide(Fleet& f) {
  Dice& dice = random_.dice;
  const std::uint32_t count = dice.between(1, 4);
  f.serving = dice.below(count);
  for (Deployment& d : f.deployments) {
    d.cpu.reset();
    d.memory.reset();
    d.memory_reservation.reset();
    if (d.memory_base) d.memory_base = f.memory * kMib / 4;
  }
  for (std::uint32_t i = 0; i < count; ++i) f.containers.push_back(container(f, i == f.serving));
  if (f.has_queue) f.containers[f.serving].essential = true;
  const bool has_essential =
      std::any_of(f.containers.begin(), f.containers.end(),
                  [](const Container& container) { return container.essential; });
  if (!has_essential) f.containers[f.serving].essential = true;
  f.has_no_size = f.cluster && dice.chance(50);
  if (f.memory_base || f.has_no_size || dice.chance(30)) take_memory(f);
  if (f.cluster) f.memory_reservation.reset();
  if (f.has_no_size) add_up(f);
  if (!dice.chance(70)) return;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (i != f.serving || !f.has_queue) may_exit(f.containers[i]);
  }
}

Container RandomContainers::container(const Fleet& f, bool serves) {
  Dice& dice = random_.dice;
  Container c;
  c.cpu = dice.one_of<std::uint32_t>({0, 1, 2, f.cpu / 4, f.cpu / 4, f.cpu / 8, f.cpu / 16});
  c.essential = dice.chance(serves ? 80 : 50);
  if (serves) return c;
  c.cpu_use =
      dice.one_of<std::uint32_t>({0, 7, f.cpu / 16, f.cpu / 6, f.cpu / 3, f.cpu, 3 * f.cpu});
  c.pull_time = 1ms * dice.below(3000);
  return c;
}

/// Three quarters are the serving container's, and the others have a sixteenth each.
void RandomContainers::take_memory(Fleet& f) {
  Dice& dice = random_.dice;
  for (std::size_t i = 0; i < f.containers.size(); ++i) {
    Container& c = f.containers[i];
    const bool serves = i == f.serving;
    const std::uint32_t memory = serves ? f.memory * 3 / 4 : std::max(6U, f.memory / 16);
    if (f.has_no_size || dice.chance(60)) c.memory = memory;
    if (c.memory && memory >= 13 && dice.chance(40)) c.memory_reservation = memory / 2;
    if (!serves && f.memory_base && dice.chance(70)) {
      c.memory_use = memory * kMib / dice.between(1, 3) - dice.below(2);
    }
  }
}

void RandomContainers::add_up(Fleet& f) {
  std::uint32_t cpu = 0, memory = 0, reserved = 0;
  if (f.containers[f.serving].cpu == 0) f.containers[f.serving].cpu = f.cpu / 4;
  for (const Container& c : f.containers) {
    cpu += c.cpu;
    memory += *c.memory;
    reserved += c.memory_reservation.value_or(*c.memory);
  }
  f.cpu = cpu;
  f.memory = memory;
  if (reserved < memory) f.memory_reservation = reserved;
}

void RandomContainers::may_exit(Container& c) {
  Dice& dice = random_.dice;
  if (dice.chance(50)) {
    const Time time = dice.one_of<Time>({random_.at_least(20s, 30), 60s, 61s, 100s, 400s});
    // The reference looks through all tasks there ever were: over days there may not be too many.
    c.exits = Law{.a = std::max(time, seldom_)};
    if (dice.chance(50)) c.exits->kind = Law::Kind::kExponential;
  }
  c.exit_code = dice.one_of<std::uint32_t>({0, 1, 1, 143});
  if (!dice.chance(60)) return;
  c.restart = Container::Restart{.period = dice.one_of<std::uint32_t>({60, 60, 90, 300})};
  if (dice.chance(30)) c.restart->ignored = {dice.one_of<std::uint32_t>({0, 1, 137}), 2};
  c.restart_time = random_.law(6);
}

}  // namespace skyreplay::reference
