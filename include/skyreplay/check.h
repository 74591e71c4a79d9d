#pragma once

#include <skyreplay/compare.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

/// Scenarios as regression tests: each says what it expects of its result, and this replays them
/// and says what held. In a test of your own:
///
///     #include <skyreplay/check.h>
///
///     TEST_CASE("the shop's scaling holds") {
///       const skyreplay::CheckReport report = skyreplay::check_scenarios({.paths =
///       {"scenarios"}}); INFO(report.text); CHECK(report.passed());
///     }
namespace skyreplay {

/// What `skyreplay check` is told.
struct CheckOptions {
  /// Scenario files, and folders: every scenario.yaml, .yml, .json and .textproto in or below one.
  std::vector<std::filesystem::path> paths{};
  std::filesystem::path trace{};     ///< empty: the one that each scenario names
  std::vector<std::string> sets{};   ///< PATH=VALUE overrides of every scenario, in order
  std::filesystem::path record{};    ///< keep every result below this folder; empty: nothing is
  std::filesystem::path baseline{};  ///< compare every result with what `record` kept
  /// How far columns of timeline.csv may be from the baseline's: "latency_p99_ms=2%";
  /// docs/check.md.
  std::vector<std::string> tolerances{};
  /// A git revision: scenarios none of whose files changed since are passed over. Empty: none are.
  std::string changed_since{};
  std::uint32_t threads = 1;  ///< runs side by side; the answer never depends on it
  std::string version{};      ///< for the provenance
  /// Called now and then, by one thread at a time; may be empty.
  std::function<void(const RunsProgress&)> progress{};
  /// Seconds that only ever grow, for ScenarioChecked::seconds; may be empty.
  std::function<double()> clock{};
};

/// One expectation of one scenario, and what came of it.
struct ExpectationChecked {
  std::string name{};
  std::string position{};  ///< file:line:column
  bool holds = false;
  std::string expected{};  ///< "p99(latency of web) < 300ms in every 5m"
  std::string got{};       ///< "412.0 ms"
  std::string when{};      ///< the span in question, and how many others fail
  std::string because{};   ///< the window and the activities that explain a failure; may be empty
};

struct ScenarioChecked {
  std::filesystem::path file{};
  std::string name{};
  std::string digest{};   ///< of its result
  std::string verdict{};  ///< stable, backlogged or overloaded
  double seconds = 0;     ///< it took, as the clock says
  std::vector<ExpectationChecked> expectations{};

  std::size_t failures() const;
};

struct CheckReport {
  std::vector<ScenarioChecked> scenarios{};        ///< by file name
  std::vector<std::filesystem::path> unchanged{};  ///< passed over
  std::string text{};                              ///< for people, at most 100 columns
  std::string json{};                              ///< for programs; docs/check.md lists the keys

  bool passed() const;
};

/// Replays every scenario and checks its expectations. Everything but `seconds` is deterministic.
/// Throws InputError with the mistakes of all files at once, or for a path without a scenario;
/// MachineError; Interrupted.
CheckReport check_scenarios(const CheckOptions& options);

/// Writes a report as JUnit XML, which CI systems read: a suite a scenario, a case an expectation.
/// `timestamp` (2026-01-05T12:00:00) and `hostname` say where it was made. The file appears whole
/// or not at all. Throws MachineError.
void write_junit(const CheckReport& report, const std::string& timestamp,
                 const std::string& hostname, const std::filesystem::path& path);

}  // namespace skyreplay
