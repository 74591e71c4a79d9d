"""`skyreplay sweep` as a user runs it: cells, stores, shards, what is refused; and stores that survive a kill."""

import csv
import io
import json
import os
import random
import sqlite3
import subprocess
import time
import unittest

from tool import ToolTest

SCENARIO = """\
version: 1
name: shop
seed: 3
services:
  web:
    ec2: {min_size: 1, max_size: 4, instance_type: m7i.large, assumed: {workers: 1}}
"""
SWEEP = """\
version: 1
name: sizes
base: shop.yaml
trace: five.skytrace
parameters:
  services.web.ec2.desired_capacity: [1, 2, 3, 4, 5, 6]
  services.web.ec2.instance_type: [m7i.large, c7i.large]
replications: 2
constraints: ["max(latency of *) <= 2s"]
"""
CONTENT = ("meta", "plan", "parameters", "constraints", "runs", "measurements")


def content(store):
    """Every row of every table that holds results, as SQLite has them."""
    with sqlite3.connect(store) as database:
        return {table: sorted(database.execute(f"SELECT * FROM {table}"), key=repr) for table in CONTENT}


class SweepTest(ToolTest):
    """Five requests at once every ten seconds, each of 2 s: with fewer than five workers some wait for others."""

    def setUp(self):
        super().setUp()
        self.write("shop.yaml", SCENARIO)
        self.write("sweep.yaml", SWEEP)
        self.trace("five.skytrace", arrivals_s=[t for t in range(0, 100, 10) for _ in range(5)], duration_ms=2000)

    def sweep(self, store="s.db", *arguments, file="sweep.yaml", status=0):
        out, _ = self.tool("sweep", "run", file, "--store", store, "--quiet", *arguments, status=status)
        return out

    def results(self, store="s.db", status=0):
        return json.loads(self.tool("sweep", "results", store, "--format", "json", status=status)[0])


class Cells(SweepTest):
    def test_every_combination_is_replayed_as_run_would(self):
        self.sweep()
        answer = self.results()
        self.assertEqual(len(answer["cells"]), 12)
        for cell in (answer["cells"][0], answer["cells"][9]):
            sets = [f"--set={path}={value}" for path, value in cell["parameters"].items()]
            count = cell["parameters"]["services.web.ec2.desired_capacity"]
            sets += [f"--set=services.web.ec2.max_size={count}"] if int(count) > 4 else []
            for replication, digest in enumerate(cell["runs"]):
                out, _ = self.tool("run", "shop.yaml", "--trace", "five.skytrace", "--out", "out", "--force", *sets,
                                   *(["--seed", str(3 + replication)] if replication else []))
                self.assertEqual(out.splitlines()[-1], "digest " + digest)

    def test_a_cell_is_feasible_from_five_instances_on(self):
        self.sweep()
        for cell in self.results()["cells"]:
            count = int(cell["parameters"]["services.web.ec2.desired_capacity"])
            self.assertEqual(cell["is_feasible"], count >= 5, cell)

    def test_a_constraint_may_be_of_every_minute_or_of_a_part_of_the_run(self):
        """A burst each ten seconds: every minute has one that waits for four others, with four workers for one."""
        timed = ["max(latency of *) <= 2s in every 1m", "max(latency of *) <= 2s between +20s and +30s",
                 "max(latency of *) < 1s between +0s and +1h"]
        self.write("sweep.yaml", SWEEP.replace("max(latency of *) <= 2s", '", "'.join(timed)))
        self.sweep(status=1)
        for cell in self.results(status=1)["cells"]:
            count = int(cell["parameters"]["services.web.ec2.desired_capacity"])
            # No window of a minute begins within ten seconds, and the last holds for none.
            self.assertEqual(cell["broken"], timed[1:] if count >= 5 else timed, cell)
            self.assertEqual(cell["measured"][0]["quantity"], "max(latency of *), most of every 1m")
            self.assertEqual(cell["measured"][1], {"quantity": "max(latency of *) between +20s and +30s", "unit": "ms",
                                                   "value": None})
        self.assertEqual(self.sweep(status=1), self.tool("sweep", "results", "s.db", status=1)[0])

    def test_buckets_that_windows_do_not_fit_in_are_refused(self):
        self.write("sweep.yaml", SWEEP.replace("<= 2s", "<= 2s in every 90s"))
        _, error = self.tool("sweep", "run", "sweep.yaml", "--store", "s.db", "--quiet", status=2)
        self.assertIn("buckets of 1m30s are no multiple of recorder.window, 1m", error)

    def test_the_csv_has_the_same_numbers_in_the_same_order(self):
        self.sweep()
        out, _ = self.tool("sweep", "results", "s.db", "--format", "csv")
        rows = list(csv.DictReader(io.StringIO(out)))
        for row, cell in zip(rows, self.results()["cells"], strict=True):
            self.assertEqual(row["digest"], cell["digest"])
            self.assertEqual(float(row["cost USD"]), cell["cost_usd"]["mean"])
            self.assertEqual(row["feasible"] == "true", cell["is_feasible"])

    def test_the_answer_is_the_same_whatever_the_threads_and_fits_a_terminal(self):
        printed = [self.sweep(f"{n}.db", "--threads", str(n)) for n in (1, 2, 5)]
        self.assertEqual(printed[1:], printed[:1] * 2)
        self.assertEqual(content(self.folder / "1.db"), content(self.folder / "5.db"))
        self.assertLessEqual(max(map(len, printed[0].splitlines())), 100)
        self.assertEqual(self.tool("sweep", "results", "1.db")[0], printed[0])

    def test_no_feasible_cell_ends_with_1(self):
        self.write("sweep.yaml", SWEEP.replace("<= 2s", "<= 1s"))
        self.sweep(status=1)
        self.assertFalse(any(cell["is_feasible"] for cell in self.results(status=1)["cells"]))

    def test_set_and_seed_reach_every_cell(self):
        self.sweep("a.db", "--set", "services.web.ec2.assumed.workers=5", "--set", "workload.work_share=0", "--seed", "9")
        answer = self.results("a.db")
        self.assertEqual(answer["seed"], 9)
        self.assertTrue(answer["cells"][0]["is_feasible"])


