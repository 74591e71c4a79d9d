"""`skyreplay trace` as a user runs it, and the message of every kind of bad input. tool.refused() also checks that
nothing was printed as an answer and that no file appeared."""

import gzip
import json
import os
import shutil
import signal
import subprocess
import unittest

import tool

SPEC = ("version: 1\nduration: 1m\nrate: 50\nclasses:\n"
        "  - {name: web, routes: [GET /, GET /cart], share: 1, popularity: {zipf: 1}, duration: 20ms}\n"
        "  - {name: tick, routes: 1, kind: schedule, every: 10s, phase: aligned, duration: 1s}\n")

OWNER, APP = "0" * 8, "a" * 8


class TraceTest(tool.ToolTest):
    def synth(self, name="s.skytrace", *flags):
        self.write("s.yaml", SPEC)
        out, _ = self.tool("trace", "synth", "s.yaml", "--out", name, *flags)
        return out

    def info(self, name):
        return json.loads(self.tool("trace", "info", name, "--json")[0])


class Verbs(TraceTest):
    def test_import_head_and_import_again_give_the_same_requests(self):
        self.write("a.csv", "arrival,route,kind,duration_ms,bytes_in,bytes_out\n"
                            "2026-01-05T12:00:00Z,GET /,sync,12.5,3,800\n"
                            "2026-01-05T12:00:01.25Z,tick,schedule,80,0,0\n")
        out, err = self.tool("trace", "import", "a.csv", "--out", "a.skytrace")
        self.assertRegex(out + err, r"wrote a\.skytrace: 2 requests over 1\.250 s\n")
        self.assertRegex(out, r"digest [0-9a-f]{32}\n\Z")
        head, _ = self.tool("trace", "head", "a.skytrace")
        self.assertEqual(head, (self.folder / "a.csv").read_text())
        self.write("b.csv", head)
        self.tool("trace", "import", "b.csv", "--out", "b.skytrace")
        self.assertEqual(self.tool("trace", "head", "b.skytrace")[0], head)

    def test_synth_makes_the_same_bytes_for_one_seed_and_others_for_another(self):
        self.synth("one.skytrace")
        self.synth("two.skytrace")
        self.synth("three.skytrace", "--seed", "2")
        contents = [(self.folder / f"{name}.skytrace").read_bytes() for name in ("one", "two", "three")]
        self.assertEqual(contents[0], contents[1])
        self.assertNotEqual(contents[0], contents[2])

    def test_synth_obeys_duration_and_requests(self):
        self.synth("short.skytrace", "--duration", "20s")
        self.assertEqual(self.info("short.skytrace")["end"], "2026-01-05T00:00:20Z")
        self.synth("many.skytrace", "--requests", "5010")
        # 50.1 a second: 100 s, 5,010 give or take four standard deviations.
        self.assertEqual(self.info("many.skytrace")["end"], "2026-01-05T00:01:40Z")
        self.assertLess(abs(self.info("many.skytrace")["requests"] - 5010), 283)

    def test_info_says_what_was_drawn(self):
        self.synth()
        out, _ = self.tool("trace", "info", "s.skytrace")
        self.assertIn("span          2026-01-05T00:00:00Z to 2026-01-05T00:01:00Z (1m)\n", out)
        self.assertIn("  1. synth seed=1 duration=1m spec=s.yaml\n", out)
        self.assertIn("     drawn     route: the spec's popularity\n", out)
        self.assertNotIn("measured", out)

    def test_cut_keeps_a_stretch_and_routes(self):
        self.synth()
        self.tool("trace", "cut", "s.skytrace", "--from", "+15s", "--to", "+45s", "--routes", "tick*",
                  "--out", "cut.skytrace")
        head, _ = self.tool("trace", "head", "cut.skytrace")
        self.assertEqual([line.split(",")[0] for line in head.splitlines()[1:]],
                         [f"2026-01-05T00:00:{second}Z" for second in (20, 30, 40)])
        self.assertEqual(self.info("cut.skytrace")["start"], "2026-01-05T00:00:15Z")

    def test_scale_copies_and_stretches(self):
        self.synth()
        self.tool("trace", "scale", "s.skytrace", "--copies", "3", "--stretch", "2", "--out", "more.skytrace")
        before, after = self.info("s.skytrace"), self.info("more.skytrace")
        self.assertEqual(after["requests"], 3 * before["requests"])
        self.assertEqual(after["end"], "2026-01-05T00:02:00Z")

    def test_counts_are_kept_per_period(self):
        self.write("c.txt", "3 0 2\n")
        self.tool("trace", "import", "c.txt", "--step", "1m", "--arrivals", "start", "--service-time", "50ms",
                  "--out", "c.skytrace")
        head, _ = self.tool("trace", "head", "c.skytrace")
        self.assertEqual([line.split(",")[0][11:19] for line in head.splitlines()[1:]],
                         ["00:00:00"] * 3 + ["00:02:00"] * 2)

    def test_skipped_rows_are_counted(self):
        self.write("a.csv", "arrival_s,route,duration_ms\n0,a,5\nx,a,5\n1,a,-5\n2,a,5\n")
        _, err = self.tool("trace", "import", "a.csv", "--bad-rows", "skip", "--out", "a.skytrace")
        self.assertIn("bad row: arrival is neither a time nor a number: 1\n", err)
        self.assertIn("bad row: duration is negative: 1\n", err)
        self.assertEqual(self.info("a.skytrace")["requests"], 2)

    def test_an_existing_trace_survives_a_failed_import_into_it(self):
        self.trace("a.skytrace")
        before = (self.folder / "a.skytrace").read_bytes()
        self.write("bad.csv", "arrival_s,route,duration_ms\n0,a,5\n1,a,x\n")
        self.refused("trace", "import", "bad.csv", "--out", "a.skytrace")
        self.assertEqual((self.folder / "a.skytrace").read_bytes(), before)


