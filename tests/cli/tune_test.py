"""`skyreplay tune` as a user runs it: the smallest count, that one fewer fails, and what is refused."""

import json
import os
import unittest

from tool import ToolTest

RESERVED = "services.fn.lambda.reserved_concurrent_executions"
SCENARIO = """\
version: 1
name: shop
services:
  fn:
    lambda: {memory_size: 1769, timeout: 10}
"""


class TuneTest(ToolTest):
    """Five requests at once every ten seconds, each of 2 s: five environments are busy at a time, no more."""

    def setUp(self):
        super().setUp()
        self.write("shop.yaml", SCENARIO)
        self.five = self.trace("five.skytrace", arrivals_s=[t for t in range(0, 100, 10) for _ in range(5)],
                               duration_ms=2000)
        self.scratch = self.folder / "tmp"
        self.scratch.mkdir()
        os.environ["TMPDIR"] = str(self.scratch)
        self.addCleanup(os.environ.pop, "TMPDIR")

    def tune(self, *arguments, status=0):
        out, err = self.tool("tune", "shop.yaml", "--trace", self.five, *arguments, status=status)
        self.assertEqual(err, "")
        self.assertEqual(list(self.scratch.iterdir()), [])
        return out

    def refused_tune(self, *arguments):
        return self.refused("tune", "shop.yaml", "--trace", self.five, *arguments)


class Answer(TuneTest):
    def test_the_smallest_count_is_found_and_one_fewer_was_replayed_and_fails(self):
        answer = json.loads(self.tune("--over", RESERVED, "--json"))
        self.assertEqual((answer["answer"], answer["settings"]), (5, [f"{RESERVED}=5"]))
        self.assertEqual([(probe["value"], probe["meets"]) for probe in answer["probes"]],
                         [(1, False), (2, False), (4, False), (8, True), (6, True), (5, True)])
        self.assertEqual(answer["probes"][2]["verdict"], "overloaded")

    def test_each_replay_is_what_run_gives(self):
        answer = json.loads(self.tune("--over", RESERVED, "--json"))
        for probe in answer["probes"]:
            out, _ = self.tool("run", "shop.yaml", "--trace", self.five, "--out", "out", "--force", "--set",
                               probe["settings"][0])
            self.assertEqual(out.splitlines()[-1], "digest " + probe["digest"])

    def test_a_requirement_moves_the_answer(self):
        # Work is half of the 2 s, at 1,769 MB as fast as recorded. At 197 MB it takes 8.98 s, and with 1 s of waiting
        # just below the timeout of 10 s; at 196 MB 9.03 s. In 3 s it is done at 1769 / 2 = 885 MB.
        arguments = ("--over", "services.fn.lambda.memory_size", "--max", "10240", "--json")
        self.assertEqual(json.loads(self.tune(*arguments))["answer"], 197)
        answer = json.loads(self.tune(*arguments, "--require", "min(latency of *) <= 3s"))["answer"]
        self.assertLess(abs(answer - 885), 20)  # the histogram is right to 1 % of 3 s

    def test_the_table_answers_first_and_says_what_it_assumes(self):
        out = self.tune("--over", RESERVED, "--require", "avg(failures of *) == 0 %")
        lines = out.splitlines()
        self.assertLessEqual(max(map(len, lines)), 100)
        [answer] = [i for i, line in enumerate(lines) if line.startswith("Answer: 5, ")]
        self.assertEqual(lines[answer + 1], f"  --set {RESERVED}=5")
        self.assertRegex(out, r"(?m)^\* +5 +stable +yes .* 0\.0000 %$")
        self.assertRegex(out, r"(?m)^ +4 +overloaded +no .* 20\.0000 %$")
        self.assertIn("that more is not worse", " ".join(out.split()))
        self.assertIn("4 was replayed and does not", " ".join(out.split()))

    def test_none_up_to_the_largest_is_said_and_ends_with_1(self):
        out = self.tune("--over", RESERVED, "--max", "4", status=1)
        self.assertIn("Answer: none from 1 to 4 is stable.", out)
        answer = json.loads(self.tune("--over", RESERVED, "--max", "4", "--json", status=1))
        self.assertIsNone(answer["answer"])
        self.assertIsNone(answer["settings"])

    def test_the_answer_is_the_same_whatever_the_threads(self):
        printed = [self.tune("--over", RESERVED, "--threads", str(n)) for n in (1, 2, 8)]
        self.assertEqual(printed[1:], printed[:1] * 2)


