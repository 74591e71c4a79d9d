#include "sweep/assumptions.h"

#include <algorithm>

#include "scenario/asked_metrics.h"
#include "scenario/field_path.h"
#include "scenario/resolve.h"
#include "scenario/schema.h"
#include "scenario/show.h"

namespace skyreplay::sweep {
namespace {

using scenario::FieldDescriptor;
using scenario::Form;
using scenario::Message;

/// Walks the fields that are set, depth first.
class Collector {
 public:
  /// Of what follows `service` is at hand; nullptr: none is.
  void of(const proto::Service* service) { service_ = service; }
  void walk(const Message& message, const std::string& path) {
    const scenario::Descriptor& type = *message.GetDescriptor();
    const scenario::Reflection& get = *message.GetReflection();
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      if (field.is_repeated()) continue;
      if (!acts(field)) continue;
      const std::string at = scenario::join_path(path, field.name());
      if (!get.HasField(message, &field)) {
        add_absent(field, at);
        continue;
      }
      if (scenario::form_of(field) == Form::kMessage) {
        walk(get.GetMessage(message, &field), at);
      } else if (scenario::form_of(field) != Form::kNotBuilt && decides(field)) {
        const std::string value = scenario::to_text(message, field);
        add({at, value, value == scenario::rule_of(field).default_()});
      }
    }
  }
  std::vector<Assumption> take() { return std::move(found_); }

 private:
  /// Whether the service at hand has what the value acts with.
  bool acts(const FieldDescriptor& field) const {
    const std::string& with = scenario::rule_of(field).acts_with();
    if (with.empty() || service_ == nullptr || !service_->has_ecs()) return true;
    const proto::EcsService& service = service_->ecs();
    if (const FieldDescriptor* own = service.GetDescriptor()->FindFieldByName(with)) {
      return service.GetReflection()->HasField(service, own);
    }
    const std::vector<scenario::AskedMetric> asked = scenario::asked_metrics(service);
    return std::ranges::any_of(asked,
                               [&](const auto& metric) { return metric.metric_namespace == with; });
  }

  static bool decides(const FieldDescriptor& field) {
    return !scenario::rule_of(field).assumed().empty() ||
           field.containing_type() == proto::RecordedOn::descriptor();
  }

  /// Absence is itself a value, such as the speed that an instance's family was measured at.
  void add_absent(const FieldDescriptor& field, const std::string& path) {
    const std::string& absent = scenario::rule_of(field).absent();
    if (decides(field) && !absent.empty()) add({path, absent, true});
  }

  void add(Assumption assumption) {
    const auto same = [&](const Assumption& other) {
      return other.path == assumption.path && other.value == assumption.value;
    };
    if (std::ranges::none_of(found_, same)) found_.push_back(std::move(assumption));
  }

  const proto::Service* service_ = nullptr;
  std::vector<Assumption> found_;
};

}  // namespace

std::vector<Assumption> assumptions_of(const scenario::Scenario& scenario) {
  const proto::Scenario& message = scenario.message();
  Collector collector;
  collector.walk(message.workload(), "workload");
  std::vector<std::string> names;
  for (const auto& [name, service] : message.services()) names.push_back(name);
  std::ranges::sort(names);
  // One service is named, so that its line can be pasted behind --set.
  for (const std::string& name : names) {
    const std::string path =
        names.size() == 1 ? scenario::join_path("services", name) : "services.*";
    collector.of(&message.services().at(name));
    collector.walk(message.services().at(name), path);
  }
  collector.of(nullptr);
  for (const std::string& name : scenario::cluster_names(message)) {
    const std::string path = message.clusters().size() == 1 ? scenario::join_path("clusters", name)
                                                            : std::string("clusters.*");
    const proto::Cluster& cluster = message.clusters().at(name);
    collector.walk(cluster, path);
    std::vector<std::string> providers;
    for (const auto& [provider, config] : cluster.capacity_providers())
      providers.push_back(provider);
    std::ranges::sort(providers);
    for (const std::string& provider : providers) {
      collector.walk(cluster.capacity_providers().at(provider),
                     scenario::join_path(path + ".capacity_providers", provider));
    }
  }
  return collector.take();
}

}  // namespace skyreplay::sweep
