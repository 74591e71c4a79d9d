#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <tuple>
#include <utility>

#include "core/text.h"
#include "report/human.h"
#include "report/story.h"

namespace skyreplay::report {
namespace {

using metrics::Outcome;
using replay::StoryStep;
using workload::Admission;

constexpr std::size_t kMaxName = 60;
constexpr std::size_t kMaxPath = 400;
constexpr std::size_t kTimeWidth = 16;

/// Milliseconds with all six decimals: what is printed adds up.
std::string exact_ms(std::int64_t ns) {
  const std::string sign = ns < 0 ? "-" : "";
  const std::uint64_t size =
      ns < 0 ? 0 - static_cast<std::uint64_t>(ns) : static_cast<std::uint64_t>(ns);
  return fmt::format("{}{}.{:06d}", sign, grouped(size / 1'000'000), size % 1'000'000);
}

std::string plural(std::uint64_t count, std::string_view one) {
  return fmt::format("{} {}{}", grouped(count), one, count == 1 ? "" : "s");
}

std::string unit_name(const replay::ServiceHeader& service) {
  if (service.platform == "lambda") return "environment";
  return service.platform == "ecs" ? "task" : "instance";
}

std::string standing_text(const replay::ServiceHeader& service,
                          const workload::Standing& standing) {
  std::string text = fmt::format("{} in flight there", grouped(standing.in_flight));
  if (service.platform == "lambda") {
    return text + fmt::format(" in {}, of at most {}; {} of all functions",
                              plural(standing.capacity, "environment"), grouped(standing.limit),
                              grouped(standing.concurrent_executions));
  }
  if (service.platform == "external") {
    if (standing.capacity > 0) text += " on at most " + plural(standing.capacity, "connection");
  } else {
    text += " at " + plural(standing.capacity, unit_name(service)) + " in rotation";
    if (standing.pending > 0) text += fmt::format(", {} starting", grouped(standing.pending));
    if (standing.draining > 0) text += fmt::format(", {} draining", grouped(standing.draining));
  }
  return standing.queued > 0 ? text + fmt::format("; {} of them wait", grouped(standing.queued))
                             : text;
}

std::string place_text(const replay::ServiceHeader& service, const StoryStep& step) {
  if (step.place.ordinal == workload::Place::kNone) return "";
  std::string text = fmt::format("{} {}", unit_name(service), step.place.ordinal);
  if (service.platform != "lambda") return text;
  text += fmt::format(" ({} MB)", grouped(step.place.memory_mib));
  if (step.place.restore > Duration{}) return text + ", one restored from a snapshot: a cold start";
  if (step.place.init > Duration{}) return text + ", a new one: a cold start";
  if (step.parts.init > 0) return text + ", whose Init runs again after a timeout";
  return text + ", a warm one";
}

/// What happened at an instant.
struct Event {
  TimePoint at;
  std::size_t ordinal = 0;  ///< in the order of telling
  std::size_t depth = 0;
  std::string text;
};

class Timeline {
 public:
  explicit Timeline(const Story& story) : story_(story) {
    for (std::size_t i = 0; i < story.steps.size(); ++i) {
      if (story.steps[i].caller == StoryStep::kNobody) tell(i, 0);
    }
    std::sort(events_.begin(), events_.end(), [](const Event& a, const Event& b) {
      return std::tie(a.at, a.ordinal) < std::tie(b.at, b.ordinal);
    });
  }

  std::string text() const {
    std::string text;
    for (const Event& event : events_) {
      const std::string time = exact_ms((event.at - story_.arrival()).count());
      text += fmt::format("{:>{}}  ", time, kTimeWidth) +
              wrapped(event.text, "", kTimeWidth + 4 + 2 * event.depth, 100).substr(kTimeWidth + 4);
    }
    return text;
  }

 private:
  void say(TimePoint at, std::size_t depth, std::string text) {
    events_.push_back({at, events_.size(), depth, std::move(text)});
  }

  void tell(std::size_t index, std::size_t depth) {
    const StoryStep& step = story_.steps[index];
    const replay::ServiceHeader& service = story_.service_of(step);
    say(step.began, depth,
        opening(step) + " " + printable(service.name, kMaxName) + " (" + service.platform +
            "): " + standing_text(service, step.before));
    if (step.admission != Admission::kAccepted) {
      say(step.began, depth,
          (step.admission == Admission::kThrottled ? "throttled: " : "refused: ") + step.refusal);
    } else {
      tell_service(step, service, depth);
    }
    for (std::size_t i = index + 1; i < story_.steps.size(); ++i) {
      if (story_.steps[i].caller == index) tell(i, depth + 1);
    }
    tell_end(step, service, depth);
  }

  std::string opening(const StoryStep& step) const {
    if (step.caller != StoryStep::kNobody) {
      return step.caller_waits ? "calls" : "calls, and does not wait for,";
    }
    if (step.attempt == 1) return "arrives at";
    std::string text = fmt::format("attempt {}", step.attempt);
    for (const StoryStep& before : story_.steps) {
      if (before.caller != StoryStep::kNobody || before.attempt + 1 != step.attempt) continue;
      if (before.ended) {
        text += fmt::format(", after a pause of {} ms,",
                            exact_ms((step.began - *before.ended).count()));
      }
    }
    return text + " at";
  }

