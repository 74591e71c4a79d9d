#include <fmt/format.h>

#include <cmath>

#include "report/json_writer.h"
#include "sweep/facts_json.h"
#include "sweep/json_text.h"
#include "sweep/optimum.h"

namespace skyreplay::sweep {
namespace {

class Document {
 public:
  Document(AtomicFile& file, const Optimum& found) : json_(file), found_(found) {}

  void write() {
    json_.begin_object();
    json_.field("sweep", found_.file->name);
    json_.field("minimize", found_.asks->objective.text);
    json_.key("constraints");
    json_.begin_array();
    for (const check::Requirement& one : found_.asks->constraints) json_.string(one.text);
    json_.end_array();
    integer("cells", found_.candidates);
    integer("requests", found_.race.requests);
    integer("requests_of_all", found_.all_requests());
    json_.key("best");
    found_.race.best ? cell(*found_.race.best) : json_.null();
    json_.key("next");
    found_.next ? cell(*found_.next) : json_.null();
    json_.key("ahead");
    ahead();
    json_.key("steps");
    json_.begin_array();
    for (const RaceStep& one : found_.race.steps) step(one);
    json_.end_array();
    json_.key("open");
    json_.begin_array();
    for (const std::size_t number : found_.race.open) cell(number);
    json_.end_array();
    json_.end_object();
    json_.finish();
  }

 private:
  void integer(const char* name, std::uint64_t value) {
    json_.key(name);
    json_.integer(value);
  }
  void value(const char* name, double nano) {
    json_.key(name);
    if (!std::isfinite(nano)) return json_.null();
    write_value(json_, std::llround(nano), found_.asks->objective.unit());
  }

  void cell(std::size_t number) {
    const Cell& cell = found_.plan->cells[number];
    const Variant& variant = found_.file->variants[cell.variant];
    json_.begin_object();
    integer("cell", number);
    json_.field("variant", variant.name);
    json_.field("scenario", variant.base.filename());
    json_.key("settings");
    json_.begin_array();
    for (const std::string& set : settings_of(variant, cell.values)) json_.string(set);
    json_.end_array();
    const auto whole = found_.whole.find(number);
    const bool is_known = whole != found_.whole.end() && whole->second.objective;
    json_.key("objective");
    is_known ? write_value(json_, whole->second.objective->mean, found_.asks->objective.unit())
             : json_.null();
    json_.end_object();
  }

  void ahead() {
    if (!found_.ahead) return json_.null();
    json_.begin_object();
    value("mean", static_cast<double>(found_.ahead->mean));
    value("low", static_cast<double>(found_.ahead->low));
    value("high", static_cast<double>(found_.ahead->high));
    json_.end_object();
  }

  void step(const RaceStep& step) {
    json_.begin_object();
    json_.key("share");
    json_.number(fmt::format("{:.6g}", step.share));
    json_.key("trials");
    json_.begin_array();
    for (std::size_t i = 0; i < step.candidates.size(); ++i) {
      const Trial& trial = step.trials[i];
      json_.begin_object();
      integer("cell", step.candidates[i]);
      value("objective", trial.objective);
      json_.key("strain");
      json_.number(fmt::format("{:.6g}", trial.strain));
      json_.key("is_feasible");
      json_.boolean(trial.is_feasible);
      integer("requests", trial.requests);
      json_.end_object();
    }
    json_.end_array();
    json_.end_object();
  }

  report::JsonWriter json_;
  const Optimum& found_;
};

}  // namespace

std::string optimum_json(const Optimum& found) {
  return json_text([&](AtomicFile& file) { Document(file, found).write(); });
}

}  // namespace skyreplay::sweep
