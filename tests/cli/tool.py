"""What the tests of the command line share: a scratch folder, the program, and small made-up traces."""

import os
import pathlib
import subprocess
import tempfile
import unittest


class ToolTest(unittest.TestCase):
    """Each test has a folder of its own and runs the program in it."""

    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="skyreplay-cli-")
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)

    def write(self, name, content):
        (self.folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())

    def start(self, *arguments, **options):
        """The running program; killed at the end of the test if it still runs."""
        process = subprocess.Popen([os.environ["SKYREPLAY"], *arguments], cwd=self.folder, **options)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def tool(self, *arguments, status=0):
        """Standard output and standard error of a run that must end with `status`."""
        done = subprocess.run([os.environ["SKYREPLAY"], *arguments], cwd=self.folder, capture_output=True, text=True,
                              check=False)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stdout, done.stderr

    def refused(self, *arguments, status=2):
        """The lines of complaint, without the program's name and the hint of where to read on."""
        before = self.entries()
        out, err = self.tool(*arguments, status=status)
        self.assertEqual(out, "")
        self.assertEqual(self.entries(), before)
        lines = err.splitlines()
        self.assertTrue(lines and all(line.startswith("skyreplay: ") for line in lines), err)
        lines = [line.removeprefix("skyreplay: ") for line in lines]
        return [line for line in lines if line != "--help lists verbs and flags"]

    def entries(self):
        return sorted(path.name for path in self.folder.iterdir())

    def trace(self, name="small.skytrace", arrivals_s=(0, 1, 2), duration_ms=100):
        """A trace of one route with constant durations, from CSV."""
        rows = "".join(f"{arrival},GET /,{duration_ms}\n" for arrival in arrivals_s)
        self.write("rows.csv", "arrival_s,route,duration_ms\n" + rows)
        self.tool("trace", "import", "--format", "csv", "rows.csv", "--out", name)
        (self.folder / "rows.csv").unlink()
        return name
