#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/time.h"
#include "metrics/datapoint.h"

namespace skyreplay::scaling {

/// Has the capacity that the forecast of a load takes, ahead of each hour (E78, E79).
struct PredictiveScaling {
  std::uint32_t series = 0;   ///< of the scaler: the load's datapoints
  std::string metric_name{};  ///< of the load
  /// The scaling metric's datapoints, where it is of another kind than the load: how its total over
  /// all instances follows from the load is learned (E81).
  std::optional<std::uint32_t> scaling_series{};
  std::string scaling_name{};
  /// What a unit of capacity bears of the scaling metric in an hour, at the target (E81).
  double load_per_unit = 0;
  Duration publication_delay{};  ///< of both
  bool scales = false;           ///< else it only forecasts
  Duration scheduling_buffer_time = std::chrono::seconds{300};
  /// How many percent above the forecast capacity it may raise the maximum to; none: not at all
  /// (E80).
  std::optional<std::uint32_t> max_capacity_buffer{};
  /// Loads of the hours before the run, oldest first.
  std::vector<double> load_history{};
  /// The scaling metric's totals of the same hours, where it is of another kind.
  std::vector<double> scaling_history{};
};

/// A predictive policy at work.
///
///     datapoints -> load of the hour -> every six hours, forecast of 48 -> capacity of an hour
///
/// An hour of the clock is known once the last of its datapoints is published. The first forecast
/// is made when 24 hours are known, at the run's start where the history has as many, and then one
/// every six hours, of the last 14 days. Hours are whole: the history ends with the one in which
/// the run begins.
///
/// **Cost** of a datapoint O(1), of a forecast see forecast(). Memory: a number an hour of the run.
class Predictor {
 public:
  Predictor(const PredictiveScaling& policy, TimePoint start);

  /// A datapoint of a series of the policy's, of a period that ends now.
  void add(std::uint32_t series, TimePoint period_start, const metrics::Datapoint& datapoint);
  /// When a forecast is due, or an hour comes near; never kEndOfTime.
  TimePoint next() const { return std::min(next_forecast_, next_hour_ - buffer()); }
  /// Makes the forecast that is due at `now`; nothing where none is, else what it says, in words.
  std::optional<std::string> forecast(TimePoint now);
  /// The hour that comes near at `now`: capacity for it is to be launched; nothing where none does.
  std::optional<TimePoint> hour_near(TimePoint now);
  /// The load forecast for the hour, and the capacity it takes; nothing where there is none.
  struct Need {
    double load = 0;
    std::uint32_t capacity = 0;
  };
  std::optional<Need> need(TimePoint hour) const;
  /// The capacity of the hour that is, or that is near if it takes more (E54); 0 where none is
  /// forecast.
  std::uint32_t wanted(TimePoint now) const;

  const PredictiveScaling& policy() const { return policy_; }

 private:
  Duration buffer() const { return policy_.scheduling_buffer_time; }
  void learn(std::size_t end);
  std::uint32_t capacity_for(double load) const;
  std::string told() const;

  PredictiveScaling policy_;
  TimePoint first_hour_;          ///< that is measured
  std::vector<double> loads_;     ///< by hour: the history, then what is measured
  std::vector<double> scalings_;  ///< likewise, of the scaling metric where it is of another kind
  double per_load_ = 1;           ///< what a unit of load takes of the scaling metric
  TimePoint next_forecast_;
  TimePoint next_hour_;
  TimePoint forecast_from_;
  std::size_t forecast_of_ = 0;  ///< hours it looked back on
  std::vector<double> forecast_;
};

}  // namespace skyreplay::scaling
