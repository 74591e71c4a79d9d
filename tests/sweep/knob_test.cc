#include "sweep/knob.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "core/error.h"
#include "support/temp_folder.h"

namespace skyreplay::sweep {
namespace {

scenario::Scenario scenario_of(const std::string& services) {
  return scenario::Scenario::parse("version: 1\nservices:\n" + services, "s.yaml");
}

const std::string kLambda = "  fn: {lambda: {memory_size: 512}}\n";
const std::string kGroup = "  web: {ec2: {min_size: 4, max_size: 6, instance_type: m7i.large}}\n";

std::string mistake(const std::string& services, const std::string& over) {
  return testing::message_of<InputError>([&] { Knob(scenario_of(services), over); });
}

TEST_CASE("the schema says from where to where a field may go, and never below 1") {
  const Knob memory(scenario_of(kLambda), "services.fn.lambda.memory_size");
  CHECK(memory.min() == 128);
  CHECK(memory.max() == 10'240);
  const Knob reserved(scenario_of(kLambda), "services.fn.lambda.reserved_concurrent_executions");
  CHECK(reserved.min() == 1);
  CHECK(reserved.settings(7) ==
        std::vector<std::string>{"services.fn.lambda.reserved_concurrent_executions=7"});
}

TEST_CASE("the count of the one EC2 service is found, and its group makes room for it") {
  const Knob knob(scenario_of(kLambda + kGroup +
                              "routes: [{match: a, service: fn}, {match: '*', service: web}]\n"),
                  "");
  CHECK(knob.path() == "services.web.ec2.desired_capacity");
  CHECK(knob.settings(5) == std::vector<std::string>{"services.web.ec2.desired_capacity=5"});
  CHECK(knob.settings(9) == std::vector<std::string>{"services.web.ec2.desired_capacity=9",
                                                     "services.web.ec2.max_size=9"});
  CHECK(knob.settings(2) == std::vector<std::string>{"services.web.ec2.desired_capacity=2",
                                                     "services.web.ec2.min_size=2"});
}

TEST_CASE("where no count or several follow, what to name is said") {
  CHECK(mistake(kLambda, "") ==
        "s.yaml: no EC2 or ECS service whose count could be tuned; name a field with --over");
  const std::string other = "  api: {ec2: {min_size: 1, max_size: 1, instance_type: m7i.large}}\n";
  const std::string routes = "routes: [{match: a, service: api}, {match: '*', service: web}]\n";
  CHECK(mistake(kGroup + other + routes, "")
            .find("name one with --over: services.api.ec2.desired_capacity or "
                  "services.web.ec2.desired_capacity") != std::string::npos);
}

TEST_CASE("a field that does not exist or holds no whole number is refused") {
  CHECK(mistake(kLambda, "services.fn.lambda.memroy_size") ==
        "--over services.fn.lambda.memroy_size: unknown field 'memroy_size', did you mean "
        "'memory_size'?");
  CHECK(mistake(kLambda, "name") == "--over name: not a field of whole numbers");
  CHECK(mistake(kLambda, "services") == "--over services: not a field of whole numbers");
  CHECK(mistake(kLambda, "services.fn") != "(nothing was thrown)");
  CHECK(mistake(kLambda, "workload.work_share") ==
        "--over workload.work_share: not a field of whole numbers");
  CHECK(mistake(kLambda, "services.fn.lambda.timeout.x") != "(nothing was thrown)");
  CHECK(mistake(kLambda, "") != "(nothing was thrown)");
}

}  // namespace
}  // namespace skyreplay::sweep