  /// From the place it got to the end of its own work.
  void tell_service(const StoryStep& step, const replay::ServiceHeader& service,
                    std::size_t depth) {
    const std::string place = place_text(service, step);
    TimePoint at = step.began;
    if (step.parts.queue > 0) {
      say(at, depth, place.empty() ? "waits for a place" : "waits in the backlog of " + place);
      at += Duration{step.parts.queue};
      say(at, depth, "begins, after " + exact_ms(step.parts.queue) + " ms");
    } else if (!place.empty()) {
      say(at, depth, "goes to " + place);
    }
    if (step.parts.init > 0) {
      at += Duration{step.parts.init};
      say(at, depth,
          step.place.restore > Duration{} ? "is restored" + restore_text(step)
                                          : "is initialized" + init_text(step));
    }
    if (step.ended && step.outcome == Outcome::kCompleted && service.platform != "external") {
      at += Duration{step.parts.work + step.parts.cpu_stretch};
      say(at, depth, work_text(step));
    }
  }

  static std::string init_text(const StoryStep& step) {
    if (step.place.init == Duration{}) return "";
    return fmt::format(": {} ms to get the environment, {} ms of Init",
                       exact_ms(step.place.platform_init().count()),
                       exact_ms(step.place.init.count()));
  }

  static std::string restore_text(const StoryStep& step) {
    return fmt::format(": {} ms to get the environment, {} ms of Restore",
                       exact_ms(step.place.platform_init().count()),
                       exact_ms(step.place.restore.count()));
  }

  static std::string work_text(const StoryStep& step) {
    std::string text = "has done its " + exact_ms(step.parts.work) + " ms of work";
    const std::int64_t stretch = step.parts.cpu_stretch;
    if (stretch == 0) return text;
    return text + fmt::format(", in {} ms on a CPU that is {}", exact_ms(step.parts.work + stretch),
                              stretch > 0 ? "slower or shared" : "faster");
  }

  void tell_end(const StoryStep& step, const replay::ServiceHeader& service, std::size_t depth) {
    if (!step.ended || step.admission != Admission::kAccepted) return;
    const bool is_external = service.platform == "external";
    if (step.outcome == Outcome::kCompleted && step.parts.wait > 0 && !is_external) {
      say(*step.ended - Duration{step.parts.wait}, depth,
          "waits " + exact_ms(step.parts.wait) + " ms (I/O)");
    }
    std::string text = std::string(outcome_name(step.outcome));
    text += fmt::format(", {} ms after it began", exact_ms((*step.ended - step.began).count()));
    if (step.then == workload::Then::kRetried) text += "; will be tried again";
    say(*step.ended, depth, text);
  }

  const Story& story_;
  std::vector<Event> events_;
};

std::string heading(const Story& story) {
  std::string text =
      fmt::format("request {} of {}: {}\n", grouped(story.row), printable(story.trace, kMaxPath),
                  printable(story.route(), kMaxName));
  text += "arrived at " + to_rfc3339(story.arrival()) + "\n";
  if (!story.is_over) return text + "in flight when the run ended\n";
  const StoryStep& last = story.last_attempt();
  return text + fmt::format("{} after {} ms, status {}, {}\n", outcome_name(last.outcome),
                            exact_ms((*last.ended - story.arrival()).count()), status_of(story),
                            plural(last.attempt, "attempt"));
}

/// The parts of its latency, which add up to it.
std::string parts_text(const Story& story) {
  const StoryStep& last = story.last_attempt();
  if (!last.ended) return "";
  const std::int64_t total = (*last.ended - story.arrival()).count();
  const std::int64_t retry = (last.began - story.arrival()).count();
  std::vector<std::pair<std::string, std::int64_t>> rows;
  if (last.outcome == Outcome::kCompleted) {
    rows = {{"queue", last.parts.queue},
            {"init (cold start)", last.parts.init},
            {"work (CPU)", last.parts.work},
            {"CPU stretch (slower or shared CPU)", last.parts.cpu_stretch},
            {"wait (I/O)", last.parts.wait},
            {"downstream calls", last.parts.downstream}};
  } else {
    rows = {{"last attempt", total - retry}};
  }
  rows.emplace_back("retry (earlier attempts, backoff)", retry);
  rows.emplace_back("latency", total);
  std::string text = fmt::format("{:<36}{:>20}\n", "Where its time went", "ms");
  for (const auto& [name, ns] : rows) {
    text += fmt::format("  {:<34}{:>20}\n", name, exact_ms(ns));
  }
  return text;
}

}  // namespace

const StoryStep& Story::last_attempt() const {
  const auto found = std::find_if(steps.rbegin(), steps.rend(), [](const StoryStep& step) {
    return step.caller == StoryStep::kNobody;
  });
  return found == steps.rend() ? steps.front() : *found;
}

std::string_view outcome_name(Outcome outcome) {
  constexpr std::array<std::string_view, metrics::kOutcomes> kNames{
      "completed",
      "failed: its instance or task went under it",
      "throttled",
      "given up by its client",
      "cut by the function's timeout",
      "refused",
      "failed: a service it called failed"};
  return kNames[static_cast<std::size_t>(outcome)];
}

std::string story_text(const Story& story) {
  std::string text = heading(story);
  text += fmt::format("\n{:>{}}\n", "ms", kTimeWidth) + Timeline(story).text() + "\n" +
          parts_text(story);
  if (!story.note.empty()) text += "\n" + wrapped(story.note, "", 0, 100);
  return text;
}

}  // namespace skyreplay::report
