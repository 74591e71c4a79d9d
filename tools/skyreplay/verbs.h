#pragma once

#include <CLI/CLI.hpp>
#include <functional>

/// Each verb is one file: it declares its flags and, when chosen, sets what main() then does. No
/// verb has logic of its own; all of it is behind include/skyreplay.
namespace skyreplay::tool {

/// What the chosen verb does; returns the exit status. Exceptions are caught in main() alone.
using Action = std::function<int()>;

void add_run(CLI::App& app, Action& chosen);
void add_compare(CLI::App& app, Action& chosen);
void add_tune(CLI::App& app, Action& chosen);
void add_check(CLI::App& app, Action& chosen);
void add_explain(CLI::App& app, Action& chosen);
void add_diff(CLI::App& app, Action& chosen);
void add_optimize(CLI::App& app, Action& chosen);
void add_sweep_run(CLI::App& sweep, Action& chosen);
void add_sweep_status(CLI::App& sweep, Action& chosen);
void add_sweep_results(CLI::App& sweep, Action& chosen);
void add_sweep_merge(CLI::App& sweep, Action& chosen);
void add_trace_import(CLI::App& trace, Action& chosen);
void add_scenario_check(CLI::App& scenario, Action& chosen);
void add_scenario_show(CLI::App& scenario, Action& chosen);
void add_scenario_init(CLI::App& scenario, Action& chosen);
void add_completion(CLI::App& app, Action& chosen);
void add_trace_info(CLI::App& trace, Action& chosen);
void add_trace_head(CLI::App& trace, Action& chosen);
void add_trace_cut(CLI::App& trace, Action& chosen);
void add_trace_scale(CLI::App& trace, Action& chosen);
void add_trace_anonymize(CLI::App& trace, Action& chosen);
void add_trace_synth(CLI::App& trace, Action& chosen);

}  // namespace skyreplay::tool
