"""same_digest must fail where a build differs: tried with tools that are shell scripts."""

import contextlib
import io
import pathlib
import tempfile
import unittest

import same_digest

FAKE = """#!/bin/sh
if [ "$1" = trace ]; then echo {trace} > "$5"; else echo table; echo "digest {digest}"; fi
"""


class SameDigest(unittest.TestCase):
    def outcome(self, *tools: tuple[str, str]) -> int:
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
            paths = []
            for index, (trace, digest) in enumerate(tools):
                path = pathlib.Path(folder) / f"tool{index}"
                path.write_text(FAKE.format(trace=trace, digest=digest))
                path.chmod(0o755)
                paths.append(str(path))
            return same_digest.main(pathlib.Path(folder), paths)

    def test_equal_traces_and_digests_pass(self):
        self.assertEqual(self.outcome(("t", "a" * 32), ("t", "a" * 32)), 0)

    def test_another_digest_fails(self):
        self.assertEqual(self.outcome(("t", "a" * 32), ("t", "b" * 32)), 1)

    def test_another_trace_fails(self):
        self.assertEqual(self.outcome(("t", "a" * 32), ("u", "a" * 32)), 1)

    def test_a_last_line_that_is_no_digest_fails(self):
        with self.assertRaises(SystemExit):
            self.outcome(("t", "short"), ("t", "short"))


if __name__ == "__main__":
    unittest.main()
