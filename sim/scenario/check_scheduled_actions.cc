#include "scenario/check_scheduled_actions.h"

#include <fmt/format.h>

#include <set>

#include "scaling/recurrence.h"
#include "scenario/field_path.h"

namespace skyreplay::scenario {
namespace {

constexpr int kMostActions = 125;  // E5

/// Both count from the same: an instant and an offset have no order before the trace is known.
bool are_comparable(const proto::Moment& a, const proto::Moment& b) {
  return a.when_case() == b.when_case();
}
std::int64_t ns_of(const proto::Moment& moment) {
  return moment.has_offset_ns() ? moment.offset_ns() : moment.instant_ns();
}

class Checker {
 public:
  Checker(const proto::AutoScalingGroup& group, const std::string& path, const Places& places,
          Mistakes& mistakes)
      : group_(group), list_(path + ".scheduled_actions"), places_(places), mistakes_(mistakes) {}

  void run() {
    if (group_.scheduled_actions_size() > kMostActions) {
      mistake(list_, fmt::format("has more than {} actions", kMostActions));
    }
    for (int i = 0; i < group_.scheduled_actions_size(); ++i) {
      const std::string path = join_index(list_, static_cast<std::size_t>(i));
      if (mistakes_.at(path)) continue;
      const proto::ScheduledAction& action = group_.scheduled_actions(i);
      unique(action, i, path);
      capacity(action, path);
      times(action, path);
      recurrence(action, path);
    }
  }

 private:
  void mistake(const std::string& path, const std::string& text) {
    mistakes_.add(places_.near(path), path, text);
  }

  void unique(const proto::ScheduledAction& action, int index, const std::string& path) {
    if (action.has_scheduled_action_name() && !names_.insert(action.scheduled_action_name()).second)
      mistake(path + ".scheduled_action_name", "is another action's name already");
    for (int i = 0; i < index && action.has_start_time(); ++i) {
      const proto::ScheduledAction& other = group_.scheduled_actions(i);
      if (!other.has_start_time()) continue;
      const bool is_same = are_comparable(action.start_time(), other.start_time()) &&
                           ns_of(action.start_time()) == ns_of(other.start_time());
      if (!is_same) continue;
      return mistake(path + ".start_time",
                     fmt::format("is that of action {} already", other.scheduled_action_name()));
    }
  }

  /// E2.
  void capacity(const proto::ScheduledAction& action, const std::string& path) {
    if (!action.has_min_size() && !action.has_max_size() && !action.has_desired_capacity() &&
        !mistakes_.below(path)) {
      return mistake(path, "sets none of min_size, max_size and desired_capacity");
    }
    const std::uint32_t least = action.min_size();
    const std::uint32_t most = action.has_max_size() ? action.max_size() : UINT32_MAX;
    if (least > most) mistake(path + ".min_size", "must not be above max_size");
    const std::uint32_t desired = action.desired_capacity();
    if (action.has_desired_capacity() && least <= most && (desired < least || desired > most)) {
      mistake(path + ".desired_capacity", "must lie between the action's min_size and max_size");
    }
  }

  /// E77.
  void times(const proto::ScheduledAction& action, const std::string& path) {
    if (!action.has_start_time() && !action.has_recurrence() && !mistakes_.below(path)) {
      mistake(path, "must have a start_time, a recurrence or both");
    }
    if (!action.has_end_time()) return;
    if (!action.has_recurrence()) mistake(path + ".end_time", "is for a recurrence");
    const bool is_over = action.has_start_time() &&
                         are_comparable(action.start_time(), action.end_time()) &&
                         ns_of(action.end_time()) <= ns_of(action.start_time());
    if (is_over) mistake(path + ".end_time", "must be later than start_time");
  }

  void recurrence(const proto::ScheduledAction& action, const std::string& path) {
    if (!action.has_recurrence()) {
      if (action.has_time_zone()) mistake(path + ".time_zone", "is for a recurrence");
      return;
    }
    using scaling::Recurrence;
    std::string text;
    if (!Recurrence::parse(action.recurrence(), scaling::kUtc, text)) {
      return mistake(path + ".recurrence", text);
    }
    if (!action.has_time_zone()) return;
    if (!Recurrence::parse(action.recurrence(), action.time_zone(), text)) {
      mistake(path + ".time_zone", text);
    }
  }

  const proto::AutoScalingGroup& group_;
  std::string list_;
  const Places& places_;
  Mistakes& mistakes_;
  std::set<std::string> names_;
};

}  // namespace

void check_scheduled_actions(const proto::AutoScalingGroup& group, const std::string& path,
                             const Places& places, Mistakes& mistakes) {
  Checker(group, path, places, mistakes).run();
}

}  // namespace skyreplay::scenario
