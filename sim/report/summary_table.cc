#include "report/summary_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "core/text.h"
#include "replay/result_reader.h"
#include "replay/statistics.h"
#include "report/human.h"

namespace skyreplay::report {
namespace {

constexpr std::size_t kWidth = 100;
constexpr std::size_t kNameWidth = 30;
constexpr std::size_t kTopServices = 10;
constexpr std::size_t kMaxNote = 400;

constexpr std::array<const char*, metrics::kOutcomes> kOutcomeLabels = {
    "completed",
    "errors (the service failed)",
    "throttles",
    "client gave up",
    "cut by the service's own timeout",
    "refused (no place, no queue)",
    "failed by a service that was called"};
constexpr std::array<const char*, replay::kLatencyParts> kPartLabels = {
    "queue",
    "init (cold start)",
    "work (CPU)",
    "CPU stretch (slower or shared CPU)",
    "wait (I/O)",
    "downstream calls",
    "retry (earlier attempts, backoff)"};

/// What the table says of one service.
struct ServiceLine {
  explicit ServiceLine(const replay::ServiceSummary& service)
      : counters(service.requests.counters),
        latency(replay::percentiles(service.requests.latency, service.requests.latency_max_ns)),
        running_max(service.usage.capacity_running_max),
        cost(service.cost) {}

  metrics::Counters counters;
  std::optional<replay::Percentiles> latency;
  std::uint32_t running_max;
  pricing::NanoUsd cost;
};

class Table {
 public:
  /// `summary` may be a head: its services are in `lines`.
  Table(const replay::ResultHeader& header, const replay::Summary& summary,
        std::vector<ServiceLine> lines)
      : header_(header), summary_(summary), services_(std::move(lines)) {}

  std::string text() {
    title();
    requests();
    latency();
    parts();
    capacity();
    cost();
    services();
    notes();
    return std::move(out_);
  }

 private:
  template <typename... Args>
  void line(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<Args>(args)...);
    out_.erase(out_.find_last_not_of(' ') + 1);
    out_ += '\n';
  }

  void title();
  void requests();
  void latency();
  void latency_line(const char* label, std::span<const metrics::BucketCount> buckets,
                    std::int64_t sum, std::int64_t max_ns, bool exact_max);
  void parts();
  void capacity();
  void cost();
  void services();
  void service(std::uint32_t index, pricing::NanoUsd largest);
  void notes();

