#include <fmt/format.h>
#include <skyreplay/explain.h>

#include <fstream>
#include <iterator>

#include "core/error.h"
#include "core/scratch_folder.h"
#include "core/text.h"
#include "replay/models.h"
#include "replay/result_reader.h"
#include "replay/run.h"
#include "replay/trace_choice.h"
#include "report/story.h"

namespace skyreplay {
namespace {

namespace fs = std::filesystem;

/// The scenario that the result says it is of.
scenario::Scenario scenario_of(const replay::ResultHeader& header, const fs::path& result) {
  scenario::Scenario scenario =
      scenario::Scenario::parse(header.scenario_text, header.provenance.scenario);
  if (scenario.digest() == header.scenario_digest) return scenario;
  throw InputError(fmt::format(
      "{}: its scenario is another one to this version of the program; version {} made it",
      result.string(), header.provenance.version));
}

/// Where the trace is: as asked, or as the run found it, from here or from beside the results.
fs::path trace_of(const ExplainOptions& options, const replay::ResultHeader& header) {
  if (!options.trace.empty()) return options.trace;
  fs::path given = header.provenance.trace;
  if (given.empty() || given.is_absolute() || fs::exists(given)) return given;
  const fs::path folder = options.folder.lexically_normal();
  const fs::path beside =
      (folder.has_filename() ? folder : folder.parent_path()).parent_path() / given;
  return fs::exists(beside) ? beside : given;
}

/// The run's requests, from the beginning; refuses others.
std::unique_ptr<trace::Source> open_trace(const replay::TraceChoice& choice,
                                          const replay::ResultHeader& header) {
  std::unique_ptr<trace::Source> source;
  try {
    source = choice.open();
  } catch (const MachineError& error) {
    throw MachineError(std::string(error.what()) + "; --trace says where the run's trace is now");
  }
  if (source->info().digest == header.trace_digest) return source;
  throw InputError(fmt::format("{} is not what the results are of: its digest is {}, not {}",
                               choice.text(), source->info().digest, header.trace_digest));
}

Explanation told(const report::Story& story, const fs::path& scratch) {
  const fs::path json = scratch / "story.json";
  report::write_story_json(json, story);
  std::ifstream file(json, std::ios::binary);
  Explanation explanation;
  explanation.text = report::story_text(story);
  explanation.json.assign(std::istreambuf_iterator<char>(file), {});
  return explanation;
}

std::string version_note(const std::string& made_by, const std::string& now) {
  if (made_by.empty() || made_by == now) return "";
  return fmt::format(
      "Version {} made these results and this is {}: where a model has changed since, the story "
      "may "
      "be another.",
      made_by, now);
}

}  // namespace

Explanation explain_request(const ExplainOptions& options) {
  const fs::path result = options.folder / "result.binpb";
  const replay::ResultHeader header = replay::ResultReader(result).header();
  const scenario::Scenario scenario = scenario_of(header, result);
  const replay::TraceChoice choice(scenario, trace_of(options, header));
  const std::unique_ptr<trace::Source> source = open_trace(choice, header);

  const ScratchFolder scratch("skyreplay-explain");
  replay::RequestStory watched(options.request);
  replay::RunSettings settings;
  settings.result = scratch.path() / "result.binpb";
  settings.watcher = &watched;
  replay::run(scenario, *source, settings);
  if (watched.steps().empty()) {
    throw InputError(fmt::format("--request {}: {} has no such row; its first is 0, its last {}",
                                 options.request, choice.text(),
                                 grouped(std::max<std::uint64_t>(source->info().rows, 1) - 1)));
  }
  const scenario::Wiring wiring = scenario::expand(scenario, source->info());
  return told(
      {.header = header,
       .steps = watched.steps(),
       .is_over = watched.is_over(),
       .row = options.request,
       .trace = choice.file().string(),
       .service_of_flow = replay::services_of_flows({scenario.message(), wiring, source->info()}),
       .note = version_note(header.provenance.version, options.version)},
      scratch.path());
}

}  // namespace skyreplay
