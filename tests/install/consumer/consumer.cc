// A test of somebody else's, built against the installed library alone.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
#include <skyreplay/check.h>
#include <skyreplay/diff.h>
#include <skyreplay/error.h>
#include <skyreplay/scenario.h>

#include <cstdlib>

TEST_CASE("the shop's scaling holds") {
  const char* folder = std::getenv("SHOP");
  REQUIRE(folder != nullptr);
  const skyreplay::CheckReport report = skyreplay::check_scenarios({.paths = {folder}});
  INFO(report.text);
  CHECK(report.passed());
  CHECK(report.scenarios.at(0).expectations.size() == 1);
}

TEST_CASE("mistakes arrive as exceptions") {
  CHECK_THROWS_AS(skyreplay::Scenario::parse("version: 2\n", "x.yaml"), skyreplay::InputError);
}
