#include <fmt/format.h>
#include <skyreplay/check.h>

#include <algorithm>
#include <pugixml.hpp>
#include <sstream>

#include "core/atomic_file.h"
#include "report/human.h"

namespace skyreplay {
namespace {

constexpr std::size_t kMaxText = 4'000;

/// XML 1.0 has no place for control characters.
std::string safe(const std::string& text) { return report::printable(text, kMaxText); }

std::string seconds(double value) { return fmt::format("{:.3f}", value); }

void add_case(pugi::xml_node suite, const ScenarioChecked& scenario,
              const ExpectationChecked& checked) {
  pugi::xml_node test = suite.append_child("testcase");
  test.append_attribute("name") = safe(checked.name).c_str();
  test.append_attribute("classname") = safe(scenario.file.string()).c_str();
  test.append_attribute("time") = "0";
  if (checked.holds) return;
  pugi::xml_node failure = test.append_child("failure");
  failure.append_attribute("message") =
      safe(fmt::format("expected {}, got {}", checked.expected, checked.got)).c_str();
  failure.append_attribute("type") = "expectation";
  const std::string text = fmt::format(
      "{}\nexpected: {}\ngot: {}\nwhen: {}\nbecause: {}\n", safe(checked.position),
      safe(checked.expected), safe(checked.got), safe(checked.when), safe(checked.because));
  failure.append_child(pugi::node_pcdata).set_value(text.c_str());
}

/// A scenario that expects nothing is one case: it ran to its end.
void add_run(pugi::xml_node suite, const ScenarioChecked& scenario) {
  pugi::xml_node test = suite.append_child("testcase");
  test.append_attribute("name") = "runs to its end";
  test.append_attribute("classname") = safe(scenario.file.string()).c_str();
  test.append_attribute("time") = "0";
}

void add_suite(pugi::xml_node suites, const ScenarioChecked& scenario, std::size_t id,
               const std::string& timestamp, const std::string& hostname) {
  pugi::xml_node suite = suites.append_child("testsuite");
  suite.append_attribute("name") = safe(scenario.name).c_str();
  suite.append_attribute("package") = "skyreplay";
  suite.append_attribute("id") = static_cast<unsigned long long>(id);
  suite.append_attribute("timestamp") = timestamp.c_str();
  suite.append_attribute("hostname") = safe(hostname).c_str();
  suite.append_attribute("tests") =
      static_cast<unsigned long long>(std::max<std::size_t>(scenario.expectations.size(), 1));
  suite.append_attribute("failures") = static_cast<unsigned long long>(scenario.failures());
  suite.append_attribute("errors") = 0;
  suite.append_attribute("time") = seconds(scenario.seconds).c_str();
  pugi::xml_node property = suite.append_child("properties").append_child("property");
  property.append_attribute("name") = "digest";
  property.append_attribute("value") = scenario.digest.c_str();
  for (const ExpectationChecked& one : scenario.expectations) add_case(suite, scenario, one);
  if (scenario.expectations.empty()) add_run(suite, scenario);
  const std::string verdict = "verdict: " + scenario.verdict;
  suite.append_child("system-out").append_child(pugi::node_pcdata).set_value(verdict.c_str());
  suite.append_child("system-err");
}

}  // namespace

void write_junit(const CheckReport& report, const std::string& timestamp,
                 const std::string& hostname, const std::filesystem::path& path) {
  pugi::xml_document document;
  pugi::xml_node declaration = document.prepend_child(pugi::node_declaration);
  declaration.append_attribute("version") = "1.0";
  declaration.append_attribute("encoding") = "UTF-8";
  pugi::xml_node suites = document.append_child("testsuites");
  for (std::size_t i = 0; i < report.scenarios.size(); ++i) {
    add_suite(suites, report.scenarios[i], i, timestamp, hostname);
  }
  std::ostringstream text;
  document.save(text, "  ");
  AtomicFile file(path);
  file.write(text.str());
  file.commit();
}

}  // namespace skyreplay
