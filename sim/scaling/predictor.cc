#include "scaling/predictor.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "scaling/forecast.h"
#include "scaling/policy.h"

namespace skyreplay::scaling {
namespace {

using std::chrono::hours;

constexpr Duration kRefreshed = hours{6};  // E78

std::size_t hours_of(Duration duration) { return static_cast<std::size_t>(duration / hours{1}); }

}  // namespace

Predictor::Predictor(const PredictiveScaling& policy, TimePoint start)
    : policy_(policy),
      first_hour_(std::chrono::ceil<hours>(start)),
      loads_(policy.load_history),
      scalings_(policy.scaling_history),
      next_hour_(std::chrono::floor<hours>(start + buffer()) + hours{1}) {
  const std::size_t missing = kLeastHistoryHours - std::min(kLeastHistoryHours, loads_.size());
  next_forecast_ = missing == 0 ? start : first_hour_ + hours{missing} + policy_.publication_delay;
}

void Predictor::add(std::uint32_t series, TimePoint period_start,
                    const metrics::Datapoint& datapoint) {
  if (period_start < first_hour_) return;
  const std::size_t hour = policy_.load_history.size() + hours_of(period_start - first_hour_);
  const auto add_to = [&](std::vector<double>& hours) {
    if (hours.size() <= hour) hours.resize(hour + 1);
    hours[hour] += datapoint.sum;
  };
  if (series == policy_.series) add_to(loads_);
  if (series == policy_.scaling_series) add_to(scalings_);
}

/// E81: in the hours looked back on, how much of the scaling metric there was for each unit of
/// load.
void Predictor::learn(std::size_t end) {
  if (!policy_.scaling_series) return;
  scalings_.resize(std::max(scalings_.size(), end));
  double load = 0;
  double scaling = 0;
  for (std::size_t hour = end - forecast_of_; hour < end; ++hour) {
    load += loads_[hour];
    scaling += scalings_[hour];
  }
  per_load_ = load > 0 ? scaling / load : 0;
}

std::optional<std::string> Predictor::forecast(TimePoint now) {
  if (now < next_forecast_) return std::nullopt;
  const TimePoint known = now - policy_.publication_delay;
  forecast_from_ = std::max(first_hour_, TimePoint{std::chrono::floor<hours>(known)});
  const std::size_t end = policy_.load_history.size() + hours_of(forecast_from_ - first_hour_);
  loads_.resize(std::max(loads_.size(), end));
  forecast_of_ = std::min(end, kMostHistoryHours);
  forecast_ = scaling::forecast(std::span(loads_).subspan(end - forecast_of_, forecast_of_));
  learn(end);
  next_forecast_ = forecast_from_ + kRefreshed + policy_.publication_delay;
  return told();
}

std::optional<TimePoint> Predictor::hour_near(TimePoint now) {
  if (now < next_hour_ - buffer()) return std::nullopt;
  const TimePoint hour = next_hour_;
  next_hour_ += hours{1};
  return hour;
}

std::uint32_t Predictor::capacity_for(double load) const {
  const double scaling = policy_.scaling_series ? load * per_load_ : load;
  return static_cast<std::uint32_t>(proportional(1, scaling, policy_.load_per_unit));
}

std::optional<Predictor::Need> Predictor::need(TimePoint hour) const {
  if (forecast_.empty() || hour < forecast_from_) return std::nullopt;
  const std::size_t at = hours_of(hour - forecast_from_);
  if (at >= forecast_.size()) return std::nullopt;
  return Need{forecast_[at], capacity_for(forecast_[at])};
}

std::uint32_t Predictor::wanted(TimePoint now) const {
  const TimePoint is = std::chrono::floor<hours>(now);
  const TimePoint near = std::chrono::floor<hours>(now + buffer());
  const auto capacity = [this](TimePoint hour) {
    const std::optional<Need> need = this->need(hour);
    return need ? need->capacity : 0;
  };
  return std::max(capacity(is), capacity(near));
}

/// E78: all of it, as capacity by hour.
std::string Predictor::told() const {
  std::string hours;
  for (const double load : forecast_) {
    hours += fmt::format("{}{}", hours.empty() ? "" : " ", capacity_for(load));
  }
  const std::string learned = policy_.scaling_series ? fmt::format(" (each has taken {:.6g} of {})",
                                                                   per_load_, policy_.scaling_name)
                                                     : std::string();
  return fmt::format("{} forecast from {} h{}: in the hours from {} on it takes {}",
                     policy_.metric_name, forecast_of_, learned, to_rfc3339(forecast_from_), hours);
}

}  // namespace skyreplay::scaling
