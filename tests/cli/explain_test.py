"""`skyreplay explain`: the story of one request, the same as the run it is of."""

import csv
import json
import os
import unittest

import tool

SCENARIO = """\
version: 1
name: shop
services:
  web: {ec2: {min_size: 0, max_size: 4, desired_capacity: 1, instance_type: m5.large, assumed: {speed: 1, workers: 2, backlog: 3}}}
  db: {external: {latency: 20ms}}
calls: [{from: web, to: db, count: 2}]
routes: [{match: "*", service: web}]
workload:
  work_share: 0.5
  client: {timeout: 900ms, max_attempts: 2}
"""
FUNCTION = """\
version: 1
name: fns
services:
  fn: {lambda: {memory_size: 512, timeout: 1, reserved_concurrent_executions: 2}}
workload: {work_share: 1, client: {max_attempts: 3}}
"""


class Explain(tool.ToolTest):
    def setUp(self):
        super().setUp()
        self.write("shop.yaml", SCENARIO)
        self.write("fns.yaml", FUNCTION)
        rows = "".join(f"{i * 37},GET /{i % 2},{50 + i * 91 % 300}\n" for i in range(400))
        self.write("busy.csv", "arrival_ms,route,duration_ms\n" + rows)
        self.tool("trace", "import", "busy.csv", "--out", "busy.skytrace")

    def run_it(self, scenario="shop.yaml"):
        self.tool("run", scenario, "--trace", "busy.skytrace", "--out", "out", "--quiet", "--requests", "log.csv")
        with open(self.folder / "log.csv", encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def story(self, row, *more):
        return json.loads(self.tool("explain", "out", "--request", str(row), "--json", *more)[0])

    def first(self, rows, **wanted):
        """The row number of the first request of that kind."""
        for row in rows:
            if all(row["sim_" + name] == value for name, value in wanted.items()):
                return int(row["sim_row"])
        raise AssertionError(f"no request with {wanted}")

    def test_a_story_says_of_every_request_what_the_log_says(self):
        for scenario in ("shop.yaml", "fns.yaml"):
            rows = self.run_it(scenario)
            for row in rows[::29]:
                story = self.story(row["sim_row"])
                self.assertEqual(story["route"], row["route"])
                self.assertEqual(story["outcome"], row["sim_outcome"])
                self.assertEqual(str(story["status"]), row["sim_code"])
                self.assertEqual(str(story["attempts"]), row["sim_attempts"])
                self.assertAlmostEqual(story["latency_ms"], float(row["sim_latency_ms"]), places=6)
            for path in ("out", "log.csv"):
                self.tool("run", scenario, "--trace", "busy.skytrace", "--out", "out", "--quiet", "--force")
            (self.folder / "log.csv").unlink()
            for file in (self.folder / "out").iterdir():
                file.unlink()
            (self.folder / "out").rmdir()

    def test_the_parts_of_a_completed_request_add_up_to_its_latency(self):
        rows = self.run_it()
        story = self.story(self.first(rows, outcome="completed"))
        last = [step for step in story["steps"] if step["called_by_step"] is None][-1]
        self.assertAlmostEqual(sum(last["parts_ms"].values()) + story["retry_ms"], story["latency_ms"], places=6)
        calls = [step for step in story["steps"] if step["called_by_step"] is not None]
        self.assertEqual([call["service"] for call in calls], ["db", "db"])
        self.assertTrue(all(call["caller_waits"] for call in calls))
        self.assertAlmostEqual(last["parts_ms"]["downstream"],
                               sum(call["ended_ms"] - call["began_ms"] for call in calls), places=6)

    def test_a_throttle_names_its_limit_and_every_attempt_is_told(self):
        rows = self.run_it("fns.yaml")
        row = self.first(rows, outcome="throttle")
        story = self.story(row)
        self.assertEqual([step["admission"] for step in story["steps"]], ["throttled"] * 3)
        self.assertEqual(story["steps"][0]["reason"],
                         "ReservedFunctionConcurrentInvocationLimitExceeded: 2 in flight of 2 reserved")
        self.assertEqual(story["steps"][0]["service_before"]["in_flight"], 2)
        text, _ = self.tool("explain", "out", "--request", str(row))
        self.assertIn("throttled: ReservedFunctionConcurrentInvocationLimitExceeded", text)
        self.assertRegex(text, r"attempt 3, after a pause of [\d.]+ ms, at fn \(lambda\)")
        self.assertRegex(text, r"throttled after [\d.,]+ ms, status 429, 3 attempts")

    def test_a_refusal_says_why(self):
        rows = self.run_it()
        story = self.story(self.first(rows, outcome="refused", code="502"))
        self.assertEqual(story["steps"][-1]["reason"],
                         "instance 0: all workers are busy and its backlog of 3 is full")

    def test_a_cold_start_is_told_apart(self):
        self.run_it("fns.yaml")
        text, _ = self.tool("explain", "out", "--request", "0")
        self.assertIn("goes to environment 0 (512 MB), a new one: a cold start", text)
        self.assertTrue(self.story(0)["steps"][0]["cold_start"])

    def test_the_same_story_twice_and_nothing_left_behind(self):
        self.run_it()
        before = self.entries()
        texts = [self.tool("explain", "out", "--request", "200")[0] for _ in range(2)]
        self.assertEqual(texts[0], texts[1])
        self.assertEqual(self.entries(), before)

    def test_a_row_that_is_not_there_is_refused(self):
        self.run_it()
        self.assertEqual(self.refused("explain", "out", "--request", "400"),
                         ["--request 400: the trace 'busy.skytrace' has no such row; its first is 0, its last 399"])
        self.assertIn("-1", self.refused("explain", "out", "--request", "-1")[0])
        self.assertEqual(self.refused("explain", "out"), ["--request is required"])

    def test_another_trace_or_none_is_refused(self):
        self.run_it()
        self.trace("other.skytrace")
        self.assertRegex(self.refused("explain", "out", "--request", "0", "--trace", "other.skytrace")[0],
                         r"the trace 'other.skytrace' is not what the results are of: its digest is \w{32}, not \w{32}")
        os.rename(self.folder / "busy.skytrace", self.folder / "moved.skytrace")
        self.assertIn("--trace says where the run's trace is now",
                      self.refused("explain", "out", "--request", "0", status=3)[0])
        self.assertEqual(self.story(0, "--trace", "moved.skytrace")["request"], 0)

    def test_a_folder_without_results_is_refused(self):
        self.assertIn("result.binpb", self.refused("explain", "nowhere", "--request", "0", status=3)[0])


if __name__ == "__main__":
    unittest.main()
