"""Signals and progress: a stop leaves nothing half-written, a bar is drawn on a terminal only.

Two requests 95 years apart, in windows of a second, keep a run busy for longer than any test waits.
"""

import os
import pty
import signal
import unittest

from tool import ToolTest

SCENARIO = "version: 1\nservices: {fn: {lambda: {}}}\n"
ENDLESS = (0, 3_000_000_000)
A_MOMENT = (0, 15_000_000)


class StopTest(ToolTest):
    def setUp(self):
        super().setUp()
        self.write("shop.yaml", SCENARIO)

    def wait_for(self, pattern, process):
        """Until a file appears that only this process makes."""
        while not list(self.folder.glob(pattern)):
            self.assertIsNone(process.poll(), "it ended before it began to write")

    def arguments(self, trace, *more):
        return ("run", "shop.yaml", "--trace", trace, "--out", "out", "--window", "1s", *more)

    def on_terminal(self, trace, *more, stop_at=None, **environment):
        """What a run writes to a terminal, and its exit status; stopped once it wrote `stop_at`."""
        ours, theirs = pty.openpty()
        self.addCleanup(os.close, ours)
        process = self.start(*self.arguments(trace, *more), stdout=-3, stderr=theirs,
                             env={**os.environ, "TERM": "xterm", **environment})
        os.close(theirs)
        written = b""
        try:
            while piece := os.read(ours, 65536):
                written += piece
                if stop_at is not None and stop_at in written:
                    process.send_signal(signal.SIGINT)
                    stop_at = None
        except OSError:  # how Linux says that nobody holds the other end any more
            pass
        return written.decode(), process.wait()


class Stops(StopTest):
    def test_a_signal_stops_a_run_and_leaves_nothing(self):
        trace = self.trace(arrivals_s=ENDLESS)
        before = self.entries()
        for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            process = self.start(*self.arguments(trace), stdout=-1, stderr=-1)
            self.wait_for("out.tmp-*/result.binpb*", process)
            process.send_signal(number)
            self.assertEqual(process.communicate(), (b"", b"skyreplay: interrupted; nothing was left half-written\n"))
            self.assertEqual(process.returncode, status)
            self.assertEqual(self.entries(), before)

    def test_a_stopped_run_by_force_leaves_the_earlier_result(self):
        self.tool("run", "shop.yaml", "--trace", self.trace("short.skytrace"), "--out", "out")
        earlier = (self.folder / "out/result.binpb").read_bytes()
        process = self.start(*self.arguments(self.trace(arrivals_s=ENDLESS), "--force"), stdout=-1, stderr=-1)
        self.wait_for("out.tmp-*/result.binpb*", process)
        process.send_signal(signal.SIGTERM)
        process.communicate()
        self.assertEqual(process.returncode, 143)
        self.assertEqual((self.folder / "out/result.binpb").read_bytes(), earlier)
        self.assertEqual(self.entries(), ["out", "shop.yaml", "short.skytrace", "small.skytrace"])

    def test_an_import_that_waits_for_more_input_can_be_stopped(self):
        before = self.entries()
        process = self.start("trace", "import", "--format", "csv", "-", "--out", "half.skytrace", stdin=-1, stdout=-1,
                             stderr=-1)
        process.stdin.write(b"arrival_s,route,duration_ms\n" + b"1,GET /,100\n" * 20_000)
        process.stdin.flush()
        self.wait_for("half.skytrace.tmp-*", process)
        process.send_signal(signal.SIGINT)
        # Ends the wait also where the signal came just before the program began to wait.
        _, err = process.communicate()
        self.assertEqual((process.returncode, err), (130, b"skyreplay: interrupted; nothing was left half-written\n"))
        self.assertEqual(self.entries(), before)


class Bar(StopTest):
    def test_a_terminal_shows_simulated_time_rate_and_time_left_until_the_run_ends(self):
        written, status = self.on_terminal(self.trace(arrivals_s=ENDLESS), stop_at=b" left")
        self.assertEqual(status, 130)
        self.assertRegex(written, r"\r\[\x1b\[32m#*\x1b\[0m\.+\] +[0-9]+ %  [0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z  "
                                  r"[0-9.]+ [kM]?.?requests/s, [0-9:]+ left\x1b\[K")
        self.assertTrue(written.endswith("\r\x1b[Kskyreplay: interrupted; nothing was left half-written\r\n"), written)

    def test_no_color_is_honored(self):
        written, _ = self.on_terminal(self.trace(arrivals_s=ENDLESS), stop_at=b" left", NO_COLOR="1")
        self.assertRegex(written, r"\r\[#*\.+\]")
        self.assertNotIn("\x1b[32m", written)

    def test_quiet_shows_no_bar_where_there_would_be_one(self):
        trace = self.trace(arrivals_s=A_MOMENT)
        loud, status = self.on_terminal(trace)
        self.assertEqual(status, 0)
        self.assertIn("requests/s", loud)
        self.assertTrue(loud.endswith("\r\x1b[K"), loud)
        self.assertEqual(self.on_terminal(trace, "--quiet", "--force"), ("", 0))

    def test_no_bar_is_drawn_where_standard_error_is_no_terminal(self):
        out, err = self.tool(*self.arguments(self.trace(arrivals_s=A_MOMENT)))
        self.assertNotIn("\r", out + err)
        self.assertNotIn("\x1b", out + err)


if __name__ == "__main__":
    unittest.main()
