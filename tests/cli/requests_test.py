"""`skyreplay run --requests`: logs of simulated requests, read back by `trace import`, and what is refused."""

import csv
import gzip
import resource
import subprocess
import os
import unittest

import tool

SERVED = """\
version: 1
name: shop
services:
  web: {ec2: {min_size: 0, max_size: 4, desired_capacity: 4, instance_type: m5.large, assumed: {speed: 1}}}
workload: {work_share: 0}
"""
OVERRUN = """\
version: 1
name: shop
services:
  fn:
    for_each_route: true
    lambda: {memory_size: 512, timeout: 1, reserved_concurrent_executions: 3}
workload:
  work_share: 1
  client: {timeout: 900ms, max_attempts: 2}
"""
OUTCOMES = {"completed": "200", "throttle": "429", "client_timeout": "460", "server_timeout": "502"}


class Requests(tool.ToolTest):
    def setUp(self):
        super().setUp()
        self.write("served.yaml", SERVED)
        self.write("overrun.yaml", OVERRUN)

    def busy_trace(self, count=3000):
        """Two routes, with bytes, a status, memory; answers overtake each other."""
        rows = (f"2026-01-05T00:00:{i * 11 % 1000 / 1000 + i // 91:09.6f}Z,{'GET /a' if i % 3 else 'POST /b/{n}'},sync,"
                f"{20 + i * 37 % 400}.{i % 10},{i % 7},{i * 13},{200 + i % 2},512,{30 + i % 60}\n"
                for i in range(count))
        self.write("busy.csv", "arrival,route,kind,duration_ms,bytes_in,bytes_out,status,memory_mib,memory_used_mib\n"
                   + "".join(sorted(rows)))
        self.tool("trace", "import", "busy.csv", "--out", "busy.skytrace")
        return "busy.skytrace"

    def run_it(self, scenario, *more, out="out", status=0):
        return self.tool("run", scenario, "--trace", "busy.skytrace", "--out", out, "--quiet", *more, status=status)

    def rows(self, name):
        with open(self.folder / name, encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def head(self, trace):
        out, _ = self.tool("trace", "head", trace, "--rows", "100000")
        return list(csv.DictReader(out.splitlines()))

    def digest(self, out):
        return out.splitlines()[-1]

    def test_csv_reads_back_to_the_very_same_trace_whatever_became_of_requests(self):
        self.busy_trace()
        _, err = self.run_it("overrun.yaml", "--requests", "log.csv.gz")
        self.assertEqual(err, "wrote log.csv.gz: 3000 requests\n")
        out, _ = self.tool("trace", "import", "log.csv.gz", "--out", "back.skytrace")
        again, _ = self.tool("trace", "import", "busy.csv", "--out", "again.skytrace")
        self.assertEqual(self.digest(out), self.digest(again))
        info = [self.tool("trace", "info", name)[0].splitlines()[1:] for name in ("back.skytrace", "busy.skytrace")]
        self.assertEqual(info[0][:12], info[1][:12])

    def test_every_request_has_its_outcome_and_status(self):
        self.busy_trace()
        self.run_it("overrun.yaml", "--requests", "log.csv")
        rows = self.rows("log.csv")
        self.assertEqual([int(row["sim_row"]) for row in rows], list(range(3000)))
        for row in rows:
            self.assertEqual(OUTCOMES[row["sim_outcome"]], row["sim_code"])
        self.assertGreaterEqual({row["sim_outcome"] for row in rows}, {"completed", "throttle"})
        for row in rows:
            if row["sim_outcome"] != "completed":
                continue
            parts = sum(round(float(row[f"sim_{part}_ms"]) * 1_000_000) for part in
                        ("queue", "init", "work", "stretch", "wait", "downstream", "retry"))
            self.assertEqual(parts, round(float(row["sim_latency_ms"]) * 1_000_000))

    def test_an_access_log_reads_back_to_the_same_arrivals_and_durations(self):
        self.busy_trace()
        self.run_it("served.yaml", "--requests", "shop.log.gz")
        with gzip.open(self.folder / "shop.log.gz", "rt") as file:
            lines = file.read().splitlines()
        self.assertEqual(len(lines), 3000)
        self.tool("trace", "import", "shop.log.gz", "--out", "back.skytrace")
        before, after = self.head("busy.skytrace"), self.head("back.skytrace")
        self.assertEqual(len(after), 3000)
        for old, new in zip(before, after):
            self.assertEqual([old[name] for name in ("arrival", "route", "bytes_in", "bytes_out")],
                             [new[name] for name in ("arrival", "route", "bytes_in", "bytes_out")])
            # The log has whole milliseconds.
            self.assertLessEqual(abs(float(old["duration_ms"]) - float(new["duration_ms"])), 0.5)
            self.assertEqual(new["status"], "200")

    def test_reports_are_of_functions_that_ran(self):
        self.busy_trace()
        _, err = self.run_it("overrun.yaml", "--requests", "fn.lambda")
        lines = (self.folder / "fn.lambda").read_text().splitlines()
        self.assertIn(f"wrote fn.lambda: {len(lines)} requests\n", err)
        self.assertIn(f"requests that the format has no line for: {3000 - len(lines)}\n", err)
        for line in lines:
            self.assertRegex(line, r"\A2026-01-05T00:\d\d:\d\d\.\d{3}Z 2026/01/05/fn-\S+\[\$LATEST\][0-9a-f]{32} REPORT "
                                   r"RequestId: \S{36}\tDuration: \d+\.\d\d ms\tBilled Duration: \d+ ms\t"
                                   r"Memory Size: 512 MB\tMax Memory Used: \d+ MB\t(Init Duration: \d+\.\d\d ms\t)?"
                                   r"(Status: timeout\t)?\Z")
        self.assertTrue(any("Init Duration" in line for line in lines))

    def test_reports_read_back_to_the_same_arrivals_and_durations(self):
        self.busy_trace()
        # At 1,769 MB work takes as long as recorded; the platform's part of a cold start is in no report.
        self.write("fn.yaml", "version: 1\nname: fn\nservices:\n  fn:\n    for_each_route: true\n"
                              "    lambda: {memory_size: 1769, assumed: {platform_init_duration: 0s}}\n")
        self.run_it("fn.yaml", "--requests", "fn.lambda.gz", "--requests-format", "lambda")
        self.tool("trace", "import", "fn.lambda.gz", "--out", "back.skytrace")
        before, after = self.head("busy.skytrace"), self.head("back.skytrace")
        self.assertEqual(len(after), 3000)
        self.assertEqual({row["route"] for row in after}, {"fn-GET--a", "fn-POST--b--n-"})
        self.assertEqual({row["memory_mib"] for row in after}, {"1769"})
        self.assertEqual(sorted(row["memory_used_mib"] for row in before),
                         sorted(row["memory_used_mib"] for row in after))
        # A report has its end in milliseconds, and two durations in hundredths; the order within them may change.
        for old, new in zip(*(sorted(self.seconds(row["arrival"]) for row in rows) for rows in (before, after))):
            self.assertLessEqual(abs(old - new), 0.000511)
        for old, new in zip(*(sorted(float(row["duration_ms"]) for row in rows) for rows in (before, after))):
            self.assertLessEqual(abs(old - new), 0.00501)

    def seconds(self, instant):
        day, _, time = instant.removesuffix("Z").partition("T")
        hours, minutes, seconds = time.split(":")
        return 86_400 * int(day[-2:]) + 3600 * int(hours) + 60 * int(minutes) + float(seconds)

    def test_the_log_changes_nothing_else_and_two_are_alike(self):
        self.busy_trace()
        plain, _ = self.run_it("overrun.yaml")
        first, _ = self.run_it("overrun.yaml", "--requests", "one.csv.zst", out="one")
        second, _ = self.run_it("overrun.yaml", "--requests", "two.csv.zst", "--threads", "2", out="two")
        self.assertEqual([plain, plain], [first, second])
        self.assertEqual((self.folder / "one.csv.zst").read_bytes(), (self.folder / "two.csv.zst").read_bytes())

    def test_samples_are_parts_of_the_whole(self):
        self.busy_trace()
        self.run_it("overrun.yaml", "--requests", "all.csv")
        self.run_it("overrun.yaml", "--requests", "some.csv", "--requests-sample", "1/20", out="b")
        self.run_it("overrun.yaml", "--requests", "slow.csv", "--requests-sample", "slowest", out="c")
        everything = (self.folder / "all.csv").read_text().splitlines()
        some, slow = ((self.folder / name).read_text().splitlines() for name in ("some.csv", "slow.csv"))
        self.assertLessEqual(set(some) | set(slow), set(everything))
        self.assertTrue(100 <= len(some) <= 200, len(some))
        latencies = sorted(float(row["sim_latency_ms"]) for row in self.rows("all.csv"))
        slowest = sorted(float(row["sim_latency_ms"]) for row in self.rows("slow.csv"))
        self.assertGreaterEqual(len(slowest), 30)
        self.assertEqual(slowest, latencies[-len(slowest):])
        self.assertGreaterEqual(slowest[0], latencies[-30] * 0.98)

    def test_the_log_may_lie_in_the_folder_of_results(self):
        self.busy_trace()
        self.run_it("served.yaml", "--requests", "out/requests.csv")
        self.assertEqual(len(self.rows("out/requests.csv")), 3000)
        self.run_it("served.yaml", "--requests", "./out/requests.csv", "--force")
        self.assertEqual(len(self.rows("out/requests.csv")), 3000)

    def test_options_that_make_no_sense_are_refused(self):
        self.busy_trace(30)
        run = ("run", "served.yaml", "--trace", "busy.skytrace", "--out", "out")
        self.assertEqual(self.refused(*run, "--requests", "log.txt"),
                         ["--requests log.txt: its end tells no format (.csv, .log, .lambda); name one with "
                          "--requests-format csv|alb|lambda"])
        self.assertEqual(self.refused(*run, "--requests", "log.csv", "--requests-sample", "1/0"),
                         ["--requests-sample: '1/0' is none of all, 1/N, slowest"])
        self.assertIn("xml", self.refused(*run, "--requests", "log.csv", "--requests-format", "xml")[0])
        self.assertEqual(self.refused(*run, "--requests-format", "csv"), ["--requests-format needs --requests"])
        self.assertEqual(self.refused(*run, "--requests-sample", "all"), ["--requests-sample needs --requests"])
        self.assertEqual(self.refused(*run, "--requests", "out/timeline.csv"),
                         ["--requests out/timeline.csv: a file of results has that name"])
        self.assertEqual(self.refused(*run, "--requests", "log.lambda"),
                         ["served.yaml: no service is a Lambda function, so that there are no REPORT lines "
                          "(--requests-format lambda)"])

    def test_a_folder_that_is_not_there_or_a_full_disk_leaves_nothing(self):
        self.busy_trace()
        run = ("run", "served.yaml", "--trace", "busy.skytrace", "--out", "out", "--quiet")
        self.assertIn("No such file", self.refused(*run, "--requests", "none/log.csv", status=3)[0])
        before = self.entries()
        # Results stay below 64 KiB, the log does not.
        limited = subprocess.run([os.environ["SKYREPLAY"], *run, "--requests", "log.csv"], cwd=self.folder,
                                 capture_output=True, text=True, check=False,
                                 preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, 1 << 16)))
        self.assertEqual(limited.returncode, 3, limited.stderr)
        self.assertIn("cannot write 'log.csv'", limited.stderr)
        self.assertEqual(self.entries(), before)


if __name__ == "__main__":
    unittest.main()
