#include "sweep/sweep_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "core/error.h"
#include "scenario/binder.h"
#include "scenario/defaults.h"
#include "scenario/field_path.h"
#include "scenario/law.h"
#include "scenario/source_tree.h"
#include "scenario/values.h"
#include "sweep/design.h"
#include "sweep/traffic.h"
#include "trace/reader.h"

namespace skyreplay::sweep {
namespace {

using scenario::Entry;
using scenario::SourceNode;

/// Fields that no parameter can vary, and why.
struct Fixed {
  std::string_view path;
  std::string_view why;
};
constexpr Fixed kFixed[] = {
    {"seed", "is what replications vary; all cells have the same seeds"},
    {"name", "decides nothing"},
    {"version", "decides nothing"},
    {"extends", "is read before anything is set"},
    {"expectations", "are not checked in a sweep; constraints are"},
    {"workload.trace", "cannot vary: every cell replays one trace"},
    {"workload.counts", "cannot vary: every cell replays one trace"},
    {"workload.synth", "cannot vary: every cell replays one trace"},
};

/// Reads one file from its text to what is in it.
class Reader {
 public:
  Reader(const std::filesystem::path& path, const std::vector<std::string>& sets)
      : path_(path), sets_(sets), mistakes_(path.string()) {}

  SweepFile read() {
    root_ = scenario::read_yaml(scenario::read_scenario_file(path_), 0, mistakes_);
    if (root_.kind == SourceNode::Kind::kEmpty) mistakes_.fatal({0, 1, 1}, "", "is empty");
    scenario::Binder(mistakes_, places_).bind_message(root_, file_.message, "");
    scenario::fill_defaults(file_.message, "", places_, mistakes_);
    file_.name = file_.message.has_name() ? file_.message.name() : default_name();
    if (file_.message.has_trace()) file_.trace = beside(file_.message.trace());
    transformations();
    requirements();
    variants();
    names();
    design();
    mistakes_.throw_if_any();
    if (!other_mistakes_.empty()) throw InputError(other_mistakes_);
    seeds();
    return std::move(file_);
  }

 private:
  void mistake(const std::string& path, const std::string& text) {
    mistakes_.add(places_.near(path), path, text);
  }
  std::filesystem::path beside(const std::string& name) const {
    return (path_.parent_path() / name).lexically_normal();
  }

  std::string default_name() const {
    std::string stem = path_.stem().string();
    if (stem != "sweep") return stem;
    const std::string folder = std::filesystem::absolute(path_).parent_path().filename().string();
    return folder.empty() ? stem : folder;
  }

  /// Calls `read`; what it complains about is said of `path`.
  template <typename Read>
  void said_of(const std::string& path, const Read& read) {
    try {
      read();
    } catch (const InputError& error) {
      mistake(path, error.what());
    }
  }

  void requirements() {
    const proto::Sweep& message = file_.message;
    said_of("minimize", [&] { file_.objective = parse_objective(message.minimize()); });
    said_of("against", [&] { file_.against = check::parse_quantity(message.against()); });
    for (int i = 0; i < message.constraints_size(); ++i) {
      const std::string path = scenario::join_index("constraints", static_cast<std::size_t>(i));
      if (mistakes_.below(path)) continue;
      said_of(path, [&] {
        file_.constraints.push_back(check::parse_requirement(line_of(message.constraints(i))));
      });
    }
  }

