#include "scenario/resolve_containers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/text.h"
#include "scenario/field_path.h"

namespace skyreplay::scenario {
namespace {

using Container = proto::ContainerDefinition;

constexpr std::uint32_t kLeastCpu = 128;  // C2
constexpr int kMostContainers = 10;       // C8
constexpr int kMostIgnoredCodes = 50;     // C7
constexpr double kLargestExitCode = 255;
constexpr std::int64_t kSidecarImage = 50'000'000;  // ASSUMED

std::uint32_t reservation_of(const Container& container) {
  return container.has_memory_reservation() ? container.memory_reservation() : container.memory();
}

/// C2, where a task has a size of its own.
void check_cpu(const proto::TaskDefinition& task, const std::string& path, const Places& places,
               Mistakes& mistakes) {
  if (!task.has_cpu() || task.cpu() >= kLeastCpu) return;
  mistakes.add(places.near(path), path, fmt::format("must be at least {}", kLeastCpu));
}

/// By its name, else the only one, else the only essential one; none where that says nothing.
int find_serving(const proto::EcsService& service) {
  const auto& containers = service.task_definition().container_definitions();
  int found = -1;
  int essential = 0;
  for (int i = 0; i < containers.size(); ++i) {
    if (service.has_container_name()) {
      if (containers[i].name() == service.container_name()) return i;
    } else if (containers[i].essential()) {
      found = i;
      ++essential;
    }
  }
  if (!service.has_container_name() && containers.size() == 1) return 0;
  return essential == 1 ? found : -1;
}

class ContainerResolver {
 public:
  ContainerResolver(proto::EcsService& service, const std::string& path, const Places& places,
                    Mistakes& mistakes)
      : service_(service), path_(path), places_(places), mistakes_(mistakes) {}

  void resolve() {
    if (!service_.has_task_definition()) return;  // reported already
    const auto& containers = task().container_definitions();
    if (containers.empty()) {
      if (service_.has_container_name()) {
        mistake("container_name", "is for a task_definition with container_definitions");
      }
      check_cpu(task(), path_ + ".task_definition.cpu", places_, mistakes_);
      return size_is_given(path_ + ".task_definition");
    }
    names();
    essential();
    serving();
    for (int i = 0; i < containers.size(); ++i) container(i);
    sizes();
    deployments();
  }

  /// What is required of a task that nothing says otherwise of.
  void size_is_given(const std::string& path) {
    for (const char* field : {"cpu", "memory"}) {
      const bool has = *field == 'c' ? task().has_cpu() : task().has_memory();
      const std::string own = path + "." + field;
      if (!has && !places_.contains(own)) mistakes_.add(places_.near(path), own, "is missing");
    }
  }

 private:
  proto::TaskDefinition& task() { return *service_.mutable_task_definition(); }
  std::string path_of(int container) const {
    return join_index("task_definition.container_definitions", static_cast<std::size_t>(container));
  }
  bool is_given(const std::string& field) const { return places_.contains(path_ + "." + field); }
  void mistake(const std::string& field, const std::string& text) {
    mistakes_.add(places_.near(path_ + "." + field), path_ + "." + field, text);
  }

  void names() {
    const auto& containers = task().container_definitions();
    if (containers.size() > kMostContainers) {
      mistake("task_definition.container_definitions",
              fmt::format("must be at most {} (C8)", kMostContainers));
    }
    for (int i = 0; i < containers.size(); ++i) {
      const std::string& name = containers[i].name();
      if (containers[i].has_name() && name.empty()) {
        mistake(path_of(i) + ".name", "must not be empty");
      }
      for (int before = 0; before < i && !name.empty(); ++before) {
        if (containers[before].name() != name) continue;
        mistake(path_of(i) + ".name", fmt::format("{} is listed twice", in_quotes(name)));
        break;
      }
    }
  }

  /// C6.
  void essential() {
    const auto& containers = task().container_definitions();
    const bool has_one = std::any_of(containers.begin(), containers.end(),
                                     [](const Container& one) { return one.essential(); });
    if (!has_one) {
      mistake("task_definition.container_definitions", "must have one that is essential (C6)");
    }
  }

