// A trace's summary for people.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "core/text.h"
#include "core/time.h"
#include "core/utf8.h"
#include "skyreplay/trace.h"

namespace skyreplay {
namespace {

using Text = std::back_insert_iterator<std::string>;

double milliseconds(Duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

/// A share in percent; 0 of 0 is 0.
double percent(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

std::string join(const std::vector<std::string>& words) {
  return words.empty() ? "none" : fmt::format("{}", fmt::join(words, ", "));
}

void peak(Text out, const char* label, const TracePeak& peak) {
  fmt::format_to(out, "{:<14}{:.1f}/s from {}\n", label, peak.requests_per_s,
                 to_rfc3339(peak.start));
}

void head(Text out, const TraceSummary& summary) {
  fmt::format_to(out, "{:<14}{}, {} bytes\n", "trace", summary.path.string(),
                 grouped(summary.file_bytes));
  fmt::format_to(out, "{:<14}{} on {} routes\n", "requests", grouped(summary.rows),
                 grouped(summary.routes.size()));
  fmt::format_to(out, "{:<14}{} to {} ({})\n", "span", to_rfc3339(summary.start),
                 to_rfc3339(summary.end), format_duration(summary.end - summary.start));
  fmt::format_to(out, "{:<14}{:.1f}/s\n", "mean rate", summary.mean_requests_per_s);
  if (summary.rows > 0) {
    peak(out, "peak second", summary.peak_1s);
    peak(out, "peak minute", summary.peak_1min);
  }
  fmt::format_to(out, "{:<14}{}\n", "durations",
                 summary.work_and_wait ? "work and wait were recorded apart"
                                       : "one duration was recorded; a scenario's work_share "
                                         "splits it");
  fmt::format_to(out, "{:<14}{}\n", "columns", join(summary.columns));
  std::string kinds;
  for (const auto& [kind, rows] : summary.kinds) {
    fmt::format_to(std::back_inserter(kinds), "{}{} {:.2f} %", kinds.empty() ? "" : ", ", kind,
                   percent(rows, summary.rows));
  }
  fmt::format_to(out, "{:<14}{}\n", "kinds", kinds.empty() ? "none" : kinds);
  fmt::format_to(out, "{:<14}{}\n", "digest", summary.digest);
}

void duration_row(Text out, const char* label, const ColumnSummary<std::chrono::nanoseconds>& c) {
  fmt::format_to(out, "{:<14}", label);
  for (const Duration value : {c.mean, c.p50, c.p90, c.p95, c.p99, c.p999, c.max}) {
    fmt::format_to(out, " {:>14.3f}", milliseconds(value));
  }
  fmt::format_to(out, "\n");
}

void bytes_row(Text out, const char* label, const ColumnSummary<std::uint64_t>& c) {
  fmt::format_to(out, "{:<14}", label);
  for (const std::uint64_t value : {c.mean, c.p50, c.p90, c.p95, c.p99, c.p999, c.max}) {
    fmt::format_to(out, " {:>14}", grouped(value));
  }
  fmt::format_to(out, "\n");
}

void distributions(Text out, const TraceSummary& summary) {
  fmt::format_to(out, "\n{:<14}", "");
  for (const char* name : {"mean", "p50", "p90", "p95", "p99", "p99.9", "max"}) {
    fmt::format_to(out, " {:>14}", name);
  }
  fmt::format_to(out, "\n");
  duration_row(out, summary.work_and_wait ? "work ms" : "duration ms", summary.work);
  if (summary.work_and_wait) duration_row(out, "wait ms", summary.wait);
  if (summary.bytes_in.max > 0) bytes_row(out, "bytes in", summary.bytes_in);
  if (summary.bytes_out.max > 0) bytes_row(out, "bytes out", summary.bytes_out);
}

std::string memory(const TraceRouteSummary& route) {
  if (route.memory_size_mib) return fmt::format("{}", *route.memory_size_mib);
  if (route.memory_used_max_mib) return fmt::format("{:.0f} used", *route.memory_used_max_mib);
  return "-";
}

void routes(Text out, const TraceSummary& summary, std::size_t most) {
  const std::size_t shown = std::min(most, summary.routes.size());
  if (shown == 0) return;
  fmt::format_to(out, "\n{:>14} {:>8}  {:<9}{:>12}  route\n", "requests", "share", "kind",
                 "memory MiB");
  for (std::size_t i = 0; i < shown; ++i) {
    const TraceRouteSummary& route = summary.routes[i];
    fmt::format_to(out, "{:>14} {:>6.2f} %  {:<9}{:>12}  {}\n", grouped(route.rows),
                   percent(route.rows, summary.rows), route.kind, memory(route),
                   printable(route.name));
  }
  if (shown < summary.routes.size()) {
    std::uint64_t rows = 0;
    for (std::size_t i = shown; i < summary.routes.size(); ++i) rows += summary.routes[i].rows;
    fmt::format_to(out, "{:>14} {:>6.2f} %  in {} more routes\n", grouped(rows),
                   percent(rows, summary.rows), grouped(summary.routes.size() - shown));
  }
}

void provenance(Text out, const TraceSummary& summary) {
  fmt::format_to(out, "\nprovenance{}\n", summary.provenance.empty() ? ": not recorded" : "");
  int number = 0;
  for (const TraceStep& step : summary.provenance) {
    fmt::format_to(out, "{:>3}. {}", ++number, step.tool);
    for (const auto& [name, value] : step.arguments) {
      fmt::format_to(out, " {}={}", printable(name), printable(value));
    }
    fmt::format_to(out, "\n");
    for (const std::string& text : step.measured) {
      fmt::format_to(out, "     measured  {}\n", printable(text));
    }
    for (const std::string& text : step.drawn) {
      fmt::format_to(out, "     drawn     {}\n", printable(text));
    }
    for (const auto& [reason, rows] : step.dropped) {
      fmt::format_to(out, "     dropped   {}: {}\n", printable(reason), grouped(rows));
    }
  }
}

}  // namespace

std::string to_text(const TraceSummary& summary, std::size_t max_routes) {
  std::string text;
  const Text out = std::back_inserter(text);
  head(out, summary);
  if (summary.rows > 0) distributions(out, summary);
  routes(out, summary, max_routes);
  provenance(out, summary);
  return text;
}

}  // namespace skyreplay
