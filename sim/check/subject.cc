#include "check/subject.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.h"
#include "metrics/dense_histogram.h"

namespace skyreplay::check {
namespace {

constexpr std::size_t kListed = 8;

std::vector<metrics::BucketCount> merge(
    const std::vector<const ServiceSpan*>& services,
    std::vector<metrics::BucketCount> metrics::SpanRow::* histogram) {
  metrics::SpanHistogram sum;
  for (const ServiceSpan* service : services) {
    for (const metrics::BucketCount& entry : service->requests->*histogram) {
      sum.add(entry.bucket, entry.count);
    }
  }
  std::vector<metrics::BucketCount> buckets;
  sum.collect(buckets);
  return buckets;
}

metrics::SpanRow merge(const std::vector<const ServiceSpan*>& services) {
  metrics::SpanRow row;
  for (const ServiceSpan* service : services) {
    row.counters += service->requests->counters;
    row.parts += service->requests->parts;
    row.latency_max_ns = std::max(row.latency_max_ns, service->requests->latency_max_ns);
    row.in_flight_at_end += service->requests->in_flight_at_end;
  }
  row.latency = merge(services, &metrics::SpanRow::latency);
  row.overhead = merge(services, &metrics::SpanRow::overhead);
  return row;
}

[[noreturn]] void refuse(const std::string& of, const Span& span) {
  std::vector<std::string> names;
  for (const ServiceSpan& service : span.services) names.push_back(service.name);
  const std::string nearest = did_you_mean(of, names);
  std::string list;
  for (std::size_t i = 0; i < std::min(names.size(), kListed); ++i) {
    list += (i == 0 ? "" : ", ") + names[i];
  }
  if (names.size() > kListed) list += fmt::format(" and {} more", names.size() - kListed);
  throw InputError(
      fmt::format("no service '{}'{}", of,
                  nearest.empty() ? "; there is " + list + ", and * for everything" : nearest));
}

}  // namespace

Subject find_subject(const std::string& of, const Span& span) {
  Subject subject;
  if (of == "*") {
    for (const ServiceSpan& service : span.services) subject.services.push_back(&service);
    subject.is_everything = true;
    subject.requests = span.overall;
    return subject;
  }
  for (const ServiceSpan& service : span.services) {
    if (service.name != of && !service.name.starts_with(of + "/")) continue;
    subject.services.push_back(&service);
    if (service.name == of) break;
  }
  if (!subject.services.empty()) {
    if (subject.services.back()->name == of) subject.services = {subject.services.back()};
    if (subject.services.size() == 1) subject.requests = subject.services[0]->requests;
    if (subject.services.size() > 1) subject.merged = merge(subject.services);
    return subject;
  }
  for (const RouteSpan& route : span.routes) {
    const ServiceSpan& service = span.services[route.service];
    if (of != service.name + "/" + route.name) continue;
    subject.services = {&service};
    subject.is_route = true;
    subject.requests = route.requests;
    return subject;
  }
  refuse(of, span);
}

std::vector<bool> services_of(const std::string& of, const Span& span) {
  std::vector<bool> is_meant(span.services.size(), false);
  for (const ServiceSpan* service : find_subject(of, span).services) {
    is_meant[static_cast<std::size_t>(service - span.services.data())] = true;
  }
  return is_meant;
}

}  // namespace skyreplay::check
