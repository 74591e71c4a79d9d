"""Runs the commands that docs/check.md gives for a CI system and for a pre-commit hook, as they stand there."""

import os
import pathlib
import re
import subprocess
import tempfile
import unittest

PAGE = (pathlib.Path(__file__).resolve().parents[2] / "docs/check.md").read_text()

SPEC = "version: 1\nduration: 1m\nrate: 10\nclasses:\n  - {name: web, routes: [GET /], share: 1, duration: 100ms}\n"
SCENARIO = """version: 1
workload: {synth: {spec: spec.yaml}}
services: {fn: {lambda: {memory_size: 1769}}}
expectations:
  - {name: answers, metric: completions, statistic: avg, must_be: "== 100%"}
"""


class Commands(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="skyreplay-docs-")
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        (self.folder / "scenarios/shop").mkdir(parents=True)
        (self.folder / "scenarios/shop/spec.yaml").write_text(SPEC)
        (self.folder / "scenarios/shop/scenario.yaml").write_text(SCENARIO)
        tool = pathlib.Path(os.environ["SKYREPLAY"]).parent
        self.environment = {**os.environ, "PATH": f"{tool}:{os.environ['PATH']}", "GIT_AUTHOR_NAME": "t",
                            "GIT_AUTHOR_EMAIL": "t@t", "GIT_COMMITTER_NAME": "t", "GIT_COMMITTER_EMAIL": "t@t"}
        self.bash("git init -q && git add . && git commit -qm all")

    def bash(self, command, status=0):
        done = subprocess.run(["bash", "-c", command], cwd=self.folder, env=self.environment, capture_output=True,
                              text=True, check=False)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def break_it(self):
        file = self.folder / "scenarios/shop/scenario.yaml"
        file.write_text(file.read_text().replace("== 100%", "< 100%"))

    def test_the_workflows_command_passes_and_fails_and_leaves_junit(self):
        workflow = re.search(r"```yaml\n# \.github/workflows.*?```", PAGE, flags=re.DOTALL).group()
        [command] = re.findall(r"- run: (.*)", workflow)
        self.assertIn("1 expectation held", self.bash(command))
        self.break_it()
        self.bash(command, status=1)
        self.assertIn('failures="1"', (self.folder / "junit.xml").read_text())
        self.assertIn("path: junit.xml", workflow)

    def test_the_hook_stops_a_commit_that_breaks_a_scenario(self):
        hook = re.search(r"```sh\n# \.git/hooks/pre-commit\n(.*?)```", PAGE, flags=re.DOTALL).group(1)
        path = self.folder / ".git/hooks/pre-commit"
        path.write_text(hook)
        path.chmod(0o755)
        (self.folder / "note").write_text("x")
        self.assertIn("SKIP", self.bash("git add . && git commit -m note"))
        self.break_it()
        self.assertIn("FAIL", self.bash("git add . && git commit -m broken", status=1))


if __name__ == "__main__":
    unittest.main()
