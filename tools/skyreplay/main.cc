#include <poll.h>
#include <skyreplay/error.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <new>
#include <sstream>
#include <string>
#include <vector>

#include "harmless.h"
#include "usage.h"
#include "verbs.h"

namespace skyreplay::tool {
namespace {

/// Exit statuses, as docs/cli.md lists them.
enum Exit : int { kDone = 0, kBadInput = 2, kMachine = 3 };

/// Every line of `text` to standard error, each saying who speaks.
void complain(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::cerr << "skyreplay: " << harmless(line) << '\n';
  }
}

/// A verb that a user may know and that this version does not have: refused by its name.
void add_unbuilt(CLI::App& parent, const std::string& full, Action& chosen) {
  const std::string name = full.substr(full.rfind(' ') + 1);
  CLI::App& verb = *parent.add_subcommand(name, "not built yet")->group("");
  verb.allow_extras();
  verb.set_help_flag();
  verb.callback([full, &chosen] {
    chosen = [full]() -> int { throw InputError("'" + full + "' is not built yet"); };
  });
}

void add_verbs(CLI::App& app, Action& chosen) {
  CLI::App& trace = *app.add_subcommand("trace", "Make traces, look at them and reshape them");
  trace.require_subcommand(0, 1);
  add_run(app, chosen);
  add_compare(app, chosen);
  add_tune(app, chosen);
  add_check(app, chosen);
  add_diff(app, chosen);
  add_explain(app, chosen);
  add_trace_import(trace, chosen);
  add_trace_info(trace, chosen);
  add_trace_head(trace, chosen);
  add_trace_cut(trace, chosen);
  add_trace_scale(trace, chosen);
  add_trace_synth(trace, chosen);
  add_trace_anonymize(trace, chosen);
  CLI::App& scenario = *app.add_subcommand("scenario", "Start, check and show scenario files");
  scenario.require_subcommand(0, 1);
  add_scenario_check(scenario, chosen);
  add_scenario_show(scenario, chosen);
  add_scenario_init(scenario, chosen);
  add_unbuilt(scenario, "scenario import", chosen);
  CLI::App& sweep = *app.add_subcommand("sweep", "Replay many variants, and answer from a store");
  sweep.require_subcommand(0, 1);
  add_optimize(app, chosen);
  add_sweep_run(sweep, chosen);
  add_sweep_status(sweep, chosen);
  add_sweep_results(sweep, chosen);
  add_sweep_merge(sweep, chosen);
  add_completion(app, chosen);
  for (const char* name : {"calibrate", "backtest", "prices", "report"}) {
    add_unbuilt(app, name, chosen);
  }
}

/// Parses the command line into an action, or prints the help or version that was `asked` for.
int parse(CLI::App& app, int argc, char** argv, bool& asked) {
  std::vector<std::string> mistakes;
  try {
    check_verb(app, argc, argv);
    app.parse(argc, argv);
    return kDone;
  } catch (const CLI::Success& success) {
    asked = true;
    return app.exit(success);
  } catch (const CLI::ExtrasError&) {
    mistakes = extra_arguments(app);
  } catch (const CLI::ConversionError& error) {
    mistakes = extra_arguments(app);
    mistakes.push_back(no_number(error));
  } catch (const CLI::ParseError& error) {
    mistakes = extra_arguments(app);
    mistakes.emplace_back(error.what());
  } catch (const InputError& error) {
    mistakes.emplace_back(error.what());
  }
  for (const std::string& mistake : mistakes) complain(mistake);
  complain("--help lists verbs and flags");
  return kBadInput;
}

/// The one place where exceptions end.
int run(const Action& action) {
  try {
    return action();
  } catch (const InputError& error) {
    complain(error.what());
    return kBadInput;
  } catch (const MachineError& error) {
    complain(error.what());
    return kMachine;
  } catch (const Interrupted& stop) {
    complain("interrupted; nothing was left half-written");
    return 128 + stop.signal();
  } catch (const std::filesystem::filesystem_error& error) {
    complain(error.what());
    return kMachine;
  } catch (const std::bad_alloc&) {
    complain("out of memory");
    return kMachine;
  }
}

/// Whether standard output is a pipe whose reader has read enough and gone.
bool reader_is_gone() {
  ::pollfd out{.fd = STDOUT_FILENO, .events = POLLOUT, .revents = 0};
  return ::poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}

/// An answer that could not be written is no answer; a reader that has gone is no mistake.
int flush(int status) {
  std::cout.flush();
  const bool written = std::fflush(stdout) == 0 && std::ferror(stdout) == 0 && std::cout;
  if (written || status != kDone || reader_is_gone()) return status;
  complain("cannot write to standard output");
  return kMachine;
}

/// The first SIGINT or SIGTERM asks for a clean stop, the second ends the program at once. No
/// SA_RESTART: a read that waits for more input is interrupted as well.
void stop_cleanly_on_signals() {
  struct ::sigaction action{};
  action.sa_handler = request_stop;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

int main(int argc, char** argv) {
  stop_cleanly_on_signals();
  // A closed pipe then shows as a failed write, so that output files are still cleaned up.
  std::signal(SIGPIPE, SIG_IGN);
  // Likewise a file that would outgrow `ulimit -f`.
  std::signal(SIGXFSZ, SIG_IGN);
  CLI::App app("Replay a recorded request trace on models of EC2 Auto Scaling, ECS and Lambda.",
               "skyreplay");
  app.set_version_flag("--version", "skyreplay " SKYREPLAY_VERSION);
  app.require_subcommand(0, 1);
  Action chosen;
  add_verbs(app, chosen);
  bool asked = false;
  if (const int status = parse(app, argc, argv, asked); status != kDone || asked) {
    return flush(status);
  }
  if (!chosen) {
    complain("expected a verb; --help lists them");
    return kBadInput;
  }
  return flush(run(chosen));
}

}  // namespace
}  // namespace skyreplay::tool

// What escapes is a verb declared wrongly: our bug, which ends the program as one.
// NOLINTNEXTLINE(bugprone-exception-escape)
int main(int argc, char** argv) { return skyreplay::tool::main(argc, argv); }
