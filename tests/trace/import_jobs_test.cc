#include <doctest/doctest.h>

#include "trace/import_support.h"

/// Traces of jobs and of functions with a format of their own: azure-functions-2021, swim,
/// ecs-events.

namespace skyreplay::trace {
namespace {

using namespace std::chrono_literals;
using testing::contents;
using testing::Contents;
using testing::error_of;
using testing::Folder;

using Dropped = std::vector<std::pair<std::string, std::uint64_t>>;

struct Jobs {
  Folder folder;
  ImportOptions options;
  ImportReport report;

  Contents run(const std::string& text) {
    options.inputs = {folder.write("in", text)};
    options.out = folder / "out.skytrace";
    report = import_trace(options);
    return contents(options.out);
  }
};

TEST_CASE("a call of Azure Functions 2021 arrives at its end less its duration, by short names") {
  Jobs jobs;
  const std::string app(64, 'a'), other = std::string(8, 'a') + std::string(56, 'b');
  const Contents trace =
      jobs.run("app,func,end_timestamp,duration\n" + app + ",f123456789,10.5,0.5\n" + app +
               ",f123456789,12.25,5\n" + other + ",f123456789,20,1\n");
  CHECK(jobs.report.format == "azure-functions-2021");
  CHECK(trace.rows_text() ==
        "2026-01-05T00:00:07.25Z aaaaaaaa/f1234567 5s+0s 0 0\n"
        "2026-01-05T00:00:10Z aaaaaaaa/f1234567 500ms+0s 0 0\n"
        "2026-01-05T00:00:19Z " +
            other + "/f123456789 1s+0s 0 0\n");
  CHECK(trace.info.routes[0].attributes ==
        std::vector<std::pair<std::string, std::string>>{{"app", app}, {"func", "f123456789"}});
}

TEST_CASE("a Hadoop job is a job at its time of submission, for as long as a law says") {
  Jobs jobs;
  const std::string text =
      "job0\t49\t49\t740773\t2339561\t627471\njob1\t101\t52\t2000000000\t5\t6\n";
  CHECK(error_of([&] { jobs.run(text); }) ==
        "--map: no duration is given; say which column holds it, such as --map "
        "duration=elapsed:ms, or give a law: --service-time 50ms");
  // One second for each gigabyte and 30 s for each job.
  jobs.options.mapping = {"duration=30s+map_input_bytes:1ns", "bytes_out=reduce_output_bytes"};
  const Contents trace = jobs.run(text);
  CHECK(jobs.report.format == "swim");
  CHECK(trace.rows_text() ==
        "2026-01-05T00:00:49Z all 30.000741s+0s 0 627471\n"
        "2026-01-05T00:01:41Z all 32s+0s 0 6\n");
  CHECK(trace.info.routes[0].kind == InvocationKind::kJob);
  jobs.options.mapping = {"duration=input:1ns"};
  CHECK(error_of([&] { jobs.run(text); }) ==
        "--map: swim has no column 'input' (there are job, submit_time, gap, map_input_bytes, "
        "shuffle_bytes, reduce_output_bytes)");
}

/// One event of EventBridge about a task.
std::string event(const std::string& task, const std::string& status, const std::string& more,
                  const std::string& group = "family:resize") {
  return R"({"version":"0","detail-type":"ECS Task State Change","source":"aws.ecs","detail":{"taskArn":"arn:)" +
         task + R"(","lastStatus":")" + status + R"(","group":")" + group +
         R"(","cpu":"256","memory":"512","createdAt":"2026-01-05T12:00:00.5Z")" + more + "}}\n";
}
const std::string kStarted = R"(,"startedAt":"2026-01-05T12:00:30Z")";
const std::string kStopped = kStarted + R"(,"stoppedAt":"2026-01-05T12:05:30Z")";

TEST_CASE("a task that stopped is a job from its creation on, once however often it is told") {
  Jobs jobs;
  const Contents trace = jobs.run(
      event("1", "STOPPED", kStopped) + event("1", "PENDING", "") +
      event("1", "RUNNING", kStarted) + event("1", "STOPPED", kStopped) +
      event("2", "RUNNING", kStarted) + event("3", "STOPPED", "") +
      event("4", "RUNNING", kStarted, "service:web") + event("5", "STOPPED", kStopped, "nightly") +
      R"({"detail-type":"ECS Deployment State Change"})"
      "\n");
  CHECK(jobs.report.format == "ecs-events");
  CHECK(trace.rows_text() ==
        "2026-01-05T12:00:00.5Z resize 5m+0s 0 0\n"
        "2026-01-05T12:00:00.5Z nightly 5m+0s 0 0\n");
  CHECK(trace.rows[0].init == 29'500ms);
  CHECK(trace.info.routes[0].kind == InvocationKind::kJob);
  CHECK(trace.info.routes[0].memory_size_mib == 512);
  CHECK(jobs.report.dropped == Dropped{{"events of another kind", 1},
                                       {"events of services' tasks, which are no jobs", 1},
                                       {"tasks that never started", 1},
                                       {"tasks that the input does not see stop", 1}});
}

TEST_CASE("a task that never started may be kept with a duration of a law") {
  Jobs jobs;
  jobs.options.service_time = "1m";
  const std::string unnamed =
      R"({"detail-type":"ECS Task State Change","detail":{"taskArn":"a","lastStatus":"STOPPED","createdAt":"2026-01-05T12:00:00Z","taskDefinitionArn":"arn:aws:ecs:eu-west-1:1:task-definition/resize:3"}})";
  CHECK(jobs.run("[" + unnamed + "]").rows_text() == "2026-01-05T12:00:00Z resize 1m+0s 0 0\n");
  jobs.options.service_time.clear();
  CHECK(error_of([&] {
          jobs.run(unnamed);
        }).ends_with("there are no requests to import; left out: tasks that never started: 1"));
  CHECK(error_of([&] {
          jobs.run(
              event("1", "STOPPED",
                    R"(,"startedAt":"2026-01-05T11:00:00Z","stoppedAt":"2026-01-05T12:05:30Z")"));
        }).ends_with("in:1:1: createdAt, startedAt and stoppedAt do not follow each other"));
}

}  // namespace
}  // namespace skyreplay::trace
