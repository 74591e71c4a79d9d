#include "trace/log_rows.h"

#include <fmt/format.h>

namespace skyreplay::trace {

LogRows::LogRows(ImportJob& job, std::string_view entity)
    : job_(job),
      templates_(job.options.route_patterns),
      websockets_(job.options.websockets),
      rows_(job) {
  if (job.options.service_time.empty()) return;
  service_time_ = service_time_of(job.options.service_time);
  service_times_ = RandomStream(job.options.seed, entity, "service_time");
}

void LogRows::add(std::string_view method, std::string_view target, const Row& row) {
  Row numbered = row;
  numbered.route = rows_.number_of(templates_.name(method, target));
  add(numbered);
}

void LogRows::add(const Row& row) {
  if (row.work == kToBeDrawn) ++drawn_;
  rows_.add(row);
}

void LogRows::finish() {
  rows_.finish([this](Row& row, std::uint64_t number) {
    if (row.work != kToBeDrawn) return;
    RandomEngine random = service_times_.at(number);
    row.work = service_time_->sample(random);
  });
  if (job_.writer.rows() == 0) refuse_nothing();
}

void LogRows::refuse_nothing() const {
  std::string dropped;
  for (const auto& [what, count] : job_.bad.counts()) {
    dropped += fmt::format("{}{}: {}", dropped.empty() ? "; left out: " : ", ", what, count);
  }
  throw InputError(SourcePosition{job_.options.inputs.back()},
                   "there are no requests to import" + dropped);
}

void LogRows::describe(std::string_view of_what) {
  ProvenanceStep& step = job_.provenance;
  websockets_.describe(job_);
  for (const std::string& pattern : job_.options.route_patterns) {
    step.arguments.emplace_back("route_pattern", pattern);
  }
  if (!service_time_) return;
  step.arguments.emplace_back("service_time", to_string(*service_time_));
  if (drawn_ == 0) return;
  step.drawn.push_back(fmt::format("duration{}: {}", of_what, to_string(*service_time_)));
}

}  // namespace skyreplay::trace
