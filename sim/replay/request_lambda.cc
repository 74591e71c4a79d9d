#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <iterator>
#include <string_view>

#include "replay/request_lines.h"
#include "trace/instant_text.h"

namespace skyreplay::replay {
namespace {

using metrics::Outcome;

/// Milliseconds with two decimals, half up, as REPORT has durations.
std::string ms(Duration duration) {
  const std::int64_t hundredths = (duration.count() + 5'000) / 10'000;
  return fmt::format("{}.{:02d}", hundredths / 100, hundredths % 100);
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
    if (place.ordinal == workload::Place::kNone) return false;  // ran, and then grew too old
    const Duration billed = ended->ended - ended->attempt - place.before_billing;
    const auto into = std::back_inserter(out);
    const std::size_t begin = out.size();
    // CloudWatch keeps milliseconds; half up.
    reports_.append(ended->ended + std::chrono::microseconds{500}, 3, out);
    append_stream(begin, service, place, out);
    fmt::format_to(into,
                   " REPORT RequestId: {:08x}-0000-4000-8000-{:012x}\tDuration: {} ms\t"
                   "Billed Duration: {} ms\tMemory Size: {} MB\t",
                   std::chrono::floor<std::chrono::seconds>(row.arrival).time_since_epoch().count(),
                   number, ms(billed - place.billed_start), (billed.count() + 999'999) / 1'000'000,
                   place.memory_mib);
    if (const std::uint32_t used = memory_used(row); used > 0) {
      fmt::format_to(into, "Max Memory Used: {} MB\t", used);
    }
    if (place.restore > Duration{}) {
      fmt::format_to(into, "Restore Duration: {} ms\tBilled Restore Duration: {} ms\t",
                     ms(place.restore), (place.billed_start.count() + 999'999) / 1'000'000);
    }
    if (place.init > Duration{}) fmt::format_to(into, "Init Duration: {} ms\t", ms(place.init));
    out += status_of(ended->outcome);
    out += '\n';
    return true;
  }

 private:
  /// " 2026/01/05/fn[$LATEST]" and 32 digits that stand for the environment. The day is that of the
  /// instant at `time` of `out`.
  static void append_stream(std::size_t time, const ServiceHeader& service,
                            const workload::Place& place, std::string& out) {
    fmt::format_to(std::back_inserter(out), " {}/{}/{}/{}[$LATEST]{:032x}", out.substr(time, 4),
                   out.substr(time + 5, 2), out.substr(time + 8, 2), resource_name(service.name),
                   place.ordinal);
  }
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
  trace::InstantText reports_;
};

}  // namespace

std::unique_ptr<RequestLines> lambda_lines(const RequestLinesInputs& inputs) {
  return std::make_unique<LambdaLines>(inputs);
}

}  // namespace skyreplay::replay