  std::string out_;
  const replay::ResultHeader& header_;
  const replay::Summary& summary_;
  const std::vector<ServiceLine> services_;
};

void Table::title() {
  std::set<std::string> platforms;
  for (const replay::ServiceHeader& service : header_.services) platforms.insert(service.platform);
  std::string list;
  for (const std::string& platform : platforms)
    list += (list.empty() ? "" : ", ") + printable(platform, kNameWidth);
  const std::size_t n = header_.services.size();
  line("{}: {} {} ({}), {} from {}, seed {}", printable(header_.scenario_name, kNameWidth),
       grouped(n), n == 1 ? "service" : "services", list, human_span(header_.end - header_.start),
       to_rfc3339(header_.start), header_.seed);
  out_ += wrapped(std::string(to_string(summary_.verdict)) + ": " +
                      printable(summary_.verdict_reason, kMaxNote),
                  "verdict ", 8, kWidth);
}

void Table::requests() {
  const replay::Conservation& c = summary_.conservation;
  line("\n{:<38}{:>14}{:>12}", "Requests", "count", "share");
  const auto row = [&](const char* label, std::uint64_t n) {
    line("  {:<36}{:>14}{:>12}", label, grouped(n), human_share(n, c.arrivals));
  };
  row("arrivals", c.arrivals);
  for (std::size_t i = 0; i < c.outcomes.size(); ++i) {
    const bool needs_calls = i == static_cast<std::size_t>(metrics::Outcome::kDependency);
    if (!needs_calls || c.outcomes[i] > 0) row(kOutcomeLabels[i], c.outcomes[i]);
  }
  row("in flight at the end", c.in_flight_at_end);
  if (c.warm_up_arrivals > 0) row("warm-up, left out below", c.warm_up_arrivals);
  if (!c.holds()) {
    const std::uint64_t sum =
        std::accumulate(c.outcomes.begin(), c.outcomes.end(), c.in_flight_at_end);
    line("  NOT CONSERVED: they add up to {} of {} arrivals, which is a bug of skyreplay",
         grouped(sum), grouped(c.arrivals));
  }
}

void Table::latency() {
  const metrics::SpanRow& all = summary_.overall;
  line("\n{:<26}{:>12}{:>12}{:>12}{:>12}{:>12}{:>12}", "Completed requests, ms", "mean", "p50",
       "p90", "p99", "p99.9", "max");
  latency_line("latency", all.latency, all.parts.sum(), all.latency_max_ns, true);
  latency_line("overhead", all.overhead, all.parts.sum() - all.parts.work - all.parts.wait,
               all.latency_max_ns, false);
  line(
      "  overhead is latency beyond a request's own work and wait; a faster CPU makes it negative");
}

void Table::latency_line(const char* label, std::span<const metrics::BucketCount> buckets,
                         std::int64_t sum, std::int64_t max_ns, bool exact_max) {
  const auto p = replay::percentiles(buckets, max_ns);
  const std::uint64_t n = summary_.overall.counters.completions();
  if (!p || n == 0) return line("  {:<24}{:>12}", label, "none");
  line("  {:<24}{:>12}{:>12}{:>12}{:>12}{:>12}{:>12}", label, human_ms(replay::mean(sum, n)),
       human_ms(p->p50), human_ms(p->p90), human_ms(p->p99), human_ms(p->p99_9),
       exact_max ? human_ms(max_ns) : "");
}

void Table::parts() {
  const metrics::SpanRow& all = summary_.overall;
  const auto slow = replay::slowest_percent(all.octaves);
  const std::uint64_t n = all.counters.completions();
  if (!slow || n == 0) return;
  const std::string slowest = fmt::format(
      "slowest {} (from {} ms)", human_share(slow->requests, slow->of), human_ms(slow->from_ns));
  line("\n{:<38}{:>24}{:>36}", "Why p99 is what it is: mean parts", "all completed", slowest);
  line("{:<38}{:>14}{:>10}{:>26}{:>10}", "", "ms", "share", "ms", "share");
  const auto mine = replay::in_order(all.parts);
  const auto theirs = replay::in_order(slow->parts);
  const auto share = [](std::int64_t part, std::int64_t sum) {
    if (sum == 0) return std::string();
    return fmt::format("{:.1f} %", 100.0 * static_cast<double>(part) / static_cast<double>(sum));
  };
  for (std::size_t i = 0; i < mine.size(); ++i) {
    line("  {:<36}{:>14}{:>10}{:>26}{:>10}", kPartLabels[i], human_ms(replay::mean(mine[i], n)),
         share(mine[i], all.parts.sum()), human_ms(replay::mean(theirs[i], slow->requests)),
         share(theirs[i], slow->parts.sum()));
  }
}

void Table::capacity() {
  std::uint64_t cold = 0;
  std::uint64_t attempts = 0;
  std::size_t peak = header_.services.size();
  for (std::size_t i = 0; i < header_.services.size(); ++i) {
    const metrics::Counters& counters = services_[i].counters;
    const auto running = [&](std::size_t s) { return services_[s].running_max; };
    if (header_.services[i].has_cold_starts) {
      cold += counters.cold_starts;
      attempts += counters.attempts;
    }
    if (!header_.services[i].has_capacity) continue;
    if (peak == header_.services.size() || running(i) > running(peak)) peak = i;
  }
  out_ += '\n';
  if (attempts > 0) {
    line("{:<38}{:>14}{:>12} of attempts", "Cold starts", grouped(cold),
         human_share(cold, attempts));
  }
  if (peak == header_.services.size()) return;
  line("{:<38}{:>14} {} ({})", "Largest capacity of one service",
       grouped(services_[peak].running_max),
       printable(header_.services[peak].capacity_unit, kNameWidth),
       printable(header_.services[peak].name, kNameWidth));
}

void Table::cost() {
  const Duration horizon = header_.end - header_.start;
  line("\n{:<38}{:>14}", "Cost", "USD");
  line("  {:<36}{:>14}", fmt::format("of this trace, {}", human_span(horizon)),
       human_usd(summary_.cost));
  if (summary_.monthly) {
    line("  {:<36}{:>14}  free tier applied", "of a month like it, 730 h",
         human_usd(*summary_.monthly));
  } else {
    out_ += wrapped(printable(summary_.monthly_unavailable, kMaxNote), "  no month: ", 12, kWidth);
  }
}

void Table::services() {
  std::vector<std::uint32_t> order(services_.size());
  std::iota(order.begin(), order.end(), 0u);
  const std::size_t shown = std::min(kTopServices, order.size());
  const auto dearer = [&](std::uint32_t a, std::uint32_t b) {
    const auto cost = [&](std::uint32_t i) { return services_[i].cost; };
    return cost(a) != cost(b) ? cost(a) > cost(b) : a < b;
  };
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(shown), order.end(),
                    dearer);
  line("\n{:<30} {:>8} {:>11} {:>9} {:>9} {:>7} {:>7} {:>12}", "Services by cost", "platform",
       "requests", "p50 ms", "p99 ms", "cold %", "peak", "USD");
  const pricing::NanoUsd largest = shown > 0 ? services_[order[0]].cost : 0;
  for (std::size_t i = 0; i < shown; ++i) service(order[i], largest);
  if (shown == order.size()) return;
  const pricing::NanoUsd rest = std::accumulate(
      order.begin() + static_cast<std::ptrdiff_t>(shown), order.end(), pricing::NanoUsd{0},
      [&](pricing::NanoUsd sum, std::uint32_t s) { return sum + services_[s].cost; });
  line("{:<30} {:>68}", fmt::format("and {} more", grouped(order.size() - shown)),
       human_usd(rest, largest));
}

