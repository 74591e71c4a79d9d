#pragma once

#include <bitset>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/time.h"

namespace skyreplay::scaling {

/// The time zone of a recurrence that names none.
inline constexpr const char* kUtc = "Etc/UTC";

/// The recurrence of a scheduled action (E77): five fields as cron has them, minute, hour, day of
/// the month, month, day of the week (0 and 7 are Sunday), in a time zone.
///
/// A field is `*`, a number, a range `a-b`, either with a step `/n`, or several of these with
/// commas between; months and days of the week may be named by three letters. Where neither field
/// of days is `*`, a day of either is meant. A local time that a change of the clocks leaves out
/// comes when the clocks change, one that it repeats comes once, the first time. When they change
/// is up to the system's tzdata; Etc/UTC needs none.
class Recurrence {
 public:
  /// Nothing, and why in `mistake`, where a field or the zone is not one. `zone` is an IANA name
  /// such as Europe/Berlin.
  static std::optional<Recurrence> parse(const std::string& text, const std::string& zone,
                                         std::string& mistake);

  /// The first instant after `time`; kEndOfTime where there is none in eight years. O(days until
  /// then).
  TimePoint next(TimePoint time) const;

 private:
  using Field = std::bitset<64>;
  struct Zone;

  static bool read(std::string_view text, int part, Field& field);
  bool has_day(unsigned day, unsigned month, unsigned weekday) const;
  std::optional<TimePoint> next_in_day(std::int64_t day, TimePoint after) const;

  Field minutes_, hours_, days_, months_, weekdays_;
  bool any_day_ = false;              ///< the day of the month is `*`
  bool any_weekday_ = false;          ///< the day of the week is `*`
  std::shared_ptr<const Zone> zone_;  ///< none: UTC
};

/// The instant at which clocks in a zone show what those of UTC show at `utc`, the first of two;
/// nothing, and why in `mistake`, where there is no such zone.
std::optional<TimePoint> instant_shown(TimePoint utc, const std::string& zone,
                                       std::string& mistake);

/// The version of the system's tzdata, such as "2025b"; empty where it does not say.
std::string time_zone_version();

}  // namespace skyreplay::scaling
