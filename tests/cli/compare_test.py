"""`skyreplay compare` as a user runs it: the answer, its table and JSON, what it keeps, and what it refuses."""

import json
import os
import signal
import subprocess
import unittest

from tool import ToolTest

SCENARIO = """\
version: 1
name: {name}
services:
  fn:
    lambda: {{memory_size: {memory}, timeout: 10{more}}}
"""
FAST = "p99(latency of *) < 600ms"


class CompareTest(ToolTest):
    """One request a second for two minutes, each of 400 ms: half of that is CPU work, at 1,769 MB as fast as recorded.

    At 512 MB work takes 1769/512 = 3.46 times as long: 200 x 3.46 + 200 = 891 ms.
    """

    def setUp(self):
        super().setUp()
        self.scenario("small", 512)
        self.scenario("large", 1769)
        self.scenario("huge", 3008)
        self.scenario("capped", 128, ", reserved_concurrent_executions: 0")
        self.busy = self.trace("busy.skytrace", arrivals_s=range(120), duration_ms=400)
        self.scratch = self.folder / "tmp"
        self.scratch.mkdir()
        os.environ["TMPDIR"] = str(self.scratch)
        self.addCleanup(os.environ.pop, "TMPDIR")

    def scenario(self, name, memory, more="", file=None):
        self.write(file or f"{name}.yaml", SCENARIO.format(name=name, memory=memory, more=more))

    def compare(self, *arguments, status=0):
        out, err = self.tool("compare", *arguments, "--trace", self.busy, status=status)
        self.assertEqual(err, "")
        self.assertEqual(list(self.scratch.iterdir()), [])
        return out

    def answer(self, *arguments, status=0):
        return json.loads(self.compare(*arguments, "--json", status=status))

    def refused_compare(self, *arguments, status=2):
        return self.refused("compare", *arguments, status=status)