def alb_line(second, path, kind="https"):
    """A line of an Application Load Balancer's log: created at that second of a minute, served in 20 ms."""
    return (f"{kind} 2026-03-02T10:01:00Z app/shop/1 198.51.100.7:40312 10.1.2.3:80 0.001 0.020 0.000 200 200 310 4096 "
            f'"GET https://shop.example:443{path} HTTP/2.0" "agent \\x22 1.0" - - arn "Root=1" "-" "-" 0 '
            f'2026-03-02T10:00:{second:02}.000000Z "forward"\n')


class LoadBalancerLogs(TraceTest):
    LINES = [alb_line(second * 7 % 60, f"/orders/{second}" if second % 3 else "/cart?x=1") for second in range(60)]

    def zstd(self, name, text):
        subprocess.run(["zstd", "-q", "-o", self.folder / name], input=text.encode(), check=True)

    def test_a_folder_of_files_in_no_order_makes_the_same_trace_as_one_file(self):
        (self.folder / "logs/10").mkdir(parents=True)
        self.write("logs/10/a.log", "".join(self.LINES[:20]))
        self.write("logs/b", gzip.compress("".join(self.LINES[20:30]).encode()))
        self.write("logs/.note", "not a log")
        names = ["logs"]
        if shutil.which("zstd"):
            self.zstd("logs/c.zst", "".join(self.LINES[30:]))
        else:
            self.write("logs/c", "".join(self.LINES[30:]))
        self.write("one.log", "".join(reversed(self.LINES)))
        digests = set()
        for inputs in (names, ["one.log"]):
            out, _ = self.tool("trace", "import", *inputs, "--out", "t.skytrace")
            digests.add(out.splitlines()[-1])
        self.assertEqual(len(digests), 1)
        head = self.tool("trace", "head", "t.skytrace", "--rows", "2")[0].splitlines()
        self.assertEqual(head[1:], ["2026-03-02T10:00:00Z,GET /cart,sync,20,310,4096,200",
                                    "2026-03-02T10:00:01Z,GET /orders/{n},sync,20,310,4096,200"])

    def test_info_says_what_was_measured_what_was_dropped_and_which_patterns_named_routes(self):
        (self.folder / "logs").mkdir()
        self.write("logs/a", self.LINES[0] + self.LINES[1])
        self.write("logs/b", alb_line(3, "/live", "wss"))
        self.tool("trace", "import", "logs/", "--route-pattern", "GET /orders/*", "--out", "t.skytrace")
        out, _ = self.tool("trace", "info", "t.skytrace")
        self.assertRegex(out, r"1\. import alb input=logs files=2 .*route_pattern='?GET /orders/\*")
        for said in ("measured  arrival: request_creation_time", "measured  duration: target_processing_time",
                     "measured  status: elb_status_code", "WebSocket connections"):
            self.assertIn(said, out)
        self.assertNotIn("drawn", out.split("provenance")[1])

    def test_a_bad_line_in_a_folder_names_its_file(self):
        (self.folder / "logs").mkdir()
        self.write("logs/a", self.LINES[0])
        self.write("logs/b", self.LINES[1] + self.LINES[2].replace(" 310 ", " many "))
        self.assertEqual(self.refused("trace", "import", "logs", "--out", "t.skytrace"),
                         ["logs/b:2:96: received_bytes is not a number: 'many'"])

    def test_a_signal_while_sorting_leaves_nothing(self):
        before = self.entries()
        process = self.start("trace", "import", "--format", "alb", "-", "--memory", "16KiB", "--out", "t.skytrace",
                             stdin=-1, stdout=-1, stderr=-1, env={**os.environ, "TMPDIR": str(self.folder)})
        process.stdin.write("".join(self.LINES * 100).encode())  # 6,000 requests: 29 runs
        process.stdin.flush()
        while not list(self.folder.glob("t.skytrace.tmp-*")):
            self.assertIsNone(process.poll(), "it ended before it began to write")
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.communicate()[1], b"skyreplay: interrupted; nothing was left half-written\n")
        self.assertEqual(process.returncode, 130)
        self.assertEqual(self.entries(), before)


