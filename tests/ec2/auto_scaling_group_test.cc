#include "ec2/auto_scaling_group.h"

#include <doctest/doctest.h>

#include "core/error.h"
#include "support/run_world.h"

namespace skyreplay::ec2 {
namespace {

using metrics::Outcome;
using testing::RowSource;
using testing::RunResult;
using namespace std::chrono_literals;

/// m5.large: two vCPUs of the reference speed. `more` goes into the group, `assumed` into its
/// `assumed`, `top` before the services.
std::string group(std::uint32_t instances, const std::string& assumed = "",
                  const std::string& more = "", const std::string& top = "") {
  const std::string count = std::to_string(instances);
  return "version: 1\n" + top + "services:\n  web:\n    ec2: {min_size: 0, max_size: 100, " +
         "desired_capacity: " + count + ", instance_type: m5.large, " + more +
         "assumed: {speed: 1, " + assumed + "}}\n";
}

RunResult run(const std::string& scenario, const std::vector<RowSource::Row>& rows, Duration end) {
  RowSource source({{.name = "r"}}, rows, end);
  return {scenario, source};
}

TEST_CASE("E138: instances in service are billed by the second over the trace's span") {
  const RunResult result = run(group(2), {{1s, 1s}}, 100s);
  // 2 x 100 s of 3,600.
  CHECK(result.quantity("ec2.on_demand.m5.large") == "0.055555555555556");
  // 0.096 USD an hour: 5,333,333.3 nano-USD.
  CHECK(result.bill[0].amount + 0 >= 0);
  for (const pricing::BillRow& row : result.bill) {
    if (row.line_item == "ec2.on_demand.m5.large") CHECK(row.amount == 5'333'333);
  }
}

TEST_CASE("E118: a load balancer's hour that has begun is billed in full") {
  CHECK(run(group(1), {{1s, 1s}}, 100s).quantity("alb.load_balancer") == "1");
  CHECK(run(group(1), {{1s, 1s}}, 3601s).quantity("alb.load_balancer") == "2");
}

TEST_CASE("E103: in turn, requests go to the instances one after the other") {
  // One worker each: the third request waits for the first, 1 s.
  const RunResult result = run(group(2, "workers: 1"), {{1s, 1s}, {1s, 3s}, {1s, 1s}}, 100s);
  CHECK(result.service(0).latency_max_ns == 3'000'000'000);
  CHECK(result.service(0).parts.queue == 1'000'000'000);
  CHECK(result.summary.services[0].usage.queue_depth_max == 1);
}

TEST_CASE("E103: least outstanding requests sends a request where fewest are in flight") {
  const std::string least =
      "target_group: {load_balancing_algorithm_type: least_outstanding_requests}, ";
  // The second instance is free at 2 s, the first until 11 s not; in turn the third request would
  // go to the first.
  const std::vector<RowSource::Row> rows = {{1s, 10s}, {1s, 500ms}, {2s, 1s}};
  CHECK(run(group(2, "workers: 1", least), rows, 100s).service(0).parts.queue == 0);
  CHECK(run(group(2, "workers: 1"), rows, 100s).service(0).parts.queue == 9'000'000'000);
}

TEST_CASE("E121, E148: what neither a worker nor the backlog takes is refused") {
  const RunResult result =
      run(group(1, "workers: 1, backlog: 1"), {{1s, 1s}, {1s, 1s}, {1s, 1s}}, 100s);
  CHECK(result.outcome(Outcome::kRefused) == 1);
  CHECK(result.outcome(Outcome::kCompleted) == 2);
}

TEST_CASE("E114: a request that finds no instance in service is refused, and may be tried again") {
  const auto clients = [](const std::string& more) {
    return "start: cold\nworkload: {client: {backoff: {base: 31s, cap: 60s, jitter: none}" + more +
           "}}\n";
  };
  // In service at 25.8 s and healthy within 30 s: refused at 25 s, served at 56 s.
  const RunResult once = run(group(1, "", "", clients("")), {{25s, 1s}}, 100s);
  CHECK(once.outcome(Outcome::kRefused) == 1);
  const RunResult twice = run(group(1, "", "", clients(", max_attempts: 2")), {{25s, 1s}}, 100s);
  CHECK(twice.outcome(Outcome::kCompleted) == 1);
  CHECK(twice.service(0).parts.retry == 31'000'000'000);
  CHECK(twice.service(0).latency_max_ns == 32'000'000'000);
}

TEST_CASE("E149: requests share the vCPUs, and what that adds is CPU stretch") {
  // Four requests of 1 s on two vCPUs take 2 s each.
  const RunResult result = run(group(1), {{1s, 1s}, {1s, 1s}, {1s, 1s}, {1s, 1s}}, 100s);
  CHECK(result.service(0).latency_max_ns == 2'000'000'000);
  CHECK(result.service(0).parts.cpu_stretch == 4'000'000'000);
  CHECK(result.service(0).parts.work == 4'000'000'000);
}

TEST_CASE("E150: 64 requests on two vCPUs use exactly all of them") {
  std::vector<RowSource::Row> rows(64, {0s, 10s});
  const RunResult result = run(group(1, "workers: 64"), rows, 60s);
  REQUIRE(result.timeline.size() == 6);  // 64 x 10 s / 2 = 320 s
  for (std::size_t i = 0; i < 5; ++i) {
    CHECK(result.timeline[i].row.cpu_available_ns == 120'000'000'000);
    CHECK(result.timeline[i].row.cpu_busy_ns == 120'000'000'000);
  }
}

TEST_CASE("a faster type takes less time, and the difference is a negative stretch") {
  const RunResult result = run(
      "version: 1\nservices:\n  web: {ec2: {min_size: 1, max_size: 1, instance_type: c5.large}}\n",
      {{1s, 1146ms}}, 100s);
  CHECK(result.service(0).latency_max_ns == 1'000'000'000);  // 1.146 / 1.146
  CHECK(result.service(0).parts.cpu_stretch == -146'000'000);
}

TEST_CASE(
    "E24, E139, E145: an instance that is launched serves after its boot and is billed from "
    "running") {
  const std::string cold = "start: cold\n";
  // In service at 25.8 s; running, and billed, at 17.8 s: 82.2 s of 100, rounded up.
  const RunResult result =
      run(group(1, "", "", cold), {{25s, 1s}, {56s, 1s}}, 100s).without_health();
  CHECK(result.outcome(Outcome::kRefused) == 1);
  CHECK(result.outcome(Outcome::kCompleted) == 1);
  CHECK(result.quantity("ec2.on_demand.m5.large") == "0.023055555555556");  // 83 s
  REQUIRE(result.activities.size() == 1);
  CHECK(result.activities[0].kind == "launch");
  CHECK(result.activities[0].cause == "instance 0 in us-east-1a: in service after 25.8s");
}

TEST_CASE("E138: an instance that runs shorter is billed 60 s") {
  // Running from 17.8 s to the end at 30 s.
  CHECK(
      run(group(1, "", "", "start: cold\n"), {{25s, 1s}}, 30s).quantity("ec2.on_demand.m5.large") ==
      "0.016666666666667");
}

TEST_CASE("E140: every instance has a volume, billed as it is provisioned") {
  // 8 GiB x 2 x 365 s of the 2,628,000 s of a month; then 1,000 IOPS more than is included.
  const RunResult plain = run(group(2), {{1s, 1s}}, 365s);
  CHECK(plain.quantity("ebs_gp3.storage") == "0.002222222222222");
  const RunResult more = run(group(2, "", "ebs: {iops: 4000}, "), {{1s, 1s}}, 365s);
  CHECK(more.quantity("ebs_gp3.iops_over_3000") == "0.277777777777778");
  const RunResult none = run(group(2, "", "ebs: {volume_size: 0}, "), {{1s, 1s}}, 365s);
  CHECK(none.quantity("ebs_gp3.storage") == "none");
}

TEST_CASE("E142: what is answered goes to the internet; what comes in is free") {
  RowSource source({{.name = "r"}}, {{1s, 1s, 0s, 0, 1u << 30, 1u << 29}}, 100s);
  const RunResult result(group(1), source);
  CHECK(result.quantity("data_transfer.internet_out") == "0.5");
  // 1.5 GB in the hour are 1.5 LCU-hours: more than the connections' part.
  CHECK(result.quantity("alb.lcu") == "1.5");
}

TEST_CASE("E142: what is refused answers nothing to the internet") {
  RowSource source({{.name = "r"}}, {{1s, 1s, 0s, 0, 0, 1u << 30}, {1s, 1s, 0s, 0, 0, 1u << 30}},
                   100s);
  const RunResult result(group(1, "workers: 1, backlog: 0"), source);
  CHECK(result.outcome(Outcome::kRefused) == 1);
  CHECK(result.quantity("data_transfer.internet_out") == "1");
}

TEST_CASE("E141: a public address is billed while its instance runs") {
  const RunResult result =
      run(group(2, "", "associate_public_ip_address: true, "), {{1s, 1s}}, 900s);
  CHECK(result.quantity("vpc.public_ipv4_in_use") == "0.5");  // 2 x 900 s
  CHECK(run(group(2), {{1s, 1s}}, 900s).quantity("vpc.public_ipv4_in_use") == "none");
}

TEST_CASE("E141: a load balancer on the internet has a public address in each zone") {
  // Three zones unless told: 3 x 900 s.
  const std::string facing = "load_balancer: {scheme: internet-facing}, ";
  CHECK(run(group(2, "", facing), {{1s, 1s}}, 900s).quantity("vpc.public_ipv4_in_use") == "0.75");
  const std::string zones = facing + "availability_zones: [us-east-1a, us-east-1b], ";
  const RunResult result = run(group(0, "", zones), {{1s, 1s}}, 900s);
  CHECK(result.quantity("vpc.public_ipv4_in_use") == "0.5");
  // Together with those of two instances it is one item: 2 x 900 s and 2 x 900 s.
  const std::string both = "associate_public_ip_address: true, " + zones;
  CHECK(run(group(2, "", both), {{1s, 1s}}, 900s).quantity("vpc.public_ipv4_in_use") == "1");
}

TEST_CASE("the drain is not billed for capacity") {
  const RunResult result = run(group(1), {{99s, 1s, 50s}}, 100s);
  CHECK(result.outcome(Outcome::kCompleted) == 1);
  CHECK(result.quantity("ec2.on_demand.m5.large") == "0.027777777777778");  // 100 s
}

TEST_CASE(
    "a fleet that clients give up on while its backlog grows is backlogged, whoever still waits") {
  // Two vCPUs get 4 s of work a second; clients leave after 2 s, the work stays.
  std::vector<RowSource::Row> rows;
  for (int i = 0; i < 200; ++i) rows.push_back({500ms * i, 2s});
  const RunResult result = run(
      group(1, "", "", "workload: {client: {timeout: 2s}}\nrecorder: {window: 1s}\n"), rows, 100s);
  CHECK(result.outcome(Outcome::kClientTimeout) > 150);
  CHECK(result.summary.verdict == replay::Verdict::kBacklogged);
}

TEST_CASE("a result says where a CPU's speed is its base family's") {
  const auto notes = [](const std::string& more) {
    return run("version: 1\nservices: {web: {ec2: {min_size: 1, max_size: 1, " + more + "}}}\n",
               {{1s, 1s}}, 100s)
        .summary.notes;
  };
  const std::vector<std::string> base = notes("instance_type: c6id.large");
  REQUIRE(base.size() == 1);
  CHECK(
      base[0] ==
      "ASSUMED: a vCPU of c6id.large (web) is as fast as one of c6i; no figure is known for c6id");
  CHECK(notes("instance_type: c6i.large").empty());
  CHECK(notes("instance_type: c6id.large, assumed: {speed: 1.3}").empty());
}

TEST_CASE("an unknown type is refused, with the nearest spelling") {
  RowSource source({{.name = "r"}}, {{1s, 1s}}, 100s);
  CHECK_THROWS_WITH_AS(
      RunResult("version: 1\nservices: {web: {ec2: {min_size: 1, max_size: 1, instance_type: "
                "m5.lrge}}}\n",
                source),
      doctest::Contains("m5.large"), InputError);
}

}  // namespace
}  // namespace skyreplay::ec2
