#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "replay/result_writer.h"

namespace skyreplay::testing {

/// A result small enough to work out by hand: a Lambda function and a group of instances whose name
/// a spreadsheet would take for a formula, 15 requests, three windows of 30, 60 and 12.5 s.
/// Its numbers are derived in tests/report/timeline_csv_test.cc.
struct SmallResult {
  SmallResult();

  /// Writes `folder`/result.binpb and returns the digest.
  std::string write(const std::filesystem::path& folder) const;

  static constexpr TimePoint at(double seconds) {
    return kDefaultOrigin + Duration{static_cast<std::int64_t>(seconds * 1e9)};
  }

  replay::ResultHeader header;
  std::vector<replay::Activity> activities;
  std::vector<pricing::BillRow> bill;
  replay::Summary summary;

 private:
  static constexpr std::uint64_t kSecond = 1'000'000'000;

  void describe();
  static metrics::SpanRow span_of_function();
  static metrics::SpanRow span_of_group();
  void summarize(const metrics::SpanRow& a, const metrics::SpanRow& b);
  void write_first_window(replay::ResultWriter& writer) const;
  void write_other_windows(replay::ResultWriter& writer) const;
};

inline void SmallResult::describe() {
  header.scenario_name = "small";
  header.scenario_text = "version: 1\n";
  header.scenario_digest = std::string(32, 'a');
  header.trace_digest = std::string(32, 'b');
  header.seed = 7;
  header.start = at(30);
  header.end = at(132.5);
  header.window = std::chrono::seconds(60);
  header.services = {{.name = "fn/a",
                      .platform = "lambda",
                      .capacity_unit = "environments",
                      .region = "us-east-1"},
                     {.name = "=web,\"b\"",
                      .platform = "ec2",
                      .capacity_unit = "instances",
                      .has_queue = true,
                      .has_desired = true,
                      .has_pending = true,
                      .has_cpu = true,
                      .has_cold_starts = false,
                      .region = "us-east-1"}};
  header.routes = {{"GET /a", 0}, {"GET /b", 1}};
  header.provenance = {.version = "0.1.0",
                       .command = "skyreplay run",
                       .tzdata = "",
                       .build = "",
                       .scenario = "shop.yaml",
                       .trace = "day.skytrace"};
  activities = {{.time = at(60),
                 .service = 1,
                 .kind = "scale_out",
                 .cause = "CPUUtilization 71.3 > 50, \"High\"",
                 .from = 2,
                 .to = 3},
                {.time = at(60),
                 .service = 0,
                 .kind = "limit",
                 .cause = "concurrency 10 reached",
                 .from = {},
                 .to = {}},
                {.time = at(61.5),
                 .service = 1,
                 .kind = "launch",
                 .cause = "desired 3",
                 .from = {},
                 .to = {}}};
  bill = {{"fn/a", "lambda.duration_x86", "GB-second", "0.07411", "0.0000166667", 1'235'166},
          {"fn/a", "lambda.requests", "request", "2", "0.0000002", 400},
          {"=web,\"b\"", "ec2.m7i.large", "instance-hour", "0.0000099", "0.1008", 999}};
}

inline SmallResult::SmallResult() {
  describe();
  const metrics::SpanRow a = span_of_function();
  const metrics::SpanRow b = span_of_group();
  summarize(a, b);
  summary.services = {{.requests = a,
                       .usage = {.in_flight_us = 50'000'000,
                                 .capacity_running_us = 72'500'000,
                                 .in_flight_max = 3,
                                 .capacity_running_max = 3,
                                 .events = {}},
                       .cost = 1'235'566,
                       .monthly = 31'000'000'000},
                      {.requests = b,
                       .usage = {.in_flight_us = 20'000'000,
                                 .queue_depth_us = 135'000'000,
                                 .capacity_running_us = 165'000'000,
                                 .cpu_busy_us = 120'000'000,
                                 .cpu_available_us = 330'000'000,
                                 .capacity_desired_us = 240'000'000,
                                 .capacity_pending_us = 75'000'000,
                                 .in_flight_max = 1,
                                 .queue_depth_max = 9,
                                 .capacity_running_max = 2,
                                 .events = {}},
                       .cost = 999,
                       .monthly = 710'000'000}};
  summary.routes = {a, b};
}

inline metrics::SpanRow SmallResult::span_of_function() {
  metrics::SpanRow a;
  a.counters = {
      .arrivals = 5, .calls = 1, .attempts = 6, .cold_starts = 2, .outcomes = {3, 1, 1, 0, 0, 0}};
  a.parts = {
      .init = 2'000'000, .work = 1'500'000, .cpu_stretch = -100'000, .wait = 600'000, .retry = 100};
  a.latency_max_ns = 3'000'000;
  a.latency = {{100, 1}, {954, 1}, {1051, 1}};
  a.overhead = {{0, 2}, {1018, 1}};
  a.octaves = {{1, 1, {.retry = 100}},
               {14, 1, {.work = 900'000, .cpu_stretch = -100'000, .wait = 200'000}},
               {16, 1, {.init = 2'000'000, .work = 600'000, .wait = 400'000}}};
  return a;
}

inline metrics::SpanRow SmallResult::span_of_group() {
  metrics::SpanRow b;
  b.counters = {
      .arrivals = 10, .calls = 7, .attempts = 12, .cold_starts = 0, .outcomes = {1, 2, 0, 1, 2, 3}};
  b.parts = {.queue = 999'000, .work = 500'000, .wait = 500'000};
  b.latency_max_ns = 1'999'000;
  b.latency = {{1018, 1}};
  b.overhead = {{953, 1}};
  b.octaves = {{15, 1, b.parts}};
  b.in_flight_at_end = 1;
  return b;
}

inline void SmallResult::summarize(const metrics::SpanRow& a, const metrics::SpanRow& b) {
  summary.overall = a;
  summary.overall.counters += b.counters;
  summary.overall.parts += b.parts;
  summary.overall.latency = {{100, 1}, {954, 1}, {1018, 1}, {1051, 1}};
  summary.overall.overhead = {{0, 2}, {953, 1}, {1018, 1}};
  summary.overall.octaves.insert(summary.overall.octaves.begin() + 2, b.octaves[0]);
  summary.overall.in_flight_at_end = 1;
  summary.conservation = {.trace_requests = 15,
                          .arrivals = 15,
                          .warm_up_arrivals = 0,
                          .outcomes = {4, 3, 1, 1, 2, 3},
                          .in_flight_at_end = 1};
  summary.verdict = replay::Verdict::kOverloaded;
  summary.verdict_reason = "40 % of arrivals were refused, throttled or cut by a server timeout";
  summary.notes = {"5 asynchronous calls were replayed as synchronous ones"};
  summary.cost = 1'236'565;
  summary.monthly = 31'710'000'000;
  summary.meters = {{"fn/a", "lambda.duration_x86", "MiB*ms", "75889"}};
}

inline void SmallResult::write_first_window(replay::ResultWriter& writer) const {
  const std::vector<metrics::BucketCount> latency_a = {{100, 1}, {954, 1}, {1051, 1}};
  const std::vector<metrics::BucketCount> overhead_a = {{0, 2}, {1018, 1}};
  writer.begin_window({at(30), at(60)});
  writer.row({.service = 0,
              .counters = {.arrivals = 5,
                           .calls = 0,
                           .attempts = 5,
                           .cold_starts = 2,
                           .outcomes = {3, 0, 1, 0, 0, 0}},
              .parts = summary.services[0].requests.parts,
              .latency_max_ns = 3'000'000,
              .latency = latency_a,
              .overhead = overhead_a,
              .in_flight_ns = 45 * kSecond,
              .capacity_running_ns = 60 * kSecond,
              .in_flight_max = 3,
              .capacity_running_max = 3,
              .cost_nano_usd = 1'234'567,
              .events = {}});
  writer.row({.service = 1,
              .counters = {},
              .parts = {},
              .latency = {},
              .overhead = {},
              .capacity_desired_ns = 60 * kSecond,
              .capacity_running_ns = 45 * kSecond,
              .capacity_pending_ns = 15 * kSecond,
              .cpu_available_ns = 90 * kSecond,
              .capacity_running_max = 2,
              .cost_nano_usd = 1'000,
              .events = {}});
  writer.end_window();
}

inline void SmallResult::write_other_windows(replay::ResultWriter& writer) const {
  const std::vector<metrics::BucketCount> latency_b = {{1018, 1}};
  const std::vector<metrics::BucketCount> overhead_b = {{953, 1}};
  writer.begin_window({at(60), at(120)});
  writer.row({.service = 1,
              .counters = summary.services[1].requests.counters,
              .parts = summary.services[1].requests.parts,
              .latency_max_ns = 1'999'000,
              .latency = latency_b,
              .overhead = overhead_b,
              .in_flight_ns = 20 * kSecond,
              .queue_depth_ns = 135 * kSecond,
              .capacity_desired_ns = 180 * kSecond,
              .capacity_running_ns = 120 * kSecond,
              .capacity_pending_ns = 60 * kSecond,
              .cpu_busy_ns = 120 * kSecond,
              .cpu_available_ns = 240 * kSecond,
              .in_flight_max = 1,
              .queue_depth_max = 9,
              .capacity_running_max = 2,
              .cost_nano_usd = -1,
              .events = {}});
  writer.end_window();
  writer.begin_window({at(120), at(132.5)});
  writer.row({.service = 0,
              .counters = {.arrivals = 0,
                           .calls = 0,
                           .attempts = 1,
                           .cold_starts = 0,
                           .outcomes = {0, 1, 0, 0, 0, 0}},
              .parts = {},
              .latency = {},
              .overhead = {},
              .in_flight_ns = 5 * kSecond,
              .capacity_running_ns = 12'500'000'000,
              .in_flight_max = 1,
              .capacity_running_max = 1,
              .cost_nano_usd = 999,
              .events = {}});
  writer.end_window();
}

inline std::string SmallResult::write(const std::filesystem::path& folder) const {
  replay::ResultWriter writer(folder / "result.binpb", header);
  write_first_window(writer);
  for (const replay::Activity& activity : activities) writer.activity(activity);
  write_other_windows(writer);
  writer.bill(bill);
  writer.summary(summary);
  return writer.commit();
}

}  // namespace skyreplay::testing
