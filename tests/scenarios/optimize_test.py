"""Every shipped sweep: what `optimize` finds is within 2 % of the whole sweep's best, with at most a tenth of its replayed
requests; and is what the sweep's own cell came to."""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

SCENARIOS = pathlib.Path(__file__).resolve().parents[2] / "scenarios"


def tool(*arguments):
    done = subprocess.run([os.environ.get("SKYREPLAY", "skyreplay"), *map(str, arguments)], check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{arguments}: exit {done.returncode}\n{done.stderr}")
    return done.stdout


class Optimize(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="skyreplay-optimize-")
        self.addCleanup(scratch.cleanup)
        self.store = pathlib.Path(scratch.name) / "s.db"

    def check(self, name):
        sweep = SCENARIOS / name / "sweep.yaml"
        tool("sweep", "run", sweep, "--store", self.store, "--quiet")
        whole = json.loads(tool("sweep", "results", self.store, "--format", "json"))
        cells = {cell["cell"]: cell for cell in whole["cells"]}
        best = cells[whole["answers"]["best"]["cell"]]
        found = json.loads(tool("optimize", sweep, "--quiet", "--json"))
        self.assertLessEqual(found["requests"], found["requests_of_all"] / 10)
        self.assertLessEqual(found["best"]["objective"], 1.02 * best["cost_usd"]["mean"])
        self.assertEqual(found["best"]["objective"], cells[found["best"]["cell"]]["cost_usd"]["mean"])
        self.assertTrue(cells[found["best"]["cell"]]["is_feasible"])
        return whole, found

    def test_the_size_of_a_shop(self):
        self.check("shop")

    def test_tasks_of_which_size_and_how_many(self):
        self.check("functions-fargate")

    def test_functions_across_three_platforms(self):
        whole, found = self.check("functions")
        self.assertEqual({cell["variant"] for cell in whole["cells"]}, {"lambda", "ec2", "fargate"})
        tried = {trial["cell"] for step in found["steps"] if step["share"] == 1 for trial in step["trials"]}
        variants = {cell["cell"]: cell["variant"] for cell in whole["cells"]}
        self.assertEqual({variants[cell] for cell in tried}, {"lambda", "ec2", "fargate"})


if __name__ == "__main__":
    unittest.main()
