#pragma once

// Metrics, alarms and policies of a group (docs/models.md, E1 to E4, E17, E49 to E73, E82 to E102).

#include <functional>

#include "reference/model/world.h"

namespace skyreplay::reference {

/// What a group has to say at an instant.
class Group {
 public:
  struct Instance {
    std::size_t ordinal;
    std::optional<Time> serves_since;  ///< none while it is pending
    bool drains;
    bool is_aside = false;  ///< in standby or detached, or on the way there
    bool stands_by = false;
  };

  virtual ~Group() = default;
  /// Those that are not gone.
  virtual std::vector<Instance> instances() const = 0;
  /// Of those that served and were taken out since then, when they had begun to serve.
  virtual std::vector<Time> taken_out(Time since) const = 0;
  virtual std::uint32_t desired() const = 0;
  virtual bool is_deploying() const { return false; }
  /// Those that requests are sent to.
  virtual std::uint32_t targets() const = 0;
  virtual void scale(std::uint32_t desired) = 0;
  virtual void alarm_changed() = 0;
  virtual void forecast_made() = 0;
  virtual void raise_max(std::uint32_t max) = 0;
  /// CPU time and bytes of an instance in [from, to).
  virtual Wide busy(std::size_t ordinal, Time from, Time to) const = 0;
  virtual Wide available(std::size_t ordinal, Time from, Time to) const = 0;
  /// Memory in use, in percent.
  virtual double memory(std::size_t, Time, Time) const { return 0; }
  virtual std::uint64_t bytes(std::size_t ordinal, bool in, Time from, Time to) const = 0;
  /// Requests sent to targets, answers that are 5xx, response times in [from, to).
  virtual std::uint64_t sent(Time from, Time to) const = 0;
  virtual std::uint64_t failed(Time from, Time to) const = 0;
  virtual std::vector<Time> response_times(Time from, Time to) const = 0;
  /// Of a queue, now.
  virtual std::vector<double> queue_samples(const std::string&) const { return {}; }
  /// Of provisioned concurrency that part which was in use.
  struct Use {
    double mean = 0, peak = 0;
  };
  virtual std::optional<Use> use(Time, Time) const { return std::nullopt; }
  /// What alarms call a service of that name, where Application Auto Scaling scales it.
  virtual std::string called(const std::string& name) const { return "service/default/" + name; }
};

/// Everything that is evaluated while a group runs.
class Scaling {
 public:
  Scaling(World& world, Group& group, const Fleet& fleet, std::string entity, std::string name);

  void set_bounds(std::uint32_t min, std::uint32_t max) {
    min_ = min;
    max_ = max;
  }
  void suspend(bool suspended) { suspended_ = suspended; }

  Time last_in_service{};  ///< when an instance last came into service
  /// How many alarms of a minute and longer, and of less; and whether there is a custom metric.
  std::uint64_t alarms(bool high_resolution) const;
  bool has_custom_metric() const;
  Time warmup() const { return warmup_; }

 private:
  struct Point {
    Time start, end;
    double sum = 0, least = 0, most = 0;
    std::uint64_t count = 0;
  };
  struct Series {
    std::string metric;
    Time period{};
    std::optional<Math> math{};
    std::vector<Point> points{};
  };
  struct Watch {
    Alarm alarm;
    std::string name;
    std::size_t series = 0;
    std::vector<std::size_t> policies{};
    bool low = false;  ///< of target tracking
    Time second{}, next{}, acted{};
    int state = 0;  ///< 0: OK, 1: ALARM, 2: INSUFFICIENT_DATA
    std::vector<double> values{};
  };
  /// A predictive policy.
  struct Ahead {
    std::size_t policy = 0, series = 0;
    std::size_t scaling = 0;  ///< the series of what is kept at the target
    double per_load = 1;
    Time first{};  ///< the first whole hour
    Time next_forecast{}, next_hour{};
    Time from{};  ///< of which hour the forecast's first is
    std::vector<double> forecast{};
  };
  struct Counts {
    std::int64_t current = 0, warming = 0, terminating = 0;
  };

  std::size_t series_of(const std::string& metric, Time of_alarm = std::chrono::minutes{1});
  std::size_t series_of(const Alarm& alarm);
  Time delay(const Alarm& alarm) const;
  void calculate(Series& series, Time begin, Time end);
  std::optional<double> number(const std::string& metric, const std::string& statistic, Time begin,
                               Time end) const;
  void watch(const Alarm& alarm, const std::string& name, std::vector<std::size_t> policies,
             bool low);
  Time delay(const std::string& metric) const;
  static Time interval(const Alarm& alarm);
  void plan();
  void control();
  Time buffer_of(std::size_t policy) const;
  void look_ahead(std::size_t policy);
  void make_forecast(Ahead& ahead);
  void foresee(Ahead& ahead);
  std::vector<double> by_hour(const Ahead& ahead, bool of_load, Time until) const;
  Time known_after(const Ahead& ahead) const;
  std::int64_t capacity(const Ahead& ahead, Time hour) const;
  void measure(Series& series, Time begin, Time end);
  std::vector<double> samples(const std::string& metric, Time begin, Time end) const;
  void evaluate(Watch& watch);
  std::optional<double> value(const Watch& watch, Time from, Time as_of) const;
  int judged(const Watch& watch, const std::vector<std::optional<bool>>& range) const;
  bool breaches(const Alarm& alarm, double value) const;
  Time warmup_of(const Policy& policy) const;
  Counts counts(Time warmup) const;
  std::optional<std::int64_t> wanted(const Watch& watch, std::size_t policy) const;
  std::int64_t adjusted(const Policy& policy, std::int64_t number, const Counts& counts) const;
  void act(const Watch& watch, std::size_t policy);
  bool may_scale_in(const Policy& policy) const;
  bool cooling_down() const;
  // Of services (C101).
  std::int64_t base(const Counts& counts) const;
  std::optional<std::int64_t> moved_to_bound(std::int64_t want) const;
  void cool_down(const Policy& policy, bool grows);

  World& world_;
  Group& group_;
  const Fleet& fleet_;
  std::string entity_, name_;
  std::uint32_t min_ = 0, max_;
  bool suspended_;
  Time warmup_{};
  std::vector<Series> series_;
  std::vector<Watch> watches_;
  std::vector<Ahead> ahead_;
  std::optional<Time> acted_;
  Time cooldown_{};
  Time out_until_{}, in_until_{};  // of services' cooldowns
  std::int64_t ran_before_ = 0;
};

}  // namespace skyreplay::reference