class Counts(TuneTest):
    """One worker an instance or task: of five requests at once, each needs one for itself to be done in 2 s."""

    QUICK = ("--require", "max(latency of *) <= 2s")

    def tune_web(self, service, *arguments):
        self.write("web.yaml", f"version: 1\nservices: {{web: {service}}}\n")
        out, _ = self.tool("tune", "web.yaml", "--trace", self.five, *self.QUICK, *arguments)
        return out

    def test_a_groups_count_is_found_and_its_max_size_moves_along(self):
        group = "{ec2: {min_size: 1, max_size: 2, instance_type: m7i.large, assumed: {workers: 1}}}"
        answer = json.loads(self.tune_web(group, "--json"))
        self.assertEqual(answer["over"], "services.web.ec2.desired_capacity")
        self.assertEqual(answer["answer"], 5)
        self.assertEqual(answer["settings"], ["services.web.ec2.desired_capacity=5", "services.web.ec2.max_size=5"])
        self.assertEqual({probe["value"]: probe["meets"] for probe in answer["probes"]}[4], False)
        out = self.tune_web(group)
        self.assertIn("\n  --set services.web.ec2.desired_capacity=5 --set services.web.ec2.max_size=5\n", out)
        self.assertIn("\n  min_size and max_size of the group are moved as far as the count needs\n", out)

    def test_a_fargate_services_count_is_found(self):
        answer = json.loads(self.tune_web("{ecs: {desired_count: 1, task_definition: {cpu: 1024, memory: 2048}, "
                                          "assumed: {workers: 1}}}", "--json"))
        self.assertEqual((answer["answer"], answer["settings"]), (5, ["services.web.ecs.desired_count=5"]))
        self.assertEqual({probe["value"]: probe["meets"] for probe in answer["probes"]}[4], False)


class Choice(TuneTest):
    """One worker an instance, five requests at once of 2 s each."""

    GROUP = "{ec2: {min_size: 1, max_size: 4, desired_capacity: 4, instance_type: m7i.large, assumed: {workers: 1}}}"

    def choose(self, *arguments, status=0):
        self.write("web.yaml", f"version: 1\nservices: {{web: {self.GROUP}}}\n")
        out, _ = self.tool("tune", "web.yaml", "--trace", self.five, "--require", "max(latency of *) <= 2s", *arguments,
                           status=status)
        return out

    def test_every_combination_is_replayed_and_the_cheapest_fastest_and_balanced_named(self):
        over = "instance_type=[m7i.large, t3.large],desired_capacity=[4, 5, 6]"
        answer = json.loads(self.choose("--over", over, "--json"))
        self.assertEqual(len(answer["cells"]), 6)
        cells = {cell["cell"]: cell for cell in answer["cells"]}
        feasible = [cell for cell in answer["cells"] if cell["is_feasible"]]
        self.assertEqual({cell["parameters"]["services.web.ec2.desired_capacity"] for cell in feasible}, {"5", "6"})
        best = cells[answer["answers"]["best"]["cell"]]
        self.assertEqual(best["cost_usd"]["mean"], min(cell["cost_usd"]["mean"] for cell in feasible))
        for key in ("fastest", "balanced"):
            self.assertTrue(cells[answer["answers"][key]]["is_feasible"])
        out = self.choose("--over", over)
        for heading in ("Best: ", "Least of p99(latency of *): ", "Balanced: ", "Pareto front: "):
            self.assertIn("\n" + heading, out)

    def test_fields_by_their_names_have_values_of_their_own(self):
        answer = json.loads(self.choose("--over", "instance_type", "--json", status=1))
        types = [cell["parameters"]["services.web.ec2.instance_type"] for cell in answer["cells"]]
        self.assertEqual(types[:3], ["m7i.large", "m7g.large", "c7i.large"])
        memory = json.loads(self.tune("--over", "memory_size,architectures", "--json"))
        self.assertEqual(len(memory["cells"]), 16)
        self.assertIn("[arm64]", {cell["parameters"]["services.fn.lambda.architectures"] for cell in memory["cells"]})

    def test_what_cannot_be_chosen_among_is_refused(self):
        self.assertEqual(self.refused_tune("--over", "instance_type,memory_size"),
                         ["--over instance_type: no service has this field; give its whole path"])
        self.assertEqual(self.refused_tune("--over", "timeout,memory_size"),
                         ["--over services.fn.lambda.timeout: say which values: --over "
                          "'services.fn.lambda.timeout=[...]'"])
        self.assertEqual(self.refused_tune("--over", "memory_size=[128],memory_size=[256]"),
                         ["--over: names services.fn.lambda.memory_size twice"])


