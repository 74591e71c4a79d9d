#include "scenario/timed_changes.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "core/error.h"
#include "scenario/field_path.h"
#include "scenario/resolve.h"
#include "scenario/show.h"
#include "scenario/walk.h"

namespace skyreplay::scenario {
namespace {

constexpr std::size_t kShownFields = 6;

/// The paths of the fields that may change, of the services and settings a scenario has.
void collect_changeable(Message& message, const std::string& path, std::set<std::string>& found) {
  const Descriptor& type = *message.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    const std::string own = join_path(path, field.name());
    if (rule_of(field).changeable()) found.insert(own);
    if (form_of(field) != Form::kMessage) continue;
    for_each_message(message, field, own, [&](Message& inner, const std::string& inner_path) {
      collect_changeable(inner, inner_path, found);
    });
  }
}

/// A path in its one spelling.
std::string spelled(const FieldPath& path) {
  std::string text;
  for (const PathStep& step : path) {
    if (step.kind == PathStep::Kind::kName) text = join_path(text, step.name);
    if (step.kind == PathStep::Kind::kIndex) text = join_index(text, step.index);
    if (step.kind == PathStep::Kind::kWhere) text += "[" + step.name + "=" + step.value + "]";
  }
  return text;
}

/// How the field at a path of names is spelled in a message; "null" where it is not set.
std::string text_at(const Message& message, const FieldPath& path) {
  const Message* at = &message;
  for (std::size_t i = 0;; ++i) {
    const Reflection& get = *at->GetReflection();
    const FieldDescriptor& field = *at->GetDescriptor()->FindFieldByName(path[i].name);
    if (i + 1 == path.size()) {
      const bool is_set = field.is_repeated() || get.HasField(*at, &field);
      return is_set ? to_text(*at, field) : "null";
    }
    if (!field.is_map()) {
      at = &get.GetMessage(*at, &field);
      continue;
    }
    ++i;  // the next step is the key
    for (int k = 0; k < get.FieldSize(*at, &field); ++k) {
      const Message& pair = get.GetRepeatedMessage(*at, &field, k);
      const Descriptor& type = *pair.GetDescriptor();
      if (pair.GetReflection()->GetString(pair, type.map_key()) != path[i].name) continue;
      at = &pair.GetReflection()->GetMessage(pair, type.map_value());
      break;
    }
  }
}

/// The fields that may change nearest to a path: those that share most of its steps with it.
std::string nearest(const FieldPath& path, const std::set<std::string>& changeable) {
  std::vector<std::string> near;
  for (std::size_t steps = path.size(); near.empty() && steps-- > 0;) {
    const std::string prefix =
        spelled(FieldPath(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(steps)));
    for (const std::string& field : changeable) {
      const bool is_below =
          steps == 0 || (field.starts_with(prefix) && field != prefix &&
                         (field[prefix.size()] == '.' || field[prefix.size()] == '['));
      if (is_below) near.push_back(field);
    }
  }
  const std::size_t shown = std::min(near.size(), kShownFields);
  std::string text = fmt::format(
      "{}", fmt::join(near.begin(), near.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
  if (shown < near.size()) text += fmt::format(" and {} more", near.size() - shown);
  return text;
}

class Changer {
 public:
  Changer(const SourceNode& root, proto::Scenario& message, const Places& places,
          Mistakes& mistakes)
      : root_(root), message_(message), places_(places), mistakes_(mistakes) {
    collect_changeable(message_, "", changeable_);
  }

  std::vector<TimedChange> run() {
    paths_.resize(static_cast<std::size_t>(message_.changes_size()));
    for (std::size_t i = 0; i < paths_.size(); ++i) check(i);
    check_moments();
    if (!mistakes_.empty()) return {};
    std::erase_if(root_.entries, [&](Entry& entry) {
      if (entry.key == "changes") values_ = std::move(entry.value);
      return entry.key == "changes";
    });
    for (const std::size_t i : in_order_of_time()) apply(i);
    return std::move(changes_);
  }

 private:
  static std::string path_of(std::size_t change) { return join_index("changes", change); }

  proto::Change& change(std::size_t i) { return *message_.mutable_changes(static_cast<int>(i)); }

  void mistake(const std::string& path, const std::string& text) {
    mistakes_.add(places_.near(path), path, text);
  }

  /// Whether the field is one that may change.
  void check(std::size_t i) {
    if (!change(i).has_field()) return;  // reported already
    const std::string path = path_of(i) + ".field";
    try {
      paths_[i] = parse_path(change(i).field());
    } catch (const InputError& error) {
      return mistake(path, error.what());
    }
    const std::string field = spelled(paths_[i]);
    if (changeable_.contains(field)) return;
    mistake(path, fmt::format("{} is no field that may change in a run{}; near it may: {}",
                              in_quotes(field), guess(paths_[i]), nearest(paths_[i], changeable_)));
  }

  /// A field that was meant, perhaps: by its name among those of the same service or group, else
  /// by the whole path.
  std::string guess(const FieldPath& path) const {
    const std::string parent = spelled(FieldPath(path.begin(), path.end() - 1)) + ".";
    std::vector<std::string> siblings;
    for (const std::string& field : changeable_) {
      if (field.starts_with(parent)) siblings.push_back(field.substr(parent.size()));
    }
    if (!siblings.empty()) return suggestion(path.back().name, siblings);
    return suggestion(spelled(path), {changeable_.begin(), changeable_.end()});
  }

  /// Instants and offsets have no order before the trace is known.
  void check_moments() {
    for (std::size_t i = 1; i < paths_.size(); ++i) {
      if (!change(i).has_at() || !change(0).has_at()) continue;
      if (change(i).at().when_case() == change(0).at().when_case()) continue;
      mistake(path_of(i) + ".at",
              "give all changes as instants, or all from the trace's start, as the first is given");
    }
  }

  std::vector<std::size_t> in_order_of_time() {
    const auto time = [&](std::size_t i) {
      const proto::Moment& at = change(i).at();
      return at.has_offset_ns() ? at.offset_ns() : at.instant_ns();
    };
    std::vector<std::size_t> order(paths_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return time(a) < time(b); });
    return order;
  }

  /// Reads the scenario with the value where it belongs; keeps it there if nothing is wrong then.
  void apply(std::size_t i) {
    SourceNode changed = root_;
    Mistakes found(mistakes_.filename());
    Places places;
    SourceNode& value = find(values_.entries.at(i).value, "value")->value;
    put_value(paths_[i], change(i).field(), value, changed, found);
    auto after = std::make_shared<proto::Scenario>();
    Binder(found, places).bind_message(changed, *after, "");
    resolve(*after, places, found);
    for (const std::string& text : found.texts()) mistake(path_of(i) + ".value", text);
    if (!found.empty()) return;
    const std::string text = text_at(*after, paths_[i]);
    change(i).mutable_value()->set_yaml(text);
    root_ = std::move(changed);
    changes_.push_back({at(change(i).at()), spelled(paths_[i]), text, std::move(after)});
  }

  static std::variant<Duration, TimePoint> at(const proto::Moment& moment) {
    if (moment.has_offset_ns()) return Duration{moment.offset_ns()};
    return TimePoint{Duration{moment.instant_ns()}};
  }

  SourceNode root_;    ///< as it stands after the changes so far
  SourceNode values_;  ///< the list of changes as it was written
  proto::Scenario& message_;
  const Places& places_;
  Mistakes& mistakes_;
  std::set<std::string> changeable_;
  std::vector<FieldPath> paths_;  ///< by change
  std::vector<TimedChange> changes_;
};

}  // namespace

TimePoint TimedChange::when(TimePoint trace_start) const {
  if (const auto* instant = std::get_if<TimePoint>(&at)) return *instant;
  return trace_start + std::get<Duration>(at);
}

std::vector<TimedChange> apply_changes(const SourceNode& root, proto::Scenario& message,
                                       const Places& places, Mistakes& mistakes) {
  if (message.changes().empty()) return {};
  return Changer(root, message, places, mistakes).run();
}

}  // namespace skyreplay::scenario
