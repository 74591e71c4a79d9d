"""Hostile inputs and awkward conditions: each has one defined outcome, and outputs are whole or absent.

docs/testing.md lists them all with the tests that hold them; here are those that take the whole program.
"""

import csv
import ctypes
import gzip
import json
import os
import resource
import signal
import tempfile
import unittest
import zlib

from tool import ToolTest

EACH = "version: 1\nservices: {fn: {for_each_route: true, lambda: {}}}\n"
ENDLESS = (0, 3_000_000_000)
STOPPED = b"skyreplay: interrupted; nothing was left half-written\n"
MIB = 1 << 20

# What a stranger may call a route, from harmless to malicious.
NAMES = [b"GET /", b"a,b", b'say "hi"', b"two\nlines", b"carriage\rreturn", b"\x1b[2J\x1b]0;owned\x07", b"../../up",
         b"/etc/passwd", b"=HYPERLINK(1)", b"+1", b"-1", b"@x", b"'quoted", b"tab\there", "ümlaut".encode(),
         b"\xc2\x9b2Jc1", b"not utf-8: \xff\xfe\x9b", b"x" * 4096, b"{}%s%n", b" blank ", b"\x7f"]


def fill_up_soon():
    """For preexec_fn: a disk on which no file becomes larger than 4 KiB."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))


def obey_permissions():
    """For preexec_fn: root, too, must not write where it has no permission."""
    pr_capbset_drop, cap_dac_override = 24, 1
    if os.geteuid() == 0 and ctypes.CDLL(None).prctl(pr_capbset_drop, cap_dac_override, 0, 0, 0) != 0:
        raise PermissionError("cannot give up CAP_DAC_OVERRIDE")


class HostileTest(ToolTest):
    def setUp(self):
        super().setUp()
        self.write("each.yaml", EACH)

    def outcome(self, *arguments, **options):
        """Exit status, standard output and standard error, as bytes."""
        process = self.start(*arguments, stdout=-1, stderr=-1, **options)
        out, err = process.communicate()
        return process.returncode, out, err

    def measured(self, *arguments):
        """The same with the largest resident size in bytes at the end."""
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            process = self.start(*arguments, stdout=out, stderr=err)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            out.seek(0)
            err.seek(0)
            return process.returncode, out.read(), err.read(), usage.ru_maxrss * 1024

    def assert_shows_no_control_characters(self, shown):
        self.assertEqual([c for c in (b"\x1b", b"\x07", b"\r", b"\x7f", b"\xc2\x9b") if c in shown], [])


class Bombs(HostileTest):
    def packed(self, name, head, piece, times):
        """A gzip file of head and then a piece again and again, never whole in memory."""
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        with open(self.folder / name, "wb") as file:
            file.write(packer.compress(head))
            for _ in range(times):
                file.write(packer.compress(piece))
            file.write(packer.flush())
        self.assertLess((self.folder / name).stat().st_size, MIB)

    def import_bomb(self, name):
        """An import that may not hold what it unpacks. Sanitizers alone take 200 MiB."""
        *outcome, bytes_held = self.measured("trace", "import", "--format", "csv", name, "--out", "t.skytrace")
        self.assertLess(bytes_held, 250 * MIB)
        return tuple(outcome)

    def test_a_gzip_of_one_endless_line_is_refused_at_its_first_mebibyte(self):
        self.packed("line.gz", b"arrival_s,route,duration_ms\n1,", b"x" * MIB, 500)
        self.assertEqual(self.import_bomb("line.gz"),
                         (2, b"", b"skyreplay: line.gz:2:1048577: the line is longer than 1 MiB\n"))
        self.assertEqual(self.entries(), ["each.yaml", "line.gz"])

    def test_a_gzip_of_endless_rows_is_streamed_in_bounded_memory(self):
        self.packed("rows.gz", b"arrival_s,route,duration_ms\n", b"1,GET /,1\n" * 100_000, 50)
        status, out, err = self.import_bomb("rows.gz")
        self.assertEqual((status, err), (0, b""))
        self.assertTrue(out.startswith(b"wrote t.skytrace: 5000000 requests "), out)

    def test_a_gzip_is_no_scenario_and_no_spec(self):
        self.write("bomb.yaml", gzip.compress(b"x" * MIB))
        self.assertEqual(len(self.refused("scenario", "check", "bomb.yaml")), 1)
        self.assertEqual(len(self.refused("trace", "synth", "bomb.yaml", "--out", "t.skytrace")), 1)


class Millions(HostileTest):
    def test_a_scenario_of_a_million_services_is_refused_where_it_passes_a_million_values(self):
        self.write("million.yaml", "version: 1\nservices:\n" +
                   "".join(f"  s{i}: {{external: {{latency: 1ms}}}}\n" for i in range(1_000_000)))
        status, out, err, bytes_held = self.measured("scenario", "check", "million.yaml")
        self.assertEqual((status, out, err), (2, b"", b"skyreplay: million.yaml:333335:23: more than 1000000 values\n"))
        self.assertLess(bytes_held, 2048 * MIB)  # 290 without sanitizers

    def test_a_service_for_each_of_many_routes_runs(self):
        routes = 20_000
        self.write("rows.csv", "arrival_ms,route,duration_ms\n" +
                   "".join(f"{i},r{i % routes},5\n" for i in range(2 * routes)))
        self.tool("trace", "import", "--format", "csv", "rows.csv", "--max-routes", str(routes), "--out", "t.skytrace")
        status, out, err, bytes_held = self.measured("run", "each.yaml", "--trace", "t.skytrace", "--out", "out")
        self.assertEqual((status, err), (0, b""))
        self.assertLess(bytes_held, 1024 * MIB)
        self.assertIn(b"each: 20,000 services", out)
        summary = json.loads((self.folder / "out/summary.json").read_bytes())
        self.assertEqual(len(summary["services"]), routes)


class Names(HostileTest):
    def awkward_trace(self):
        rows = b"arrival_s,route,duration_ms\n"
        for i, name in enumerate(NAMES):
            rows += b'%d,"%s",10\n' % (i, name.replace(b'"', b'""'))
        self.write("rows.csv", rows)
        self.tool("trace", "import", "--format", "csv", "rows.csv", "--out", "t.skytrace")

    def test_names_come_through_every_file_and_command_no_terminal(self):
        self.awkward_trace()
        status, table, err = self.outcome("run", "each.yaml", "--trace", "t.skytrace", "--out", "out")
        self.assertEqual((status, err), (0, b""))
        table.decode()
        self.assert_shows_no_control_characters(table)
        self.assertEqual(self.entries(), ["each.yaml", "out", "rows.csv", "t.skytrace"])
        services = sorted(b"fn/" + name for name in NAMES)
        for file in ("timeline.csv", "bill.csv"):
            # Every byte is a character of Latin-1, so that names need not be UTF-8 to be read.
            with open(self.folder / "out" / file, encoding="latin-1", newline="") as lines:
                found = {row["service"].encode("latin-1") for row in csv.DictReader(lines)}
            self.assertEqual(sorted(found), services, file)
        text = (self.folder / "out/summary.json").read_bytes()
        self.assert_shows_no_control_characters(text)
        in_json = [service["name"] for service in json.loads(text)["services"]]
        self.assertEqual(sorted(in_json), sorted(name.decode(errors="replace") for name in services))

    def test_names_of_a_trace_command_no_terminal(self):
        self.awkward_trace()
        text = self.outcome("trace", "info", "t.skytrace", "--routes", "99")[1]
        text.decode()
        self.assert_shows_no_control_characters(text)
        self.assertEqual(len(text.splitlines()), len(text.split(b"\n")) - 1)
        info = self.outcome("trace", "info", "t.skytrace", "--json")[1]
        self.assert_shows_no_control_characters(info)
        self.assertEqual(sorted(route["name"] for route in json.loads(info)["routes"]),
                         sorted(name.decode(errors="replace") for name in NAMES))

    def test_names_survive_from_csv_to_csv(self):
        self.awkward_trace()
        self.write("again.csv", self.outcome("trace", "head", "t.skytrace", "--rows", "99")[1])
        self.tool("trace", "import", "--format", "csv", "again.csv", "--out", "u.skytrace")
        self.assertEqual(*(self.outcome("trace", "head", name, "--rows", "99")[1] for name in ("t.skytrace", "u.skytrace")))

    def test_a_name_above_4096_bytes_is_refused(self):
        self.write("rows.csv", "arrival_s,route,duration_ms\n1," + "x" * 4097 + ",1\n")
        self.assertEqual(len(self.refused("trace", "import", "--format", "csv", "rows.csv", "--out", "t")), 1)

    def test_names_of_services_are_shown_so_that_they_load_again(self):
        self.write("s.yaml", 'version: 1\nservices: {"\\x1b[2J\\u009b\\x7f=\\"a\\nb,..": {lambda: {}}}\n')
        shown = self.outcome("scenario", "show", "s.yaml")[1]
        self.assert_shows_no_control_characters(shown)
        self.write("shown.yaml", shown)
        first, again = (self.tool("scenario", "check", name)[0].split()[-1] for name in ("s.yaml", "shown.yaml"))
        self.assertEqual(first, again)

    def test_complaints_that_quote_a_stranger_command_no_terminal(self):
        self.write("rows.csv", b"arrival_s,route,duration_ms\n1,GET /,\x1b[2J\xc2\x9b1\n")
        self.write("s.yaml", 'version: 1\nservices: {"a\\x1b[2J": {lambda: {memory_size: 1}}}\n')
        for arguments in (("trace", "import", "--format", "csv", "rows.csv", "--out", "t"),
                          ("scenario", "check", "s.yaml"),
                          ("run", "each.yaml", "--trace", "\x1b[2J\u009b", "--out", "out")):
            status, out, err = self.outcome(*arguments)
            self.assertIn(status, (2, 3))
            self.assertEqual(out, b"")
            self.assertIn(b"\\x1b[2J", err)
            self.assert_shows_no_control_characters(err)


class NoRoom(HostileTest):
    """Disks that are full, folders that are read-only, readers that are gone."""

    def writers(self):
        """Every verb that writes a file, with outputs too large for a disk of 4 KiB."""
        self.write("rows.csv", "arrival_ms,route,duration_ms\n" +
                   "".join(f"{i * i},r{i % 50},{i * i % 977}\n" for i in range(3000)))
        self.tool("trace", "import", "--format", "csv", "rows.csv", "--out", "t.skytrace")
        self.write("w.yaml", "version: 1\nname: w\nduration: 1h\nrate: 20\nclasses:\n"
                             "  - {name: a, routes: 3, share: 1, duration: {exponential: {mean: 1s}}}\n")
        self.write("fn.yaml", EACH)
        run = ("--trace", "t.skytrace", "--window", "1s")
        return [("run", "each.yaml", *run, "--out", "x/out"),
                ("compare", "each.yaml", "fn.yaml", *run, "--out", "x/out"),
                ("trace", "import", "--format", "csv", "rows.csv", "--out", "x/out"),
                ("trace", "synth", "w.yaml", "--out", "x/out"),
                ("trace", "cut", "t.skytrace", "--rows", "2900", "--out", "x/out"),
                ("trace", "scale", "t.skytrace", "--copies", "2", "--out", "x/out")]

    def test_a_disk_that_fills_up_leaves_nothing(self):
        for arguments in self.writers():
            (self.folder / "x").mkdir()
            with self.subTest(" ".join(arguments[:2])):
                status, out, err = self.outcome(*arguments, preexec_fn=fill_up_soon,
                                                env={**os.environ, "TMPDIR": str(self.folder / "x")})
                self.assertEqual((status, out), (3, b""), err)
                self.assertRegex(err, rb"\Askyreplay: cannot write '[^\n]*': File too large\n\Z")
                self.assertEqual(list((self.folder / "x").iterdir()), [])
            (self.folder / "x").rmdir()

    def test_a_folder_that_is_read_only_is_refused_and_left_alone(self):
        for arguments in self.writers():
            (self.folder / "x").mkdir(0o555)
            with self.subTest(" ".join(arguments[:2])):
                status, out, err = self.outcome(*arguments, preexec_fn=obey_permissions)
                self.assertEqual((status, out, err), (3, b"", b"skyreplay: cannot create 'x/out': Permission denied\n"))
                self.assertEqual(list((self.folder / "x").iterdir()), [])
            (self.folder / "x").rmdir()

    def test_a_path_below_a_file_is_refused(self):
        for arguments in self.writers():
            with self.subTest(" ".join(arguments[:2])):
                self.write("x", "a file")
                self.assertEqual(self.refused(*arguments, status=3), ["cannot create 'x/out': Not a directory"])

    def test_a_full_standard_output_is_the_machines_doing(self):
        self.writers()
        self.tool("run", "each.yaml", "--trace", "t.skytrace", "--out", "out")
        for arguments in (("trace", "info", "t.skytrace"), ("trace", "head", "t.skytrace", "--rows", "3000"),
                          ("scenario", "show", "each.yaml"), ("scenario", "check", "each.yaml"), ("diff", "out", "out"),
                          ("--help",)):
            with self.subTest(arguments), open("/dev/full", "wb") as full:
                process = self.start(*arguments, stdout=full, stderr=-1)
                self.assertEqual(process.communicate()[1], b"skyreplay: cannot write to standard output\n")
                self.assertEqual(process.returncode, 3)

    def test_a_reader_that_has_gone_is_no_mistake_and_the_files_are_whole(self):
        self.writers()
        for arguments in (("trace", "head", "t.skytrace", "--rows", "3000"), ("trace", "info", "t.skytrace"),
                          ("run", "each.yaml", "--trace", "t.skytrace", "--out", "out"),
                          ("run", "each.yaml", "--trace", "t.skytrace", "--out", "out2", "--json")):
            with self.subTest(arguments):
                ours, theirs = os.pipe()
                os.close(ours)
                process = self.start(*arguments, stdout=theirs, stderr=-1)
                os.close(theirs)
                self.assertEqual(process.communicate()[1], b"")
                self.assertEqual(process.returncode, 0)
        self.tool("diff", "out", "out2")


class Stops(HostileTest):
    """SIGINT and SIGTERM in the middle of each verb that takes its time; `run` and `compare` have tests of their own."""

    def setUp(self):
        super().setUp()
        self.scratch = self.folder / "scratch"
        self.scratch.mkdir()

    def assert_stops(self, *arguments, begun):
        """Stops the program as soon as a file that matches `begun` is there."""
        before = self.entries()
        for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            process = self.start(*arguments, stdout=-1, stderr=-1, env={**os.environ, "TMPDIR": str(self.scratch)})
            while not list(self.folder.glob(begun)):
                self.assertIsNone(process.poll(), "it ended before it began to write")
            process.send_signal(number)
            self.assertEqual(process.communicate(), (b"", STOPPED))
            self.assertEqual(process.returncode, status)
            self.assertEqual(self.entries(), before)
            self.assertEqual(list(self.scratch.iterdir()), [])

    def test_a_stopped_check_leaves_no_report_and_no_scratch(self):
        self.trace(arrivals_s=ENDLESS)
        (self.folder / "endless").mkdir()
        self.write("endless/scenario.yaml",
                   "version: 1\nworkload: {trace: ../small.skytrace}\nservices: {fn: {lambda: {}}}\nrecorder: {window: 1s}\n"
                   'expectations: [{name: quick, metric: latency, statistic: p99, of: fn, must_be: "< 1s"}]\n')
        self.assert_stops("check", "endless", "--junit", "junit.xml", begun="scratch/*/**/result.binpb*")

    def test_a_stopped_synthesis_cut_and_copy_leave_no_trace(self):
        self.write("w.yaml", "version: 1\nname: w\nduration: 2000h\nrate: 1000\n"
                             "classes: [{name: a, routes: 3, share: 1, duration: 1s}]\n")
        self.assert_stops("trace", "synth", "w.yaml", "--out", "half.skytrace", begun="half.skytrace.tmp-*")
        self.tool("trace", "synth", "w.yaml", "--requests", "3000000", "--out", "large.skytrace")
        self.assert_stops("trace", "scale", "large.skytrace", "--copies", "50", "--out", "half.skytrace",
                          begun="half.skytrace.tmp-*")


if __name__ == "__main__":
    unittest.main()
