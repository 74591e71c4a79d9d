#include "lambda/front.h"

#include <algorithm>

namespace skyreplay::lambda {
namespace {

constexpr std::uint64_t kHttpApiStep = 512ULL << 10U;  // L97

std::uint64_t bytes_of(const workload::Request& request) {
  return request.more ? request.bytes_in + request.bytes_out : 0;
}

}  // namespace

TokenBucket bucket_of(const Throttling& throttling) {
  return {throttling.burst_limit,
          static_cast<std::uint64_t>(throttling.rate_limit * 1'000.0 + 0.5)};
}

Front::Front(const FrontConfig& config, std::optional<pricing::LoadBalancerMeter> balancer)
    : config_(config), balancer_(std::move(balancer)) {
  if (config.throttling) bucket_ = bucket_of(*config.throttling);
}

void Front::count(const workload::Request& request) {
  const std::uint64_t bytes = bytes_of(request);
  const bool is_stepped = config_.kind == FrontConfig::Kind::kHttpApi;
  billed_requests_ +=
      is_stepped ? std::max<std::uint64_t>(1, (bytes + kHttpApiStep - 1) / kHttpApiStep) : 1;
  ++use_.requests;
  use_.bytes += bytes;
}

void Front::change(TimePoint now, std::int32_t by) {
  in_flight_ns_ += static_cast<unsigned __int128>(in_flight_) *
                   static_cast<std::uint64_t>((now - changed_).count());
  changed_ = now;
  in_flight_ += static_cast<std::uint32_t>(by);
}

void Front::read_balancer(TimePoint until, pricing::Meters& meters) {
  if (!balancer_) return;
  change(until, 0);
  use_.in_flight_ms = static_cast<std::uint64_t>(in_flight_ns_ / 1'000'000);
  balancer_->read(until, use_, meters);
}

}  // namespace skyreplay::lambda
