#include <doctest/doctest.h>

#include "scenario/law.h"
#include "scenario/resolve_spot.h"
#include "scenario/support.h"

using namespace std::chrono_literals;
using skyreplay::scenario::Scenario;
using skyreplay::scenario::to_duration;
using skyreplay::testing::mistakes_of;

namespace {

/// A group with this in it.
std::string group(const std::string& more, const std::string& type = "m7i.large") {
  return "version: 1\nservices: {web: {ec2: {min_size: 2, max_size: 8, instance_type: " + type +
         ", " + more + "}}}\n";
}

const std::string kSpot = "instance_market_options: {market_type: spot}";

}  // namespace

TEST_CASE("E42: interruptions follow from the band that AWS publishes, a pool's shocks from them") {
  // m7i.large in us-east-1: 15 to 20 % a month. 730 h x 0.5 / -ln(1 - 0.175) = 6,830,520 s.
  const Scenario scenario = Scenario::parse(group(kSpot), "shop.yaml");
  const auto& spot = scenario.message().services().at("web").ec2().assumed().spot();
  CHECK(spot.interruption_rate() == doctest::Approx(0.175));
  CHECK(to_duration(spot.time_between_shocks()) == 6'830'520s);
  CHECK(to_duration(spot.shock_spread()) == 3min);
  CHECK_FALSE(spot.has_price());
  CHECK(Scenario::parse(scenario.to_yaml(), "a.yaml").digest() == scenario.digest());
  const Scenario calm =
      Scenario::parse(group(kSpot + ", assumed: {spot: {interruption_rate: 0}}"), "shop.yaml");
  CHECK_FALSE(calm.message().services().at("web").ec2().assumed().spot().has_time_between_shocks());
  const Scenario demand = Scenario::parse(group("monitoring: basic"), "shop.yaml");
  CHECK_FALSE(demand.message().services().at("web").ec2().assumed().has_spot());
}

TEST_CASE("what is of Spot Instances needs some, and what pays for others does not pay for them") {
  CHECK(mistakes_of(group("capacity_rebalance: true")) ==
        "shop.yaml:2:96: services.web.ec2.capacity_rebalance: is for Spot Instances: give "
        "instance_market_options: {market_type: spot} as well");
  CHECK(mistakes_of(group("assumed: {spot: {shock_share: 1}}")).find("is for Spot Instances") !=
        std::string::npos);
  CHECK(mistakes_of(group(kSpot + ", reserved_instances: {instance_count: 1}"))
            .find("reserved_instances: does not pay for Spot Instances") != std::string::npos);
  CHECK(mistakes_of(group(kSpot + ", savings_plan: {commitment: 0.1}"))
            .find("savings_plan: does not pay for Spot Instances") != std::string::npos);
}

TEST_CASE("E146: a Spot Instance has a price, published or given") {
  CHECK(mistakes_of(group(kSpot + ", assumed: {spot: {price: cheap}}"))
            .find("assumed.spot.price: must be a decimal number of USD such as 0.0323, not "
                  "'cheap'") != std::string::npos);
}

TEST_CASE("E146: changes of the price are decimals in order of time") {
  const auto of = [](const std::string& changes) {
    return mistakes_of(group(kSpot + ", assumed: {spot: {price_changes: [" + changes + "]}}"));
  };
  CHECK(of("{at: +1h, price: 0.05}, {at: +2h, price: 0.04}") == "");
  CHECK(of("{at: +1h, price: dear}").find("price_changes[0].price: must be a decimal number") !=
        std::string::npos);
  CHECK(of("{at: +1h, price: 0.05}, {at: +1h, price: 0.04}")
            .find("price_changes[1].at: must be later than") != std::string::npos);
  CHECK(of("{at: +1h, price: 0.05}, {at: 2026-01-05T12:00:00Z, price: 0.04}")
            .find("price_changes[1].at: must be an offset or an instant, as that") !=
        std::string::npos);
}

TEST_CASE(
    "E36: the most that is paid for a Spot Instance is the on-demand price unless it is said") {
  const auto maximum = [](const std::string& options) {
    const Scenario scenario = Scenario::parse(
        group("instance_market_options: {market_type: spot" + options + "}"), "shop.yaml");
    const auto& group = scenario.message().services().at("web").ec2();
    return group.instance_market_options().spot_options().max_price();
  };
  CHECK(maximum("") == "0.1008");
  CHECK(maximum(", spot_options: {max_price: 0.05}") == "0.05");
}

TEST_CASE("what groups may not ask of Spot Instances is refused by name") {
  const auto of = [](const std::string& options) {
    return mistakes_of(
        group("instance_market_options: {market_type: spot, spot_options: {" + options + "}}"));
  };
  CHECK(of("instance_interruption_behavior: terminate") == "");
  CHECK(of("instance_interruption_behavior: stop").find("are terminated") != std::string::npos);
  CHECK(of("max_price: 0.05") == "");
  CHECK(of("max_price: cheap").find("spot_options.max_price: must be a decimal number of USD") !=
        std::string::npos);
}
