#include "sweep/stored_sweep.h"

#include "scenario/show.h"

namespace skyreplay::sweep {

StoredSweep stored_sweep(const SweepFile& file, const Plan& plan, const std::string& version) {
  const proto::Sweep& message = file.message;
  StoredSweep sweep{
      .name = file.name,
      .engine = version,
      .trace_digest = plan.trace_digest,
      .span_ns = plan.span.count(),
      .design = scenario::to_text(message.design(),
                                  *message.design().GetDescriptor()->FindFieldByName("kind")),
      .indices = message.design().indices() ? 1U : 0U,
      .replications = message.replications(),
      .seed = file.variants.front().base.message().seed(),
      .minimize = file.objective.text,
      .against = check::quantity_of(file.against),
      .constraints = {},
      .cells = {}};
  for (const check::Requirement& constraint : file.constraints) {
    sweep.constraints.push_back(constraint.text);
  }
  for (const Cell& cell : plan.cells) {
    const Variant& variant = file.variants[cell.variant];
    StoredCell one{.digest = cell.digest, .variant = variant.name, .values = {}};
    for (std::size_t a = 0; a < cell.values.size(); ++a) {
      one.values.push_back({variant.axes[a].path, cell.values[a]});
    }
    sweep.cells.push_back(std::move(one));
  }
  return sweep;
}

}  // namespace skyreplay::sweep