class Answer(CompareTest):
    def test_the_cheapest_that_meets_the_requirements_wins(self):
        out = self.compare("huge.yaml", "small.yaml", "large.yaml", "capped.yaml", "--require", FAST)
        self.assertRegex(out.splitlines()[1], r"\ACheapest that meets the requirements: large, [0-9.]+ USD")
        self.assertRegex(out, r"(?m)^  small +stable +no ")
        self.assertRegex(out, r"(?m)^\* large +stable +yes ")
        self.assertRegex(out, r"(?m)^  capped +overloaded +no ")

    def test_an_overloaded_candidate_is_never_the_cheapest(self):
        answer = self.answer("capped.yaml", "large.yaml")
        costs = {c["name"]: c["cost_usd"] for c in answer["candidates"]}
        self.assertLess(costs["capped"], costs["large"])
        self.assertEqual(answer["cheapest"], "large")

    def test_none_is_said_and_ends_with_1(self):
        out = self.compare("small.yaml", "large.yaml", "--require", "p99(latency of fn) < 1ms", status=1)
        self.assertEqual(out.splitlines()[1], "No candidate meets the requirements.")
        self.assertIsNone(self.answer("capped.yaml", status=1)["cheapest"])

    def test_equal_candidates_are_settled_by_name(self):
        self.scenario("b", 1769, file="first.yaml")
        self.scenario("a", 1769, file="second.yaml")
        self.assertEqual(self.answer("first.yaml", "second.yaml")["cheapest"], "a")

    def test_the_winner_changes_with_the_work_share_and_the_table_says_where(self):
        # At a share of 0.2, 512 MB takes 80 x 3.46 + 320 = 596 ms, which meets 600 ms and costs less. Cold starts are
        # few enough for a p90 to pass them over.
        arguments = ("small.yaml", "large.yaml", "--require", "p90(latency of *) < 602ms")
        out = self.compare(*arguments)
        self.assertIn("  The answer CHANGES between 0.2 and 0.5: from small to large.\n", out)
        rounds = self.answer(*arguments)["other_work_shares"]
        self.assertEqual([(r["work_share"], r["cheapest"]) for r in rounds], [(0.2, "small"), (0.8, "large")])
        out = self.compare(*arguments, "--set", "workload.work_share=0.2")
        self.assertIn("  0.2 (as given)        small", out)
        self.assertIn("  The answer CHANGES between 0.2 and 0.8: from small to large.\n", out)

    def test_a_trace_with_work_and_wait_apart_needs_no_share(self):
        self.write("rows.csv", "arrival_s,route,work_ms,wait_ms\n0,a,100,50\n1,a,100,50\n")
        self.tool("trace", "import", "--format", "csv", "rows.csv", "--out", "apart.skytrace")
        out, _ = self.tool("compare", "small.yaml", "large.yaml", "--trace", "apart.skytrace")
        self.assertIn("Work share measured: the trace has CPU work and waiting apart", out)
        out, _ = self.tool("compare", "small.yaml", "--trace", "apart.skytrace", "--json")
        self.assertEqual(json.loads(out)["other_work_shares"], [])

    def test_the_costs_and_latencies_are_those_of_run(self):
        [candidate] = self.answer("large.yaml")["candidates"]
        self.tool("run", "large.yaml", "--trace", self.busy, "--out", "alone")
        alone = json.loads((self.folder / "alone/summary.json").read_text())
        self.assertEqual(candidate["digest"], alone["run"]["digest"])
        self.assertEqual(candidate["cost_usd"], alone["cost_usd"])
        self.assertEqual(candidate["monthly_usd"], alone["monthly_usd"])
        for name in ("p50", "p90", "p99", "p99_9"):
            self.assertEqual(candidate["latency_ms"][name], alone["overall"]["latency_ms"][name])
            self.assertEqual(candidate["overhead_ms"][name], alone["overall"]["overhead_ms"][name])
        self.assertAlmostEqual(candidate["usd_per_million_requests"], alone["cost_usd"] / 120 * 1e6, places=4)

    def test_the_assumptions_that_decide_are_printed_as_set_takes_them(self):
        out = self.compare("small.yaml", "large.yaml", "--set", "services.fn.lambda.assumed.speed=1.1")
        self.assertIn("\n  workload.work_share = 0.5 (default)\n", out)
        self.assertIn("\n  workload.recorded_on.speed = 1 (default)\n", out)
        self.assertIn("\n  services.fn.lambda.assumed.speed = 1.1\n", out)
        self.assertIn("services.fn.lambda.assumed.init_duration = {lognormal: {p50: 143ms, p99: 220ms}}", out)

    def test_an_assumption_that_differs_names_who_has_it(self):
        self.write("slow.yaml", "version: 1\nservices: {fn: {lambda: {memory_size: 1769, assumed: {speed: 0.5}}}}\n")
        out = self.compare("slow.yaml", "large.yaml")
        self.assertIn("\n  services.fn.lambda.assumed.speed = 0.5 [slow]\n", out)
        self.assertIn("\n  services.fn.lambda.assumed.speed = 1 [large]\n", out)

    def test_the_table_fits_a_hundred_columns_and_names_cannot_command_a_terminal(self):
        self.scenario('"evil\\x1b[2J' + "x" * 80 + '"', 1769, file="evil.yaml")
        out = self.compare("evil.yaml", "small.yaml", "capped.yaml", "--require", FAST, "--replications", "2")
        self.assertNotIn("\x1b", out)
        self.assertLessEqual(max(map(len, out.splitlines())), 100)


class Platforms(CompareTest):
    def test_one_trace_is_compared_on_lambda_ec2_and_fargate(self):
        self.write("group.yaml", "version: 1\nservices: {web: {ec2: {min_size: 1, max_size: 1, instance_type: m7i.large}}}\n")
        self.write("tasks.yaml", "version: 1\nservices: {web: {ecs: {desired_count: 1, task_definition: {cpu: 1024, "
                                 "memory: 2048}}}}\n")
        files = ("large.yaml", "group.yaml", "tasks.yaml")
        answer = self.answer(*files, "--require", "avg(failures of *) == 0 %")
        self.assertEqual([(c["platforms"], c["peak_capacity"]["unit"]) for c in answer["candidates"]],
                         [(["lambda"], "environments"), (["ec2"], "instances"), (["ecs"], "tasks")])
        self.assertEqual([c["cold_starts"] is None for c in answer["candidates"]], [False, True, True])
        out = self.compare(*files)
        self.assertLessEqual(max(map(len, out.splitlines())), 100)
        self.assertRegex(out, r"(?m)^. group +- +1 instance$")
        self.assertIn("\n  services.web.ec2.assumed.speed = 1.518 [group]\n", out)
        self.assertIn("\n  services.web.ecs.assumed.speed = 1 [tasks]\n", out)
        self.assertEqual(self.refused_compare(*files, "--trace", self.busy, "--require", "sum(cold_starts of *) < 9"),
                         ["group.yaml: requirement 'sum(cold_starts of *) < 9': * has no cold_starts: it has no "
                          "meaning on ec2"])