class BadTraces(TraceTest):
    """Every verb that reads a trace meets the same reader; each damage is tried on one of them."""

    def damaged(self, change):
        self.synth()
        content = bytearray((self.folder / "s.skytrace").read_bytes())
        self.header = int.from_bytes(content[6:10], "little")
        self.block = 6 + 16 + self.header
        self.write("t.skytrace", bytes(change(content)))

    def complaint(self, change, *verb):
        self.damaged(change)
        [line] = self.refused("trace", *(verb or ("info",)), "t.skytrace")
        return line

    def test_truncated(self):
        for verb in (("info",), ("head",), ("cut", "--rows", "1", "--out", "o"), ("scale", "--keep", "0.5", "--out", "o")):
            with self.subTest(verb):
                self.assertRegex(self.complaint(lambda content: content[:-100], *verb),
                                 r"\At\.skytrace: truncated trace: the end mark 'SKYTEND1' is missing at byte [0-9,]+\Z")

    def test_cut_off_inside_the_mark(self):
        self.assertEqual(self.complaint(lambda content: content[:4]),
                         "t.skytrace: truncated trace: the end mark 'SKYTEND1' is missing at byte 4")

    def test_lying_about_the_size_of_a_block(self):
        def grow(content):
            content[self.block:self.block + 4] = (1 << 30).to_bytes(4, "little")
            return content
        self.assertRegex(self.complaint(grow), rf"\At\.skytrace: damaged block at byte {self.block:,}: its length of "
                                               r"1,073,741,824 bytes is above the ")

    def test_lying_about_where_the_footer_is(self):
        def move(content):
            content[-16:-8] = (1 << 60).to_bytes(8, "little")
            return content
        self.assertRegex(self.complaint(move), r"\At\.skytrace: .*footer.*1,152,921,504,606,846,976")

    def test_wrong_checksum(self):
        def flip(content):
            content[self.block + 16 + 30] ^= 1
            return content
        self.assertEqual(self.complaint(flip),
                         f"t.skytrace: damaged block at byte {self.block:,}: checksum does not match")

    def test_wrong_checksum_found_while_copying_leaves_no_file(self):
        def flip(content):
            content[self.block + 16 + 30] ^= 1
            return content
        self.assertIn("checksum does not match", self.complaint(flip, "scale", "--keep", "0.5", "--out", "o"))

    def test_empty(self):
        self.assertEqual(self.complaint(lambda _: b""), "t.skytrace: the file is empty, expected a trace")

    def test_no_trace_at_all(self):
        self.assertEqual(self.complaint(lambda _: b"arrival_s,route\n" * 9),
                         "t.skytrace: not a trace: byte 0 does not begin the mark 'SKYT1'")

    def test_not_there(self):
        [line] = self.refused("trace", "info", "none.skytrace", status=3)
        self.assertEqual(line, "cannot read 'none.skytrace': No such file or directory")


