"""One workload on three platforms: what the shipped scenarios claim to meet, that one instance or task fewer does not,
and that the same scenarios take real traces of other kinds, where those are present."""

import gzip
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ.get("SKYREPLAY_SOURCE", pathlib.Path(__file__).parents[2]))
TRACES = pathlib.Path(os.environ.get("SKYREPLAY_TRACES", SOURCE / "../shared/traces"))
CANDIDATES = [SOURCE / "scenarios" / name / "scenario.yaml"
              for name in ("functions", "functions-ec2", "functions-fargate")]
REQUIRED = "p99(overhead of *) < 100ms"
GROUP = "services.functions.ec2."
COUNT = "services.functions.ecs.desired_count"

sys.path.insert(0, str(SOURCE / "tests/bill"))
import recompute  # noqa: E402


def tool(*arguments, exits=0):
    done = subprocess.run([os.environ.get("SKYREPLAY", "skyreplay"), *map(str, arguments)], check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != exits:
        raise RuntimeError(f"{arguments}: exit {done.returncode}\n{done.stderr}")
    return done.stdout


class ThreePlatforms(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="skyreplay-three-")
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)

    def compare(self, trace, *more, exits=0):
        answer = json.loads(tool("compare", *CANDIDATES, "--trace", trace, "--quiet", "--json",
                                 "--out", self.folder / "out", *more, exits=exits))
        for candidate in answer["candidates"]:
            with self.subTest(candidate["name"]):
                # Each bill, and the timeline's sum, by a script that shares no code with the program.
                self.assertEqual(recompute.mistakes(self.folder / "out" / candidate["folder"]), [])
                self.assertEqual(candidate["completed"], answer["trace"]["requests"])
        return answer

    def real(self, name, *arguments):
        if not (TRACES / name).exists():
            self.skipTest(f"{TRACES / name} is not here")
        trace = self.folder / "real.skytrace"
        tool("trace", "import", "--out", trace, *arguments)
        return trace


class Shipped(ThreePlatforms):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory(prefix="skyreplay-three-")
        cls.trace = pathlib.Path(cls.scratch.name) / "functions.skytrace"
        tool("trace", "synth", SOURCE / "scenarios/functions/workload.yaml", "--out", cls.trace)

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def test_all_three_meet_the_requirement_and_instances_are_the_cheapest(self):
        answer = self.compare(self.trace, "--require", REQUIRED)
        self.assertEqual([c["meets"] for c in answer["candidates"]], [True, True, True])
        self.assertEqual(answer["cheapest"], "functions-ec2")
        # At a higher share of CPU work neither fleet suffices, and the answer is another.
        self.assertEqual({w["work_share"]: w["cheapest"] for w in answer["other_work_shares"]},
                         {0.2: "functions-ec2", 0.8: "functions"})

    def test_one_instance_fewer_fails(self):
        fewer = ["--set", f"{GROUP}min_size=13", "--set", f"{GROUP}desired_capacity=13"]
        answer = json.loads(tool("compare", CANDIDATES[1], "--trace", self.trace, "--quiet", "--json",
                                 "--require", REQUIRED, *fewer, exits=1))
        self.assertEqual(answer["candidates"][0]["verdict"], "stable")
        self.assertFalse(answer["candidates"][0]["meets"])

    def test_one_task_fewer_fails(self):
        answer = json.loads(tool("compare", CANDIDATES[2], "--trace", self.trace, "--quiet", "--json",
                                 "--require", REQUIRED, "--set", f"{COUNT}=27", exits=1))
        self.assertEqual(answer["candidates"][0]["verdict"], "stable")
        self.assertFalse(answer["candidates"][0]["meets"])


class Real(ThreePlatforms):
    def test_the_azure_cut_needs_more_instances_than_its_synthesis(self):
        folder = TRACES / "azure_functions_2019_invitro500_8h"
        trace = self.real(folder.name, *(folder / f"{n}.csv.gz" for n in ("invocations", "durations", "memory")))
        answer = self.compare(trace, "--require", REQUIRED)
        self.assertEqual({c["name"]: c["meets"] for c in answer["candidates"]},
                         {"functions": True, "functions-ec2": False, "functions-fargate": True})
        self.assertEqual(answer["cheapest"], "functions-fargate")

    SERVICE_TIME = ["--format", "counts", "--route", "GET /", "--service-time", "{lognormal: {p50: 60ms, p99: 600ms}}"]

    def test_a_second_by_second_series_of_a_web_service(self):
        trace = self.real("autothrottle", *self.SERVICE_TIME, "--step", "1s", TRACES / "autothrottle/bursty.txt")
        answer = self.compare(trace, "--require", REQUIRED)
        self.assertEqual(answer["trace"]["requests"], 587_788)
        self.assertEqual(answer["cheapest"], "functions-ec2")

    def test_a_day_of_the_world_cup(self):
        path = TRACES / "worldcup98/requests_per_minute.csv.gz"
        if not path.exists():
            self.skipTest(f"{path} is not here")
        lines = gzip.decompress(path.read_bytes()).decode().splitlines()
        day = self.folder / "day.csv"
        day.write_text("\n".join([lines[0], *(line for line in lines if line.startswith("1998-05-26 "))]) + "\n")
        trace = self.real("worldcup98", *self.SERVICE_TIME, "--step", "1m", day)
        answer = self.compare(trace, "--require", REQUIRED)
        self.assertEqual(answer["trace"]["requests"], 4_145_367)
        self.assertEqual([c["meets"] for c in answer["candidates"]], [True, True, True])


if __name__ == "__main__":
    unittest.main()
