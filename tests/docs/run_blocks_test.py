"""What run_blocks accepts and what it refuses."""

import os
import pathlib
import tempfile
import unittest

import run_blocks


class Blocks(unittest.TestCase):
    def test_only_console_blocks_are_taken(self):
        text = "```sh\n$ no\n```\n```console\n$ yes\nout\n$ also\n```\n$ outside\n"
        blocks = run_blocks.console_blocks(text)
        self.assertEqual([[(c.line, c.text, c.shown) for c in b] for b in blocks], [[(5, "yes", ["out"]), (7, "also", [])]])

    def test_a_command_may_go_on_below(self):
        [[command]] = run_blocks.console_blocks("```console\n$ a \\\n> b\nout\n```\n")
        self.assertEqual((command.text, command.shown), ("a \\\nb", ["out"]))

    def test_a_here_document_goes_on_below(self):
        [[command]] = run_blocks.console_blocks("```console\n$ cat << E\n> b\n>   c\n> E\nb\n  c\n```\n")
        self.assertEqual((command.text, command.shown), ("cat << E\nb\n  c\nE", ["b", "  c"]))

    def test_a_block_that_begins_without_a_command_is_refused(self):
        with self.assertRaises(SystemExit):
            run_blocks.console_blocks("```console\nout\n```\n")


class Output(unittest.TestCase):
    def test_the_same_lines_pass_and_any_other_line_fails(self):
        self.assertTrue(run_blocks.prints_as_shown(["a", "b"], "a\nb\n"))
        self.assertFalse(run_blocks.prints_as_shown(["a", "b"], "a\nc\n"))
        self.assertFalse(run_blocks.prints_as_shown(["a"], "a\nb\n"))
        self.assertFalse(run_blocks.prints_as_shown(["a", "b"], "a\n"))

    def test_dots_alone_stand_for_any_lines_and_within_a_line_for_any_text(self):
        self.assertTrue(run_blocks.prints_as_shown(["a", "...", "z"], "a\nb\nc\nz\n"))
        self.assertTrue(run_blocks.prints_as_shown(["a", "...", "z"], "a\nz\n"))
        self.assertFalse(run_blocks.prints_as_shown(["a", "...", "z"], "a\nb\n"))
        self.assertTrue(run_blocks.prints_as_shown(["digest ... end"], "digest 12ab end\n"))
        self.assertFalse(run_blocks.prints_as_shown(["digest ... end"], "digest 12\nab end\n"))

    def test_a_dot_or_a_bracket_shown_is_that_character(self):
        self.assertFalse(run_blocks.prints_as_shown(["1.5 [s]"], "1x5 s\n"))

    def test_nothing_shown_means_any_output(self):
        self.assertTrue(run_blocks.prints_as_shown([], "whatever\n"))


class Run(unittest.TestCase):
    def test_a_failing_command_fails_although_nothing_is_shown(self):
        with tempfile.TemporaryDirectory() as folder:
            reason = run_blocks.run(run_blocks.Command(1, "exit 3"), folder, dict(os.environ))
            self.assertTrue(reason.startswith("exit 3"))
            self.assertEqual(run_blocks.run(run_blocks.Command(1, "echo a > f; cat f", ["a"]), folder, dict(os.environ)), "")
            self.assertTrue((pathlib.Path(folder) / "f").exists())


if __name__ == "__main__":
    unittest.main()