class Traffic(TuneTest):
    """Five at once need five executions: ten are enough for up to two requests in the place of each."""

    def test_the_highest_multiple_meets_and_the_one_above_does_not(self):
        answer = json.loads(self.tune("--set", f"{RESERVED}=10", "--traffic", "0.5..4", "--require",
                                      "avg(throttles of *) == 0 %", "--json"))
        probes = {probe["traffic"]: probe for probe in answer["probes"]}
        self.assertTrue(probes[answer["traffic"]]["meets"])
        self.assertFalse(probes[answer["fails"]]["meets"])
        self.assertLessEqual(answer["fails"] / answer["traffic"], 1.03)
        self.assertGreaterEqual(answer["traffic"], 1)
        requests = [probe["requests"] for _, probe in sorted(probes.items())]
        self.assertEqual(requests, sorted(requests))

    def test_none_and_all_are_said(self):
        out = self.tune("--set", f"{RESERVED}=100", "--traffic", "0.5..4")
        self.assertIn("Answer: 4 times the traffic", out)
        self.assertIn("the highest tried", out)
        out = self.tune("--set", f"{RESERVED}=1", "--traffic", "1..4", "--require", "avg(throttles of *) == 0 %", status=1)
        self.assertIn("Answer: none; 1 times the traffic does not", out)

    def test_a_range_that_is_none(self):
        self.assertEqual(self.refused_tune("--traffic", "4..1"),
                         ["--traffic 4..1: expected LOW..HIGH with 0 < LOW <= HIGH <= 1000, such as 0.5..4"])
        self.assertEqual(self.refused_tune("--traffic", "1..2", "--over", RESERVED),
                         ["--traffic goes without --over"])


class Refused(TuneTest):
    def test_a_field_that_is_none(self):
        self.assertEqual(self.refused_tune("--over", "services.fn.lambda.memroy_size"),
                         ["--over services.fn.lambda.memroy_size: unknown field 'memroy_size', did you mean "
                          "'memory_size'?"])
        self.assertEqual(self.refused_tune("--over", "name"), ["--over name: not a field of whole numbers"])

    def test_no_count_to_derive(self):
        self.assertEqual(self.refused_tune(), ["shop.yaml: no EC2 or ECS service whose count could be tuned; name a "
                                               "field with --over"])

    def test_a_largest_below_the_least(self):
        self.assertEqual(self.refused_tune("--over", "services.fn.lambda.memory_size", "--max", "100"),
                         ["--max 100: services.fn.lambda.memory_size is at least 128"])

    def test_a_requirement_that_is_none(self):
        [line] = self.refused_tune("--over", RESERVED, "--require", "p99(latency of fn)")
        self.assertIn("column 19: expected <, <=, >, >= or == and a value", line)


if __name__ == "__main__":
    unittest.main()
