#include "scenario/resolve_memory.h"

#include <fmt/format.h>

#include <cstdint>

#include "core/text.h"
#include "scenario/asked_metrics.h"
#include "scenario/field_path.h"
#include "scenario/resolve_containers.h"

namespace skyreplay::scenario {
namespace {

class MemoryChecks {
 public:
  MemoryChecks(const proto::EcsService& service, const std::string& path, const Places& places,
               Mistakes& mistakes)
      : service_(service), path_(path), places_(places), mistakes_(mistakes) {}

  void check() {
    reservations();
    const proto::EcsServiceAssumed& assumed = service_.assumed();
    if (assumed.has_memory_base()) {
      fits(assumed.memory_base(), service_.task_definition().memory(), "assumed.memory_base");
    } else if (assumed.has_memory_per_request()) {
      mistake("assumed.memory_per_request", "needs memory_base beside it");
    }
    for (int i = 0; i < service_.deployments_size(); ++i) {
      deployment(service_.deployments(i), join_index("deployments", static_cast<std::size_t>(i)));
    }
    if (!assumed.has_memory_base()) nobody_asks();
  }

 private:
  /// C4, C5: of what is deployed.
  void reservations() {
    const proto::TaskDefinition& task = service_.task_definition();
    for (int i = 0; i < service_.deployments_size(); ++i) {
      const proto::Deployment& own = service_.deployments(i);
      if (!own.has_memory_reservation() && !(own.has_memory() && task.has_memory_reservation())) {
        continue;
      }
      reservation(
          own.has_memory_reservation() ? own.memory_reservation() : task.memory_reservation(),
          own.has_memory() ? own.memory() : task.memory(),
          join_index("deployments", static_cast<std::size_t>(i)));
    }
  }
  void reservation(std::uint32_t reserved, std::uint32_t memory, const std::string& at) {
    if (!service_.has_cluster()) {
      mistake(at + ".memory_reservation", "is for tasks on a cluster: Fargate has room for each");
    } else if (memory > 0 && reserved > memory) {
      mistake(at + ".memory_reservation",
              fmt::format("is {} MiB, and must be at most memory, {} MiB", grouped(reserved),
                          grouped(memory)));
    }
  }

  void deployment(const proto::Deployment& deployment, const std::string& field) {
    const proto::DeploymentAssumed& own = deployment.assumed();
    if (!service_.assumed().has_memory_base()) {
      if (own.has_memory_base() || own.has_memory_per_request()) {
        mistake(field + ".assumed", "the service's own assumed.memory_base is missing");
      }
      return;
    }
    if (!own.has_memory_base() && !deployment.has_memory()) return;
    fits(own.has_memory_base() ? own.memory_base() : service_.assumed().memory_base(),
         deployment.has_memory() ? deployment.memory() : service_.task_definition().memory(),
         field + (own.has_memory_base() ? ".assumed.memory_base" : ".memory"));
  }

  /// C2, C4: memory is a hard limit.
  void fits(const proto::DataSize& base, std::uint32_t task_mib, const std::string& field) {
    const std::int64_t limit = serving_memory_limit(service_, task_mib);
    if (task_mib == 0 || base.bytes() <= limit) return;  // 0: reported
    const bool has_several = !service_.task_definition().container_definitions().empty();
    mistake(field,
            fmt::format("{} has {} MiB, which is less than memory_base: none would live",
                        has_several ? "the container that serves" : "a task",
                        has_several ? fmt::format("{:.1f}", static_cast<double>(limit) / (1 << 20))
                                    : grouped(task_mib)));
  }

  void nobody_asks() {
    for (const AskedMetric& asked : asked_metrics(service_)) {
      if (asked.metric_namespace != "AWS/ECS" || asked.name != "MemoryUtilization") continue;
      mistake(asked.field, "MemoryUtilization needs assumed.memory_base");
    }
  }

  void mistake(const std::string& field, const std::string& text) {
    mistakes_.add(places_.near(path_ + "." + field), path_ + "." + field, text);
  }

  const proto::EcsService& service_;
  const std::string& path_;
  const Places& places_;
  Mistakes& mistakes_;
};

}  // namespace

void resolve_memory(const proto::EcsService& service, const std::string& path, const Places& places,
                    Mistakes& mistakes) {
  MemoryChecks(service, path, places, mistakes).check();
}

}  // namespace skyreplay::scenario
