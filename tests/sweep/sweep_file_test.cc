#include "sweep/sweep_file.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "core/error.h"
#include "scenario/reference.h"
#include "support/temp_folder.h"
#include "sweep/plan.h"

namespace skyreplay::sweep {
namespace {

using testing::read_file;
using testing::TempFolder;
using testing::write_file;

const std::string kScenario =
    "version: 1\nname: shop\nseed: 5\n"
    "services: {web: {ec2: {min_size: 2, max_size: 4, instance_type: m7i.large}}}\n";
const std::string kFunction = "version: 1\nname: fn\nseed: 5\nservices: {fn: {lambda: {}}}\n";

struct Folder : TempFolder {
  Folder() {
    write_file(*this / "shop.yaml", kScenario);
    write_file(*this / "fn.yaml", kFunction);
    write_file(*this / "counts.txt", "3\n4\n5\n");
  }
  SweepFile read(const std::string& text, const std::vector<std::string>& sets = {}) const {
    write_file(*this / "sweep.yaml", text);
    return read_sweep_file(*this / "sweep.yaml", sets);
  }
  std::string mistakes(const std::string& text) const {
    return without_folder(testing::message_of<InputError>([&] { read(text); }));
  }
  std::string without_folder(std::string text) const {
    for (std::size_t at = text.find(path().string()); at != std::string::npos;
         at = text.find(path().string())) {
      text.erase(at, path().string().size() + 1);
    }
    return text;
  }
};

TEST_CASE("a sweep without more than a base is one cell of it, for its cost") {
  const Folder folder;
  const SweepFile sweep = folder.read("version: 1\nname: s\nbase: shop.yaml\n");
  CHECK(sweep.name == "s");
  REQUIRE(sweep.variants.size() == 1);
  CHECK(sweep.variants[0].name == "shop");
  CHECK(sweep.objective.text == "cost");
  CHECK(sweep.message.replications() == 1);
  CHECK(check::quantity_of(sweep.against) == "p99(latency of *)");
}

TEST_CASE("parameters are axes in the order of the file") {
  const Folder folder;
  const SweepFile sweep = folder.read(
      "version: 1\nbase: shop.yaml\nparameters:\n"
      "  services.web.ec2.desired_capacity: {from: 2, to: 4, step: 1}\n"
      "  services.web.ec2.assumed.boot_time: [10s, 60s]\n");
  REQUIRE(sweep.variants[0].axes.size() == 2);
  CHECK(sweep.variants[0].axes[0].values == std::vector<std::string>{"2", "3", "4"});
  CHECK(sweep.variants[0].axes[1].path == "services.web.ec2.assumed.boot_time");
}

TEST_CASE("variants take the sweep's parameters and their own") {
  const Folder folder;
  const SweepFile sweep = folder.read(
      "version: 1\nparameters: {workload.work_share: [0.2, 0.8]}\nvariants:\n"
      "  - {base: shop.yaml, parameters: {services.web.ec2.desired_capacity: [2, 3]}}\n"
      "  - {name: functions, base: fn.yaml}\n");
  REQUIRE(sweep.variants.size() == 2);
  CHECK(sweep.variants[0].axes.size() == 2);
  CHECK(sweep.variants[1].name == "functions");
  CHECK(sweep.variants[1].axes.size() == 1);
}

TEST_CASE("every mistake of a sweep is told at once, each at its place") {
  const Folder folder;
  CHECK(
      folder.mistakes("version: 1\nbase: shop.yaml\nparmeters: {}\n"
                      "parameters: {workload.work_share: [], seed: [1, 2]}\n"
                      "constraints: ['p99(latency of web)']\nminimize: costs\n"
                      "design: {kind: gird}\n") ==
      "sweep.yaml:3:1: unknown field 'parmeters', did you mean 'parameters'?\n"
      "sweep.yaml:4:35: parameters[\"workload.work_share\"]: has no values\n"
      "sweep.yaml:4:39: parameters.seed: is what replications vary; all cells have the same seeds\n"
      "sweep.yaml:5:15: constraints[0]: requirement 'p99(latency of web)', column 20: expected <, "
      "<=, >, >= or == and a value\n"
      "sweep.yaml:6:11: minimize: requirement 'costs', column 1: unknown statistic 'costs'; write "
      "STATISTIC(METRIC of NAME) < VALUE: avg, min, max, sum, count, p99, p99.9\n"
      "sweep.yaml:7:16: design.kind: must be one of grid, random, latin_hypercube, sobol; not "
      "'gird', did you mean 'grid'?");
}

TEST_CASE("a constraint is a line, or a map of its parts") {
  const Folder folder;
  const SweepFile sweep = folder.read(
      "version: 1\nbase: shop.yaml\nconstraints:\n"
      "  - p99(latency of web) < 300ms in every 5m between 12:00 and 13:00\n"
      "  - {metric: latency, statistic: p99, of: web, between: [12:00, 13:00], each: 5m, "
      "must_be: \"< 300ms\"}\n"
      "  - {metric: failures, statistic: sum, must_be: == 0}\n");
  REQUIRE(sweep.constraints.size() == 3);
  CHECK(sweep.constraints[0].text == sweep.constraints[1].text);
  CHECK(sweep.constraints[2].text == "sum(failures of *) == 0");
}

TEST_CASE("a constraint whose parts make none is refused, part by part") {
  const Folder folder;
  const auto refused = [&](const std::string& constraint) {
    return folder.mistakes("version: 1\nbase: shop.yaml\nconstraints: [" + constraint + "]\n");
  };
  CHECK(refused("{metric: latency, must_be: < 1s}") ==
        "sweep.yaml:3:15: constraints[0]: needs metric, statistic and must_be");
  CHECK(refused("{requirement: max(latency of *) < 1s, each: 5m}") ==
        "sweep.yaml:3:15: constraints[0]: has its parts beside the whole: give one of the two");
  CHECK(refused("{metric: latency, statistic: max, must_be: < 1s, between: [12:00]}")
            .ends_with("between must be a list of two: [from, to]"));
  CHECK(refused("{metrics: latency}").find("did you mean 'metric'") != std::string::npos);
  CHECK(refused("[1]").find("must be a map of fields, not a list") != std::string::npos);
}

TEST_CASE("a sweep of nothing, of two bases, or of a scenario that is not there is refused") {
  const Folder folder;
  CHECK(folder.mistakes("version: 1\n").find("give one of base and variants") != std::string::npos);
  CHECK(folder.mistakes("version: 1\nbase: shop.yaml\nvariants: [{base: fn.yaml}]\n")
            .find("give one of base and variants") != std::string::npos);
  CHECK(folder.mistakes("version: 1\nbase: none.yaml\n") ==
        "sweep.yaml:2:7: base: there is no file 'none.yaml'");
}

TEST_CASE("scenarios with other seeds have no luck in common, and are refused") {
  const Folder folder;
  write_file(folder / "fn.yaml", "version: 1\nname: fn\nseed: 6\nservices: {fn: {lambda: {}}}\n");
  CHECK(folder.mistakes("version: 1\nvariants: [{base: shop.yaml}, {base: fn.yaml}]\n") ==
        "sweep.yaml: the seeds differ: 5 in shop.yaml, 6 in fn.yaml; set one with --seed");
}

/// A sweep that names its requests, so that it can be planned.
const std::string kCounts =
    "workload: {counts: {file: counts.txt, step: 1s, service_time: 20ms}}\n";

TEST_CASE("cells of equal values have equal digests, whatever the file is called") {
  const Folder folder;
  write_file(folder / "shop.yaml", kScenario + kCounts);
  const std::string head = "version: 1\nbase: shop.yaml\nparameters:\n";
  const Plan plan =
      make_plan(folder.read(head + "  services.web.ec2.desired_capacity: [2, 3]\n"), "1", 1);
  REQUIRE(plan.cells.size() == 2);
  CHECK(plan.cells[0].digest != plan.cells[1].digest);
  const Plan other = make_plan(folder.read("version: 1\nname: x\nbase: shop.yaml\nparameters:\n  "
                                           "services.web.ec2.desired_capacity: [3]\n"
                                           "constraints: ['p99(latency of web) < 1s']\n"),
                               "1", 1);
  CHECK(other.cells[0].digest == plan.cells[1].digest);
  CHECK(make_plan(folder.read(head + "  services.web.ec2.desired_capacity: [2]\n"), "2", 1)
            .cells[0]
            .digest != plan.cells[0].digest);
  write_file(folder / "counts.txt", "3\n4\n6\n");
  CHECK(make_plan(folder.read(head + "  services.web.ec2.desired_capacity: [2]\n"), "1", 1)
            .cells[0]
            .digest != plan.cells[0].digest);
}

TEST_CASE("a group makes room for the count of a cell, but not against what is varied itself") {
  const Folder folder;
  const SweepFile sweep = folder.read(
      "version: 1\nbase: shop.yaml\nparameters: {services.web.ec2.desired_capacity: [9]}\n");
  CHECK(settings_of(sweep.variants[0], {"9"}) ==
        std::vector<std::string>{"services.web.ec2.desired_capacity=9",
                                 "services.web.ec2.max_size=9"});
  const SweepFile both = folder.read(
      "version: 1\nbase: shop.yaml\nparameters: {services.web.ec2.desired_capacity: [9], "
      "services.web.ec2.max_size: [20]}\n");
  CHECK(settings_of(both.variants[0], {"9", "20"}) ==
        std::vector<std::string>{"services.web.ec2.desired_capacity=9",
                                 "services.web.ec2.max_size=20"});
}

TEST_CASE("a value that its field does not take is told at its place in the sweep, once") {
  const Folder folder;
  write_file(folder / "shop.yaml", kScenario + kCounts);
  const SweepFile sweep = folder.read(
      "version: 1\nbase: shop.yaml\nparameters:\n"
      "  services.web.ec2.instance_type: [m7i.large, m7i.huge]\n"
      "  workload.work_share: [0.5, 1.5, 0.2]\n  services.wbe.ec2.max_size: [3]\n");
  const std::string told =
      folder.without_folder(testing::message_of<InputError>([&] { make_plan(sweep, "1", 1); }));
  CHECK(told.find("sweep.yaml:5:24: workload.work_share=1.5: ") != std::string::npos);
  CHECK(told.find("sweep.yaml:4:35: services.web.ec2.instance_type=m7i.huge: ") !=
        std::string::npos);
  CHECK(told.find(":24: workload.work_share=1.5", told.find(":24: workload.work_share=1.5") + 1) ==
        std::string::npos);
  CHECK(told.find("wbe") != std::string::npos);
}

TEST_CASE("the page of sweeps says what the schema says") {
  const char* source = std::getenv("SKYREPLAY_SOURCE");
  const std::string path = std::string(source != nullptr ? source : ".") + "/docs/sweeps.md";
  const std::string page = read_file(path);
  const std::size_t mark = page.find("<!-- From here on generated");
  REQUIRE(mark != std::string::npos);
  const std::size_t start = page.find('\n', mark) + 1;
  const std::string fresh = scenario::reference_page(*proto::Sweep::descriptor());
  if (std::getenv("SKYREPLAY_UPDATE_DOCS") != nullptr) {
    write_file(path, page.substr(0, start) + fresh);
    return;
  }
  INFO("docs/sweeps.md is out of date; run sweep_tests with SKYREPLAY_UPDATE_DOCS=1");
  CHECK((page.substr(start) == fresh));
}

}  // namespace
}  // namespace skyreplay::sweep
