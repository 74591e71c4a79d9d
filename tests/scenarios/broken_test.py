"""Every shipped scenario holds its expectations, and fails at least one under its broken.set."""

import os
import pathlib
import subprocess
import unittest

SCENARIOS = pathlib.Path(__file__).resolve().parents[2] / "scenarios"


def check(folder: pathlib.Path, *arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([os.environ["SKYREPLAY"], "check", str(folder), "--quiet", *arguments],
                          capture_output=True, text=True, check=False)


class Broken(unittest.TestCase):
    folders = sorted(file.parent for file in SCENARIOS.rglob("scenario.yaml"))

    def test_every_scenario_ships_what_breaks_it(self):
        self.assertGreaterEqual(len(self.folders), 3)
        self.assertEqual([f.name for f in self.folders if not (f / "broken.set").is_file()], [])

    def test_all_hold_as_shipped(self):
        done = check(SCENARIOS)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertNotIn("expects nothing", done.stdout)

    def test_each_fails_when_broken(self):
        for folder in self.folders:
            lines = (folder / "broken.set").read_text().splitlines()
            sets = [line for line in lines if line and not line.startswith("#")]
            self.assertTrue(sets, folder)
            done = check(folder, *(part for line in sets for part in ("--set", line)))
            self.assertEqual(done.returncode, 1, f"{folder.name}: {done.stdout}{done.stderr}")
            self.assertIn("    expected  ", done.stdout)


if __name__ == "__main__":
    unittest.main()
