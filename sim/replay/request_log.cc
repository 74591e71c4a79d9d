#include "replay/request_log.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "core/error.h"
#include "metrics/histogram_layout.h"
#include "workload/completion.h"

namespace skyreplay::replay {
namespace {

using metrics::HistogramLayout;
using metrics::Outcome;

/// One in so many is slow.
constexpr std::uint64_t kSlowestShare = 100;

}  // namespace

RequestSample RequestSample::parse(const std::string& text) {
  if (text == "all") return {};
  if (text == "slowest") return {.kind = Kind::kSlowest};
  RequestSample sample{.kind = Kind::kOneIn};
  const char* end = text.data() + text.size();
  if (text.starts_with("1/")) {
    const auto [stop, error] = std::from_chars(text.data() + 2, end, sample.n);
    if (error == std::errc() && stop == end && sample.n > 0) return sample;
  }
  throw InputError("--requests-sample: '" + text + "' is none of all, 1/N, slowest");
}

RequestLog::RequestLog(const RequestSample& sample, std::uint64_t seed,
                       std::filesystem::path folder)
    : sample_(sample),
      draws_(seed, "requests", "sample"),
      sorter_(kMemory, std::move(folder), "TMPDIR names another folder") {}

bool RequestLog::wants(std::uint64_t row) {
  return sample_.kind != RequestSample::Kind::kOneIn || draws_.at(row)() % sample_.n == 0;
}

void RequestLog::answered(const workload::Request& request, const workload::ServiceUnit& by,
                          TimePoint now, Outcome outcome, workload::Then then) {
  if (then == workload::Then::kRetried || request.awaited == workload::Awaited::kByService) return;
  Item item{.request = {.row = request.row,
                        .attempt = request.attempt,
                        .ended = now,
                        .parts = {},
                        .place = {},
                        .outcome = outcome,
                        .attempts = request.attempts},
            .latency_ns = (now - request.arrival).count()};
  if (outcome == Outcome::kCompleted) item.request.parts = workload::parts_of(request, now);
  // A refusal by a fleet's member names it.
  if (outcome != Outcome::kThrottle) {
    item.request.place = by.service->place_of(by.unit, request);
  } else {
    item.request.place.is_before_service = by.service->throttled_before(by.unit);
  }
  sorter_.add(item);
  if (sample_.kind == RequestSample::Kind::kSlowest) {
    latencies_.add(HistogramLayout::bucket(item.latency_ns));
  }
}

void RequestLog::find_slowest() {
  std::vector<metrics::BucketCount> buckets;
  latencies_.drain(buckets);
  std::uint64_t wanted = (sorter_.added() + kSlowestShare - 1) / kSlowestShare;
  for (auto bucket = buckets.rbegin(); bucket != buckets.rend() && wanted > 0; ++bucket) {
    slowest_bucket_ = bucket->bucket;
    wanted -= std::min(wanted, bucket->count);
  }
}

const EndedRequest* RequestLog::next() {
  if (std::exchange(collecting_, false)) find_slowest();
  while (sorter_.next(item_)) {
    if (HistogramLayout::bucket(item_.latency_ns) >= slowest_bucket_) return &item_.request;
  }
  return nullptr;
}

}  // namespace skyreplay::replay
