#include "pricing/monthly.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "core/error.h"
#include "pricing/bill_rows.h"
#include "pricing/snapshot_meter.h"

namespace skyreplay::pricing {
namespace {

/// Which line items draw on which free allowance (L94).
struct FreeUse {
  std::string_view line_item;
  std::string_view allowance;
};
constexpr FreeUse kFreeUses[] = {
    {"lambda.duration_x86", "lambda.free_tier_duration"},
    {"lambda.duration_arm", "lambda.free_tier_duration"},
    {"lambda.requests_x86", "lambda.free_tier_requests"},
    {"lambda.requests_arm", "lambda.free_tier_requests"},
    {"data_transfer.internet_out", "data_transfer.internet_out_free"},
};

constexpr std::string_view kBegunHours = "alb.load_balancer";       // E118
constexpr std::string_view kLeastHours = "lambda.snapstart_cache";  // L34
constexpr Duration kHour = std::chrono::hours(1);

/// Goes through the services in order, with quantities as integers over the horizon.
class Estimator {
 public:
  Estimator(Duration horizon, FreeTier free_tier, const Catalogue& catalogue)
      : horizon_(horizon.count()), free_tier_(free_tier), catalogue_(catalogue) {}

  void add(const std::string& service, const Tariff& tariff, std::uint64_t units) {
    const Exact month = month_of(tariff, units);
    const Exact free = take_free(service, tariff, month);
    Exact& from = used_[{tariff.line_item(), tariff.region()}];
    const Exact to = from + month - free;
    append_rows({.service = service, .tariff = tariff, .from = from, .to = to, .scale = horizon_},
                rows_);
    from = to;
  }

  std::vector<BillRow> finish() { return std::move(rows_); }

 private:
  /// A month's use, times the horizon. What is billed by the begun hour has been billed for whole
  /// ones: each of those is an hour of the month, however short the horizon.
  Exact month_of(const Tariff& tariff, std::uint64_t units) const {
    if (tariff.line_item() == kLeastHours && horizon_ < SnapshotMeter::kLeast.count()) {
      return Exact(units) * kMonth.count() * horizon_ / SnapshotMeter::kLeast.count();
    }
    if (tariff.line_item() != kBegunHours) return Exact(units) * kMonth.count();
    const Exact begun = (horizon_ + kHour.count() - 1) / kHour.count();
    return Exact(units) * (kMonth / kHour) * horizon_ / begun;
  }

  /// How much of `wanted` is free, which is then used up and noted in a row of its own.
  Exact take_free(const std::string& service, const Tariff& tariff, const Exact& wanted) {
    if (free_tier_ == FreeTier::kNone) return 0;
    for (const FreeUse& use : kFreeUses) {
      if (use.line_item != tariff.line_item()) continue;
      const Tariff& allowance = catalogue_.tariff(use.allowance, tariff.region());
      Exact& from = free_used_[use.allowance];
      const Exact left = Exact(allowance.tier_end(0)) * horizon_ - from;
      const Exact taken = std::min(wanted, left);
      const Exact to = from + taken;
      append_rows(
          {.service = service, .tariff = allowance, .from = from, .to = to, .scale = horizon_},
          rows_);
      from = to;
      return taken;
    }
    return 0;
  }

  Exact horizon_;
  FreeTier free_tier_;
  const Catalogue& catalogue_;
  std::map<std::pair<std::string_view, std::string_view>, Exact> used_;
  std::map<std::string_view, Exact> free_used_;
  std::vector<BillRow> rows_;
};

}  // namespace

MonthlyEstimate monthly_estimate(std::span<const BilledService> services, Duration horizon,
                                 FreeTier free_tier, const Catalogue& catalogue) {
  MonthlyEstimate estimate;
  if (horizon <= Duration::zero()) {
    estimate.unavailable = "the trace has no length to extrapolate from";
    return estimate;
  }
  try {
    Estimator estimator(horizon, free_tier, catalogue);
    for (const BilledService& service : services) {
      for (std::uint32_t item = 0; item < service.meters->size(); ++item) {
        estimator.add(service.name, service.meters->tariff(item), service.meters->units(item));
      }
    }
    estimate.rows = estimator.finish();
  } catch (const InputError& error) {
    estimate.unavailable = error.what();
    return estimate;
  }
  for (const BillRow& row : estimate.rows) {
    if (__builtin_add_overflow(estimate.total, row.amount, &estimate.total)) {
      return {.rows = {}, .total = 0, .unavailable = "the amount is above 9223372036 USD"};
    }
  }
  return estimate;
}

}  // namespace skyreplay::pricing
