#include <skyreplay/replay.h>

#include <array>
#include <optional>

#include "core/atomic_file.h"
#include "core/error.h"
#include "core/spill_file.h"
#include "replay/request_log.h"
#include "replay/result_reader.h"
#include "replay/run.h"
#include "replay/trace_choice.h"
#include "report/render.h"
#include "report/summary_table.h"

namespace skyreplay {
namespace {

constexpr std::array<std::string_view, 6> kResultNames{
    "timeline.csv", "activities.csv", "bill.csv", "summary.json", "result.binpb", "report.html"};

/// "out/" names the folder "out".
std::filesystem::path without_trailing_slash(const std::filesystem::path& path) {
  const std::filesystem::path normal = path.lexically_normal();
  return normal.has_filename() ? normal : normal.parent_path();
}

/// Where the log of requests is written meanwhile: with the folder of results where it lies in it.
std::filesystem::path requests_path(const RunOptions& options, const AtomicFolder& folder) {
  std::filesystem::path path = without_trailing_slash(options.requests);
  if (path.parent_path() != without_trailing_slash(options.out)) return path;
  for (const std::string_view name : kResultNames) {
    if (path.filename() == name) {
      throw InputError("--requests " + options.requests.string() +
                       ": a file of results has that name");
    }
  }
  return folder.temporary() / path.filename();
}

/// What options say of a log of requests, read before any time is spent.
struct RequestsAsked {
  replay::RequestFormat format;
  replay::RequestSample sample;
};

std::optional<RequestsAsked> requests_asked(const RunOptions& options,
                                            const scenario::Scenario& scenario) {
  if (options.requests.empty()) {
    if (!options.requests_format.empty()) throw InputError("--requests-format needs --requests");
    if (!options.requests_sample.empty()) throw InputError("--requests-sample needs --requests");
    return std::nullopt;
  }
  RequestsAsked asked;
  asked.format = replay::request_format(options.requests_format, options.requests);
  const std::string& sample = options.requests_sample;
  asked.sample = replay::RequestSample::parse(sample.empty() ? "all" : sample);
  replay::check_request_format(asked.format, scenario);
  return asked;
}

/// The log of requests that a run was asked for.
class Requests {
 public:
  Requests(const RequestsAsked& asked, const RunOptions& options, std::uint64_t seed,
           const AtomicFolder& folder)
      : format_(asked.format),
        log_(asked.sample, seed, spill_folder(options.requests)),
        file_(requests_path(options, folder)) {}

  workload::Watcher& watcher() { return log_; }
  /// `source`: the run's, from its beginning.
  void write(trace::Source& source, const std::filesystem::path& result, RunReport& report) {
    const replay::ResultReader reader(result);
    const replay::RequestLogWritten written =
        replay::write_requests(log_, format_, {source, reader.header()}, file_);
    report.requests_written = written.rows;
    report.requests_left_out = written.left_out;
  }

 private:
  replay::RequestFormat format_;
  replay::RequestLog log_;
  trace::TextOutput file_;
};

std::function<void(const replay::Progress&)> progress_to(const RunOptions& options) {
  if (!options.progress) return {};
  return [&options](const replay::Progress& at) {
    const double span = static_cast<double>((at.end - at.start).count());
    const double done = static_cast<double>((at.now - at.start).count());
    options.progress({at.now, span > 0 && done > 0 ? done / span : 0, at.requests});
  };
}

}  // namespace

RunReport run_scenario(const RunOptions& options) {
  const scenario::Scenario scenario = scenario::Scenario::load(options.scenario, options.sets);
  const std::optional<RequestsAsked> asked = requests_asked(options, scenario);
  const replay::TraceChoice choice(scenario, options.trace);
  const std::unique_ptr<trace::Source> source = choice.open();
  AtomicFolder folder(options.out, options.force, "result.binpb");
  std::optional<Requests> requests;
  if (asked) requests.emplace(*asked, options, scenario.message().seed(), folder);
  replay::RunSettings settings;
  settings.result = folder.temporary() / "result.binpb";
  settings.provenance.version = options.version;
  settings.provenance.scenario = options.scenario.string();
  settings.provenance.trace = options.trace.string();
  settings.progress = progress_to(options);
  if (requests) settings.watcher = &requests->watcher();
  RunReport report;
  report.digest = replay::run(scenario, *source, settings);
  report::render(folder.temporary(), options.timeline_services);
  report.table = report::summary_table(folder.temporary());
  if (requests) requests->write(*choice.open(), settings.result, report);
  folder.commit();
  return report;
}

}  // namespace skyreplay
