"""Holds docs/sweeps.md to the program: every table and column of a store and every key of the JSON is described there, and
none that does not exist."""

import json
import os
import pathlib
import re
import sqlite3
import subprocess
import sys
import tempfile
import unittest

from results_test import SOURCE, keys_of, section

SCENARIO = "version: 1\nservices: {{{}}}\n"
FUNCTION = "fn: {lambda: {memory_size: 1769}}"
GROUP = "web: {ec2: {min_size: 1, max_size: 1, instance_type: m7i.large}}"
SWEEP = """version: 1
name: s
trace: t.skytrace
parameters: {traffic: [1, 30, 300]}
variants: [{base: fn.yaml, name: fn}, {base: web.yaml, name: web}]
replications: 2
minimize: monthly_cost
constraints: ["p99(latency of *) < 1h"]
"""
ROWS = "arrival_s,route,duration_ms\n0,a,2000\n0.5,a,2000\n9,a,100\n"


def without_paths(value):
    """Parameters are by their paths, which are the user's."""
    if isinstance(value, dict):
        return {key: {} if key == "parameters" else without_paths(inner) for key, inner in value.items()}
    return [without_paths(inner) for inner in value] if isinstance(value, list) else value


def described(text, leave=()):
    return set(re.findall(r"`([a-z][\w]*)`", text)) - set(leave)


class Sweeps(unittest.TestCase):
    page = (SOURCE / "docs/sweeps.md").read_text()

    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory(prefix="skyreplay-docs-")
        cls.folder = pathlib.Path(cls.scratch.name)
        for name, service in (("fn", FUNCTION), ("web", GROUP)):
            (cls.folder / f"{name}.yaml").write_text(SCENARIO.format(service))
        (cls.folder / "sweep.yaml").write_text(SWEEP)
        (cls.folder / "rows.csv").write_text(ROWS)
        cls.tool("trace", "import", "--format", "csv", "rows.csv", "--out", "t.skytrace")
        cls.tool("sweep", "run", "sweep.yaml", "--store", "s.db", "--quiet")
        cls.results = json.loads(cls.tool("sweep", "results", "s.db", "--format", "json"))
        (cls.folder / "flat.yaml").write_text(SWEEP.replace("parameters: {traffic: [1, 30, 300]}\n", ""))
        cls.optimum = json.loads(cls.tool("optimize", "flat.yaml", "--budget", "1", "--quiet", "--json"))

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    @classmethod
    def tool(cls, *arguments):
        program = pathlib.Path(os.environ["SKYREPLAY"]).resolve()
        return subprocess.run([program, *arguments], cwd=cls.folder, check=True, capture_output=True, text=True).stdout

    def test_every_table_and_column_of_the_store_is_described(self):
        rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", section(self.page, "The store's tables"), flags=re.MULTILINE))
        with sqlite3.connect(self.folder / "s.db") as store:
            tables = [name for name, in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            self.assertEqual(set(rows), set(tables))
            for table in tables:
                columns = {column[1] for column in store.execute(f"PRAGMA table_info({table})")}
                self.assertEqual(columns - described(rows[table]), set(), table)
            keys = {key for key, in store.execute("SELECT key FROM meta")}
        self.assertEqual(keys - described(rows["meta"]), set())

    def test_every_key_of_the_results_is_described(self):
        text = section(self.page, "Results").partition("| key |")[2]
        keys = keys_of(without_paths(self.results))
        self.assertEqual(keys - described(text), set())
        self.assertEqual(described(text, {"null", "parameter", "first", "total"}) - keys, set())

    def test_every_key_of_the_optimum_is_described(self):
        text = section(self.page, "Optimizing").partition("| key |")[2]
        keys = keys_of(self.optimum)
        self.assertEqual(keys - described(text), set())
        self.assertEqual(described(text, {"null"}) - keys, set())


if __name__ == "__main__":
    sys.exit(unittest.main())
