#pragma once

#include <cstdint>
#include <vector>

#include "metrics/alarm.h"
#include "scaling/metric_math.h"
#include "scaling/metric_names.h"
#include "scaling/policy.h"

namespace skyreplay::scaling {

/// An alarm, the series it looks at, and the policies it acts on.
struct ScalerAlarm {
  metrics::AlarmConfig alarm;
  std::uint32_t series = 0;
  std::vector<std::uint32_t> policies;  ///< none: it is only told of
};

/// A series that is made of two others.
struct MathSeries {
  std::uint32_t series = 0;  ///< what comes out
  MetricMath math;
};

struct ScalerConfig {
  std::vector<Duration> resolutions;  ///< by series
  std::vector<ScalerAlarm> alarms;
  std::vector<Policy> policies;
  std::vector<MathSeries> math;
};

/// A scaler, and the metrics that it is fed with.
struct WatchingConfig {
  std::vector<Watched> watched;  ///< by series of the scaler
  ScalerConfig scaler;
};

/// The alarms and policies of one scalable target.
///
///     datapoints -> series -> alarm, at its second of the minute -> policies -> Decision
///     datapoints -> predictor, ahead of the hour -----------------------------> Decision
///
/// An alarm in ALARM acts when it gets there and then every minute (E93), whatever is on its way by
/// then (E71); so does that which takes capacity away (E62). Each policy acts for
/// itself at its alarm's second, so that of several the largest result wins when capacity is added.
/// Capacity is taken away only to the largest of what the policies want whose alarms are in ALARM
/// now, by target tracking only if all its policies that may scale in agree (E54), and never while
/// an instance is warming (E51). What a predictive policy that scales wants of the hour is among
/// them; it acts ahead of each hour, and only ever adds (E79).
///
/// **Order** At one instant predictive policies forecast and act before alarms are evaluated, each
/// in the config's order. **Cost** of an
/// evaluation see Alarm; an action, O(policies) and what target() costs. Text only where something
/// changes.
class Scaler {
 public:
  /// The run begins at `start`, with every alarm in `state`.
  Scaler(const ScalerConfig& config, TimePoint start, metrics::AlarmState state);

  /// A metric has a datapoint of the period [start, end).
  void put(std::uint32_t series, TimePoint start, TimePoint end,
           const metrics::Datapoint& datapoint);
  /// The next evaluation of an alarm, forecast or hour to prepare for; kEndOfTime where there is
  /// none.
  TimePoint next() const { return next_; }
  /// Evaluates the alarms that are due at `now`, and acts. REQUIRES now <= next().
  void evaluate(TimePoint now, Scaled& scaled);
  /// Whether alarms act on policies; they are evaluated all the same (E22).
  void suspend_actions(bool suspended) { actions_suspended_ = suspended; }

 private:
  struct Watch {
    metrics::Alarm alarm;
    std::uint32_t series;
    std::vector<std::uint32_t> policies;
    TimePoint next;
    TimePoint acted{};  ///< last
  };

  struct Ahead {
    Predictor predictor;
    std::string name;
    Duration warmup;
  };

  void evaluate(Watch& watch, TimePoint now, Scaled& scaled);
  void foresee(Ahead& ahead, TimePoint now, Scaled& scaled);
  static void act(const Ahead& ahead, TimePoint hour, Scaled& scaled);
  void act(std::uint32_t policy, const Watch& watch, TimePoint now, Scaled& scaled);
  std::optional<std::uint32_t> wanted_by(std::uint32_t policy, const Watch& watch,
                                         const Scaled& scaled) const;
  bool may_scale_in(const Policy& policy, const ScalableTarget& target) const;
  std::uint32_t largest_wanted(std::uint32_t least, TimePoint now, const Scaled& scaled) const;
  void find_next();

  std::vector<metrics::MetricSeries> series_;
  std::vector<Watch> watches_;
  std::vector<Ahead> ahead_;
  std::vector<Policy> policies_;
  std::vector<MathSeries> math_;
  TimePoint next_ = kEndOfTime;
  bool actions_suspended_ = false;
};

}  // namespace skyreplay::scaling
