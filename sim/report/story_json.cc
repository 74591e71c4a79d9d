#include <array>

#include "core/atomic_file.h"
#include "replay/request_lines.h"
#include "report/json_writer.h"
#include "report/story.h"

namespace skyreplay::report {
namespace {

using metrics::Outcome;
using replay::StoryStep;
using workload::Admission;

constexpr std::array<std::string_view, metrics::kOutcomes> kOutcomes{
    "completed", "error", "throttle", "client_timeout", "server_timeout", "refused", "dependency"};

class Document {
 public:
  Document(AtomicFile& file, const Story& story) : json_(file), story_(story) {}

  void write() {
    const StoryStep& last = story_.last_attempt();
    json_.begin_object();
    json_.key("request");
    json_.integer(story_.row);
    json_.field("route", story_.route());
    json_.field("arrival", to_rfc3339(story_.arrival()));
    json_.field("trace_digest", story_.header.trace_digest);
    json_.field("scenario_digest", story_.header.scenario_digest);
    json_.field("outcome", story_.is_over ? kOutcomes[static_cast<std::size_t>(last.outcome)]
                                          : std::string_view("in_flight"));
    count_or_null("status", story_.is_over, static_cast<std::uint64_t>(status_of(story_)));
    json_.key("attempts");
    json_.integer(last.attempt);
    write_latency(last);
    json_.key("steps");
    json_.begin_array();
    for (const StoryStep& step : story_.steps) write(step);
    json_.end_array();
    json_.end_object();
    json_.finish();
  }

 private:
  void count_or_null(std::string_view name, bool is_there, std::uint64_t value) {
    json_.key(name);
    if (is_there) return json_.integer(value);
    json_.null();
  }
  void ms(std::string_view name, std::int64_t ns) {
    json_.key(name);
    json_.milliseconds(ns);
  }

  void write_latency(const StoryStep& last) {
    if (!last.ended) {
      json_.key("latency_ms");
      json_.null();
      return;
    }
    ms("latency_ms", (*last.ended - story_.arrival()).count());
    ms("retry_ms", (last.began - story_.arrival()).count());
  }

  void write(const StoryStep& step) {
    const replay::ServiceHeader& service = story_.service_of(step);
    json_.begin_object();
    json_.field("service", service.name);
    json_.field("platform", service.platform);
    count_or_null("called_by_step", step.caller != StoryStep::kNobody, step.caller);
    if (step.caller != StoryStep::kNobody) {
      json_.key("caller_waits");
      json_.boolean(step.caller_waits);
    }
    json_.key("attempt");
    json_.integer(step.attempt);
    ms("began_ms", (step.began - story_.arrival()).count());
    write_standing(step.before);
    json_.field("admission", admission_name(step.admission));
    if (!step.refusal.empty()) json_.field("reason", step.refusal);
    count_or_null("place", step.place.ordinal != workload::Place::kNone, step.place.ordinal);
    if (service.platform == "lambda") {
      json_.key("cold_start");
      json_.boolean(step.place.init + step.place.restore > Duration{});
    }
    write_end(step);
    json_.end_object();
  }

  static std::string_view admission_name(Admission admission) {
    if (admission == Admission::kAccepted) return "accepted";
    return admission == Admission::kThrottled ? "throttled" : "refused";
  }

  void write_standing(const workload::Standing& standing) {
    json_.key("service_before");
    json_.begin_object();
    for (const auto& [name, value] : {std::pair{"in_flight", standing.in_flight},
                                      {"queued", standing.queued},
                                      {"capacity", standing.capacity},
                                      {"pending", standing.pending},
                                      {"draining", standing.draining},
                                      {"concurrent_executions", standing.concurrent_executions},
                                      {"concurrency_limit", standing.limit}}) {
      json_.key(name);
      json_.integer(value);
    }
    json_.end_object();
  }

  void write_end(const StoryStep& step) {
    if (!step.ended) {
      json_.key("ended_ms");
      json_.null();
      return;
    }
    ms("ended_ms", (*step.ended - story_.arrival()).count());
    json_.field("outcome", kOutcomes[static_cast<std::size_t>(step.outcome)]);
    json_.key("retried");
    json_.boolean(step.then == workload::Then::kRetried);
    json_.key("parts_ms");
    if (step.outcome != Outcome::kCompleted) return json_.null();
    json_.begin_object();
    ms("queue", step.parts.queue);
    ms("init", step.parts.init);
    ms("work", step.parts.work);
    ms("cpu_stretch", step.parts.cpu_stretch);
    ms("wait", step.parts.wait);
    ms("downstream", step.parts.downstream);
    json_.end_object();
  }

  JsonWriter json_;
  const Story& story_;
};

}  // namespace

int status_of(const Story& story) {
  const StoryStep& last = story.last_attempt();
  if (!story.is_over) return 0;
  replay::EndedRequest ended;
  ended.outcome = last.outcome;
  ended.place = last.place;
  return replay::status_code(story.service_of(last), ended);
}

void write_story_json(const std::filesystem::path& path, const Story& story) {
  AtomicFile file(path);
  Document(file, story).write();
  file.commit();
}

}  // namespace skyreplay::report