class Stores(SweepTest):
    def runs_in(self, store="s.db"):
        return {row[:2]: row for row in content(self.folder / store)["runs"]}

    def test_what_is_in_the_store_is_not_replayed_again(self):
        self.sweep()
        with sqlite3.connect(self.folder / "s.db") as database:
            database.execute("UPDATE runs SET platforms = 'kept'")
        self.sweep()
        self.assertEqual({row[3] for row in self.runs_in().values()}, {"kept"})

    def test_a_changed_value_replays_what_changed_alone(self):
        self.sweep()
        with sqlite3.connect(self.folder / "s.db") as database:
            database.execute("UPDATE runs SET platforms = 'kept'")
        self.write("sweep.yaml", SWEEP.replace("5, 6]", "5, 7]"))
        self.sweep()
        fresh = [row for row in self.runs_in().values() if row[3] != "kept"]
        self.assertEqual(len(fresh), 4)  # two instance types, two replications
        self.assertEqual(len(self.results()["cells"]), 12)

    def test_another_limit_replays_nothing_and_another_quantity_everything(self):
        self.sweep()
        with sqlite3.connect(self.folder / "s.db") as database:
            database.execute("UPDATE runs SET platforms = 'kept'")
        self.write("sweep.yaml", SWEEP.replace("<= 2s", "<= 3s"))
        self.sweep()
        self.assertEqual({row[3] for row in self.runs_in().values()}, {"kept"})
        self.write("sweep.yaml", SWEEP.replace("max(latency", "avg(latency"))
        self.sweep()
        self.assertEqual({row[3] for row in self.runs_in().values()}, {"ec2"})

    def test_more_replications_and_a_changed_scenario(self):
        self.sweep()
        before = self.runs_in()
        self.write("shop.yaml", SCENARIO.replace("workers: 1", "workers: 2"))
        self.sweep()
        self.assertEqual(len(self.runs_in()), 2 * len(before))  # the former stay for when they are asked for again
        self.write("shop.yaml", SCENARIO)
        self.sweep()
        self.assertEqual(len(self.runs_in()), 2 * len(before))

    def test_shards_merged_equal_the_whole(self):
        self.sweep("whole.db")
        for k in range(3):
            out = self.sweep(f"{k}.db", "--shard", f"{k}/3")
            self.assertIn(f"4 of the 4 cells of shard {k}/3 are in the store, 4 of the sweep's 12", out)
        self.tool("sweep", "merge", "all.db", "0.db", "1.db", "2.db")
        self.assertEqual(content(self.folder / "all.db"), content(self.folder / "whole.db"))
        self.assertEqual(self.tool("sweep", "results", "all.db"), self.tool("sweep", "results", "whole.db"))

    def test_a_task_of_an_array_job_does_its_shard(self):
        os.environ["SLURM_ARRAY_TASK_ID"], os.environ["SLURM_ARRAY_TASK_COUNT"] = "1", "4"
        self.addCleanup(os.environ.pop, "SLURM_ARRAY_TASK_ID")
        self.addCleanup(os.environ.pop, "SLURM_ARRAY_TASK_COUNT")
        self.assertIn("3 of the 3 cells of shard 1/4", self.sweep())

    def test_two_processes_on_one_store_leave_what_one_leaves(self):
        self.sweep("whole.db")
        running = [self.start("sweep", "run", "sweep.yaml", "--store", "s.db", "--quiet", stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE) for _ in range(2)]
        for process in running:
            _, err = process.communicate()
            self.assertEqual(process.returncode, 0, err)
        self.assertEqual(content(self.folder / "s.db"), content(self.folder / "whole.db"))

    def test_a_store_killed_at_any_instant_ends_as_an_undisturbed_one(self):
        start = time.monotonic()
        self.sweep("whole.db")
        took = time.monotonic() - start
        kills = int(os.environ.get("SKYREPLAY_KILLS", "10"))
        dice = random.Random(8)
        for _ in range(kills):
            process = self.start("sweep", "run", "sweep.yaml", "--store", "s.db", "--quiet",
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(dice.uniform(0, 0.7) * took)
            process.kill()
            process.wait()
            if dice.random() < 0.3 and (self.folder / "s.db").exists():
                self.write("s.db", b"")  # begin anew now and then, so that not all kills meet a full store
                (self.folder / "s.db-journal").unlink(missing_ok=True)
        self.sweep()
        self.assertEqual(content(self.folder / "s.db"), content(self.folder / "whole.db"))
        self.assertEqual([name for name in self.entries() if name.startswith("s.db")], ["s.db"])

    def test_status_says_how_far_it_is(self):
        self.sweep("s.db", "--shard", "0/2")
        out, _ = self.tool("sweep", "status", "s.db")
        self.assertRegex(out, r"\Asizes: 6 of 12 cells are finished \(2 replications each\), by skyreplay \d")
        self.assertIn("the rest takes", out)

    def test_results_of_half_a_sweep_say_what_is_missing(self):
        self.sweep("s.db", "--shard", "0/2")
        out, _ = self.tool("sweep", "results", "s.db")
        self.assertIn("6 are finished", out)
        self.assertEqual(sum("unfinished" in line for line in out.splitlines()), 6)


class Traces(SweepTest):
    def arrivals(self, store="s.db"):
        with sqlite3.connect(self.folder / store) as database:
            return [row[0] for row in database.execute(
                "SELECT arrivals FROM plan JOIN runs USING (cell) WHERE replication = 0 ORDER BY ordinal")]

    def test_traffic_is_an_axis_and_platforms_break_even_along_it(self):
        self.write("fn.yaml", "version: 1\nname: fn\nseed: 3\nservices: {fn: {lambda: {memory_size: 1769, timeout: 9}}}\n")
        self.write("two.yaml", "version: 1\nname: two\ntrace: five.skytrace\nparameters: {traffic: [0.5, 1, 2, 40]}\n"
                               "variants: [{base: fn.yaml}, {base: shop.yaml}]\n")
        self.sweep(file="two.yaml")
        counts = self.arrivals()
        self.assertEqual(counts[:4], counts[4:])
        self.assertEqual(counts[1:4], [50, 100, 2000])
        self.assertTrue(10 < counts[0] < 40, counts)
        answer = self.results()
        whole = next(cell for cell in answer["cells"] if cell["parameters"] == {"traffic": "1"} and cell["variant"] == "fn")
        out, _ = self.tool("run", "fn.yaml", "--trace", "five.skytrace", "--out", "out")
        self.assertEqual(out.splitlines()[-1], "digest " + whole["runs"][0])

    def test_the_trace_is_transformed_as_the_tool_would(self):
        self.write("cut.yaml", SWEEP.replace("name: sizes", "name: cut\ntransform: [{cut: {from: 10s, to: 50s}}, "
                                             "{amplify: {to: 10s, by: 2}}]"))
        self.sweep("c.db", file="cut.yaml")
        self.assertEqual(set(self.arrivals("c.db")), {25})  # five at 10, 20, 30, 40 s, and the first five twice
        self.write("cut.yaml", SWEEP.replace("name: sizes", "name: cut\ntransform: [{cut: {from: 10s, to: 50s}}]"))
        self.sweep("c.db", file="cut.yaml")
        self.assertEqual(set(self.arrivals("c.db")), {20})

    def test_mistakes_of_transformations(self):
        self.write("bad.yaml", SWEEP + "transform: [{}, {thin: {keep: 2}}, {cut: {from: 1s}}]\n")
        lines = self.refused("sweep", "run", "bad.yaml", "--store", "s.db")
        self.assertEqual(len(lines), 3, lines)
        self.assertIn("transform[0]: must name one of thin, scale, shift, cut, amplify and splice", lines[0])
        self.assertIn("transform[1].thin.keep: must be between", lines[1])
        self.assertIn("transform[2].cut.to: is missing", lines[2])
        self.write("bad.yaml", SWEEP.replace("replications: 2", "transform: [{cut: {from: 1h, to: 2h}}]"))
        [line] = self.refused("sweep", "run", "bad.yaml", "--store", "s.db")
        self.assertIn("must be a span within the trace's", line)
        self.write("bad.yaml", "version: 1\nbase: shop.yaml\ntrace: five.skytrace\nparameters: {traffic: [0, 1]}\n")
        [line] = self.refused("sweep", "run", "bad.yaml", "--store", "s.db")
        self.assertIn("takes numbers above 0, at most 1000", line)


class Optimize(SweepTest):
    def test_the_answer_is_a_feasible_cell_and_the_same_whatever_the_threads(self):
        printed = [self.tool("optimize", "sweep.yaml", "--budget", "0.9", "--quiet", "--threads", str(n))[0]
                   for n in (1, 2, 5)]
        self.assertEqual(printed[1:], printed[:1] * 2)
        self.assertLessEqual(max(map(len, printed[0].splitlines())), 100)
        self.assertIn("desired_capacity 5", printed[0].split("\nTried\n")[0])

    def test_traffic_is_nothing_to_optimize(self):
        self.write("two.yaml", "version: 1\nbase: shop.yaml\ntrace: five.skytrace\nparameters: {traffic: [1, 2]}\n")
        self.assertEqual(self.refused("optimize", "two.yaml"),
                         ["two.yaml:4:23: optimize seeks what to configure, and traffic is not"])


class Refused(SweepTest):
    def refused_sweep(self, *arguments, file="sweep.yaml", status=2):
        return self.refused("sweep", "run", file, "--store", "s.db", *arguments, status=status)

    def test_mistakes_leave_no_store(self):
        self.write("bad.yaml", SWEEP.replace("c7i.large", "c7i.lagre"))
        [line] = self.refused_sweep(file="bad.yaml")
        self.assertTrue(line.startswith("bad.yaml:7:35: services.web.ec2.instance_type=c7i.lagre: "), line)

    def test_a_shard_that_is_none(self):
        self.assertEqual(self.refused_sweep("--shard", "3/3"),
                         ["--shard 3/3: expected K/N with K from 0 to N - 1, such as 0/3"])

    def test_a_constraint_on_what_is_not_there(self):
        self.write("bad.yaml", SWEEP.replace("of *) <= 2s", "of wbe) <= 2s"))
        _, err = self.tool("sweep", "run", "bad.yaml", "--store", "s.db", "--quiet", status=2)
        self.assertIn("wbe", err)

    def test_a_file_that_is_no_store(self):
        self.assertEqual(self.refused("sweep", "results", "shop.yaml"),
                         ["shop.yaml: is no store of a sweep: file is not a database"])
        self.assertEqual(self.refused("sweep", "status", "none.db", status=3), ["none.db: No such file or directory"])

    def test_a_store_that_cannot_be_written(self):
        self.assertEqual(self.refused("sweep", "run", "sweep.yaml", "--store", "no/s.db", "--quiet", status=3),
                         ["no/s.db: unable to open database file"])


if __name__ == "__main__":
    unittest.main()
