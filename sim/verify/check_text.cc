#include "verify/check_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "report/human.h"

namespace skyreplay::verify {
namespace {

constexpr std::size_t kWidth = 100;
constexpr std::size_t kIndent = 14;

std::string plural(std::size_t n, const std::string& word) {
  return fmt::format("{} {}{}", n, word, n == 1 ? "" : "s");
}

std::string line(const char* label, const std::string& text) {
  if (text.empty()) return "";
  const std::string head = fmt::format("    {:<10}", label);
  return report::wrapped(report::printable(text, 2'000), head, kIndent, kWidth);
}

std::string failure_text(const ExpectationChecked& checked) {
  return fmt::format("  {}: {}\n", checked.position, report::printable(checked.name, 80)) +
         line("expected", checked.expected) + line("got", checked.got) +
         line("when", checked.when) + line("because", checked.because);
}

std::string scenario_text(const ScenarioChecked& scenario) {
  const std::size_t all = scenario.expectations.size();
  const std::size_t failures = scenario.failures();
  std::string text =
      fmt::format("{} {}: ", failures == 0 ? "PASS" : "FAIL", scenario.file.string());
  if (all == 0) {
    text += "it expects nothing";
  } else if (failures == 0) {
    text += plural(all, "expectation");
  } else {
    text += fmt::format("{} of {} failed", failures, plural(all, "expectation"));
  }
  text += fmt::format("; {}\n", scenario.verdict);
  for (const ExpectationChecked& checked : scenario.expectations) {
    if (!checked.holds) text += failure_text(checked);
  }
  return text;
}

}  // namespace

std::string check_text(const CheckReport& report) {
  std::string text;
  for (const std::filesystem::path& file : report.unchanged) {
    text += fmt::format("SKIP {}: unchanged\n", file.string());
  }
  std::size_t expectations = 0;
  std::size_t failures = 0;
  std::size_t failing = 0;
  for (const ScenarioChecked& scenario : report.scenarios) {
    text += scenario_text(scenario);
    expectations += scenario.expectations.size();
    failures += scenario.failures();
    failing += scenario.failures() > 0 ? 1 : 0;
  }
  const std::size_t all = report.scenarios.size();
  if (failing == 0) {
    return text + fmt::format("{} checked: {} held\n", plural(all, "scenario"),
                              plural(expectations, "expectation"));
  }
  return text + fmt::format("{} checked, {} failed: {} of {} did not hold\n",
                            plural(all, "scenario"), failing, failures,
                            plural(expectations, "expectation"));
}

}  // namespace skyreplay::verify
