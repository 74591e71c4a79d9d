#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "trace/decimal.h"
#include "trace/import.h"
#include "trace/json_cells.h"
#include "trace/json_items.h"
#include "trace/log_rows.h"
#include "trace/log_values.h"

/// Task state changes of ECS as EventBridge hands them out: each task that ran is a job.

namespace skyreplay::trace {
namespace {

enum Value : std::size_t {
  kType,
  kTask,
  kStatus,
  kCreated,
  kStarted,
  kStopped,
  kGroup,
  kDefinition,
  kMemory,
  kCpu,
};

const std::vector<FieldMapping::Column>& columns() {
  static const std::vector<FieldMapping::Column> table{
      {"detail-type", {"detail-type"}},
      {"taskArn", {"detail", "taskArn"}},
      {"lastStatus", {"detail", "lastStatus"}},
      {"createdAt", {"detail", "createdAt"}},
      {"startedAt", {"detail", "startedAt"}},
      {"stoppedAt", {"detail", "stoppedAt"}},
      {"group", {"detail", "group"}},
      {"taskDefinitionArn", {"detail", "taskDefinitionArn"}},
      {"memory", {"detail", "memory"}},
      {"cpu", {"detail", "cpu"}},
  };
  return table;
}

constexpr std::string_view kStateChange = "ECS Task State Change";
constexpr std::string_view kFamily = "family:";
constexpr std::string_view kService = "service:";

/// "arn:...:task-definition/NAME:3" -> NAME
std::string_view family_of(std::string_view definition) {
  definition.remove_prefix(std::min(definition.rfind('/') + 1, definition.size()));
  return definition.substr(0, definition.find(':'));
}

class EcsEventsImport {
 public:
  explicit EcsEventsImport(ImportJob& job)
      : job_(job), cells_(columns()), rows_(job, "import/ecs-events") {}

  void run() {
    for (TextInput& input : job_.inputs) read(std::move(input));
    job_.bad.leave_out("tasks that the input does not see stop", tasks_.size() - stopped_);
    rows_.finish();
    describe();
  }

 private:
  void read(TextInput input) {
    JsonItems items(std::move(input), {"events", "Events"});
    for (auto outcome = items.next(); outcome != JsonItems::Outcome::kEnd; outcome = items.next()) {
      position_ = items.position();
      if (outcome == JsonItems::Outcome::kBad) {
        job_.bad.add(position_, items.bad_reason());
      } else if (!cells_.read(items.item(), position_.line)) {
        job_.bad.add(position_, cells_.bad_reason());
      } else {
        take();
      }
    }
  }

  std::string_view text(Value value) const { return cells_.cells()[value].text; }

  void take() {
    if (text(kType) != kStateChange) return job_.bad.leave_out("events of another kind", 1);
    if (text(kTask).empty()) return job_.bad.add(position_, "the event names no task");
    if (text(kGroup).starts_with(kService)) {
      return job_.bad.leave_out("events of services' tasks, which are no jobs", 1);
    }
    bool& stopped = tasks_[std::string(text(kTask))];
    if (text(kStatus) != "STOPPED" || stopped) return;
    stopped = true;
    ++stopped_;
    Row row;
    if (read_times(row)) add(row);
  }

  /// False: the task is no request, and that was said.
  bool read_times(Row& row) {
    TimePoint started, stopped;
    if (!time(kCreated, row.arrival)) return false;
    if (text(kStarted).empty()) {
      if (rows_.has_service_time()) return row.work = LogRows::kToBeDrawn, true;
      job_.bad.leave_out("tasks that never started", 1);
      return false;
    }
    if (!time(kStarted, started) || !time(kStopped, stopped)) return false;
    if (started < row.arrival || stopped < started) {
      job_.bad.add(position_, "createdAt, startedAt and stoppedAt do not follow each other");
      return false;
    }
    row.work = stopped - started;
    row.init = started - row.arrival;
    if (row.work <= kLongestDuration && row.init <= kLongestDuration) return true;
    job_.bad.add(position_, "the task took longer than 100 days");
    return false;
  }

  bool time(Value value, TimePoint& time) {
    const char* error = read_log_time(text(value), time);
    if (error != nullptr) {
      job_.bad.add(position_, fmt::format("{} {}", columns()[value].name, error),
                   fmt::format("'{}'", text(value).substr(0, 60)));
    }
    return error == nullptr;
  }

  void add(Row row) {
    std::string_view name = text(kGroup);
    if (name.empty() || name.starts_with(kFamily)) {
      name = name.empty() ? family_of(text(kDefinition)) : name.substr(kFamily.size());
    }
    if (name.empty() || name.size() > 4'096 || name.find('\0') != std::string_view::npos) {
      return job_.bad.add(position_, "the task has neither a group nor a task definition");
    }
    row.route = rows_.number_of(std::string(name));
    Route& route = rows_.record(row.route);
    route.kind = InvocationKind::kJob;
    std::uint64_t memory = 0;
    if (read_log_count(text(kMemory), 1 << 30, memory) == nullptr && memory > 0) {
      route.memory_size_mib =
          std::max(static_cast<std::uint32_t>(memory), route.memory_size_mib.value_or(0));
    }
    if (!text(kCpu).empty() && route.attributes.empty()) {
      route.attributes = {{"cpu_units", std::string(text(kCpu))}};
    }
    rows_.add(row);
  }

  void describe() {
    job_.provenance.measured = {"arrival: createdAt", "duration: startedAt to stoppedAt",
                                "init: createdAt to startedAt", "route: group or family"};
    rows_.describe(fmt::format(" of {} tasks that never started", rows_.drawn()));
  }

  ImportJob& job_;
  JsonCells cells_;
  LogRows rows_;
  /// By ARN, whether it stopped: events may come twice and in any order. Never walked through.
  std::unordered_map<std::string, bool> tasks_;
  std::uint64_t stopped_ = 0;
  SourcePosition position_;
};

}  // namespace

bool recognizes_ecs_events(std::string_view head) {
  return recognizes_jsonl(head.substr(std::min(head.find_first_not_of('['), head.size()))) &&
         head.find("\"ECS Task State Change\"") != std::string_view::npos;
}

void import_ecs_events(ImportJob& job) { EcsEventsImport(job).run(); }

}  // namespace skyreplay::trace
