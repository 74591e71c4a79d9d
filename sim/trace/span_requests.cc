#include "trace/span_requests.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/atomic_file.h"

namespace skyreplay::trace {
namespace {

bool is_client(SpanKind kind) { return kind == SpanKind::kClient || kind == SpanKind::kProducer; }

/// Spans and requests are sorted at the same time: each may use half of the memory.
ImportJob& with_half_the_memory(ImportJob& job) {
  job.memory /= 2;
  return job;
}

}  // namespace

SpanRequests::SpanRequests(ImportJob& job)
    : job_(with_half_the_memory(job)), spans_(job), rows_(job, "import/spans") {
  if (!job.options.calls.empty() && job.options.calls == job.options.out) {
    throw InputError("--calls: names the file that the trace is written to");
  }
  job.writer.set_durations(Durations::kWorkAndWait);
}

void SpanRequests::finish() {
  while (spans_.next_trace(trace_)) take_trace();
  job_.bad.leave_out("client spans that no span of another service serves", unserved_);
  rows_.finish();
  describe();
  if (job_.options.calls.empty()) return;
  AtomicFile file(job_.options.calls);
  if (calls_.empty()) job_.notes.push_back("no service calls another: --calls has none to write");
  file.write(calls_.to_yaml(spans_.operations()));
  file.commit();
}

/// Finds each span's parent, and drops spans that came twice.
void SpanRequests::link() {
  std::vector<std::uint32_t> order(trace_.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  const auto by_id = [this](std::uint32_t a, std::uint32_t b) {
    return std::pair(trace_[a].id, a) < std::pair(trace_[b].id, b);
  };
  std::sort(order.begin(), order.end(), by_id);
  const auto same = [this](std::uint32_t a, std::uint32_t b) {
    return trace_[a].id == trace_[b].id && trace_[a].operation == trace_[b].operation &&
           trace_[a].start == trace_[b].start;
  };
  const auto last = std::unique(order.begin(), order.end(), same);
  job_.bad.leave_out("spans that came twice", static_cast<std::uint64_t>(order.end() - last));
  order.erase(last, order.end());

  links_.parent.assign(trace_.size(), kNone);
  links_.first.assign(trace_.size(), kNone);
  links_.next.assign(trace_.size(), kNone);
  reached_ = 0;
  for (const std::uint32_t child : order) {
    const std::uint64_t wanted = trace_[child].parent;
    const auto found = std::lower_bound(
        order.begin(), order.end(), wanted,
        [this](std::uint32_t span, std::uint64_t id) { return trace_[span].id < id; });
    const bool there = wanted != 0 && found != order.end() && trace_[*found].id == wanted;
    if (!there || *found == child) {
      entries_.push_back({.span = child});
      if (wanted != 0) ++orphans_;
      continue;
    }
    links_.parent[child] = *found;
    links_.next[child] = links_.first[*found];
    links_.first[*found] = child;
  }
  reached_ = order.size();
}

void SpanRequests::take_trace() {
  entries_.clear();
  link();
  while (!entries_.empty()) {
    const Entry entry = entries_.back();
    entries_.pop_back();
    take_entry(entry);
  }
  job_.bad.leave_out("spans that are each other's parents", reached_);
}

void SpanRequests::take_entry(const Entry& entry) {
  const Span& span = trace_[entry.span];
  const std::size_t known = entries_.size();
  remote_.clear();
  local_.clear();
  const bool passes_on = entry.is_request && is_client(span.kind);
  subtree_.assign(1, entry.span);
  while (!subtree_.empty()) {
    const std::uint32_t at = subtree_.back();
    subtree_.pop_back();
    --reached_;
    look_at(entry.span, at, passes_on);
  }
  if (passes_on) {
    if (entries_.size() == known) ++unserved_;
    return;
  }
  ServiceTimes times;
  times.remote = covered(remote_);
  local_.insert(local_.end(), remote_.begin(), remote_.end());
  times.wait = covered(local_) - times.remote;
  times.work = span.duration - times.wait - times.remote;
  const std::uint32_t service = spans_.operations().service_of(span);
  calls_.add_entry(service);
  if (entry.is_request) {
    add_request(entry, times);
  } else {
    calls_.add_call(entry.caller, service, entry.async, times);
  }
}

/// One span of what a service did for the entry `root`: its children there, its calls elsewhere.
void SpanRequests::look_at(std::uint32_t root, std::uint32_t span, bool passes_on) {
  const Operations& operations = spans_.operations();
  const Span& own = trace_[span];
  const Span& entry = trace_[root];
  const auto within = [&](const Span& part) {
    return Interval{std::clamp(part.start, entry.start, entry.end()),
                    std::clamp(part.end(), entry.start, entry.end())};
  };
  const bool called = span != root && is_client(own.kind);
  if (called && links_.first[span] == kNone && own.kind == SpanKind::kClient) {
    local_.push_back(within(own));
  }
  for (std::uint32_t child = links_.first[span]; child != kNone; child = links_.next[child]) {
    if (operations.service_of(trace_[child]) == operations.service_of(own)) {
      subtree_.push_back(child);
      continue;
    }
    const bool async = own.kind == SpanKind::kProducer || trace_[child].kind == SpanKind::kConsumer;
    if (!async) remote_.push_back(within(called ? own : trace_[child]));
    entries_.push_back({child, passes_on, operations.service_of(own), async});
  }
}

/// The length of the union, which stays in `intervals`.
Duration SpanRequests::covered(std::vector<Interval>& intervals) {
  std::sort(intervals.begin(), intervals.end(), [](const Interval& a, const Interval& b) {
    return std::pair(a.from, a.to) < std::pair(b.from, b.to);
  });
  Duration sum{0};
  TimePoint until{};
  for (const Interval& interval : intervals) {
    if (interval.to <= until) continue;
    sum += interval.to - std::max(interval.from, until);
    until = interval.to;
  }
  return sum;
}

void SpanRequests::add_request(const Entry& entry, const ServiceTimes& times) {
  const Span& span = trace_[entry.span];
  const Operations::Operation& operation = spans_.operations()[span.operation];
  Row row{.arrival = span.start, .work = times.work, .wait = times.wait, .status = span.status};
  if (job_.options.calls.empty()) row.wait += times.remote;
  const std::string between = operation.name.starts_with('/') ? "" : "/";
  row.route =
      rows_.number_of(spans_.operations().service(operation.service) + between + operation.name);
  if (span.kind == SpanKind::kConsumer) {
    rows_.record(row.route).kind = InvocationKind::kQueue;
  }
  rows_.add(row);
}

void SpanRequests::describe() {
  ProvenanceStep& step = job_.provenance;
  const bool split = !job_.options.calls.empty();
  step.measured = {"arrival: start of a request's first span",
                   split ? "wait: time in client spans that no other service answers"
                         : "wait: time in client spans and in calls to other services",
                   split ? "work: the span less its wait and its calls to other services, which "
                           "--calls wrote"
                         : "work: the span less its wait",
                   "route: service.name / http.route or name", "status: http.response.status_code"};
  rows_.describe("");
  if (orphans_ == 0) return;
  job_.notes.push_back(
      fmt::format("{} span{} a parent that the input does not hold; each counts as a request",
                  orphans_, orphans_ == 1 ? " names" : "s name"));
}

}  // namespace skyreplay::trace
