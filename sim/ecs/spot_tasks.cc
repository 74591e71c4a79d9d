#include "ecs/spot_tasks.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "ecs/fargate_service.h"

namespace skyreplay::ecs {

void SpotTasks::in_service(std::uint32_t member, std::uint32_t ordinal) {
  RandomEngine draw = draws_.at(ordinal);
  const Duration time = law_.sample(draw);
  if (time >= kEndOfTime - loop_.now()) return;
  loop_.schedule(loop_.now() + time, process_, 0, member, ordinal);
}

void SpotTasks::fire(const kernel::Event& event) {
  const auto task = service_.member(event.payload);
  if (!task || task->ordinal != event.tag || task->is_draining) return;  // gone meanwhile
  service_.interrupt(event.payload);
}

void SpotTasks::interrupt(double share) {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> tasks;  // by ordinal
  service_.for_each_member([&](std::uint32_t member, const balancing::Fleet::MemberState& task) {
    const bool serves = task.serves_since != kEndOfTime && !task.is_draining;
    if (serves && service_.is_spot(task.kind)) tasks.emplace_back(task.ordinal, member);
  });
  std::sort(tasks.begin(), tasks.end());
  const std::size_t all = tasks.size();
  tasks.resize(static_cast<std::size_t>(share * static_cast<double>(all) + 0.5));
  service_.note("fault", fmt::format("faults: {} of {} tasks in service on FARGATE_SPOT are "
                                     "interrupted",
                                     tasks.size(), all));
  for (const auto& [ordinal, member] : tasks) service_.interrupt(member);
}

}  // namespace skyreplay::ecs
