#include <doctest/doctest.h>
#include <skyreplay/check.h>
#include <skyreplay/diff.h>
#include <skyreplay/error.h>
#include <skyreplay/replay.h>

#include <fstream>
#include <string>

#include "support/temp_folder.h"
#include "verify/field_changes.h"
#include "verify/timeline_diff.h"

namespace skyreplay {
namespace {

namespace fs = std::filesystem;
using verify::compare_timelines;
using verify::Tolerances;

std::string timelines(const std::string& a, const std::string& b,
                      const std::vector<std::string>& tolerances = {}) {
  testing::TempFolder folder;
  const std::string head = "window_start,window_s,service,arrivals,latency_p99_ms\n";
  std::ofstream(folder.path() / "a.csv") << head << a;
  std::ofstream(folder.path() / "b.csv") << head << b;
  const auto found =
      compare_timelines(folder.path() / "a.csv", folder.path() / "b.csv", Tolerances(tolerances));
  if (!found.first) return "same";
  std::string text = found.first->window_start + " " + found.first->service + " " +
                     found.first->column + " " +
                     verify::change_text(found.first->a, found.first->b);
  for (const auto& column : found.columns) {
    text += "; " + column.column + " " + std::to_string(column.cells) + " " +
            verify::change_text(column.largest.a, column.largest.b);
  }
  return text;
}

TEST_CASE("timelines differ from the first cell on, and each column has its largest change") {
  CHECK(timelines("T1,60,web,5,10\n", "T1,60,web,5,10\n") == "same");
  CHECK(timelines("T1,60,web,5,10\nT2,60,web,5,10\n", "T1,60,web,5,11\nT2,60,web,6,20\n") ==
        "T1 web latency_p99_ms 10 -> 11 (+10.0 %); arrivals 1 5 -> 6 (+20.0 %); "
        "latency_p99_ms 2 10 -> 20 (+100.0 %)");
}

TEST_CASE("rows and windows that only one timeline has are told as such") {
  CHECK(timelines("T1,60,web,5,10\n", "T1,60,db,1,\nT1,60,web,5,10\n") ==
        "T1 db row nothing -> a row; row 1 nothing -> a row");
  CHECK(timelines("T1,60,web,5,10\nT2,60,web,5,10\n", "T2,60,web,5,10\n") ==
        "T1 web row a row -> nothing; row 1 a row -> nothing");
  CHECK(timelines("T1,60,web,5,\n", "T1,60,web,5,10\n") ==
        "T1 web latency_p99_ms nothing -> 10; latency_p99_ms 1 nothing -> 10");
}

TEST_CASE("a tolerance allows a share or an amount, of its column or of all others") {
  const std::string a = "T1,60,web,100,10\n";
  const std::string b = "T1,60,web,104,10.5\n";
  CHECK(timelines(a, b, {"arrivals=4%", "latency_p99_ms=0.5"}) == "same");
  CHECK(timelines(a, b, {"arrivals=3.9%", "latency_p99_ms=0.5"}) != "same");
  CHECK(timelines(a, b, {"arrivals=4%", "latency_p99_ms=0.49"}) != "same");
  CHECK(timelines(a, b, {"*=5%"}) == "same");
  CHECK(timelines(a, b, {"*=5%", "arrivals=1"}) != "same");
  CHECK(timelines(a, "T1,60,web,100,\n", {"*=5%"}) != "same");
}

TEST_CASE("a row without its window is refused, not taken for the end of the file") {
  const std::string message = testing::message_of<InputError>(
      [] { timelines("T1,60,web,5,10\n,60,web,5,10\n", "T1,60,web,5,10\n"); });
  CHECK(message.ends_with("a.csv:3:1: window_start is missing"));
}

TEST_CASE("a tolerance that says nothing is refused") {
  for (const char* text : {"", "=5%", "latency", "latency=", "latency=x", "latency=-1", "*=1%%"}) {
    INFO(text);
    CHECK_THROWS_AS(Tolerances({text}), InputError);
  }
  CHECK(testing::message_of<InputError>([] { timelines("", "", {"arivals=5%"}); }) ==
        "--tolerance: timeline.csv has no column 'arivals', did you mean 'arrivals'?");
}

TEST_CASE("fields of two scenarios are compared by their paths") {
  const auto changes = verify::field_changes(
      "seed: 1\nservices:\n  \"a: b\":\n    lambda:\n      timeout: 3\n      memory_size: 128\n"
      "# x: none\nroutes:\n  - {match: a}\n",
      "seed: 1\nservices:\n  \"a: b\":\n    lambda:\n      timeout: 9\nroutes:\n  - {match: a}\n"
      "  - {match: b}\n");
  REQUIRE(changes.size() == 3);
  CHECK(changes[0].path == "services.\"a: b\".lambda.timeout");
  CHECK(changes[0].a == "3");
  CHECK(changes[0].b == "9");
  CHECK(changes[1].path == "services.\"a: b\".lambda.memory_size");
  CHECK_FALSE(changes[1].b.has_value());
  CHECK(changes[2].path == "routes[1]");
  CHECK_FALSE(changes[2].a.has_value());
}

/// A scenario in a folder, its results and its baseline.
struct Shop {
  Shop() {
    std::ofstream(folder.path() / "spec.yaml")
        << "version: 1\nduration: 5m\nrate: 10\nclasses:\n"
           "  - {name: web, routes: [GET /], share: 1, duration: 100ms}\n";
    std::ofstream(folder.path() / "scenario.yaml")
        << "version: 1\nname: shop\nworkload: {synth: {spec: spec.yaml}}\nservices:\n"
           "  web: {ec2: {min_size: 1, max_size: 4, desired_capacity: 2, instance_type: "
           "m7i.large}}\n";
  }
  CheckOptions options() const {
    return {.paths = {folder.path()}, .baseline = folder.path() / "kept"};
  }
  fs::path run(const std::string& name, const std::vector<std::string>& sets) const {
    const fs::path out = folder.path() / name;
    RunOptions options;
    options.scenario = folder.path() / "scenario.yaml";
    options.out = out;
    options.sets = sets;
    run_scenario(options);
    return out;
  }
  testing::TempFolder folder;
};

TEST_CASE("a baseline is the results as they were, and is recorded anew over itself") {
  const Shop shop;
  const auto record = [&] {
    return check_scenarios({.paths = {shop.folder.path()}, .record = shop.folder.path() / "kept"});
  };
  CHECK(record().passed());
  for (const char* file : {"result.binpb", "summary.json", "timeline.csv"}) {
    CHECK(fs::exists(shop.folder.path() / "kept/shop" / file));
  }
  CHECK(record().passed());
  const CheckReport same = check_scenarios(shop.options());
  CHECK(same.passed());
  CHECK(same.scenarios[0].expectations.back().name == "as the baseline");

  CheckOptions changed = shop.options();
  changed.sets = {"services.web.ec2.desired_capacity=3"};
  const CheckReport other = check_scenarios(changed);
  CHECK_FALSE(other.passed());
  const ExpectationChecked& difference = other.scenarios[0].expectations.back();
  CHECK(difference.got.find(" of web in the window from 2026-01-05T00:00:00Z: ") !=
        std::string::npos);
  changed.tolerances = {"*=1000000%"};
  // What was 0 is beyond any share of it.
  changed.tolerances.push_back("cpu_stretch_ms=1000");
  changed.tolerances.push_back("overhead_p99_ms=1000");
  changed.tolerances.push_back("overhead_p50_ms=1000");
  CHECK(check_scenarios(changed).passed());
}

TEST_CASE("a scenario without a baseline fails, and says what to do") {
  const Shop shop;
  const CheckReport report = check_scenarios(shop.options());
  CHECK_FALSE(report.passed());
  CHECK(report.scenarios[0].expectations[0].got ==
        "no baseline of this scenario; record one with --record");
}

TEST_CASE("two scenarios of one name have no baselines of their own") {
  const Shop shop;
  fs::create_directory(shop.folder.path() / "twin");
  fs::copy(shop.folder.path() / "spec.yaml", shop.folder.path() / "twin/spec.yaml");
  fs::copy(shop.folder.path() / "scenario.yaml", shop.folder.path() / "twin/scenario.yaml");
  CHECK(testing::message_of<InputError>([&] {
          check_scenarios(shop.options());
        }).find("have one name, 'shop'") != std::string::npos);
}

TEST_CASE("a diff tells the fields, the first window and the effects") {
  const Shop shop;
  const fs::path a = shop.run("a", {});
  const fs::path b = shop.run("b", {"services.web.ec2.desired_capacity=1"});
  const DiffReport report = diff_results(a, b);
  CHECK_FALSE(report.same);
  for (const char* part : {"services.web.ec2.desired_capacity: 2 -> 1", "First difference: ",
                           "activities.csv is the same.", "avg(capacity_running)", "sum(cost)"}) {
    INFO(part);
    CHECK(report.text.find(part) != std::string::npos);
  }
  CHECK(diff_results(a, a).same);
  CHECK(diff_results(a, a).text.ends_with("The results are the same.\n"));
}

TEST_CASE("a diff tells the first activity that only one side has") {
  const Shop shop;
  const fs::path a = shop.run("a", {});
  const fs::path b =
      shop.run("b", {"changes=[{at: +1m, field: services.web.ec2.desired_capacity, value: 3}]"});
  const std::string text = diff_results(a, b).text;
  CHECK(text.find("First activity that differs:\n  A  no more\n  B  2026-01-05T00:01:00Z web "
                  "scale_out changes: ") != std::string::npos);
}

TEST_CASE("a folder without a result is refused by a diff") {
  const testing::TempFolder folder;
  CHECK(testing::message_of<InputError>([&] {
          diff_results(folder.path(), folder.path());
        }).ends_with("holds no result.binpb: name the --out of a run"));
}

}  // namespace
}  // namespace skyreplay
