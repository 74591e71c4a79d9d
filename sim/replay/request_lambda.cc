#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iterator>
#include <string_view>

#include "replay/request_lines.h"

namespace skyreplay::replay {
namespace {

using metrics::Outcome;

/// Milliseconds with two decimals, half up, as REPORT has durations.
std::string ms(Duration duration) {
  const std::int64_t hundredths = (duration.count() + 5'000) / 10'000;
  return fmt::format("{}.{:02d}", hundredths / 100, hundredths % 100);
}

/// Milliseconds, as CloudWatch keeps an event's time; half up.
std::string instant(TimePoint time) {
  const auto ms =
      std::chrono::floor<std::chrono::milliseconds>(time + std::chrono::microseconds{500});
  const auto s = std::chrono::floor<std::chrono::seconds>(ms);
  std::string text = to_rfc3339(TimePoint{s});
  text.pop_back();  // the zone
  return fmt::format("{}.{:03d}Z", text, (ms - s).count());
}

/// "2026/01/05/fn[$LATEST]" and 32 digits that stand for the environment.
std::string stream_of(const ServiceHeader& service, const EndedRequest& ended) {
  std::string day = to_rfc3339(ended.ended).substr(0, 10);
  std::replace(day.begin(), day.end(), '-', '/');
  return fmt::format("{}/{}[$LATEST]{:032x}", day, resource_name(service.name),
                     ended.place.ordinal);
}

std::string_view status_of(Outcome outcome) {
  if (outcome == Outcome::kServerTimeout) return "Status: timeout\t";
  return outcome == Outcome::kDependency ? "Status: error\tError Type: Unhandled\t" : "";
}

class LambdaLines final : public RequestLines {
 public:
  explicit LambdaLines(const RequestLinesInputs& inputs) : inputs_(inputs) {}

  bool append(const trace::Row& row, std::uint64_t number, const EndedRequest* ended,
              std::string& out) override {
    const ServiceHeader& service = inputs_.service_of(row);
    if (ended == nullptr || service.platform != "lambda" || !ran_to_its_end(ended->outcome)) {
      return false;
    }
    const workload::Place& place = ended->place;
    const Duration billed = ended->ended - ended->attempt - place.before_billing;
    const auto into = std::back_inserter(out);
    fmt::format_to(into,
                   "{} {} REPORT RequestId: {:08x}-0000-4000-8000-{:012x}\tDuration: {} ms\t"
                   "Billed Duration: {} ms\tMemory Size: {} MB\t",
                   instant(ended->ended), stream_of(service, *ended),
                   std::chrono::floor<std::chrono::seconds>(row.arrival).time_since_epoch().count(),
                   number, ms(billed - place.init), (billed.count() + 999'999) / 1'000'000,
                   place.memory_mib);
    if (const std::uint32_t used = memory_used(row); used > 0) {
      fmt::format_to(into, "Max Memory Used: {} MB\t", used);
    }
    if (place.init > Duration{}) fmt::format_to(into, "Init Duration: {} ms\t", ms(place.init));
    out += status_of(ended->outcome);
    out += '\n';
    return true;
  }

 private:
  /// A throttled invocation never began, and of one whose client has left the end is not known.
  static bool ran_to_its_end(Outcome outcome) {
    return outcome == Outcome::kCompleted || outcome == Outcome::kServerTimeout ||
           outcome == Outcome::kDependency;
  }
  /// What the trace says of the request, else the most that its route used; 0: it says neither.
  std::uint32_t memory_used(const trace::Row& row) const {
    if (row.memory_used_mib > 0) return row.memory_used_mib;
    return static_cast<std::uint32_t>(
        std::ceil(inputs_.trace.routes[row.route].memory_used_max_mib.value_or(0)));
  }

  RequestLinesInputs inputs_;
};

}  // namespace

std::unique_ptr<RequestLines> lambda_lines(const RequestLinesInputs& inputs) {
  return std::make_unique<LambdaLines>(inputs);
}

}  // namespace skyreplay::replay