  void serving() {
    serving_ = find_serving(service_);
    const auto& containers = task().container_definitions();
    if (serving_ >= 0) {
      if (!service_.has_container_name()) {
        service_.set_container_name(containers[serving_].name());
      }
      return;
    }
    std::vector<std::string> names;
    for (const Container& one : containers) names.push_back(one.name());
    const std::string& given = service_.container_name();
    mistake(
        "container_name",
        service_.has_container_name()
            ? fmt::format("there is no container {}{}", in_quotes(given), suggestion(given, names))
            : "is missing: of several containers it must say which one serves the requests");
  }

  void container(int number) {
    Container& one = *task().mutable_container_definitions(number);
    const std::string own = path_of(number);
    if (one.has_memory() && one.has_memory_reservation() &&
        one.memory_reservation() >= one.memory()) {  // C4
      mistake(own + ".memory_reservation",
              fmt::format("is {} MiB, and must be less than memory, {} MiB",
                          grouped(one.memory_reservation()), grouped(one.memory())));
    }
    if (one.has_memory() && task().has_memory() && one.memory() > task().memory()) {
      mistake(own + ".memory",
              fmt::format("must be at most the task's, {} MiB", grouped(task().memory())));
    }
    restarts(one, own);
    number == serving_ ? serves(one, own) : beside(one, own);
  }

  /// C7.
  void restarts(Container& one, const std::string& own) {
    const auto& codes = one.restart_policy().ignored_exit_codes();
    if (codes.size() > kMostIgnoredCodes) {
      mistake(own + ".restart_policy.ignored_exit_codes",
              fmt::format("must be at most {}", kMostIgnoredCodes));
    }
    for (int i = 0; i < codes.size(); ++i) {
      if (codes[i] >= 0 && codes[i] <= kLargestExitCode && codes[i] == std::floor(codes[i])) {
        continue;
      }
      mistake(join_index(own + ".restart_policy.ignored_exit_codes", static_cast<std::size_t>(i)),
              "must be a whole number from 0 to 255");
    }
    if (one.assumed().has_restart_time() && !one.restart_policy().enabled()) {
      mistake(own + ".assumed.restart_time", "is for a container whose restart_policy is enabled");
    }
  }

  void serves(Container& one, const std::string& own) {
    constexpr const char* kOfService[][2] = {
        {"cpu_use", "what the serving container uses is the work of its requests"},
        {"memory_use",
         "is for sidecars: the serving container's is assumed.memory_base of the "
         "service"},
        {"image_size",
         "is for sidecars: the serving container's is assumed.image_size of the "
         "service"}};
    for (const auto& [field, text] : kOfService) {
      if (is_given(own + ".assumed." + field)) mistake(own + ".assumed." + field, text);
    }
    if (!service_.has_queue()) return;
    const char* const text = "of the container that serves is not built for a service with a queue";
    if (one.assumed().has_time_to_exit()) mistake(own + ".assumed.time_to_exit", text);
    if (one.restart_policy().enabled()) mistake(own + ".restart_policy", text);
    if (!one.essential()) {
      mistake(own + ".essential", "of the container that serves is true in a service with a queue");
    }
  }

  void beside(Container& one, const std::string& own) {
    proto::ContainerAssumed& assumed = *one.mutable_assumed();
    if (!assumed.has_cpu_use()) assumed.set_cpu_use(0);
    if (!assumed.has_memory_use()) assumed.mutable_memory_use()->set_bytes(0);
    if (!assumed.has_image_size()) assumed.mutable_image_size()->set_bytes(kSidecarImage);
    const std::int64_t use = assumed.memory_use().bytes();
    if (use > 0 && !service_.assumed().has_memory_base()) {
      mistake(own + ".assumed.memory_use", "needs assumed.memory_base of the service");
    }
    const std::uint32_t limit = one.has_memory() ? one.memory() : task().memory();
    if (limit == 0 || use <= std::int64_t{limit} << 20) return;  // 0: reported below
    mistake(own + ".assumed.memory_use",
            fmt::format("is more than the {} MiB it may have: none would live", grouped(limit)));
  }

