#include "sweep/choices.h"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

#include "core/error.h"
#include "support/temp_folder.h"
#include "trace/format.h"

namespace skyreplay::sweep {
namespace {

scenario::Scenario scenario_of(const std::string& text) {
  return scenario::Scenario::parse("version: 1\n" + text, "s.yaml");
}

const std::string kFunctions =
    "services: {fn: {lambda: {memory_size: 512}}, small: {lambda: {memory_size: 128}}}\n"
    "routes: [{match: large, service: fn}, {match: '*', service: small}]\n";

/// Of two routes, the first of which used so much memory, if it is known.
trace::TraceInfo trace_of(std::optional<double> used_mib) {
  return {.routes = {{.name = "large", .memory_used_max_mib = used_mib},
                     {.name = "small", .memory_used_max_mib = 90}}};
}

std::vector<std::string> memories(const trace::TraceInfo& trace, const std::string& service) {
  const auto axes =
      read_choices(scenario_of(kFunctions), trace, "services." + service + ".lambda.memory_size");
  REQUIRE(axes.size() == 1);
  return axes.front().values;
}

TEST_CASE("no function is offered less memory than its own routes' requests used") {
  const std::vector<std::string> from_512 = {"512", "1024", "1769", "3008", "5120", "10240"};
  CHECK(memories(trace_of(256.5), "fn") == from_512);
  CHECK(memories(trace_of(512), "fn") == from_512);
  CHECK(memories(trace_of(256.5), "small").front() == "128");
  CHECK(memories(trace_of(std::nullopt), "fn").front() == "128");
}

TEST_CASE("memory that is named is offered, whatever requests used") {
  const auto axes = read_choices(scenario_of(kFunctions), trace_of(2000),
                                 "services.fn.lambda.memory_size=[128, 4096]");
  CHECK(axes.front().values == std::vector<std::string>{"128", "4096"});
}

TEST_CASE("a field by its name alone is found where one service has it, else what to say is") {
  const auto said = [](const std::string& over) {
    return testing::message_of<InputError>(
        [&] { read_choices(scenario_of(kFunctions), trace_of(1), over); });
  };
  CHECK(said("memory_size") ==
        "--over memory_size: several have it: services.fn.lambda.memory_size, "
        "services.small.lambda.memory_size; give the whole path");
  CHECK(said("instance_type") ==
        "--over instance_type: no service has this field; give its whole path");
  const auto alone = scenario_of("services: {fn: {lambda: {memory_size: 512}}}\n");
  CHECK(read_choices(alone, trace_of(1), "architectures").front().path ==
        "services.fn.lambda.architectures");
}

}  // namespace
}  // namespace skyreplay::sweep
