"""`skyreplay check` as a user runs it."""

import json
import subprocess
import unittest
import xml.etree.ElementTree

from tool import ToolTest

SCENARIO = """version: 1
workload: {trace: ../small.skytrace}
services: {fn: {lambda: {}}}
expectations:
  - {name: cold, metric: cold_starts, statistic: sum, of: fn, must_be: "== 2"}
  - {name: quick, metric: latency, statistic: max, of: fn, must_be: "< 10s"}
"""


class Check(ToolTest):
    def setUp(self):
        super().setUp()
        self.trace()
        for name in ("a", "b"):
            (self.folder / name).mkdir()
            self.write(f"{name}/scenario.yaml", SCENARIO)

    def test_what_holds_exits_with_0(self):
        out, _ = self.tool("check", ".")
        self.assertEqual(out, "PASS a/scenario.yaml: 2 expectations; stable\n"
                              "PASS b/scenario.yaml: 2 expectations; stable\n"
                              "2 scenarios checked: 4 expectations held\n")

    def test_what_fails_exits_with_1_and_is_in_every_form_of_the_report(self):
        self.write("b/scenario.yaml", SCENARIO.replace("< 10s", "< 1ms"))
        out, _ = self.tool("check", ".", "--junit", "junit.xml", status=1)
        self.assertIn("FAIL b/scenario.yaml: 1 of 2 expectations failed", out)
        self.assertIn("  b/scenario.yaml:6:5: quick\n    expected  max(latency of fn) < 1ms\n", out)
        suites = xml.etree.ElementTree.parse(self.folder / "junit.xml").getroot().findall("testsuite")
        self.assertEqual([suite.get("failures") for suite in suites], ["0", "1"])
        found = json.loads(self.tool("check", ".", "--json", status=1)[0])
        self.assertEqual([one["passed"] for one in found["scenarios"]], [True, False])

    def test_settings_go_to_every_scenario(self):
        out, _ = self.tool("check", ".", "--set", "services.fn.lambda.timeout=60", "--seed", "7")
        self.assertIn("4 expectations held", out)
        self.refused("check", ".", "--set", "services.fm.lambda.memory_size=256")

    def test_bad_input_exits_with_2_and_writes_nothing(self):
        self.write("b/scenario.yaml", SCENARIO + "nonsense: 1\n")
        lines = self.refused("check", ".", "--junit", "junit.xml")
        self.assertEqual(lines, ["b/scenario.yaml:7:1: unknown field 'nonsense'"])
        self.assertEqual(self.refused("check", "none"), ["none: there is no such file or folder"])
        self.assertEqual(self.refused("check", "--quiet"), ["PATH is required"])
        (self.folder / "empty").mkdir()
        self.assertEqual(self.refused("check", "empty"), ["empty: there is no scenario.yaml in or below it"])

    def test_a_baseline_is_recorded_and_compared(self):
        self.write("b/scenario.yaml", SCENARIO + "name: other\n")
        self.tool("check", ".", "--record", "kept")
        self.assertIn("6 expectations held", self.tool("check", ".", "--baseline", "kept")[0])
        setting = ("--set", "services.fn.lambda.memory_size=256")
        out, _ = self.tool("check", "a", "--baseline", "kept", *setting, status=1)
        self.assertIn("kept/a: as the baseline", out)
        self.tool("check", "a", "--baseline", "kept", *setting, "--tolerance", "nothing=1%", status=2)
        self.assertEqual(self.refused("check", ".", "--tolerance", "*=1%"),
                         ["--tolerance is for a comparison with --baseline, which is not given"])

    def test_what_did_not_change_since_a_revision_is_passed_over(self):
        def git(*arguments):
            subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@t", *arguments], cwd=self.folder,
                           check=True, capture_output=True)
        self.assertIn("is in no git repository", self.refused("check", ".", "--changed-since", "HEAD")[0])
        git("init", "-q")
        git("add", ".")
        git("commit", "-qm", "all")
        out, _ = self.tool("check", ".", "--changed-since", "HEAD")
        self.assertEqual(out, "SKIP a/scenario.yaml: unchanged\nSKIP b/scenario.yaml: unchanged\n"
                              "0 scenarios checked: 0 expectations held\n")
        self.write("b/scenario.yaml", SCENARIO + "seed: 2\n")
        self.assertIn("SKIP a/scenario.yaml: unchanged\nPASS b/scenario.yaml",
                      self.tool("check", ".", "--changed-since", "HEAD")[0])
        self.trace(duration_ms=101)
        self.assertIn("2 scenarios checked", self.tool("check", ".", "--changed-since", "HEAD")[0])
        self.assertIn("there is no revision 'v9'", self.refused("check", ".", "--changed-since", "v9")[0])

    def test_diff_says_how_two_results_differ(self):
        for name, seed in (("one", "1"), ("two", "2")):
            self.tool("run", "a/scenario.yaml", "--out", name, "--seed", seed)
        self.assertIn("The results are the same.", self.tool("diff", "one", "one")[0])
        out, _ = self.tool("diff", "one", "two", status=1)
        self.assertIn("  seed: 1 -> 2\n", out)
        found = json.loads(self.tool("diff", "one", "two", "--json", status=1)[0])
        self.assertEqual(found["fields"], [{"path": "seed", "a": "1", "b": "2"}])
        self.assertEqual(self.refused("diff", "one", "a"), ["a: holds no result.binpb: name the --out of a run"])


if __name__ == "__main__":
    unittest.main()