  /// C3, C5: at most what the task has; on a cluster a task that has nothing of its own has the
  /// sum.
  void sizes() {
    std::uint64_t cpu = 0;
    std::uint64_t memory = 0;
    std::uint64_t reserved = 0;
    bool all_have_memory = true;
    for (const Container& one : task().container_definitions()) {
      cpu += one.cpu();
      memory += one.memory();
      reserved += reservation_of(one);
      all_have_memory = all_have_memory && one.has_memory();
    }
    const std::string at = "task_definition.container_definitions";
    if (!service_.has_cluster()) {
      size_is_given(path_ + ".task_definition");
    } else {
      if (!task().has_cpu() && !is_given("task_definition.cpu")) sum_of_cpu(cpu);
      if (!task().has_memory() && !is_given("task_definition.memory")) {
        sum_of_memory(memory, reserved, all_have_memory);
      }
    }
    if (!service_.has_cluster() || task().cpu() != cpu) {
      check_cpu(task(), path_ + ".task_definition.cpu", places_, mistakes_);
    }
    if (task().has_cpu() && cpu > task().cpu()) {
      mistake(at, fmt::format("have {} CPU units in all, and the task {}", grouped(cpu),
                              grouped(task().cpu())));
    }
    if (task().has_memory() && reserved > task().memory()) {
      mistake(at, fmt::format("reserve {} MiB in all, and the task has {}", grouped(reserved),
                              grouped(task().memory())));
    }
    if (task().has_memory_reservation() && task().memory_reservation() != reserved) {
      mistake("task_definition.memory_reservation",
              "is what the container_definitions reserve in all; leave it out");
    }
  }

  void sum_of_cpu(std::uint64_t cpu) {
    if (cpu == 0) {
      return mistake("task_definition.cpu",
                     "is missing: without it one of the container_definitions must have some");
    }
    task().set_cpu(static_cast<std::uint32_t>(cpu));
  }

  void sum_of_memory(std::uint64_t memory, std::uint64_t reserved, bool all_have_memory) {
    if (!all_have_memory) {
      return mistake("task_definition.memory",
                     "is missing: without it each of the container_definitions must have some");
    }
    task().set_memory(static_cast<std::uint32_t>(memory));
    if (reserved < memory) task().set_memory_reservation(static_cast<std::uint32_t>(reserved));
  }

  void deployments() {
    for (int i = 0; i < service_.deployments_size(); ++i) {
      const proto::Deployment& own = service_.deployments(i);
      if (!own.has_cpu() && !own.has_memory() && !own.has_memory_reservation()) continue;
      mistake(join_index("deployments", static_cast<std::size_t>(i)),
              "of a task with container_definitions may change what is assumed alone: other sizes "
              "would be other containers, which is not built");
    }
  }

  proto::EcsService& service_;
  const std::string& path_;
  const Places& places_;
  Mistakes& mistakes_;
  int serving_ = -1;
};

}  // namespace

void resolve_containers(proto::EcsService& service, const std::string& path, const Places& places,
                        Mistakes& mistakes) {
  ContainerResolver(service, path, places, mistakes).resolve();
}

void refuse_containers(const proto::EcsTask& job, const std::string& path, const Places& places,
                       Mistakes& mistakes) {
  if (!job.has_task_definition()) return;  // reported already
  const proto::TaskDefinition& task = job.task_definition();
  const std::string own = path + ".task_definition";
  if (!task.container_definitions().empty()) {
    mistakes.add(places.near(own + ".container_definitions"), own + ".container_definitions",
                 "are not built for jobs: a job is alone on its task's vCPUs, and ends its task "
                 "when it ends");
  }
  check_cpu(task, own + ".cpu", places, mistakes);
  for (const char* field : {"cpu", "memory"}) {
    const bool has = *field == 'c' ? task.has_cpu() : task.has_memory();
    const std::string at = own + "." + field;
    if (!has && !places.contains(at)) mistakes.add(places.near(own), at, "is missing");
  }
}

std::size_t serving_container(const proto::EcsService& service) {
  return static_cast<std::size_t>(std::max(0, find_serving(service)));
}

std::int64_t serving_memory_limit(const proto::EcsService& service, std::uint32_t task_mib) {
  const proto::TaskDefinition& task = service.task_definition();
  std::int64_t limit = std::int64_t{task_mib} << 20;
  const std::size_t serving = serving_container(service);
  for (int i = 0; i < task.container_definitions_size(); ++i) {
    if (static_cast<std::size_t>(i) == serving) continue;
    limit -= task.container_definitions(i).assumed().memory_use().bytes();
  }
  if (task.container_definitions_size() == 0) return limit;
  const Container& one = task.container_definitions(static_cast<int>(serving));
  return one.has_memory() ? std::min(limit, std::int64_t{one.memory()} << 20) : limit;
}

}  // namespace skyreplay::scenario
