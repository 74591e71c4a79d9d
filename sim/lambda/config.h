#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/distribution.h"
#include "core/time.h"
#include "lambda/front.h"
#include "pricing/billed_time.h"

namespace skyreplay::lambda {

using namespace std::chrono_literals;

/// How long environments live unused. AWS publishes no rule; the two timers are fitted to measured
/// traces (L14a).
struct IdleRule {
  /// All environments of a function end once nothing of it has run for this long (L11); none:
  /// never.
  std::optional<Duration> function_idle = 645s;
  /// An environment ends after this long without a request (L12).
  Duration environment_idle = 1000s;
  /// In the place of both: each time an environment becomes idle, how long it lives is drawn (L10).
  std::optional<Distribution> lifetime{};
};

/// Which idle environment takes a request (L15: measured, the most recently freed one).
enum class Reuse : std::uint8_t { kMostRecentlyUsed, kLeastRecentlyUsed };

/// As long as a function may run (L90).
inline constexpr Duration kLongestTimeout = 900s;

/// Storage in /tmp that costs nothing, MiB (L83).
inline constexpr std::uint32_t kFreeStorage = 512;

/// Environments that are initialized before requests come (L35 to L38).
struct ProvisionedConfig {
  std::uint32_t concurrent_executions = 0;
  Duration preparation = 90s;  ///< L36: before environments are allocated
  bool ready_at_start = true;  ///< the run begins with them
  pricing::BilledSpan span{TimePoint{}, kEndOfTime};
};

/// Environments that are restored from a snapshot instead of initialized (L31).
struct SnapStartConfig {
  Distribution restore_duration;  ///< L33
  double billed_share = 1.0;      ///< of a restore's duration, what is billed (L24)
  bool is_charged = false;        ///< L34: for the cache, and for each restore
  pricing::BilledSpan span{TimePoint{}, kEndOfTime};
};

/// Which item of a function's meters is which; none where there is none.
struct MeterItems {
  std::uint32_t requests = 0;
  std::uint32_t duration = 1;
  std::optional<std::uint32_t> transfer;
  std::optional<std::uint32_t> provisioned_duration;
  std::optional<std::uint32_t> provisioned_concurrency;
  std::optional<std::uint32_t> ephemeral_storage;
  std::optional<std::uint32_t> snapstart_cache;
  std::optional<std::uint32_t> snapstart_restore;
  std::optional<std::uint32_t> api_requests;
  std::optional<std::uint32_t> queue_requests;  ///< of SQS
  // L95: what of the durations and of what is provisioned a Savings Plan pays for, 10^-6, and as
  // what.
  std::uint32_t plan_coverage_ppm = 0;
  std::uint32_t plan_duration = 0;
  std::uint32_t plan_provisioned_duration = 0;
  std::uint32_t plan_provisioned_concurrency = 0;
};

/// One function. Names are CloudFormation's; what AWS does not publish is marked ASSUMED where the
/// scenario sets it.
struct FunctionConfig {
  std::string name;                                             ///< entity of its random streams
  std::uint32_t service = 0;                                    ///< index in the recorder
  std::uint32_t memory_size = 128;                              ///< MiB, 128 to 10,240 (L73)
  Duration timeout = 3s;                                        ///< 1 s to 900 s (L90)
  std::optional<std::uint32_t> reserved_concurrent_executions;  ///< L41; 0 throttles everything
  Distribution init_duration;                                   ///< L19, billed (L22)
  Distribution platform_init_duration;  ///< L17: before Init, seen by the client, not billed
  Duration init_limit = 10s;            ///< L3
  bool init_is_billed = true;           ///< L22
  double cpu_speed = 1.0;               ///< of one vCPU, reference = 1
  double parallelism = 1.0;             ///< vCPUs the handler can use (L71)
  IdleRule idle;
  Duration max_environment_age = 7200s;  ///< L14
  Reuse reuse = Reuse::kMostRecentlyUsed;
  std::optional<ProvisionedConfig> provisioned{};  ///< at most the reserved concurrency (L35)
  std::optional<SnapStartConfig> snap_start{};     ///< not with `provisioned` (L30)
  bool has_payloads = false;  ///< requests bring their sizes, which are checked
  std::uint32_t ephemeral_storage = kFreeStorage;  ///< MiB (L83)
  MeterItems items{};
  std::optional<std::uint32_t> calls;  ///< the list of calls it makes (workload::Calls)
  bool stops_loops = false;            ///< calls may come back to it, and are stopped then (L67)
  double crash_probability = 0.0;      ///< of an invocation that would end well (L7)
};

/// What nobody else can use of the account's concurrency (L43): of both the reserved, which is no
/// less.
std::uint32_t set_aside(const FunctionConfig& config);

/// Limits of the account in the Region.
struct AccountConfig {
  std::uint32_t concurrent_executions = 1000;  ///< L40
  std::uint32_t scaling_burst = 1000;          ///< L45: environments at once, per function
  double scaling_per_second = 100;             ///< L45; read to a thousandth
  bool scaling_is_shared = false;              ///< L46: one rate for all functions of the account
  double requests_per_second_factor = 10;      ///< L48: times the concurrency; read to a thousandth
  Throttling api_throttling{};                 ///< L51: of all APIs of the account together
  bool counts_metrics = false;                 ///< functions are counted as CloudWatch does (L100)
};

/// How often a function may be invoked in one chain of calls (L67).
inline constexpr std::uint32_t kLongestLoop = 16;

/// MiB that come with one vCPU (L70).
inline constexpr double kMiBPerVcpu = 1769.0;

/// Share of a vCPU that a function's single- or multi-threaded handler gets (L70, L71):
/// min(parallelism, memory / 1,769).
double vcpu_share(std::uint32_t memory_size, double parallelism);

/// Why an invocation was answered with 429 (L49), or not made at all, spelled as AWS spells it.
enum class ThrottleReason : std::uint8_t {
  kConcurrentInvocationLimitExceeded,
  kReservedFunctionConcurrentInvocationLimitExceeded,
  kFunctionInvocationRateLimitExceeded,  ///< scaling rate (L45)
  kReservedFunctionInvocationRateLimitExceeded,
  kCallerRateLimitExceeded,  ///< account requests per second (L48)
  kApiThrottlingLimit,       ///< API Gateway's, of the account or of the API (L51)
  kRecursiveInvocation,      ///< no throttle: refused (L67)
};
inline constexpr std::size_t kThrottleReasons = 7;
std::string_view to_string(ThrottleReason reason);

}  // namespace skyreplay::lambda
