#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <iterator>
#include <optional>

#include "core/atomic_file.h"
#include "core/error.h"
#include "core/scratch_folder.h"
#include "core/text.h"
#include "report/human.h"
#include "report/json_writer.h"
#include "scenario/values.h"
#include "sweep/candidates.h"
#include "sweep/facts_json.h"
#include "sweep/human_value.h"
#include "sweep/text_lines.h"
#include "sweep/tune_choice.h"

namespace skyreplay::sweep {
namespace {

using report::printable;

/// The answer and the multiple above it that fails are no further apart.
constexpr double kWithin = 1.02;
constexpr std::size_t kMaxText = 400;
constexpr std::size_t kMaxBytes = std::size_t{1} << 30;

struct Probe {
  double traffic = 1;
  RunFacts run;
};

std::pair<double, double> parse_range(const std::string& text) {
  const std::size_t dots = text.find("..");
  double low = 0;
  double high = 0;
  const bool is_range = dots != std::string::npos &&
                        scenario::parse_number(text.substr(0, dots), low) &&
                        scenario::parse_number(text.substr(dots + 2), high);
  if (is_range && low > 0 && low <= high && high <= 1000) return {low, high};
  throw InputError(fmt::format(
      "--traffic {}: expected LOW..HIGH with 0 < LOW <= HIGH <= 1000, such as 0.5..4", text));
}

/// One search from its options to its report.
class TuneTraffic {
 public:
  explicit TuneTraffic(const TuneOptions& options)
      : options_(options),
        range_(parse_range(options.traffic)),
        requirements_(parse_requirements(options.requirements)),
        candidates_(load_candidates({options.scenario}, options.sets)),
        trace_(trace_of(candidates_, options.trace).in_memory(kMaxBytes)) {
    if (!options.over.empty()) throw InputError("--traffic goes without --over");
  }

  TuneReport report() {
    search();
    return {.table = text(), .json = json(), .answered = answer_.has_value()};
  }

 private:
  bool meets(double traffic) {
    const trace::Transformation scale{trace::Transformation::Scale{.by = traffic}};
    const RunTask task{.scenario = candidates_.front().scenario,
                       .trace = traffic == 1 ? trace_ : trace_.with(scale),
                       .result = scratch_.path() / "result.binpb",
                       .version = options_.version};
    probes_.push_back({traffic, replay_and_read(task, requirements_, {})});
    const bool holds = probes_.back().run.meets();
    if (holds) answer_ = traffic;
    if (options_.progress) {
      options_.progress({.runs_done = probes_.size(),
                         .runs = probes_.size() + 1,
                         .share = 0,
                         .requests = probes_.back().run.billed_arrivals});
    }
    return holds;
  }

  void search() {
    const auto [low, high] = range_;
    if (!meets(low) || low == high || meets(high)) return;
    double most = low;
    double fails = high;
    while (fails / most > kWithin) {
      // Three digits are enough, and the same whatever libm's last bit is.
      const double middle = std::round(std::sqrt(most * fails) * 1000) / 1000;
      if (middle <= most || middle >= fails) break;
      (meets(middle) ? most : fails) = middle;
    }
    fails_ = fails;
  }

  std::string text() const {
    TextLines out;
    const trace::TraceInfo info = trace_.open()->info();
    out.paragraph(
        fmt::format("{}: the highest multiple of the traffic from {:g} to {:g} that {}, on "
                    "{} from {}, seed {}",
                    printable(candidates_.front().name, kMaxText), range_.first, range_.second,
                    asked(), report::human_span(info.end - info.start), to_rfc3339(info.start),
                    candidates_.front().scenario.message().seed()),
        "", 0);
    if (!answer_) {
      out.paragraph(fmt::format("Answer: none; {:g} times the traffic does not", range_.first), "",
                    0);
    } else {
      const double span_s = std::chrono::duration<double>(info.end - info.start).count();
      const Probe& best = at(*answer_);
      out.paragraph(
          fmt::format("Answer: {:g} times the traffic, {:.4g} requests/s on average{}", *answer_,
                      static_cast<double>(best.run.billed_arrivals) / span_s,
                      fails_ ? fmt::format("; {:g} times was replayed and does not", *fails_)
                             : ", the highest tried"),
          "", 0);
    }
    for (std::size_t r = 0; r < requirements_.size(); ++r) {
      out.paragraph(printable(requirements_[r].text, kMaxText), fmt::format("  {}. ", r + 1), 5);
    }
    out.line("\n{:<12}{:>14}{:>14}{:>8}{:>14}  measured", "  Replayed", "requests", "verdict",
             "meets", "USD, trace");
    for (const Probe& probe : probes_) {
      std::string measured;
      for (std::size_t r = 0; r < std::min<std::size_t>(2, requirements_.size()); ++r) {
        const check::Measurement& one = probe.run.measured[r];
        measured += (r == 0 ? "" : ", ") +
                    (one.known ? human_value(one.value, requirements_[r].unit) : "none");
      }
      out.line("{}{:>10.4g}{:>14}{:>14}{:>8}{:>14}  {}", answer_ == probe.traffic ? "* " : "  ",
               probe.traffic, grouped(probe.run.billed_arrivals),
               replay::to_string(probe.run.verdict), probe.run.meets() ? "yes" : "no",
               report::human_usd(probe.run.cost), measured);
    }
    out.blank();
    out.paragraph(
        "Above 1, copies of the trace are laid over it, each shifted within its span, the last one "
        "thinned; below, it is thinned. Multiples between those listed were not replayed: that a "
        "higher one does not do is an assumption, namely that more traffic is not better.",
        "", 0);
    return out.take();
  }

  std::string asked() const {
    return requirements_.empty() ? "is stable (no --require given)" : "meets the requirements";
  }

  const Probe& at(double traffic) const {
    for (const Probe& probe : probes_) {
      if (probe.traffic == traffic) return probe;
    }
    return probes_.front();
  }

  std::string json() const {
    const std::filesystem::path path = scratch_.path() / "tune.json";
    AtomicFile file(path);
    report::JsonWriter json(file);
    const auto number = [&](const char* name, std::optional<double> value) {
      json.key(name);
      value ? json.number(fmt::format("{:.6g}", *value)) : json.null();
    };
    json.begin_object();
    json.field("scenario", candidates_.front().name);
    number("traffic", answer_);
    number("fails", fails_);
    json.key("probes");
    json.begin_array();
    for (const Probe& probe : probes_) {
      json.begin_object();
      number("traffic", probe.traffic);
      json.key("requests");
      json.integer(probe.run.billed_arrivals);
      json.field("digest", probe.run.digest);
      json.field("verdict", replay::to_string(probe.run.verdict));
      json.key("meets");
      json.boolean(probe.run.meets());
      json.key("cost_usd");
      json.usd(probe.run.cost);
      json.key("measured");
      write_measured(json, requirements_, probe.run.measured);
      json.end_object();
    }
    json.end_array();
    json.end_object();
    json.finish();
    file.commit();
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }

  const TuneOptions& options_;
  std::pair<double, double> range_;
  std::vector<check::Requirement> requirements_;
  std::vector<Candidate> candidates_;
  replay::TraceChoice trace_;
  ScratchFolder scratch_{"skyreplay-tune"};
  std::vector<Probe> probes_;
  std::optional<double> answer_;
  std::optional<double> fails_;  ///< the lowest multiple that was replayed and does not do
};

}  // namespace

TuneReport tune_traffic(const TuneOptions& options) { return TuneTraffic(options).report(); }

}  // namespace skyreplay::sweep