void Table::service(std::uint32_t index, pricing::NanoUsd largest) {
  const replay::ServiceHeader& header = header_.services[index];
  const ServiceLine& service = services_[index];
  const metrics::Counters& c = service.counters;
  const auto& p = service.latency;
  std::string cold;
  if (header.has_cold_starts && c.attempts > 0) {
    cold = fmt::format(
        "{:.2f}", 100.0 * static_cast<double>(c.cold_starts) / static_cast<double>(c.attempts));
  }
  line("{} {:>8} {:>11} {:>9} {:>9} {:>7} {:>7} {:>12}",
       padded(printable(header.name, kNameWidth), kNameWidth), printable(header.platform, 8),
       grouped(c.arrivals + c.calls), p ? human_ms(p->p50) : "", p ? human_ms(p->p99) : "", cold,
       header.has_capacity ? grouped(service.running_max) : "", human_usd(service.cost, largest));
}

void Table::notes() {
  if (summary_.notes.empty()) return;
  out_ += "\nNotes\n";
  for (const std::string& note : summary_.notes)
    out_ += wrapped(printable(note, kMaxNote), "  -", 4, kWidth);
}

}  // namespace

std::string summary_table(const replay::ResultHeader& header, const replay::Summary& summary) {
  std::vector<ServiceLine> lines(summary.services.begin(), summary.services.end());
  return Table(header, summary, std::move(lines)).text();
}

std::string summary_table(const std::filesystem::path& folder) {
  replay::ResultReader reader(folder / "result.binpb");
  const replay::Summary head = reader.summary_head();
  std::vector<ServiceLine> lines;
  reader.for_each_service([&](std::uint32_t, const auto& row) { lines.emplace_back(row); });
  return Table(reader.header(), head, std::move(lines)).text();
}

}  // namespace skyreplay::report
