#include "sweep/axis.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "scenario/node.h"
#include "support/temp_folder.h"

namespace skyreplay::sweep {
namespace {

/// The axis that `services.fn.lambda.<field>: <text>` makes.
Axis axis_of(const std::string& text, const std::string& field = "memory_size") {
  scenario::Mistakes mistakes("sweep.yaml");
  scenario::SourceNode root =
      scenario::read_yaml("services.fn.lambda." + field + ": " + text, 0, mistakes);
  Axis axis = read_axis(root.entries.front(), "parameters", mistakes);
  mistakes.throw_if_any();
  return axis;
}

std::string mistake(const std::string& text) {
  return testing::message_of<InputError>([&] { axis_of(text); });
}

using Values = std::vector<std::string>;

TEST_CASE("a list is taken as it is spelled, maps and all") {
  CHECK(axis_of("[128, from_trace, 1769]").values == Values{"128", "from_trace", "1769"});
  CHECK(axis_of("[{lognormal: {p50: 1ms, p99: 9ms}}]").values ==
        Values{"{lognormal: {p50: 1ms, p99: 9ms}}"});
}

TEST_CASE("a range with a step has its ends, and no digits that a sum of steps would leave") {
  CHECK(axis_of("{from: 128, to: 512, step: 128}").values == Values{"128", "256", "384", "512"});
  CHECK(axis_of("{from: 0.1, to: 0.5, step: 0.1}", "assumed.speed").values ==
        Values{"0.1", "0.2", "0.3", "0.4", "0.5"});
  CHECK(axis_of("{from: 128, to: 500, step: 128}").values.back() == "384");
}

TEST_CASE("a range keeps its unit, and numbers that are no whole ones their digits") {
  CHECK(axis_of("{from: 0.1s, to: 0.3s, step: 0.1s}", "assumed.init_duration").values ==
        Values{"0.1s", "0.2s", "0.3s"});
}

TEST_CASE("a range with a count is spread evenly, by order of magnitude where it says log") {
  CHECK(axis_of("{from: 100, to: 200, count: 3}").values == Values{"100", "150", "200"});
  CHECK(axis_of("{from: 128, to: 8192, count: 4, scale: log}").values ==
        Values{"128", "512", "2048", "8192"});
}

TEST_CASE("a field of whole numbers takes whole numbers from a law") {
  const Axis axis = axis_of("{uniform: [128, 10240]}");
  CHECK(axis.values.empty());
  CHECK(axis.at(0.5) == "5184");
  CHECK(axis_of("{log_uniform: [128, 2048]}").at(0.5) == "512");
}

TEST_CASE("a law's median is where it says") {
  CHECK(axis_of("{lognormal: {p50: 20ms, p99: 80ms}}", "assumed.init_duration").at(0.5) == "20ms");
  CHECK(axis_of("{exponential: {mean: 10}}", "assumed.x").at(0.5) == "6.93147");
}

TEST_CASE("a list is met evenly by parts of its length") {
  const Axis axis = axis_of("[128, 256, 512, 1024]");
  CHECK(axis.at(0) == "128");
  CHECK(axis.at(0.25) == "256");
  CHECK(axis.at(0.999) == "1024");
}

TEST_CASE("what is neither list, range nor law is refused at its place") {
  CHECK(mistake("5") ==
        "sweep.yaml:1:33: parameters: must be a list of values, a range or a law, not '5'");
  CHECK(mistake("[]").find("has no values") != std::string::npos);
  CHECK(mistake("[1, 1]").find("names '1' twice") != std::string::npos);
  CHECK(mistake("{uniforn: [1, 2]}").find("unknown key 'uniforn', did you mean 'uniform'?") !=
        std::string::npos);
}

TEST_CASE("a range that makes no sense is refused") {
  CHECK(mistake("{from: 2, to: 1}").find("from must be below its to") != std::string::npos);
  CHECK(mistake("{from: 1}").find("needs from and to") != std::string::npos);
  CHECK(mistake("{from: 1, to: 9, step: 2, count: 3}").find("not both") != std::string::npos);
  CHECK(mistake("{from: 0, to: 9, scale: log}").find("above 0") != std::string::npos);
  CHECK(mistake("{from: 1ms, to: 2s}").find("must have one unit: 'ms' and 's' differ") !=
        std::string::npos);
  CHECK(mistake("{from: 1, to: 9, stepp: 2}").find("did you mean 'step'?") != std::string::npos);
}

}  // namespace
}  // namespace skyreplay::sweep