class BadCsv(TraceTest):
    def complaint(self, content, *flags):
        self.write("a.csv", content)
        [line] = self.refused("trace", "import", "--format", "csv", "a.csv", "--out", "a.skytrace", *flags)
        return line

    def rows(self, *rows):
        return self.complaint("arrival_s,route,duration_ms\n0,a,5\n" + "\n".join(rows) + "\n")

    def test_empty(self):
        self.assertEqual(self.complaint(""), "a.csv: the file is empty; expected a header line")
        self.assertEqual(self.complaint("arrival_s,route,duration_ms\n"), "a.csv: there are no rows to import")

    def test_a_misspelt_column(self):
        self.assertEqual(self.complaint("arrival_s,rout,duration_ms\n0,a,5\n"),
                         "a.csv:1:11: unknown column 'rout', did you mean 'route'? (--ignore-column rout passes over it)")

    def test_a_missing_column(self):
        self.assertEqual(self.complaint("arrival_s,route,took\n0,a,5\n"),
                         "a.csv:1: no column 'duration' (or 'work' and 'wait'); where none was recorded, --service-time "
                         "gives a law; unused columns: took")

    def test_a_column_twice(self):
        self.assertEqual(self.complaint("arrival_s,route,duration_ms,duration\n0,a,5,5ms\n"),
                         "a.csv:1:29: a second column 'duration'")

    def test_unsorted(self):
        self.assertEqual(self.rows("2,a,5", "1,a,5"),
                         "a.csv:4:1: arrival lies before the row above it: 1970-01-01T00:00:01Z comes after "
                         "1970-01-01T00:00:02Z (a.csv:3); sort the input by arrival")

    def test_impossible_values(self):
        self.assertEqual(self.rows("1,a,-5"), "a.csv:3:5: duration is negative: '-5'")
        self.assertEqual(self.rows("1,a,nan"),
                         "a.csv:3:5: duration is not a duration: 'nan'; expected something like 12.5ms")
        self.assertEqual(self.rows("1,a,9000000000000"),
                         "a.csv:3:5: duration is longer than 100 days: '9000000000000'; is the unit right?")
        self.assertEqual(self.rows("-1,a,5"), "a.csv:3:1: arrival is negative: '-1'")
        self.assertEqual(self.rows("1e99,a,5"),
                         "a.csv:3:1: arrival lies beyond the year 2261: '1e99'; is the unit right?")
        self.assertEqual(self.rows("1969-12-31T23:59:59Z,a,5"),
                         "a.csv:3:1: arrival lies before 1970: '1969-12-31T23:59:59Z'")
        self.assertEqual(self.rows("1,,5"), "a.csv:3:3: route is empty")
        self.assertEqual(self.complaint("arrival_s,route,duration_ms,status\n0,a,5,1000\n"),
                         "a.csv:2:7: status is too large: '1000'")
        self.assertEqual(self.complaint("arrival_s,route,duration_ms,kind\n0,a,5,cron\n"),
                         "a.csv:2:7: kind is unknown: 'cron'; expected sync, async, queue, stream, schedule or job")

    def test_a_truncated_row_and_an_open_quote(self):
        self.assertEqual(self.rows("1,a"),
                         "a.csv:3:3: the row has another number of fields than the header: 2 instead of 3")
        self.assertEqual(self.rows('1,"a,5'), "a.csv:3:3: a quote is opened and not closed within 1 MiB")

    def test_a_number_without_a_unit(self):
        self.assertEqual(self.complaint("arrival,route,duration_ms\n5,a,5\n"),
                         "a.csv:2:1: arrival is a number without a unit: '5'; say --time-unit s, or name the column "
                         "arrival_s, _ms, _us or _ns")

    def test_a_truncated_gzip(self):
        self.write("a.csv.gz", gzip.compress(b"arrival_s,route,duration_ms\n" + b"0,a,5\n" * 10000)[:-30])
        [line] = self.refused("trace", "import", "a.csv.gz", "--format", "csv", "--out", "a.skytrace")
        self.assertRegex(line, r"\Aa\.csv\.gz: ")

    def test_a_format_that_nobody_recognizes(self):
        self.write("x.bin", b"\x01\x02what\n")
        [line] = self.refused("trace", "import", "x.bin", "--out", "x.skytrace")
        self.assertRegex(line, r"\Ax\.bin:1:1: the format is not recognized from '\?\?what'; --format names it: "
                               r"alb, elb-classic, .*, counts\Z")

    def test_flags(self):
        self.assertEqual(self.complaint("arrival_s,route,duration_ms\n0,a,5\n", "--step", "1m"),
                         "--step has no meaning for the format csv")
        self.assertEqual(self.complaint("arrival_s,route,duration_ms\n0,a,5\n", "--origin", "noon"),
                         "--origin: 'noon' is no time from 1970 on, such as 2026-01-05T00:00:00Z")


