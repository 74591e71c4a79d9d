"""`skyreplay scenario` as a user runs it: exit status, standard output and the whole of standard error."""

import os
import pathlib
import subprocess
import tempfile
import unittest

GOOD = "version: 1\nservices: {fn: {lambda: {}}}\n"


class ScenarioVerbs(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def run_tool(self, *arguments, status=0):
        done = subprocess.run([os.environ["SKYREPLAY"], "scenario", *arguments], cwd=self.folder.name,
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stdout, done.stderr

    def write(self, name, content):
        path = pathlib.Path(self.folder.name, name)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    def refused(self, content, *arguments):
        """What is complained of a file, without the program's name."""
        self.write("shop.yaml", content)
        out, err = self.run_tool("check", "shop.yaml", *arguments, status=2)
        self.assertEqual(out, "")
        lines = err.splitlines()
        self.assertTrue(all(line.startswith("skyreplay: ") for line in lines), err)
        return [line.removeprefix("skyreplay: ") for line in lines]

    def test_a_good_file_is_ok_with_the_digest_of_what_show_prints(self):
        self.write("shop.yaml", GOOD)
        ok, err = self.run_tool("check", "shop.yaml")
        self.assertRegex(ok, r"\Ashop\.yaml: ok, digest [0-9a-f]{32}\n\Z")
        self.assertEqual(err, "")
        self.write("again.yaml", self.run_tool("show", "shop.yaml")[0])
        self.assertEqual(self.run_tool("check", "again.yaml")[0], ok.replace("shop", "again"))

    def test_every_file_is_checked_before_any_is_complained_of(self):
        self.write("a.yaml", GOOD + "sed: 1\n")
        self.write("b.yaml", GOOD)
        self.write("c.yaml", GOOD + "drain: 5\n")
        out, err = self.run_tool("check", "a.yaml", "b.yaml", "c.yaml", status=2)
        self.assertRegex(out, r"\Ab\.yaml: ok, digest [0-9a-f]{32}\n\Z")
        self.assertEqual(err, "skyreplay: a.yaml:3:1: unknown field 'sed', did you mean 'seed'?\n"
                              "skyreplay: c.yaml:3:8: drain: a duration needs a unit: 5s or 5ms, not '5'\n")

    def test_a_misspelt_field(self):
        self.assertEqual(self.refused("version: 1\nservices:\n  fn:\n    lambda: {timeuot: 5}\n"),
                         ["shop.yaml:4:14: unknown field 'timeuot', did you mean 'timeout'?"])

    def test_impossible_values(self):
        self.assertEqual(
            self.refused("version: 1\nservices:\n  fn:\n    lambda:\n      memory_size: 20000\n      timeout: 0\n"
                         "workload: {work_share: -1}\n"),
            ["shop.yaml:5:20: services.fn.lambda.memory_size: must be between 128 and 10240 MB, not '20000'",
             "shop.yaml:6:16: services.fn.lambda.timeout: must be between 1 and 900 s, not '0'",
             "shop.yaml:7:24: workload.work_share: must be between 0 and 1, not '-1'"])

    def test_an_empty_file(self):
        self.assertEqual(self.refused(""), ["shop.yaml:1:1: is empty"])

    def test_a_truncated_file(self):
        self.assertEqual(self.refused("version: 1\nservices: {fn: {lambda: {}"),
                         ["shop.yaml:2:1: not valid YAML: end of map flow not found"])

    def test_a_file_that_is_no_text(self):
        self.assertEqual(self.refused(b"version: 1\n\x00\x01"),
                         ["shop.yaml:2:1: control character 0x00: a scenario is plain text"])

    def test_a_feature_that_is_not_built(self):
        self.assertEqual(self.refused("version: 1\nservices: {a: {ec2: {warm_pool: {a: b}, min_size: 1, "
                                       "max_size: 1, instance_type: m7i.large}}}\n"),
                         ["shop.yaml:2:22: services.a.ec2.warm_pool: warm pools are not built yet"])

    def test_settings(self):
        self.assertEqual(self.refused(GOOD, "--set", "services.fn.lambda.timeout=1h"),
                         ["--set services.fn.lambda.timeout: must be a whole number of s, not '1h'"])
        self.assertEqual(self.refused(GOOD, "--set", "seed"),
                         ["--set 'seed': expected '=' and a value after the path at character 5"])
        self.assertEqual(self.refused(GOOD, "--seed", "x", "--window", "60"),
                         ["--set seed: must be a whole number, not 'x'",
                          "--set recorder.window: a duration needs a unit: 60s or 60ms, not '60'"])
        shown, _ = self.run_tool("show", "--set", "seed=1", "--seed", "7", "shop.yaml")
        self.assertIn("\nseed: 7\n", shown)

    def test_a_file_that_is_not_there(self):
        _, err = self.run_tool("check", "none.yaml", status=3)
        self.assertEqual(err, "skyreplay: none.yaml: No such file or directory\n")
        self.write("bad.yaml", "")
        _, err = self.run_tool("check", "none.yaml", "bad.yaml", status=2)
        self.assertEqual(err, "skyreplay: none.yaml: No such file or directory\nskyreplay: bad.yaml:1:1: is empty\n")

    def test_verbs_that_are_not_built(self):
        _, err = self.run_tool("import", "x", status=2)
        self.assertEqual(err, "skyreplay: 'scenario import' is not built yet\n")

    def test_a_starter_for_each_platform_checks(self):
        for platform in ("ec2", "ecs", "lambda"):
            printed, _ = self.run_tool("init", platform)
            wrote, err = self.run_tool("init", platform, "--out", platform + ".yaml")
            self.assertEqual((wrote, err), (f"wrote {platform}.yaml\n", ""))
            self.assertEqual(pathlib.Path(self.folder.name, platform + ".yaml").read_text(), printed)
            self.assertIn(f"    {platform}:\n", printed)
            self.assertGreater(printed.count(" # "), 5)
            self.assertRegex(self.run_tool("check", platform + ".yaml")[0], r": ok, digest [0-9a-f]{32}\n\Z")

    def test_a_starter_replaces_no_file_and_is_for_a_platform(self):
        self.write("shop.yaml", GOOD)
        _, err = self.run_tool("init", "ec2", "--out", "shop.yaml", status=2)
        self.assertEqual(err, "skyreplay: shop.yaml: exists already; choose another name\n")
        self.assertEqual(pathlib.Path(self.folder.name, "shop.yaml").read_text(), GOOD)
        _, err = self.run_tool("init", "azure", status=2)
        self.assertIn("azure", err)

    def test_text_format_and_json_are_read_as_yaml_is(self):
        self.write("a/shop.yaml", GOOD)
        self.write("a/shop.json", '{"version": 1, "services": {"fn": {"lambda": {}}}}')
        self.write("a/shop.textproto", 'version: 1\nservices { key: "fn" value { lambda {} } }\n')
        out, _ = self.run_tool("check", "a/shop.yaml", "a/shop.json", "a/shop.textproto")
        self.assertEqual(len({line.split()[-1] for line in out.splitlines()}), 1)
        self.write("a/shop.textproto", "version: 1\nsed: 1\n")
        _, err = self.run_tool("check", "a/shop.textproto", status=2)
        self.assertEqual(err, "skyreplay: a/shop.textproto:2:4: unknown field 'sed', did you mean 'seed'?\n")

    def test_show_of_every_platform_is_the_same_scenario(self):
        for platform in ("ec2", "ecs", "lambda"):
            self.run_tool("init", platform, "--out", platform + ".yaml")
            before = self.run_tool("check", platform + ".yaml")[0]
            self.write("shown.yaml", self.run_tool("show", platform + ".yaml")[0])
            self.assertEqual(self.run_tool("check", "shown.yaml")[0].split()[-1], before.split()[-1])


if __name__ == "__main__":
    unittest.main()
