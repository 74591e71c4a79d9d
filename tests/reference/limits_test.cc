// Lambda's limits under random requests, looked at from within (docs/invariants.md, I5).
#include <doctest/doctest.h>

#include "reference/dice.h"
#include "support/lambda_world.h"

namespace skyreplay::reference {
namespace {

using namespace std::chrono_literals;

lambda::FunctionConfig function(Dice& dice) {
  lambda::FunctionConfig config = testing::plain_function();
  if (dice.chance(50)) config.reserved_concurrent_executions = dice.below(3);
  config.timeout = 1s * dice.between(1, 3);
  config.init_duration = Distribution(Distribution::Constant{dice.between(0, 2) * 500ms});
  return config;
}

/// Random requests to three functions of one account; looks at it after each.
void look_at(std::uint64_t number) {
  Dice dice(number);
  std::vector<lambda::FunctionConfig> configs{function(dice), function(dice), function(dice)};
  const lambda::AccountConfig account{.concurrent_executions = dice.between(6, 9)};
  testing::LambdaWorld world(configs, account, {.max_attempts = dice.between(1, 3)}, number);
  Duration now{};
  for (int i = 0; i < 60; ++i) {
    now += dice.below(4) * 250ms;
    world.request(now, dice.below(8) * 250ms, dice.below(8) * 250ms, dice.below(3));
    CHECK(world.functions.concurrent_executions() <= account.concurrent_executions);
    for (std::uint32_t unit = 0; unit < configs.size(); ++unit) {
      const auto& reserved = configs[unit].reserved_concurrent_executions;
      const std::uint32_t most = reserved ? *reserved : account.concurrent_executions;
      CHECK(world.functions.environments(unit) <= most);
    }
  }
}

TEST_CASE("I5: executions stay within reservations and the account's limit, whatever comes") {
  for (std::uint64_t number = 0; number < 500; ++number) {
    CAPTURE(number);
    look_at(number);
  }
}

}  // namespace
}  // namespace skyreplay::reference
