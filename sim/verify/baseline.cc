#include "verify/baseline.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "core/text.h"
#include "replay/result_reader.h"
#include "report/human.h"
#include "sweep/candidates.h"
#include "verify/timeline_diff.h"

namespace skyreplay::verify {
namespace {

constexpr std::size_t kMaxName = 60;
constexpr std::size_t kShown = 4;

std::string first_text(const CellDifference& first) {
  return fmt::format("{} of {} in the window from {}: {}", first.column,
                     report::printable(first.service, kMaxName), first.window_start,
                     change_text(first.a, first.b));
}

/// Those that differ in most cells.
std::string columns_text(const TimelineDifference& difference) {
  std::vector<ColumnDifference> columns = difference.columns;
  std::ranges::sort(columns, std::greater<>(), [](const ColumnDifference& column) {
    return std::pair(column.cells, std::string_view(column.column));
  });
  const std::size_t shown = std::min(columns.size(), kShown);
  std::string text;
  for (std::size_t i = 0; i < shown; ++i) {
    const CellDifference& most = columns[i].largest;
    text +=
        fmt::format("{}{} in {} cells, most in {} at {}: {}", i == 0 ? "" : "; ", columns[i].column,
                    grouped(columns[i].cells), report::printable(most.service, kMaxName),
                    most.window_start, change_text(most.a, most.b));
  }
  if (columns.size() > shown) {
    text += fmt::format("; and in {} more columns", columns.size() - shown);
  }
  return text;
}

}  // namespace

std::filesystem::path baseline_folder(const std::filesystem::path& baseline,
                                      const std::string& scenario) {
  return baseline / sweep::folder_name(scenario, {});
}

ExpectationChecked compare_with_baseline(const std::filesystem::path& result,
                                         const std::filesystem::path& baseline,
                                         const Tolerances& tolerances) {
  ExpectationChecked checked;
  checked.name = "as the baseline";
  checked.position = baseline.string();
  checked.expected = "timeline.csv as recorded, " + tolerances.text();
  std::error_code error;
  if (!std::filesystem::exists(baseline / "result.binpb", error)) {
    checked.got = "no baseline of this scenario; record one with --record";
    return checked;
  }
  const std::string before = replay::ResultReader(baseline / "result.binpb").digest();
  const std::string now = replay::ResultReader(result / "result.binpb").digest();
  if (before == now) {
    checked.holds = true;
    checked.got = "the same digest";
    return checked;
  }
  const TimelineDifference difference =
      compare_timelines(baseline / "timeline.csv", result / "timeline.csv", tolerances);
  checked.holds = !difference.first;
  if (checked.holds) {
    checked.got = "another digest, but no difference in timeline.csv beyond the tolerance";
    return checked;
  }
  checked.got = "first " + first_text(*difference.first);
  checked.when = fmt::format("{} of {} windows differ", grouped(difference.windows),
                             grouped(difference.all_windows));
  checked.because = columns_text(difference);
  return checked;
}

}  // namespace skyreplay::verify