class BadCounts(TraceTest):
    def complaint(self, content, *flags):
        self.write("c.txt", content)
        [line] = self.refused("trace", "import", "--format", "counts", "c.txt", "--service-time", "50ms",
                              "--out", "c.skytrace", *flags)
        return line

    def test_counts(self):
        self.assertEqual(self.complaint("5 x 3\n", "--step", "1m"), "c.txt:1:3: a count must be a whole number: 'x'")
        self.assertEqual(self.complaint("5\n-2\n", "--step", "1m"), "c.txt:2:1: a count must not be negative: '-2'")
        self.assertEqual(self.complaint("2000000000\n", "--step", "1m"),
                         "c.txt:1:1: a count above 1,000,000,000 in one period: '2000000000'")
        self.assertEqual(self.complaint("", "--step", "1m"), "c.txt: there are no counts to import")
        self.assertEqual(self.complaint("5 3\n"),
                         "counts: --step is needed: the length of one period, such as 1s, 1m or 5m")

    def test_unsorted_timestamps(self):
        self.assertEqual(self.complaint("2026-01-05T00:00:00Z,1\n2026-01-05T00:01:00Z,1\n2026-01-05T00:00:30Z,1\n"),
                         "c.txt:3:1: the timestamp does not come after the one above it: 2026-01-05T00:00:30Z")

    def test_laws(self):
        self.assertEqual(self.complaint("5\n", "--step", "1m", "--arrivals", "unifrom"),
                         "--arrivals: unknown law 'unifrom', did you mean 'uniform'? (there are uniform, poisson, "
                         "equidistant, start)")
        self.write("c.txt", "5\n")
        [line] = self.refused("trace", "import", "c.txt", "--step", "1m", "--service-time",
                              "{lognormal: {p50: 20ms, p9: 1s}}", "--out", "c.skytrace")
        self.assertEqual(line, "--service-time:1:25: lognormal: unknown field 'p9', did you mean 'p99'?")


class BadAzure(TraceTest):
    def complaint(self, invocations, durations):
        self.write("i.csv", invocations)
        self.write("d.csv", durations)
        [line] = self.refused("trace", "import", "i.csv", "d.csv", "--out", "a.skytrace")
        return line

    INVOCATIONS = f"HashOwner,HashApp,HashFunction,Trigger,1,2\n{OWNER},{APP},b1,http,5,0\n"
    DURATIONS = ("HashOwner,HashApp,HashFunction,Average,Count,Minimum,Maximum," +
                 ",".join(f"percentile_Average_{p}" for p in (0, 1, 25, 50, 75, 99, 100)) + "\n")

    def test_tables(self):
        row = f"{OWNER},{APP},b1,10,5,1,50,1,2,5,10,20,40,50\n"
        self.assertEqual(self.complaint(self.INVOCATIONS.replace("5,0", "5,x"), self.DURATIONS + row),
                         "i.csv:2:29: a count is not a whole number: 'x'")
        self.assertEqual(self.complaint(self.INVOCATIONS, self.DURATIONS + row.replace("20,40", "20,4")),
                         "d.csv:2:44: a percentile lies below the one before it: '4'")
        self.assertEqual(self.complaint(self.INVOCATIONS, self.INVOCATIONS),
                         "d.csv:1:1: a second file of invocations; one day makes one trace")
        self.assertEqual(self.complaint(self.INVOCATIONS, self.DURATIONS.replace("Average,Count", "Averge,Count") + row),
                         "d.csv:1:1: no column 'Average'")
        self.assertEqual(self.complaint(self.INVOCATIONS.replace("5,0", "0,0"), self.DURATIONS + row),
                         "azure-functions-2019: there are no calls to import")


