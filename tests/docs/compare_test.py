"""Holds docs/compare.md to the program: every key of compare.json is described there, every metric is listed."""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

from results_test import SOURCE, first_cells, keys_of, section

# Keys that this comparison does not have: every month can be estimated.
CONDITIONAL = {"monthly_unavailable"}
WORDS = {"null", "summary.json"}

SCENARIO = "version: 1\nservices: {{fn: {{lambda: {{memory_size: {}}}}}}}\n"
ROWS = "arrival_s,route,duration_ms\n0,a,2000\n0.5,a,2000\n9,a,100\n"


class Compare(unittest.TestCase):
    page = (SOURCE / "docs/compare.md").read_text()

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="skyreplay-docs-")
        folder = pathlib.Path(cls.folder.name)
        for memory in (128, 1769):
            (folder / f"fn{memory}.yaml").write_text(SCENARIO.format(memory))
        (folder / "rows.csv").write_text(ROWS)
        cls.tool("trace", "import", "--format", "csv", "rows.csv", "--out", "t.skytrace")
        cls.json = json.loads(cls.tool("compare", "fn128.yaml", "fn1769.yaml", "--trace", "t.skytrace", "--json",
                                       "--require", "max(latency of *) < 1h", "--replications", "2").stdout)

        cls.tune = json.loads(cls.tool("tune", "fn128.yaml", "--over", "services.fn.lambda.memory_size", "--trace",
                                       "t.skytrace", "--json", "--require", "max(latency of *) < 1h").stdout)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def tool(cls, *arguments, check=True):
        program = pathlib.Path(os.environ["SKYREPLAY"]).resolve()
        return subprocess.run([program, *arguments], cwd=cls.folder.name, check=check, capture_output=True, text=True)

    def test_every_key_is_described_and_no_other(self):
        keys = keys_of(self.json)
        described = set(re.findall(r"`([\w.]+)`", section(self.page, "compare.json").partition("| key |")[2])) - WORDS
        self.assertEqual(keys - described, set())
        self.assertEqual({key for key in described - keys - CONDITIONAL if key != "ms" and key != "USD"}, set())

    def test_every_key_of_tune_is_described_and_no_other(self):
        described = set(re.findall(r"`(\w+)`", section(self.page, "Tuning a count").partition("| key |")[2])) - WORDS
        self.assertEqual(keys_of({**self.tune, "probes": [dict.fromkeys(probe) for probe in self.tune["probes"]]}),
                         described)

    def test_every_metric_is_listed_with_the_statistics_that_it_takes(self):
        complaint = self.tool("compare", "fn128.yaml", "--require", "avg(x of *) < 1", check=False).stderr
        metrics = re.search(r"metrics are ([\w, ]+)", complaint).group(1).split(", ")
        table = section(self.page, "Requirements").partition("| metric |")[2].partition("\n\n")[0]
        self.assertEqual(sorted(first_cells(table)), sorted(metrics))
        for row in re.findall(r"^\| (`.*?) \| (.*?) \|", table, flags=re.MULTILINE):
            documented = set(re.findall(r"`(avg|min|max|sum|count)`", row[1]))
            for metric in re.findall(r"`(\w+)`", row[0]):
                taken = {statistic for statistic in ("avg", "min", "max", "sum", "count")
                         if "over a whole span has only" not in
                         self.tool("compare", "fn128.yaml", "--require", f"{statistic}({metric} of *) < ?",
                                   check=False).stderr}
                self.assertEqual(taken, documented, metric)


if __name__ == "__main__":
    sys.exit(unittest.main())