  /// A constraint in its one-line form. Throws InputError where its parts do not make one.
  static std::string line_of(const proto::Sweep::Constraint& from) {
    const bool has_parts = from.has_metric() || from.has_statistic() || from.has_of() ||
                           from.between_size() > 0 || from.has_each() || from.has_must_be();
    if (from.has_requirement()) {
      if (has_parts) throw InputError("has its parts beside the whole: give one of the two");
      return from.requirement();
    }
    if (!from.has_metric() || !from.has_statistic() || !from.has_must_be()) {
      throw InputError("needs metric, statistic and must_be");
    }
    if (from.between_size() != 0 && from.between_size() != 2) {
      throw InputError("between must be a list of two: [from, to]");
    }
    std::string line = fmt::format("{}({} of {}) {}", from.statistic(), from.metric(),
                                   from.has_of() ? from.of() : "*", from.must_be());
    if (from.has_each()) {
      line += " in every " + format_duration(scenario::to_duration(from.each()));
    }
    if (from.between_size() == 2) {
      line += fmt::format(" between {} and {}", from.between(0), from.between(1));
    }
    return line;
  }

  void transformations() {
    for (int i = 0; i < file_.message.transform_size(); ++i) {
      const proto::Sweep::Transformation& one = file_.message.transform(i);
      const std::string path = scenario::join_index("transform", static_cast<std::size_t>(i));
      if (const auto what = transformation_of(one, path)) file_.transformations.push_back({*what});
    }
  }

  using What = decltype(trace::Transformation::what);
  std::optional<What> transformation_of(const proto::Sweep::Transformation& one,
                                        const std::string& path) {
    using Is = trace::Transformation;
    const auto ns = [](const proto::Duration& duration) { return scenario::to_duration(duration); };
    switch (one.what_case()) {
      case proto::Sweep::Transformation::kThin:
        return Is::Thin{one.thin().keep(), one.thin().seed()};
      case proto::Sweep::Transformation::kScale:
        return Is::Scale{one.scale().by(), one.scale().seed()};
      case proto::Sweep::Transformation::kShift:
        return Is::Shift{one.shift().has_earlier() ? -ns(one.shift().earlier())
                                                   : ns(one.shift().later())};
      case proto::Sweep::Transformation::kCut:
        return Is::Cut{ns(one.cut().from()), ns(one.cut().to())};
      case proto::Sweep::Transformation::kAmplify: {
        const proto::Sweep::Amplify& amplify = one.amplify();
        return Is::Amplify{ns(amplify.from()), ns(amplify.to()), amplify.by(), amplify.seed()};
      }
      case proto::Sweep::Transformation::kSplice:
        return Is::Splice{
            [file = beside(one.splice().trace())] { return std::make_unique<trace::Reader>(file); },
            ns(one.splice().at())};
      case proto::Sweep::Transformation::WHAT_NOT_SET:
        break;
    }
    if (!mistakes_.below(path)) {
      mistake(path, "must name one of thin, scale, shift, cut, amplify and splice");
    }
    return std::nullopt;
  }

  void variants() {
    const proto::Sweep& message = file_.message;
    if (message.has_base() == !message.variants().empty()) {
      if (!mistakes_.below("base") && !mistakes_.below("variants")) {
        mistake(message.has_base() ? "base" : "", "give one of base and variants");
      }
      return;
    }
    const std::vector<Axis> shared = axes_of(root_, "parameters");
    if (message.has_base()) return add_variant("base", message.base(), "", shared, {});
    Entry* list = find(root_, "variants");
    for (int i = 0; i < message.variants_size(); ++i) {
      const proto::Sweep::Variant& variant = message.variants(i);
      if (!variant.has_base()) continue;  // reported already
      const auto n = static_cast<std::size_t>(i);
      const std::string path = scenario::join_index("variants", n);
      add_variant(path + ".base", variant.base(), variant.name(), shared,
                  axes_of(list->value.entries[n].value, path + ".parameters"));
    }
  }

