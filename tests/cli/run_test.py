"""`skyreplay run` as a user runs it: what it leaves, what it prints, and what it refuses."""

import csv
import decimal
import json
import unittest

from tool import ToolTest

SCENARIO = """\
version: 1
name: shop
services:
  fn:
    for_each_route: true
    lambda: {memory_size: 512, timeout: 1, reserved_concurrent_executions: 3}
workload:
  work_share: 1
  client: {timeout: 900ms, max_attempts: 2}
"""


class RunTest(ToolTest):
    def setUp(self):
        super().setUp()
        self.write("shop.yaml", SCENARIO)

    def busy_trace(self, name="busy.skytrace"):
        """Two routes, five minutes; 20 requests/s for three environments each: every outcome that Lambda has."""
        rows = (f"{50 * i},{'GET /a' if i % 3 else 'POST /b'},{20 + i * 37 % 400}\n" for i in range(6000))
        self.write("busy.csv", "arrival_ms,route,duration_ms\n" + "".join(rows))
        self.tool("trace", "import", "--format", "csv", "busy.csv", "--out", name)
        (self.folder / "busy.csv").unlink()
        return name

    def run_shop(self, trace, *arguments, status=0):
        return self.tool("run", "shop.yaml", "--trace", trace, "--out", "out", *arguments, status=status)

    def rows(self, name, folder="out"):
        with open(self.folder / folder / name, encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def summary(self, folder="out"):
        return json.loads((self.folder / folder / "summary.json").read_text(), parse_float=decimal.Decimal)


class Results(RunTest):
    def test_a_run_leaves_its_five_files_and_ends_with_its_digest(self):
        out, err = self.run_shop(self.trace())
        self.assertEqual(sorted(path.name for path in (self.folder / "out").iterdir()),
                         ["activities.csv", "bill.csv", "result.binpb", "summary.json", "timeline.csv"])
        self.assertEqual(out.splitlines()[-1], "digest " + self.summary()["run"]["digest"])
        self.assertRegex(out.splitlines()[-1], r"\Adigest [0-9a-f]{32}\Z")
        self.assertEqual(err, "")
        self.assertEqual(self.entries(), ["out", "shop.yaml", "small.skytrace"])

    def test_two_runs_print_the_same_whatever_the_threads(self):
        trace = self.busy_trace()
        printed = [self.tool("run", "shop.yaml", "--trace", trace, "--out", f"out{n}", "--threads", str(n))[0]
                   for n in (1, 2, 8)]
        self.assertEqual(printed[1:], printed[:1] * 2)
        for name in ("timeline.csv", "activities.csv", "bill.csv", "summary.json"):
            self.assertEqual((self.folder / "out1" / name).read_bytes(), (self.folder / "out8" / name).read_bytes())

    def test_another_seed_is_another_run(self):
        trace = self.busy_trace()
        digests = [self.tool("run", "shop.yaml", "--trace", trace, "--out", f"out{seed}", "--seed", seed)[0]
                   .splitlines()[-1] for seed in ("1", "2")]
        self.assertNotEqual(*digests)

    def test_the_timeline_costs_what_the_bill_says(self):
        self.run_shop(self.busy_trace(), "--window", "7s")
        timeline = sum(decimal.Decimal(row["cost_usd"]) for row in self.rows("timeline.csv"))
        bill = sum(decimal.Decimal(row["usd"]) for row in self.rows("bill.csv"))
        self.assertGreater(bill, 0)
        self.assertEqual(timeline, bill)
        self.assertEqual(bill, self.summary()["cost_usd"])

    def test_every_arrival_has_one_outcome(self):
        self.run_shop(self.busy_trace(), "--window", "7s")
        counts = self.summary()["conservation"]
        outcomes = ["completed", "errors", "throttles", "client_timeouts", "server_timeouts", "refused",
                    "in_flight_at_end"]
        self.assertEqual(counts["trace_requests"], 6000)
        self.assertEqual(counts["arrivals"], 6000)
        self.assertEqual(sum(counts[outcome] for outcome in outcomes), 6000)
        for outcome in ("completed", "throttles", "client_timeouts"):
            self.assertGreater(counts[outcome], 0)
        self.assertIs(counts["holds"], True)

        timeline = self.rows("timeline.csv")
        total = {name: sum(int(row[name]) for row in timeline)
                 for name in ("arrivals", "completions", "errors", "throttles", "timeouts", "refused")}
        self.assertEqual(total, {"arrivals": 6000, "completions": counts["completed"], "errors": 0,
                                 "throttles": counts["throttles"], "timeouts": counts["client_timeouts"],
                                 "refused": 0})

    def test_json_prints_the_summary_instead_of_the_table(self):
        out, _ = self.run_shop(self.trace(), "--json")
        self.assertEqual(out, (self.folder / "out/summary.json").read_text())
        self.assertRegex(json.loads(out)["run"]["digest"], r"\A[0-9a-f]{32}\Z")

    def test_settings_reach_the_scenario(self):
        trace = self.trace()
        self.run_shop(trace, "--set", "name=other", "--set", "seed=3", "--seed", "4", "--window", "2s")
        run = self.summary()["run"]
        self.assertEqual((run["scenario"], run["seed"], run["window"]), ("other", 4, "2s"))

    def test_the_scenario_may_name_its_trace_relative_to_itself(self):
        (self.folder / "sub").mkdir()
        self.trace("sub/here.skytrace")
        self.write("sub/shop.yaml", SCENARIO.replace("workload:", "workload:\n  trace: here.skytrace"))
        self.tool("run", "sub/shop.yaml", "--out", "out")
        self.assertEqual(self.summary()["conservation"]["arrivals"], 3)


class OutputFolder(RunTest):
    def test_an_existing_folder_is_refused_and_replaced_by_force(self):
        trace = self.trace()
        self.run_shop(trace)
        self.write("out/note.txt", "mine")
        self.assertEqual(self.refused("run", "shop.yaml", "--trace", trace, "--out", "out"),
                         ["output folder 'out' exists already; choose another or replace it with --force"])
        self.assertTrue((self.folder / "out/note.txt").exists())
        self.run_shop(trace, "--force")
        self.assertFalse((self.folder / "out/note.txt").exists())
        self.assertEqual(self.entries(), ["out", "shop.yaml", "small.skytrace"])

    def test_force_replaces_an_empty_folder(self):
        (self.folder / "out").mkdir()
        self.run_shop(self.trace(), "--force")
        self.assertTrue((self.folder / "out/result.binpb").exists())

    def test_force_replaces_no_folder_without_a_result(self):
        trace = self.trace()
        (self.folder / "photos").mkdir()
        self.write("photos/cat.jpg", "meow")
        self.assertEqual(self.refused("run", "shop.yaml", "--trace", trace, "--out", "photos", "--force"),
                         ["folder 'photos' holds no result.binpb, so --force does not replace it; choose another or "
                          "empty it"])
        self.assertEqual((self.folder / "photos/cat.jpg").read_text(), "meow")

    def test_force_replaces_no_file(self):
        self.assertEqual(self.refused("run", "shop.yaml", "--trace", self.trace(), "--out", "shop.yaml", "--force"),
                         ["'shop.yaml' is not a folder, so it is not replaced"])
        self.assertEqual((self.folder / "shop.yaml").read_text(), SCENARIO)

    def test_a_folder_that_cannot_be_made_is_the_machines_doing(self):
        trace = self.trace()
        self.assertEqual(self.refused("run", "shop.yaml", "--trace", trace, "--out", "none/out", status=3),
                         ["cannot create 'none/out': No such file or directory"])
        self.assertEqual(self.refused("run", "shop.yaml", "--trace", trace, "--out", "shop.yaml/out", status=3),
                         ["cannot create 'shop.yaml/out': Not a directory"])

    def test_a_full_disk_is_the_machines_doing(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            process = self.start("run", "shop.yaml", "--trace", self.trace(), "--out", "out", stdout=full, stderr=-1)
            _, err = process.communicate()
        self.assertEqual((process.returncode, err), (3, b"skyreplay: cannot write to standard output\n"))


class BadScenario(RunTest):
    def mistakes(self, scenario, *arguments):
        trace = self.trace()
        self.write("shop.yaml", scenario)
        return self.refused("run", "shop.yaml", "--trace", trace, "--out", "out", *arguments)

    def test_a_misspelt_field(self):
        self.assertEqual(self.mistakes("version: 1\nservices:\n  fn:\n    lambda: {memroy_size: 512}\n"),
                         ["shop.yaml:4:14: unknown field 'memroy_size', did you mean 'memory_size'?"])

    def test_an_impossible_value(self):
        self.assertEqual(self.mistakes("version: 1\nservices:\n  fn:\n    lambda: {timeout: 901}\n"),
                         ["shop.yaml:4:23: services.fn.lambda.timeout: must be between 1 and 900 s, not '901'"])

    def test_several_mistakes_at_once_in_the_files_order(self):
        self.assertEqual(
            self.mistakes("version: 1\nsed: 4\nservices:\n  fn:\n    lambda: {memory_size: 64, timeuot: 3}\ndrain: 5\n"),
            ["shop.yaml:2:1: unknown field 'sed', did you mean 'seed'?",
             "shop.yaml:5:27: services.fn.lambda.memory_size: must be between 128 and 10240 MB, not '64'",
             "shop.yaml:5:31: unknown field 'timeuot', did you mean 'timeout'?",
             "shop.yaml:6:8: drain: a duration needs a unit: 5s or 5ms, not '5'"])

    def test_settings_that_do_not_fit(self):
        self.assertEqual(self.mistakes(SCENARIO, "--set", "services.fn.lambda.timeuot=4", "--window", "60"),
                         ["--set services.fn.lambda.timeuot: unknown field 'timeuot', did you mean 'timeout'?",
                          "--set recorder.window: a duration needs a unit: 60s or 60ms, not '60'"])

    def test_an_empty_file(self):
        self.assertEqual(self.mistakes(""), ["shop.yaml:1:1: is empty"])

    def test_a_service_that_nothing_reaches(self):
        self.assertEqual(self.mistakes("version: 1\nservices: {fn: {lambda: {}}, db: {external: {latency: 2ms}}}\n"
                                       "routes: [{match: '*', service: fn}]\n"),
                         ["shop.yaml:2:34: services.db: no route and no call reaches it"])

    def test_no_trace_named(self):
        self.assertEqual(self.refused("run", "shop.yaml", "--out", "out"),
                         ["shop.yaml: workload.trace is not set; name a trace with --trace"])

    def test_files_that_are_not_there(self):
        self.assertEqual(self.refused("run", "none.yaml", "--trace", self.trace(), "--out", "out", status=3),
                         ["none.yaml: No such file or directory"])
        self.assertEqual(self.refused("run", "shop.yaml", "--trace", "none.skytrace", "--out", "out", status=3),
                         ["cannot read 'none.skytrace': No such file or directory"])


class BadTrace(RunTest):
    def complaint(self, damage):
        """What is said of the busy trace after `damage` changed its bytes."""
        trace = self.busy_trace()
        content = bytearray((self.folder / trace).read_bytes())
        self.write(trace, bytes(damage(content)))
        [line] = self.refused("run", "shop.yaml", "--trace", trace, "--out", "out")
        return line

    def test_a_truncated_trace(self):
        self.assertRegex(self.complaint(lambda content: content[:-100]),
                         r"\Abusy\.skytrace: truncated trace: the end mark 'SKYTEND1' is missing at byte [0-9,]+\Z")

    def test_a_damaged_block_is_named_by_its_byte(self):
        def flip(content):
            # The header frame begins at byte 6 and says its length; the first block's frame follows it.
            header = int.from_bytes(content[6:10], "little")
            content[6 + 16 + header + 16 + 40] ^= 1
            self.block = 6 + 16 + header
            return content
        self.assertEqual(self.complaint(flip),
                         f"busy.skytrace: damaged block at byte {self.block:,}: checksum does not match")

    def test_a_block_that_lies_about_its_size(self):
        def grow(content):
            header = int.from_bytes(content[6:10], "little")
            content[6 + 16 + header:6 + 16 + header + 4] = (64 << 20).to_bytes(4, "little")
            return content
        self.assertRegex(self.complaint(grow), r"\Abusy\.skytrace: damaged block at byte [0-9,]+: its length of "
                                               r"67,108,864 bytes is above the [0-9,]+ left in the file\Z")

    def test_what_is_no_trace(self):
        self.assertEqual(self.complaint(lambda content: b""), "busy.skytrace: the file is empty, expected a trace")
        self.assertEqual(self.complaint(lambda content: b"arrival_s,route\n" * 9),
                         "busy.skytrace: not a trace: byte 0 does not begin the mark 'SKYT1'")


class Usage(RunTest):
    def test_an_unknown_flag_names_the_nearest(self):
        self.assertEqual(self.refused("run", "shop.yaml", "--out", "out", "--forse", "--treads=2", "-x", "more"),
                         ["unknown flag '--forse' of 'run', did you mean '--force'?",
                          "unknown flag '--treads' of 'run', did you mean '--threads'?",
                          "unknown flag '-x' of 'run'", "unexpected argument 'more' of 'run'"])

    def test_an_unknown_verb_names_the_nearest(self):
        self.assertEqual(self.refused("rnu", "shop.yaml"), ["unknown verb 'rnu', did you mean 'run'?"])
        self.assertEqual(self.refused("trace", "imprt"), ["unknown verb 'trace imprt', did you mean 'import'?"])
        self.assertEqual(self.refused("frobnicate"), ["unknown verb 'frobnicate'"])

    def test_what_is_missing_is_named_beside_what_is_misspelt(self):
        self.assertEqual(self.refused("run", "shop.yaml", "--uot", "x"),
                         ["unknown flag '--uot' of 'run', did you mean '--out'?", "unexpected argument 'x' of 'run'",
                          "--out is required"])
        self.assertEqual(self.refused("run", "--out", "x"), ["SCENARIO is required"])
        self.assertEqual(self.refused(), ["expected a verb; --help lists them"])
        self.assertEqual(self.refused("trace"), ["expected a verb; --help lists them"])

    def test_values_that_a_flag_does_not_take(self):
        for value in ("0", "-1", "4097"):
            [line] = self.refused("run", "shop.yaml", "--out", "out", "--threads", value)
            self.assertIn("--threads", line)
            self.assertIn(value, line)

    def test_verbs_that_are_not_built_are_refused_by_name(self):
        for verb in ("calibrate", "backtest", "prices", "report", "scenario import"):
            self.assertEqual(self.refused(*verb.split(), "--any", "thing"), [f"'{verb}' is not built yet"])

    def test_help_and_version_are_answers(self):
        self.assertIn("--force", self.tool("run", "--help")[0])
        self.assertRegex(self.tool("--version")[0], r"\Askyreplay [0-9]+\.[0-9]+\.[0-9]+\n\Z")


class Starters(ToolTest):
    def test_the_starter_of_each_platform_runs(self):
        trace = self.trace(arrivals_s=range(20))
        for platform in ("ec2", "ecs", "lambda"):
            self.tool("scenario", "init", platform, "--out", platform + ".yaml")
            out, _ = self.tool("run", platform + ".yaml", "--trace", trace, "--out", platform, "--quiet", "--json")
            self.assertEqual(json.loads(out)["conservation"]["completed"], 20, platform)


if __name__ == "__main__":
    unittest.main()