class BadSpecs(TraceTest):
    def complaint(self, old, new, *flags):
        self.write("s.yaml", SPEC.replace(old, new))
        [line] = self.refused("trace", "synth", "s.yaml", "--out", "s.skytrace", *flags)
        return line

    def test_specs(self):
        self.assertEqual(self.complaint("rate:", "rat:"), "s.yaml:3:1: unknown field 'rat', did you mean 'rate'?")
        self.assertEqual(self.complaint("share: 1", "share: 2"), "s.yaml:5:52: classes[0].share: 2 lies outside 0 to 1")
        self.assertEqual(self.complaint("1s}", "1}"),
                         "s.yaml:6:83: classes[1].duration: '1' is not a duration; write a number with a unit, such as "
                         "250ms or 8h")
        self.assertEqual(self.complaint(SPEC, ""), "s.yaml:1:1: the file is empty")
        self.assertEqual(self.complaint(SPEC, SPEC[:-2]), "s.yaml:6:1: not YAML: end of map flow not found")
        self.assertEqual(self.complaint("", "", "--duration", "soon"), "--duration: 'soon' is no duration such as 30m")

    def test_a_spec_that_is_not_there(self):
        [line] = self.refused("trace", "synth", "none.yaml", "--out", "s.skytrace", status=3)
        self.assertRegex(line, r"none\.yaml.*No such file or directory")


class BadReshaping(TraceTest):
    def complaint(self, *arguments):
        self.synth()
        lines = self.refused("trace", *arguments, "--out", "o.skytrace")
        return lines[0]

    def test_cuts(self):
        self.assertEqual(self.complaint("cut", "s.skytrace", "--from", "noon"),
                         "--from noon: expected a time such as 2026-01-05T12:00:00Z or +90m from the trace's start")
        self.assertEqual(self.complaint("cut", "s.skytrace", "--from", "+50s", "--to", "+40s"),
                         "nothing to keep: the cut begins at 2026-01-05T00:00:50Z and ends at 2026-01-05T00:00:40Z")
        self.assertEqual(self.complaint("cut", "s.skytrace", "--routes", "tik-1"),
                         "--routes tik-1: no route of s.skytrace fits it, did you mean 'tick-1'?")

    def test_scales(self):
        self.assertIn("--keep", self.complaint("scale", "s.skytrace", "--keep", "1.5"))
        self.assertIn("--copies", self.complaint("scale", "s.skytrace", "--copies", "0"))
        self.assertIn("--stretch", self.complaint("scale", "s.skytrace", "--stretch", "-1"))

    def test_flags_that_count_take_whole_numbers(self):
        for verb, flag in (("cut", "--rows"), ("cut", "--skip-rows"), ("scale", "--copies"), ("scale", "--seed"),
                           ("synth", "--seed"), ("synth", "--requests"), ("import", "--seed"), ("import", "--max-routes")):
            for value in ("-1", "1.5", "x"):
                with self.subTest(verb=verb, flag=flag, value=value):
                    self.assertEqual(self.complaint(verb, "s.skytrace", flag, value),
                                     f"{flag}: expected a whole number of at least 0, not '{value}'")
        for verb, flag in (("head", "--rows"), ("info", "--routes")):
            self.assertEqual(self.refused("trace", verb, "s.skytrace", flag, "-1"),
                             [f"{flag}: expected a whole number of at least 0, not '-1'"])
        self.assertEqual(self.complaint("cut", "s.skytrace", "--rows", "99999999999999999999"),
                         "--rows: '99999999999999999999' is too large")
        self.assertEqual(self.complaint("scale", "s.skytrace", "--keep", "half"), "--keep: expected a number, not 'half'")


if __name__ == "__main__":
    unittest.main()