  std::vector<Axis> axes_of(SourceNode& node, const std::string& path) {
    std::vector<Axis> axes;
    if (node.kind != SourceNode::Kind::kMap) return axes;
    const Entry* parameters = find(node, "parameters");
    if (parameters == nullptr || parameters->value.kind != SourceNode::Kind::kMap) return axes;
    for (const Entry& entry : parameters->value.entries) {
      const std::string at = scenario::join_path(path, entry.key);
      if (const Fixed* fixed = fixed_at(entry.key)) {
        mistakes_.add(entry.key_place, at, std::string(fixed->why));
        continue;
      }
      if (entry.value.kind == SourceNode::Kind::kNull) continue;
      axes.push_back(read_axis(entry, at, mistakes_));
      if (entry.key == kTraffic) traffic(axes.back(), at);
    }
    return axes;
  }

  void traffic(const Axis& axis, const std::string& path) {
    const auto fits = [](const std::string& value) {
      double number = 0;
      return scenario::parse_number(value, number) && number > 0 && number <= 1000;
    };
    const bool is_law = axis.values.empty() && axis.law;
    if (std::ranges::all_of(axis.values, fits) && (!is_law || fits(axis.at(0)))) return;
    mistake(path, "multiplies the trace's traffic: takes numbers above 0, at most 1000");
  }

  static const Fixed* fixed_at(std::string_view path) {
    const auto is_at = [&](const Fixed& fixed) {
      return path.starts_with(fixed.path) &&
             (path.size() == fixed.path.size() || path[fixed.path.size()] == '.' ||
              path[fixed.path.size()] == '[');
    };
    const Fixed* found = std::ranges::find_if(kFixed, is_at);
    return found == std::end(kFixed) ? nullptr : found;
  }

  void add_variant(const std::string& path, const std::string& base, const std::string& name,
                   std::vector<Axis> axes, const std::vector<Axis>& own) {
    for (const Axis& axis : own) {
      const bool is_twice = std::ranges::find(axes, axis.path, &Axis::path) != axes.end();
      if (is_twice) mistake(path, fmt::format("{} is varied twice", axis.path));
      axes.push_back(axis);
    }
    const std::filesystem::path file = beside(base);
    std::error_code error;
    if (!std::filesystem::is_regular_file(file, error)) {
      return mistake(path, fmt::format("there is no file {}", scenario::in_quotes(file.string())));
    }
    try {
      scenario::Scenario scenario = scenario::Scenario::load(file, sets_);
      std::string called = name.empty() ? scenario.message().name() : name;
      file_.variants.push_back({std::move(called), std::move(scenario), std::move(axes)});
    } catch (const InputError& error_in_scenario) {
      other_mistakes_.emplace_back(error_in_scenario.what());
    }
  }

  void names() {
    for (std::size_t i = 0; i < file_.variants.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (file_.variants[i].name != file_.variants[j].name) continue;
        mistake(scenario::join_index("variants", i),
                fmt::format("two variants are called {}; name them apart",
                            scenario::in_quotes(file_.variants[i].name)));
      }
    }
  }

  void design() {
    if (!mistakes_.empty()) return;  // of axes that were not understood nothing follows
    for (const Variant& variant : file_.variants) {
      said_of("design", [&] { check_design(file_.message.design(), variant.axes); });
      if (mistakes_.at("design")) return;
    }
  }

  void seeds() const {
    for (const Variant& variant : file_.variants) {
      const scenario::Scenario& first = file_.variants.front().base;
      if (variant.base.message().seed() == first.message().seed()) continue;
      throw InputError(fmt::format("{}: the seeds differ: {} in {}, {} in {}; set one with --seed",
                                   path_.string(), first.message().seed(), first.filename(),
                                   variant.base.message().seed(), variant.base.filename()));
    }
  }

  const std::filesystem::path& path_;
  const std::vector<std::string>& sets_;
  scenario::Mistakes mistakes_;
  scenario::Places places_;
  std::vector<std::string> other_mistakes_;  ///< of the scenarios
  SourceNode root_;
  SweepFile file_;
};

}  // namespace

SweepFile read_sweep_file(const std::filesystem::path& path, const std::vector<std::string>& sets) {
  return Reader(path, sets).read();
}

}  // namespace skyreplay::sweep
