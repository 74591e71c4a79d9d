#include "scenario/service_monitoring.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <set>
#include <string_view>

#include "core/text.h"
#include "core/time.h"
#include "pricing/money.h"
#include "scenario/field_path.h"

namespace skyreplay::scenario {
namespace {

constexpr std::array<std::string_view, 2> kNames = {"CPUUtilization", "MemoryUtilization"};
constexpr const char* kPrice = "0.30";  // USD a metric-month, ASSUMED

class Monitoring {
 public:
  Monitoring(proto::EcsService& service, const std::string& path, const Places& places,
             Mistakes& mistakes)
      : service_(service), path_(path), places_(places), mistakes_(mistakes) {}

  void resolve() {
    const auto& all = service_.monitoring().metric_configurations();
    for (int i = 0; i < all.size(); ++i) {
      one(all[i], join_index(".monitoring.metric_configurations", static_cast<std::size_t>(i)));
    }
    closely_monitored(service_) > 0 ? assume() : refuse();
  }

 private:
  void mistake(const std::string& field, const std::string& text) {
    mistakes_.add(places_.near(path_ + field), path_ + field, text);
  }

  void one(const proto::ServiceMetricConfiguration& config, const std::string& field) {
    for (int i = 0; i < config.metric_names_size(); ++i) {
      const std::string& name = config.metric_names(i);
      const std::string own = join_index(field + ".metric_names", static_cast<std::size_t>(i));
      if (std::find(kNames.begin(), kNames.end(), name) == kNames.end()) {
        mistake(own, fmt::format("there is no metric {}: CPUUtilization and MemoryUtilization have "
                                 "a resolution",
                                 in_quotes(name)));
      } else if (!seen_.insert(name).second) {
        mistake(own, "has a resolution already");
      }
    }
    const std::uint32_t seconds = config.resolution_seconds();
    if (config.has_resolution_seconds() && seconds != kShortPeriod.count() && seconds != 60) {
      mistake(field + ".resolution_seconds", "must be 20 or 60");
    }
  }

  void assume() {
    proto::EcsServiceAssumed& assumed = *service_.mutable_assumed();
    if (!assumed.has_high_resolution_metric_price()) {
      assumed.set_high_resolution_metric_price(kPrice);
    }
    if (!pricing::Decimal::parse(assumed.high_resolution_metric_price())) {
      mistake(".assumed.high_resolution_metric_price", "must be a decimal number of USD");
    }
    proto::ServicePublicationDelay& delay = *assumed.mutable_publication_delay();
    if (!delay.has_ecs_high_resolution()) {
      delay.mutable_ecs_high_resolution()->set_ns(Duration{kShortPeriod}.count());
    }
  }

  void refuse() {
    constexpr const char* kText = "is for a service whose monitoring asks for metrics of 20 s";
    const proto::EcsServiceAssumed& assumed = service_.assumed();
    if (assumed.has_high_resolution_metric_price()) {
      mistake(".assumed.high_resolution_metric_price", kText);
    }
    if (assumed.publication_delay().has_ecs_high_resolution()) {
      mistake(".assumed.publication_delay.ecs_high_resolution", kText);
    }
  }

  proto::EcsService& service_;
  const std::string& path_;
  const Places& places_;
  Mistakes& mistakes_;
  std::set<std::string> seen_;
};

}  // namespace

bool is_high_resolution(proto::ServicePredefinedMetricSpecification::Type metric) {
  using Metric = proto::ServicePredefinedMetricSpecification;
  return metric == Metric::CPU_HIGH_RESOLUTION || metric == Metric::MEMORY_HIGH_RESOLUTION;
}

bool is_monitored_closely(const proto::EcsService& service, const std::string& metric_name) {
  const auto& all = service.monitoring().metric_configurations();
  return std::ranges::any_of(all, [&](const proto::ServiceMetricConfiguration& config) {
    const auto& names = config.metric_names();
    return config.resolution_seconds() == kShortPeriod.count() &&
           std::find(names.begin(), names.end(), metric_name) != names.end();
  });
}

std::uint32_t closely_monitored(const proto::EcsService& service) {
  return static_cast<std::uint32_t>(std::ranges::count_if(kNames, [&](std::string_view name) {
    return is_monitored_closely(service, std::string(name));
  }));
}

void resolve_monitoring(proto::EcsService& service, const std::string& path, const Places& places,
                        Mistakes& mistakes) {
  Monitoring(service, path, places, mistakes).resolve();
}

}  // namespace skyreplay::scenario
