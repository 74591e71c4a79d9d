#include "scenario/resolve_providers.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/error.h"
#include "pricing/catalogue.h"
#include "scenario/defaults.h"
#include "scenario/field_path.h"
#include "scenario/hosts.h"

namespace skyreplay::scenario {
namespace {

using Item = proto::CapacityProviderStrategyItem;

constexpr std::uint32_t kSpotDiscount = 700;  // permille: C118, ASSUMED

bool is_fargate(const std::string& provider) {
  return provider == "FARGATE" || provider == "FARGATE_SPOT";
}

/// Why that is none of the providers there are.
std::string why_not(const std::string& provider, const std::vector<std::string>& names) {
  const bool on_fargate = std::ranges::any_of(names, is_fargate);
  if (on_fargate) {
    return fmt::format(
        "{} is none of Fargate, which has FARGATE and FARGATE_SPOT{}; a cluster's need its "
        "`cluster`",
        in_quotes(provider), suggestion(provider, names));
  }
  if (is_fargate(provider)) {
    return fmt::format("{} cannot be beside capacity providers of a cluster (C71)", provider);
  }
  return fmt::format("the cluster has no capacity provider {}{}", in_quotes(provider),
                     suggestion(provider, names));
}

template <typename Message>
class ProviderResolver {
 public:
  ProviderResolver(Message& service, const std::string& region, const std::string& path,
                   const Places& places, Mistakes& mistakes)
      : service_(service), region_(region), path_(path), places_(places), mistakes_(mistakes) {}

  void run() {
    const auto& strategy = service_.capacity_provider_strategy();
    bool has_spot = false;
    for (const Item& item : strategy) has_spot |= item.capacity_provider() == "FARGATE_SPOT";
    if (!strategy.empty()) check();
    if (has_spot) return resolve_spot();
    if (!service_.assumed().has_fargate_spot()) return;
    mistake("assumed.fargate_spot", "is for a capacity_provider_strategy with FARGATE_SPOT");
  }

 private:
  void mistake(const std::string& field, const std::string& text) {
    const std::string path = path_ + "." + field;
    mistakes_.add(places_.near(path), path, text);
  }

  void check() {
    check_strategy(service_.capacity_provider_strategy(), path_ + ".capacity_provider_strategy",
                   {"FARGATE", "FARGATE_SPOT"}, places_, mistakes_);
    if (places_.contains(path_ + ".launch_type")) {
      mistake("launch_type", "must be left out where there is a capacity_provider_strategy");
    }
  }

  void resolve_spot() {
    proto::FargateSpotAssumed& spot = *service_.mutable_assumed()->mutable_fargate_spot();
    fill_defaults(spot, path_ + ".assumed.fargate_spot", places_, mistakes_);
    if (!spot.has_vcpu_hour()) spot.set_vcpu_hour(less_discount("vcpu"));
    if (!spot.has_gb_hour()) spot.set_gb_hour(less_discount("memory"));
    check_price(spot.vcpu_hour(), "assumed.fargate_spot.vcpu_hour");
    check_price(spot.gb_hour(), "assumed.fargate_spot.gb_hour");
  }

  std::string less_discount(const char* what) {
    const bool is_arm = service_.task_definition().runtime_platform().cpu_architecture() ==
                        proto::RuntimePlatform::ARM64;
    try {
      const pricing::Tariff& tariff = pricing::Catalogue::builtin().tariff(
          fmt::format("fargate.linux_{}_{}", is_arm ? "arm" : "x86", what), region_);
      const auto usd = tariff.tiers().front().usd.less_permille(kSpotDiscount);
      if (usd) return usd->to_string();
    } catch (const InputError& error) {
      mistake("capacity_provider_strategy", error.what());
    }
    return "0";
  }

  void check_price(const std::string& usd, const std::string& field) {
    if (pricing::Decimal::parse(usd)) return;
    mistake(field,
            fmt::format("must be a decimal number of USD such as 0.012, not {}", in_quotes(usd)));
  }

  Message& service_;
  const std::string& region_;
  const std::string& path_;
  const Places& places_;
  Mistakes& mistakes_;
};

}  // namespace

void check_strategy(const Strategy& strategy, const std::string& path,
                    const std::vector<std::string>& names, const Places& places,
                    Mistakes& mistakes) {
  const auto mistake = [&](const std::string& at, const std::string& text) {
    mistakes.add(places.near(at), at, text);
  };
  if (static_cast<std::size_t>(strategy.size()) > kMostProviders) {
    return mistake(path, fmt::format("must be at most {} providers", kMostProviders));
  }
  std::set<std::string> seen;
  std::uint64_t weights = 0;
  int bases = 0;
  for (int i = 0; i < strategy.size(); ++i) {
    const std::string own = join_index(path, static_cast<std::size_t>(i));
    if (mistakes.at(own) || !strategy[i].has_capacity_provider()) return;
    const std::string& provider = strategy[i].capacity_provider();
    if (std::ranges::find(names, provider) == names.end()) {
      mistake(own + ".capacity_provider", why_not(provider, names));
    } else if (!seen.insert(provider).second) {
      mistake(own + ".capacity_provider", "is listed twice");
    }
    weights += strategy[i].weight();
    bases += strategy[i].base() > 0 ? 1 : 0;
    if (bases > 1) return mistake(own + ".base", "only one provider may have a base");
  }
  if (weights == 0) mistake(path, "has no weight above 0");
}

void resolve_providers(proto::EcsService& service, const std::string& region,
                       const std::string& path, const Places& places, Mistakes& mistakes) {
  ProviderResolver(service, region, path, places, mistakes).run();
}

void resolve_providers(proto::EcsTask& job, const std::string& region, const std::string& path,
                       const Places& places, Mistakes& mistakes) {
  ProviderResolver(job, region, path, places, mistakes).run();
}

}  // namespace skyreplay::scenario
