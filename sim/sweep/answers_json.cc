#include "sweep/answers_json.h"

#include <fmt/format.h>

#include <cmath>

#include "sweep/facts_json.h"

namespace skyreplay::sweep {
namespace {

class Document {
 public:
  Document(report::JsonWriter& json, const SweepOutcome& outcome, const Answers& answers)
      : json_(json), found_(outcome), answers_(answers) {}

  void write() {
    json_.begin_object();
    json_.key("best");
    best();
    ordinal("fastest", answers_.fastest);
    ordinal("balanced", answers_.balanced);
    list("front", answers_.front, [&](std::size_t ordinal) { json_.integer(ordinal); });
    list("bindings", answers_.bindings, [&](const Binding& binding) { this->binding(binding); });
    list("break_evens", answers_.break_evens, [&](const BreakEven& even) { break_even(even); });
    list("effects", answers_.effects, [&](const VariantEffects& one) { effects(one); });
    json_.end_object();
  }

 private:
  template <typename Items, typename Write>
  void list(const char* name, const Items& items, const Write& write) {
    json_.key(name);
    json_.begin_array();
    for (const auto& item : items) write(item);
    json_.end_array();
  }
  void number(const char* name, const std::optional<double>& value) {
    json_.key(name);
    value ? json_.number(fmt::format("{:.6g}", *value)) : json_.null();
  }
  void ordinal(const char* name, const std::optional<std::size_t>& value) {
    json_.key(name);
    value ? json_.integer(*value) : json_.null();
  }
  void measure(const char* name, double nano, check::Unit unit) {
    json_.key(name);
    write_value(json_, std::llround(nano), unit);
  }

  void best() {
    if (!answers_.best) return json_.null();
    const Best& best = *answers_.best;
    json_.begin_object();
    ordinal("cell", best.ordinal);
    ordinal("next", best.next);
    json_.key("ahead");
    if (best.ahead) {
      const check::Unit unit = found_.asks.objective.unit();
      json_.begin_object();
      measure("mean", static_cast<double>(best.ahead->mean), unit);
      measure("low", static_cast<double>(best.ahead->low), unit);
      measure("high", static_cast<double>(best.ahead->high), unit);
      json_.end_object();
    } else {
      json_.null();
    }
    json_.end_object();
  }

  void binding(const Binding& binding) {
    json_.begin_object();
    json_.key("constraint");
    binding.constraint ? json_.string(found_.sweep.constraints[*binding.constraint]) : json_.null();
    ordinal("breaks", binding.breaks);
    json_.key("binds");
    json_.boolean(binding.without.has_value());
    ordinal("without", binding.without);
    json_.end_object();
  }

  void break_even(const BreakEven& even) {
    json_.begin_object();
    json_.field("before", even.before);
    json_.field("after", even.after);
    number("from", even.from);
    number("to", even.to);
    number("at", even.at);
    number("requests_per_s", even.requests_per_s);
    json_.end_object();
  }

  void effects(const VariantEffects& effects) {
    json_.begin_object();
    json_.field("variant", effects.variant);
    json_.key("objective");
    model(effects.objective, found_.asks.objective.unit());
    json_.key("against");
    model(effects.against, found_.asks.against.unit);
    list("indices", effects.indices, [&](const SobolIndex& index) {
      json_.begin_object();
      json_.field("parameter", index.path);
      share("first", index.first);
      share("total", index.total);
      json_.end_object();
    });
    json_.field("no_indices", effects.no_indices);
    json_.end_object();
  }

  void share(const char* name, const Share& share) {
    json_.key(name);
    json_.begin_object();
    number("value", share.value);
    number("low", share.low);
    number("high", share.high);
    json_.end_object();
  }

  void model(const LinearModel& model, check::Unit unit) {
    if (!model.none.empty()) return json_.null();
    json_.begin_object();
    number("r2", model.r2);
    json_.key("has_interactions");
    json_.boolean(model.has_interactions);
    measure("mean", model.mean, unit);
    list("effects", model.effects, [&](const Effect& effect) {
      json_.begin_object();
      json_.field("of", effect.name);
      measure("change", effect.change, unit);
      measure("low", effect.low, unit);
      measure("high", effect.high, unit);
      json_.end_object();
    });
    json_.end_object();
  }

  report::JsonWriter& json_;
  const SweepOutcome& found_;
  const Answers& answers_;
};

}  // namespace

void write_answers(report::JsonWriter& json, const SweepOutcome& outcome, const Answers& answers) {
  Document(json, outcome, answers).write();
}

}  // namespace skyreplay::sweep
