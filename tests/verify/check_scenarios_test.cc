#include <doctest/doctest.h>
#include <skyreplay/check.h>
#include <skyreplay/error.h>

#include <fstream>
#include <pugixml.hpp>
#include <string>

#include "support/temp_folder.h"
#include "verify/find_scenarios.h"

namespace skyreplay {
namespace {

namespace fs = std::filesystem;

/// Ten requests a second of 100 ms for ten minutes from 2026-01-05T00:00:00Z, on two instances.
const std::string kSpec =
    "version: 1\nduration: 10m\nrate: 10\nclasses:\n"
    "  - {name: web, routes: [GET /], share: 1, duration: 100ms}\n";
const std::string kShop =
    "version: 1\nname: shop\nworkload: {synth: {spec: spec.yaml}, work_share: 1}\nservices:\n"
    "  web: {ec2: {min_size: 1, max_size: 4, desired_capacity: 2, instance_type: m7i.large}}\n"
    "changes:\n  - {at: +5m, field: services.web.ec2.desired_capacity, value: 1}\n";

/// A folder with a scenario in folder shop.
struct Shop {
  explicit Shop(const std::string& expectations) {
    fs::create_directory(folder.path() / "shop");
    std::ofstream(folder.path() / "shop/spec.yaml") << kSpec;
    std::ofstream(folder.path() / "shop/scenario.yaml") << kShop << "expectations:\n"
                                                        << expectations;
  }
  CheckReport check(std::uint32_t threads = 1) const {
    return check_scenarios({.paths = {folder.path()}, .threads = threads});
  }
  testing::TempFolder folder;
};

TEST_CASE("a scenario passes whose expectations hold, and each says what it got") {
  const Shop shop(
      "  - {name: all answered, metric: completions, statistic: avg, must_be: \"== 100 %\"}\n"
      "  - {name: shrinks, activity: scale_in, of: web, first_after: +5m, within: 1s}\n"
      "  - {name: calm, direction_changes_per_hour: \"== 0\"}\n");
  const CheckReport report = shop.check();
  CHECK(report.passed());
  REQUIRE(report.scenarios.size() == 1);
  const ScenarioChecked& checked = report.scenarios[0];
  CHECK(checked.name == "shop");
  CHECK(checked.verdict == "stable");
  CHECK(checked.expectations[0].got == "100.0000 %");
  CHECK(checked.expectations[1].got == "the first came at 2026-01-05T00:05:00Z");
  CHECK(checked.expectations[2].got == "0.000 an hour, 0 in all");
  CHECK(report.text.ends_with("1 scenario checked: 3 expectations held\n"));
}

TEST_CASE("a failure says what was expected, what came, when, and what explains it") {
  const Shop shop(
      "  - {name: enough CPU, metric: capacity_running, statistic: avg, of: web, each: 1m, "
      "must_be: \">= 2\"}\n");
  const CheckReport report = shop.check();
  CHECK_FALSE(report.passed());
  const ExpectationChecked& failed = report.scenarios[0].expectations[0];
  CHECK(failed.position.ends_with("shop/scenario.yaml:9:5"));
  CHECK(failed.expected == "avg(capacity_running of web) >= 2 in every 1m");
  CHECK(failed.got == "1");
  CHECK(failed.when == "2026-01-05 00:05 to 00:06, the first of 5 that fail, of 10 buckets");
  CHECK(failed.because.find("the window 2026-01-05 00:05 to 00:06: 1") != std::string::npos);
  CHECK(
      failed.because.find("00:05 web scale_in: changes: services.web.ec2.desired_capacity is 1") !=
      std::string::npos);
  for (const std::string& part : {failed.expected, failed.got, failed.when}) {
    CHECK(report.text.find(part) != std::string::npos);
  }
}

TEST_CASE("a slow window says where its requests spent their time") {
  const Shop shop(
      "  - {name: quick, metric: latency, statistic: max, of: \"*\", must_be: \"< 1ms\"}\n");
  const std::string because = shop.check().scenarios[0].expectations[0].because;
  CHECK(because.find("its mean latency of ") != std::string::npos);
  CHECK(because.find(" ms work") != std::string::npos);
}

TEST_CASE("the window that explains a failure lies in the hours looked at, on whatever day") {
  // Two instances until 20:00 of the first day, then one: farthest off is the second noon.
  const Shop shop(
      "  - {name: x, metric: capacity_running, statistic: avg, of: web, between: [12:00, 13:00], "
      "must_be: \">= 3\"}\n");
  const std::string because =
      check_scenarios({.paths = {shop.folder.path()},
                       .sets = {"workload.synth.duration=40h", "changes[0].at=+20h"}})
          .scenarios[0]
          .expectations[0]
          .because;
  INFO(because);
  CHECK(because.find("the window 2026-01-05 12:") == std::string::npos);
  CHECK(because.find("the window 2026-01-06 12:") != std::string::npos);
}

TEST_CASE("the report does not depend on the number of threads") {
  const Shop shop("  - {name: x, metric: latency, statistic: p99, must_be: \"< 1ms\"}\n");
  fs::copy(shop.folder.path() / "shop", shop.folder.path() / "twin");
  CHECK(shop.check(1).json == shop.check(4).json);
  CHECK(shop.check(4).scenarios.size() == 2);
}

TEST_CASE("mistakes of all files are told at once, before anything runs") {
  const Shop shop("  - {name: x, metric: latncy, statistic: p99, must_be: \"< 1ms\"}\n");
  fs::copy(shop.folder.path() / "shop", shop.folder.path() / "twin");
  const std::string mistakes = testing::message_of<InputError>([&] { shop.check(); });
  CHECK(mistakes.find("shop/scenario.yaml:9:23") != std::string::npos);
  CHECK(mistakes.find("twin/scenario.yaml:9:23") != std::string::npos);
}

TEST_CASE("an expectation that a result has no answer to is a mistake at its place") {
  const Shop shop(
      "  - {name: x, metric: cold_starts, statistic: sum, of: web, must_be: \"< 1\"}\n");
  const std::string mistake = testing::message_of<InputError>([&] { shop.check(); });
  CHECK(mistake.find("shop/scenario.yaml:9:5: expectation 'x': web has no cold_starts") !=
        std::string::npos);
}

TEST_CASE("scenarios are found in and below folders, in order, each once") {
  testing::TempFolder folder;
  for (const char* name : {"b", "a", "a/deep", ".hidden"}) {
    fs::create_directories(folder.path() / name);
    std::ofstream(folder.path() / name / "scenario.yaml") << "x";
  }
  std::ofstream(folder.path() / "a/other.yaml") << "x";
  const fs::path root = folder.path();
  const std::vector<fs::path> expected = {root / "a/deep/scenario.yaml", root / "a/scenario.yaml",
                                          root / "b/scenario.yaml"};
  CHECK(verify::find_scenarios({root, root / "a/scenario.yaml"}) == expected);
  CHECK(verify::find_scenarios({root / "a/other.yaml"}).size() == 1);
  const std::string none =
      testing::message_of<InputError>([&] { verify::find_scenarios({root / "none"}); });
  CHECK(none == (root / "none").string() + ": there is no such file or folder");
}

/// The XML as JUnit's readers take it.
struct Junit {
  explicit Junit(const CheckReport& report) {
    write_junit(report, "2026-11-26T12:00:00", "host", folder.path() / "junit.xml");
    REQUIRE(document.load_file((folder.path() / "junit.xml").c_str()));
    suite = document.child("testsuites").child("testsuite");
  }
  testing::TempFolder folder;
  pugi::xml_document document;
  pugi::xml_node suite;
};

TEST_CASE("JUnit XML has a suite a scenario and a case an expectation, with its counts") {
  const Shop shop(
      "  - {name: \"a < b & \\\"c\\\"\", metric: latency, statistic: p99, must_be: \"< 1ms\"}\n"
      "  - {name: fine, metric: latency, statistic: p99, must_be: \"> 1ms\"}\n");
  const Junit junit(shop.check());
  const pugi::xml_node& suite = junit.suite;
  for (const char* name :
       {"name", "package", "id", "timestamp", "hostname", "tests", "failures", "errors", "time"}) {
    INFO(name);
    CHECK(suite.attribute(name));
  }
  CHECK(suite.attribute("tests").as_int() == 2);
  CHECK(suite.attribute("failures").as_int() == 1);
  const pugi::xml_node first = suite.child("testcase");
  CHECK(first.attribute("name").value() == std::string("a < b & \"c\""));
  CHECK(first.child("failure").attribute("type").value() == std::string("expectation"));
  CHECK(std::string(first.child("failure").attribute("message").value())
            .starts_with("expected p99(latency of *) < 1ms, got "));
  CHECK_FALSE(first.next_sibling("testcase").child("failure"));
}

TEST_CASE("JUnit XML of a scenario that expects nothing is one case") {
  const Shop shop("  []\n");
  const Junit junit(shop.check());
  CHECK(junit.suite.attribute("tests").as_int() == 1);
  CHECK(junit.suite.child("testcase").attribute("name").value() == std::string("runs to its end"));
}

TEST_CASE("control characters in names do not make the XML unreadable") {
  CheckReport report;
  report.scenarios.push_back(
      {.file = "x\x01.yaml", .name = "a\x02\xff", .expectations = {{.name = "n\x03"}}});
  const Junit junit(report);
  CHECK(junit.suite.attribute("name").value() == std::string("a??"));
}

}  // namespace
}  // namespace skyreplay
