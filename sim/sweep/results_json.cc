#include "report/json_writer.h"
#include "sweep/answers_json.h"
#include "sweep/facts_json.h"
#include "sweep/json_text.h"
#include "sweep/results.h"

namespace skyreplay::sweep {
namespace {

class Document {
 public:
  Document(AtomicFile& file, const SweepOutcome& outcome) : json_(file), found_(outcome) {}

  void write() {
    const StoredSweep& sweep = found_.sweep;
    json_.begin_object();
    json_.field("sweep", sweep.name);
    json_.field("engine", sweep.engine);
    json_.field("trace_digest", sweep.trace_digest);
    json_.field("design", sweep.design);
    integer("replications", sweep.replications);
    integer("seed", sweep.seed);
    json_.field("minimize", sweep.minimize);
    json_.field("against", sweep.against);
    json_.key("constraints");
    json_.begin_array();
    for (const std::string& text : sweep.constraints) json_.string(text);
    json_.end_array();
    integer("finished", found_.finished());
    json_.key("answers");
    write_answers(json_, found_, answer(found_));
    json_.key("cells");
    json_.begin_array();
    for (const CellOutcome& one : found_.cells) cell(one);
    json_.end_array();
    json_.end_object();
    json_.finish();
  }

 private:
  void integer(const char* name, std::uint64_t value) {
    json_.key(name);
    json_.integer(value);
  }

  void estimate(const std::optional<Estimate>& value, check::Unit unit) {
    if (!value) return json_.null();
    json_.begin_object();
    json_.key("mean");
    write_value(json_, value->mean, unit);
    if (value->interval) {
      json_.key("low");
      write_value(json_, value->interval->low, unit);
      json_.key("high");
      write_value(json_, value->interval->high, unit);
    }
    json_.end_object();
  }

  void cell(const CellOutcome& cell) {
    const StoredCell& stored = found_.sweep.cells[cell.ordinal];
    json_.begin_object();
    integer("cell", cell.ordinal);
    json_.field("digest", stored.digest);
    json_.field("variant", stored.variant);
    json_.key("parameters");
    json_.begin_object();
    for (const StoredValue& value : stored.values) json_.field(value.path, value.value);
    json_.end_object();
    json_.key("is_finished");
    json_.boolean(cell.is_finished);
    if (cell.is_finished) results(cell);
    json_.end_object();
  }

  void results(const CellOutcome& cell) {
    json_.key("is_stable");
    json_.boolean(cell.is_stable);
    json_.key("is_feasible");
    json_.boolean(cell.is_feasible);
    json_.key("broken");
    json_.begin_array();
    for (const std::size_t c : cell.broken) json_.string(found_.sweep.constraints[c]);
    json_.end_array();
    json_.key("cost_usd");
    estimate(cell.cost, check::Unit::kUsd);
    json_.key("monthly_usd");
    estimate(cell.monthly, check::Unit::kUsd);
    json_.key("measured");
    json_.begin_array();
    const std::vector<std::string> names = found_.asks.names();
    for (std::size_t q = 0; q < names.size(); ++q) {
      json_.begin_object();
      json_.field("quantity", names[q]);
      json_.field("unit", unit_name(found_.asks.quantities[q].unit));
      json_.key("value");
      estimate(cell.quantities[q], found_.asks.quantities[q].unit);
      json_.end_object();
    }
    json_.end_array();
    json_.key("runs");
    json_.begin_array();
    for (const RunFacts& run : cell.runs) json_.string(run.digest);
    json_.end_array();
  }

  report::JsonWriter json_;
  const SweepOutcome& found_;
};

}  // namespace

std::string results_json(const SweepOutcome& outcome) {
  return json_text([&](AtomicFile& file) { Document(file, outcome).write(); });
}

}  // namespace skyreplay::sweep
