"""Holds docs/results.md to a real result: every column and key is described there, and none that does not exist."""

import csv
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
# What this scenario's result does not have: its month can be estimated, nothing is an event, provisioned or a job.
CONDITIONAL = {"monthly_unavailable", "events", "source", "received", "dropped", "dead_letters", "age_ms",
               "provisioned", "invocations", "spillover_invocations", "concurrent_executions", "utilization",
               "utilization_max", "cost_per_job_usd", "cloudwatch", "duration_ms", "recursive_invocations_dropped",
               "memory_utilization", "out_of_memory_kills", "cpu_reservation", "memory_reservation"}

SCENARIO = """version: 1
routes: [{match: "*", service: fn}]
services:
  db: {external: {latency: 2ms}}
  fn: {lambda: {reserved_concurrent_executions: 1}}
  web: {ec2: {min_size: 0, max_size: 2, desired_capacity: 1, instance_type: m5.large}}
calls: [{from: fn, to: web}, {from: web, to: db}]
changes: [{at: +5s, field: services.web.ec2.desired_capacity, value: 2}]
"""
ROWS = "arrival_s,route,duration_ms\n0,a,2000\n0.5,a,2000\n9,a,100\n"


def section(page: str, heading: str) -> str:
    return re.split(r"^## ", page.partition(f"\n## {heading}\n")[2], flags=re.MULTILINE)[0]


def first_cells(text: str) -> list[str]:
    """The names in backticks in the first cell of each table row."""
    cells = re.findall(r"^\| ([^|]*) \|", text, flags=re.MULTILINE)
    return [name for cell in cells for name in re.findall(r"`([^`]+)`", cell)]


def keys_of(value) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*map(keys_of, value.values()))
    return set().union(*map(keys_of, value)) if isinstance(value, list) else set()


class Results(unittest.TestCase):
    page = (SOURCE / "docs/results.md").read_text()

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="skyreplay-docs-")
        folder = pathlib.Path(cls.folder.name)
        (folder / "s.yaml").write_text(SCENARIO)
        (folder / "rows.csv").write_text(ROWS)
        tool = pathlib.Path(os.environ["SKYREPLAY"]).resolve()
        for arguments in ("trace import --format csv rows.csv --out t.skytrace",
                          "run s.yaml --trace t.skytrace --out result"):
            subprocess.run([tool, *arguments.split()], cwd=folder, check=True, capture_output=True)
        cls.result = folder / "result"

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_every_file_is_listed(self):
        table = self.page.partition("| file |")[2].partition("\n\n")[0]
        self.assertEqual(set(first_cells(table)), {file.name for file in self.result.iterdir()})

    def test_every_column_is_described_in_its_order(self):
        for name in ("timeline.csv", "activities.csv", "bill.csv"):
            with open(self.result / name, newline="") as file:
                header, first, *_ = csv.reader(file)
            self.assertEqual(first_cells(section(self.page, name)), header, name)
            self.assertEqual(len(first), len(header))

    def test_the_cells_that_the_page_calls_empty_are_empty(self):
        page = section(self.page, "timeline.csv")
        with open(self.result / "timeline.csv", newline="") as file:
            rows = {row["service"]: row for row in csv.DictReader(file)}
        self.assertEqual(list(rows), ["db", "fn", "web"])
        special = {name for name in rows["fn"] if name.startswith(("event", "provisioned_"))}
        special |= {"dead_letters", "spillover_invocations", "memory_utilization", "out_of_memory_kills",
                    "cpu_reservation", "memory_reservation"}
        special |= {name for name in rows["fn"] if name.startswith(("invocation", "duration_", "recursive_"))
                    or "concurren" in name}
        for row in rows.values():
            self.assertEqual({row[name] for name in special}, {""})
            for name in special:
                del row[name]
        said = {name: re.search(rf"^\| `{name}` \|.*$", page, flags=re.MULTILINE).group() for name in rows["fn"]}
        for name, line in said.items():
            self.assertEqual(rows["fn"][name] == "", "empty on Lambda" in line, name)
        capacity = {name for name in said if name.startswith("capacity_")} | {"cpu_utilization"}
        lambda_only = {name for name, line in said.items() if "empty but on Lambda" in line}
        self.assertEqual({name for name in said if rows["web"][name] == ""}, lambda_only)
        self.assertEqual({name for name in said if rows["db"][name] == ""}, lambda_only | capacity)

    def test_every_key_of_the_summary_is_described(self):
        keys = keys_of(json.loads((self.result / "summary.json").read_text()))
        text = section(self.page, "summary.json")
        described = set(re.findall(r"`(\w+)`", text)) - {"null"}
        self.assertEqual(keys - described, set())
        self.assertEqual(described - keys - CONDITIONAL, set())

    def test_every_kind_of_activity_and_verdict_is_named(self):
        schema = (SOURCE / "proto/skyreplay/result.proto").read_text()
        kinds = re.search(r"// (scale_out,[^\n]*\n[^\n]*limit)\.", schema).group(1)
        for kind in re.findall(r"[a-z_]+", kinds):
            self.assertIn(kind, section(self.page, "activities.csv"))
        for verdict in re.search(r"enum Verdict \{(.*?)\}", schema, re.DOTALL).group(1).split()[::3]:
            self.assertIn(f"**{verdict.lower()}**", section(self.page, "Verdict"))


if __name__ == "__main__":
    sys.exit(unittest.main())
