"""The scenario of predictive scaling on the series its workload is fitted to: the web site of the World Cup of 1998."""

import csv
import gzip
import os
import pathlib
import subprocess
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ.get("SKYREPLAY_SOURCE", pathlib.Path(__file__).resolve().parents[2]))
TRACES = pathlib.Path(os.environ.get("SKYREPLAY_TRACES", SOURCE / "../shared/traces"))
SERIES = TRACES / "worldcup98/requests_per_minute.csv.gz"
SCENARIO = SOURCE / "scenarios/ec2-predictive/scenario.yaml"
FIRST, DAYS, SCALE = "1998-06-22", 4, 24  # Monday to Thursday, with matches in the afternoon and at night


def counts() -> list[int]:
    """Requests a minute, a twenty-fourth of the log's."""
    with gzip.open(SERIES, "rt") as file:
        rows = [(row["period"], int(row["count"])) for row in csv.DictReader(file)]
    start = next(i for i, (period, _) in enumerate(rows) if period.startswith(FIRST))
    return [count // SCALE for _, count in rows[start:start + DAYS * 24 * 60]]


@unittest.skipUnless(SERIES.is_file(), "the real series is absent; set SKYREPLAY_TRACES to its folder")
class RealSeries(unittest.TestCase):
    def replay(self, folder: pathlib.Path, *sets: str) -> list[dict[str, str]]:
        """What happened to the group."""
        source = ("{file: %s, step: 1m, origin: 2026-01-05T00:00:00Z, "
                  "service_time: {lognormal: {p50: 150ms, p99: 1s}}}" % (folder / "counts.txt"))
        out = folder / f"out{len(sets)}"
        done = subprocess.run(
            [os.environ["SKYREPLAY"], "run", str(SCENARIO), "--out", str(out), "--quiet", "--set",
             "workload.synth=null", "--set", f"workload.counts={source}",
             *(part for value in sets for part in ("--set", value))],
            capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(out / "activities.csv", encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def test_days_of_matches_are_met_before_their_hours(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            (folder / "counts.txt").write_text("\n".join(map(str, counts())) + "\n")
            happened = self.replay(folder)
            ahead = [a for a in happened if a["cause"].startswith("predictive policy ahead")]
            forecasts = [a for a in happened if a["kind"] == "forecast"]
            # After the first day one forecast every six hours, the last at the end of the fourth.
            self.assertEqual(len(forecasts), 12)
            self.assertGreaterEqual(len(ahead), 3, ahead)
            for activity in ahead:
                self.assertEqual(activity["time"][14:], "30:00Z")
                self.assertGreater(int(activity["to"]), int(activity["from"]))


if __name__ == "__main__":
    unittest.main()
