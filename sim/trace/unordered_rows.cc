#include "trace/unordered_rows.h"

#include <utility>

#include "core/spill_file.h"

namespace skyreplay::trace {

UnorderedRows::UnorderedRows(ImportJob& job)
    : job_(job), sorter_(job.memory, spill_folder(job.options.out)) {}

std::uint32_t UnorderedRows::number_of(const std::string& route) {
  if (const auto found = numbers_.find(route); found != numbers_.end()) return found->second;
  const auto next = static_cast<std::uint32_t>(routes_.size());
  if (next < job_.options.max_routes) {
    routes_.push_back({.name = route});
    return numbers_.emplace(route, next).first->second;
  }
  if (other_ == kNone) {
    const auto found = numbers_.find(std::string(ImportSink::kOther));
    other_ = found != numbers_.end() ? found->second : next;
    if (other_ == next) routes_.push_back({.name = std::string(ImportSink::kOther)});
  }
  return other_;
}

std::uint32_t UnorderedRows::sink_route(std::uint32_t number) {
  std::uint32_t& route = sink_routes_[number];
  bool made = false;
  if (route == kNone) {
    route = number == other_ ? job_.sink.other() : job_.sink.route(routes_[number].name, made);
    job_.sink.record(route) = std::move(routes_[number]);
  }
  return route;
}

void UnorderedRows::finish(const std::function<void(Row& row, std::uint64_t number)>& complete) {
  sink_routes_.assign(routes_.size(), kNone);
  Row row;
  for (std::uint64_t number = 0; sorter_.next(row); ++number) {
    row.route = sink_route(row.route);
    complete(row, number);
    job_.sink.add(row);
  }
}

}  // namespace skyreplay::trace