class Replications(CompareTest):
    def test_paired_differences_have_intervals_around_their_means(self):
        answer = self.answer("small.yaml", "large.yaml", "huge.yaml", "--require", FAST, "--replications", "4",
                             "--seed", "7")
        self.assertEqual([r["seed"] for r in answer["replications"]], [8, 9, 10])
        pairs = {(p["candidate"], p["of"]): p for p in answer["paired_differences"]}
        self.assertEqual(set(pairs), {(name, of) for name in ("small", "huge") for of in ("cost_usd", FAST)})
        for pair in pairs.values():
            self.assertEqual((pair["against"], pair["seeds"]), ("large", 4))
            self.assertLessEqual(pair["low"], pair["mean"])
            self.assertLessEqual(pair["mean"], pair["high"])
        self.assertLess(pairs["small", "cost_usd"]["high"], 0)
        self.assertGreater(pairs["huge", "cost_usd"]["low"], 0)
        # The mean is that of the single runs, seed by seed.
        seeds = [answer["candidates"], *(r["candidates"] for r in answer["replications"])]
        costs = [{c["name"]: c["cost_usd"] for c in candidates} for candidates in seeds]
        mean = sum(cost["huge"] - cost["large"] for cost in costs) / 4
        self.assertAlmostEqual(pairs["huge", "cost_usd"]["mean"], mean, places=9)

    def test_the_answer_is_the_same_whatever_the_threads(self):
        arguments = ("small.yaml", "large.yaml", "huge.yaml", "capped.yaml", "--require", FAST, "--replications", "3")
        for more in ((), ("--json",)):
            printed = [self.compare(*arguments, *more, "--threads", str(n)) for n in (1, 2, 8)]
            self.assertEqual(printed[1:], printed[:1] * 2)


class Kept(CompareTest):
    def test_out_keeps_each_candidates_results_and_what_was_printed(self):
        out = self.compare("small.yaml", "large.yaml", "--out", "kept")
        self.assertEqual(sorted(path.name for path in (self.folder / "kept").iterdir()),
                         ["compare.json", "compare.txt", "large", "small"])
        self.assertEqual(sorted(path.name for path in (self.folder / "kept/small").iterdir()),
                         ["activities.csv", "bill.csv", "result.binpb", "summary.json", "timeline.csv"])
        self.assertEqual((self.folder / "kept/compare.txt").read_text(), out)
        answer = self.answer("small.yaml", "large.yaml", "--out", "kept", "--force")
        self.assertEqual(json.loads((self.folder / "kept/compare.json").read_text()), answer)
        self.assertEqual(self.refused_compare("small.yaml", "--trace", self.busy, "--out", "kept"),
                         ["output folder 'kept' exists already; choose another or replace it with --force"])

    def test_names_become_folders_that_stay_inside(self):
        self.scenario('"../up"', 128, file="a.yaml")
        self.scenario('"_.._up"', 128, file="b.yaml")
        self.compare("a.yaml", "b.yaml", "--out", "kept")
        self.assertEqual(sorted(path.name for path in (self.folder / "kept").iterdir()),
                         ["_.._up", "_.._up-2", "compare.json", "compare.txt"])

    def test_one_name_for_two_scenarios_is_replaced_by_their_files(self):
        names = [c["name"] for c in self.answer("small.yaml", "large.yaml", "--set", "name=same")["candidates"]]
        self.assertEqual(names, ["small.yaml", "large.yaml"])

    def test_a_stop_leaves_nothing_in_the_folder_or_in_the_scratch_space(self):
        endless = self.trace(arrivals_s=(0, 3_000_000_000))
        before = self.entries()
        for more in ((), ("--out", "kept")):
            process = self.start("compare", "small.yaml", "large.yaml", "--trace", endless, "--window", "1s", *more,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            # ThreadSanitizer makes a file of its own there before the program begins.
            while not list(self.scratch.glob("skyreplay-*")):
                self.assertIsNone(process.poll())
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.communicate(), (b"", b"skyreplay: interrupted; nothing was left half-written\n"))
            self.assertEqual(process.returncode, 130)
            self.assertEqual(self.entries(), before)
            self.assertEqual(list(self.scratch.iterdir()), [])


