#include "trace/within_second.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <chrono>

namespace skyreplay::trace {

WithinSecond::WithinSecond(const ImportOptions& options, std::string_view entity)
    : random_(options.seed, entity, "arrival") {
  const ArrivalLaw law = arrival_law_of(options.arrivals, "--arrivals", ArrivalLaw::kUniform);
  if (law == ArrivalLaw::kEquidistant) {
    throw InputError("--arrivals: of a log there are uniform and start");
  }
  moves_ = law == ArrivalLaw::kUniform;
}

void WithinSecond::place(TimePoint& time, std::string_view line) {
  if (!moves_) return;
  ++moved_;
  RandomEngine random = random_.at(XXH3_64bits(line.data(), line.size()));
  time += trace::place(random(), std::chrono::seconds(1));
}

void WithinSecond::describe(ImportJob& job) const {
  if (!job.options.arrivals.empty()) {
    job.provenance.arguments.emplace_back("arrivals", moves_ ? "uniform" : "start");
  }
  if (moved_ == 0) return;
  job.provenance.drawn.push_back(
      fmt::format("arrival: uniform within the second that the log says, {} lines", moved_));
}

}  // namespace skyreplay::trace
