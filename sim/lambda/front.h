#pragma once

#include <cstdint>
#include <optional>

#include "core/time.h"
#include "lambda/token_bucket.h"
#include "pricing/load_balancer_meter.h"
#include "workload/request.h"

namespace skyreplay::lambda {

/// MiB that the docs call MB; a request's payload, with its headers where the trace counts them.
inline constexpr std::uint64_t kLargestPayload = 6ULL << 20U;         ///< L73: of a function's own
inline constexpr std::uint64_t kLargestBehindBalancer = 1ULL << 20U;  ///< L52, E117

/// So many requests a second (L51): a token bucket.
struct Throttling {
  std::uint32_t burst_limit = 5'000;
  double rate_limit = 10'000;  ///< a second; read to a thousandth
};

/// What stands between clients and a function: an API of API Gateway (L51), or an Application Load
/// Balancer that has the function as its target (L52).
struct FrontConfig {
  enum class Kind : std::uint8_t { kHttpApi, kRestApi, kLoadBalancer };

  Kind kind = Kind::kHttpApi;
  /// An API answers 504 after this long in the function's stead, which works on and is billed.
  /// None: a load balancer waits for as long as the function takes.
  std::optional<Duration> timeout{};
  std::optional<Throttling> throttling{};  ///< of this API alone; the account's holds besides
};

/// One function's front: what it lets through, and what it is billed for.
///
/// **Cost** O(1) a request.
class Front {
 public:
  /// `balancer` is given where the front is one.
  Front(const FrontConfig& config, std::optional<pricing::LoadBalancerMeter> balancer);

  const FrontConfig& config() const { return config_; }
  /// Whether its own rate lets a request through at `now`.
  bool takes(TimePoint now) { return !bucket_ || bucket_->take(now); }
  /// The largest request and answer that pass.
  std::uint64_t largest_payload() const {
    return config_.kind == FrontConfig::Kind::kLoadBalancer ? kLargestBehindBalancer
                                                            : kLargestPayload;
  }

  /// A request came through, throttled by the function or not.
  void count(const workload::Request& request);
  /// The function begins, or ends, to work on one.
  void enter(TimePoint now) { change(now, +1); }
  void leave(TimePoint now) { change(now, -1); }

  /// Requests as they are billed (L97): of an HTTP API each begun 512 KB of request and answer.
  std::uint64_t billed_requests() const { return billed_requests_; }
  /// Of a load balancer: hours and capacity units (E118).
  void read_balancer(TimePoint until, pricing::Meters& meters);

 private:
  void change(TimePoint now, std::int32_t by);

  FrontConfig config_;
  std::optional<TokenBucket> bucket_;
  std::uint64_t billed_requests_ = 0;
  std::optional<pricing::LoadBalancerMeter> balancer_;
  pricing::LoadBalancerUse use_;
  unsigned __int128 in_flight_ns_ = 0;  ///< integrated over time
  std::uint32_t in_flight_ = 0;
  TimePoint changed_{};
};

/// As a token bucket holds it.
TokenBucket bucket_of(const Throttling& throttling);

}  // namespace skyreplay::lambda