class Refused(CompareTest):
    def test_every_mistake_of_every_requirement_and_file_is_reported(self):
        self.assertEqual(
            self.refused_compare("small.yaml", "--trace", self.busy, "--require", "p99(latncy of *) < 1s", "--require",
                                 "p99(latency of *) < 1"),
            ["requirement 'p99(latncy of *) < 1s', column 5: unknown metric 'latncy', did you mean 'latency'?",
             "requirement 'p99(latency of *) < 1', column 21: expected a duration with its unit, such as 300ms or 1.5s, "
             "not '1'"])
        self.scenario("bad", 64)
        self.scenario("worse", 1, ", timeuot: 3")
        self.assertEqual(
            self.refused_compare("bad.yaml", "worse.yaml", "--trace", self.busy),
            ["bad.yaml:5:27: services.fn.lambda.memory_size: must be between 128 and 10240 MB, not '64'",
             "worse.yaml:5:27: services.fn.lambda.memory_size: must be between 128 and 10240 MB, not '1'",
             "worse.yaml:5:43: unknown field 'timeuot', did you mean 'timeout'?"])

    def test_a_service_or_metric_that_a_candidate_does_not_have(self):
        self.assertEqual(
            self.refused_compare("small.yaml", "--trace", self.busy, "--require", "p99(latency of web) < 1s"),
            ["small.yaml: requirement 'p99(latency of web) < 1s': no service 'web'; there is fn, and * for everything"])
        self.assertEqual(
            self.refused_compare("small.yaml", "--trace", self.busy, "--require", "avg(queue_depth of *) < 1"),
            ["small.yaml: requirement 'avg(queue_depth of *) < 1': * has no queue_depth: it has no meaning on lambda"])

    def test_a_setting_that_does_not_fit_a_candidate_names_it(self):
        self.assertEqual(
            self.refused_compare("small.yaml", "--trace", self.busy, "--set", "services.fn.lambda.memroy_size=1", "--set",
                                 "sed=1"),
            ["small.yaml: --set services.fn.lambda.memroy_size: unknown field 'memroy_size', did you mean "
             "'memory_size'?", "small.yaml: --set sed: unknown field 'sed', did you mean 'seed'?"])

    def test_candidates_that_cannot_be_compared(self):
        self.assertEqual(self.refused_compare("small.yaml", "./small.yaml", "--trace", self.busy),
                         ["'./small.yaml' is given twice"])
        self.write("other.yaml", "version: 1\nseed: 2\nservices: {fn: {lambda: {}}}\n")
        self.assertEqual(self.refused_compare("small.yaml", "other.yaml", "--trace", self.busy),
                         ["the seeds differ: 1 in small.yaml, 2 in other.yaml; candidates are compared with the same "
                          "random numbers, so set one with --seed"])
        self.assertEqual(self.refused_compare("small.yaml", "large.yaml"),
                         ["small.yaml: workload.trace is not set; name a trace with --trace"])
        self.write("own.yaml", "version: 1\nworkload: {trace: busy.skytrace}\nservices: {fn: {lambda: {}}}\n")
        self.write("not.yaml", "version: 1\nworkload: {trace: none.skytrace}\nservices: {fn: {lambda: {}}}\n")
        self.assertEqual(self.refused_compare("own.yaml", "not.yaml"),
                         ["own.yaml names the trace 'busy.skytrace', not.yaml names the trace 'none.skytrace'; "
                          "name the one to compare on with --trace"])
        self.tool("compare", "own.yaml")

    def test_flags_that_make_no_sense(self):
        self.assertEqual(self.refused_compare("small.yaml", "--force"),
                         ["--force replaces the folder of --out, which is not given"])
        self.assertEqual(self.refused_compare(), ["SCENARIO is required"])


if __name__ == "__main__":
    unittest.main()
