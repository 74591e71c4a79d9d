"""Five thousand functions under one account's quota: the 500 of the real cut, ten times, each copy with functions of its
own and shifted in time."""

import csv
import os
import pathlib
import resource
import subprocess
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ.get("SKYREPLAY_SOURCE", pathlib.Path(__file__).resolve().parents[2]))
TRACES = pathlib.Path(os.environ.get("SKYREPLAY_TRACES", SOURCE / "../shared/traces"))
CUT = TRACES / "azure_functions_2019_invitro500_8h"
SCENARIO = SOURCE / "scenarios/functions/scenario.yaml"
COPIES, FUNCTIONS, CALLS = 10, 5_000, 30_379_020
MOST_MIB = 1024
BUSIEST = 50


def skyreplay(*arguments: str) -> None:
    subprocess.run([os.environ["SKYREPLAY"], *arguments], check=True, capture_output=True, text=True)


@unittest.skipUnless(CUT.is_dir(), "the real cut is absent; set SKYREPLAY_TRACES to its folder")
class ManyFunctions(unittest.TestCase):
    def test_ten_times_the_real_cut_is_replayed_whole_in_a_gibibyte(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            files = [str(CUT / f"{part}.csv.gz") for part in ("invocations", "durations", "memory")]
            skyreplay("trace", "import", "--out", str(folder / "cut.skytrace"), *files)
            skyreplay("trace", "scale", str(folder / "cut.skytrace"), "--copies", str(COPIES), "--own-routes",
                      "--out", str(folder / "many.skytrace"))
            skyreplay("run", str(SCENARIO), "--trace", str(folder / "many.skytrace"), "--quiet", "--out",
                      str(folder / "out"), "--timeline-services", str(BUSIEST), "--set", "recorder.lambda_metrics=true")
            # Of the largest of the three, pages of files among them.
            largest_mib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
            self.assertLess(largest_mib, MOST_MIB)
            arrivals: dict[str, int] = {}
            claimed: set[int] = set()
            with open(folder / "out/timeline.csv", encoding="utf-8") as file:
                for row in csv.DictReader(file):
                    arrivals[row["service"]] = arrivals.get(row["service"], 0) + int(row["arrivals"])
                    claimed.add(int(row["claimed_account_concurrency_max"]))
            rest = arrivals.pop("*rest")
            self.assertEqual(len(arrivals), BUSIEST)
            self.assertEqual(sum(arrivals.values()) + rest, CALLS)
            self.assertLess(max(claimed), 1_000)  # nobody is throttled
            self.assertGreater(max(claimed), 500)
            # Ten copies of the same functions: the busiest are ten of each.
            self.assertEqual(len({name.partition("#")[0] for name in arrivals}), BUSIEST // COPIES)


if __name__ == "__main__":
    unittest.main()
