#include "verify/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <deque>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "check/subject.h"
#include "check/window_sum.h"
#include "core/error.h"
#include "replay/result_reader.h"
#include "report/human.h"
#include "sweep/human_value.h"
#include "sweep/spans.h"

namespace skyreplay::verify {
namespace {

using Item = replay::ResultReader::Item;

constexpr std::size_t kActivities = 3;
constexpr std::size_t kMaxName = 60;
constexpr std::size_t kMaxCause = 200;

/// The window that is farthest on the wrong side.
struct Worst {
  metrics::Window window;
  std::int64_t value = 0;
  metrics::LatencyParts parts;
  std::uint64_t completions = 0;
};

/// Looks at each window of the failing span by itself.
class WorstWindow {
 public:
  WorstWindow(const check::Expectation& expectation, const check::Judgement& judgement,
              const check::Span& whole, const replay::ResultHeader& header)
      : expectation_(expectation),
        judgement_(judgement),
        start_(header.start),
        sum_(expectation.of, whole, header.end) {}

  void window(const metrics::Window& window) {
    // A large window comes in several blocks.
    if (open_ && window.start == window_.start) return;
    close();
    // A span of times of day has windows of every day, and others between them.
    open_ = window.start >= judgement_.from && window.start < judgement_.to &&
            (!expectation_.requirement.between ||
             expectation_.requirement.between->contains(window.start, start_));
    window_ = window;
    if (open_) sum_.add(window);
  }
  void row(const metrics::WindowRow& row) {
    if (open_) sum_.add(row);
  }
  std::optional<Worst> finish() {
    close();
    return worst_;
  }

 private:
  void close() {
    if (!std::exchange(open_, false)) return;
    const check::Measurement measured = sum_.evaluate(expectation_.requirement);
    const auto off = [&](std::int64_t value) {
      return check::wrongness(expectation_.requirement, value);
    };
    if (measured.known && (!worst_ || off(measured.value) > off(worst_->value))) {
      worst_ = {window_, measured.value, sum_.parts(), sum_.completions()};
    }
    sum_.clear();
  }

  const check::Expectation& expectation_;
  const check::Judgement& judgement_;
  TimePoint start_;
  check::WindowSum sum_;
  metrics::Window window_;
  bool open_ = false;
  std::optional<Worst> worst_;
};

/// "queue 310 ms, work 90.00 ms": the largest parts of a mean latency.
std::string parts_text(const Worst& worst) {
  using Part = std::pair<std::int64_t, std::string_view>;
  std::array<Part, 7> parts = {{{worst.parts.queue, "queue"},
                                {worst.parts.init, "init"},
                                {worst.parts.work, "work"},
                                {worst.parts.cpu_stretch, "cpu_stretch"},
                                {worst.parts.wait, "wait"},
                                {worst.parts.downstream, "downstream"},
                                {worst.parts.retry, "retry"}}};
  std::ranges::sort(parts, std::greater<>());
  const auto n = static_cast<std::int64_t>(worst.completions);
  std::string text =
      fmt::format("its mean latency of {} ms is", report::human_ms(worst.parts.sum() / n));
  for (std::size_t i = 0; i < 3 && parts[i].first > 0; ++i) {
    text += fmt::format("{} {} ms {}", i == 0 ? "" : ",", report::human_ms(parts[i].first / n),
                        parts[i].second);
  }
  return text;
}

bool is_about_time(const check::Expectation& expectation) {
  return expectation.requirement.form == check::Form::kTimes ||
         expectation.requirement.form == check::Form::kPart;
}

std::optional<Worst> worst_window(const std::filesystem::path& result,
                                  const check::Expectation& expectation,
                                  const check::Judgement& judgement, const check::Span& whole) {
  replay::ResultReader reader(result);
  WorstWindow worst(expectation, judgement, whole, reader.header());
  try {
    for (Item item = reader.next(); item != Item::kEnd; item = reader.next()) {
      if (item != Item::kWindow) continue;
      worst.window(reader.window());
      for (const metrics::WindowRow& row : reader.rows()) worst.row(row);
    }
    return worst.finish();
  } catch (const InputError&) {
    return std::nullopt;  // windows do not tell clients' requests from calls: there is only the
                          // span
  }
}

std::string window_text(const check::Expectation& expectation, const Worst& worst) {
  std::string text = fmt::format("farthest off is the window {}: {}",
                                 span_text(worst.window.start, worst.window.end),
                                 sweep::human_value(worst.value, expectation.requirement.unit));
  if (is_about_time(expectation) && worst.completions > 0) text += "; " + parts_text(worst);
  return text;
}

/// The last activities of the services before an instant.
std::string activities_text(const std::filesystem::path& result, const std::string& of,
                            const check::Span& whole, TimePoint before) {
  const std::vector<bool> is_meant = check::services_of(of, whole);
  std::deque<replay::Activity> last;
  replay::ResultReader reader(result);
  for (Item item = reader.next(); item != Item::kEnd; item = reader.next()) {
    if (item != Item::kActivities) continue;
    for (const replay::Activity& activity : reader.activities()) {
      if (!is_meant[activity.service] || activity.time >= before) continue;
      last.push_back(activity);
      if (last.size() > kActivities) last.pop_front();
    }
  }
  std::string text;
  for (const replay::Activity& activity : last) {
    text += fmt::format("{}{} {} {}: {}", text.empty() ? "before it: " : "; ",
                        clock_text(activity.time),
                        report::printable(whole.services[activity.service].name, kMaxName),
                        activity.kind, report::printable(activity.cause, kMaxCause));
  }
  return text;
}

/// Whether windows can be asked for the expectation's metric, one by one.
bool has_windows(const check::Expectation& expectation, const check::Span& whole) {
  return expectation.about == check::Expectation::About::kMetric &&
         !check::find_subject(expectation.of, whole).is_route;
}

}  // namespace

std::string clock_text(TimePoint time) {
  const std::string text = to_rfc3339(time);
  std::string clock = text.substr(11, text.find('Z') - 11);
  if (clock.size() == 8 && clock.ends_with(":00")) clock.resize(5);
  return clock;
}

std::string span_text(TimePoint from, TimePoint to) {
  const std::string day = to_rfc3339(from).substr(0, 10);
  const std::string last_day = to_rfc3339(to).substr(0, 10);
  return fmt::format("{} {} to {}{}", day, clock_text(from), day == last_day ? "" : last_day + " ",
                     clock_text(to));
}

std::string explain(const std::filesystem::path& result, const check::Expectation& expectation,
                    const check::Judgement& judgement) {
  replay::ResultReader reader(result);
  const replay::Summary summary = reader.summary();
  const check::Span whole = sweep::span_of(reader.header(), summary);
  std::string text;
  TimePoint before = judgement.to;
  if (judgement.known && has_windows(expectation, whole)) {
    if (const auto worst = worst_window(result, expectation, judgement, whole)) {
      text = window_text(expectation, *worst);
      before = worst->window.end;
    }
  }
  const std::string activities = activities_text(result, expectation.of, whole, before);
  if (!text.empty() && !activities.empty()) text += ". ";
  return text + activities;
}

}  // namespace skyreplay::verify
