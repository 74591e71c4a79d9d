"""The scripts of `skyreplay completion`, sourced by the shells that are installed."""

import os
import pathlib
import re
import shutil
import subprocess
import unittest

from tool import ToolTest


class Bash(ToolTest):
    def completed(self, *words):
        """What bash offers where the last word stands."""
        script = self.tool("completion", "bash")[0]
        quoted = " ".join("'" + word + "'" for word in ("skyreplay", *words))
        ask = f"COMP_WORDS=({quoted}); COMP_CWORD={len(words)}; _skyreplay; printf '%s\\n' \"${{COMPREPLY[@]}}\""
        done = subprocess.run(["bash", "--norc", "-u", "-c", script + ask], cwd=self.folder, capture_output=True,
                              text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return sorted(filter(None, done.stdout.splitlines()))

    def shown(self, *verb):
        """The verbs and the flags that --help shows."""
        text = self.tool(*verb, "--help")[0]
        below = re.findall(r"^  ([a-z]+) ", text.partition("Subcommands:\n")[2], flags=re.MULTILINE)
        flags = re.findall(r"^  (?:(-[a-z]),)?(--[a-z-]+)", text, flags=re.MULTILINE)
        return sorted(below), sorted({name for pair in flags for name in pair if name} | {"-h"})

    def test_verbs_and_flags_are_those_that_help_shows(self):
        for verb in ([], ["trace"], ["scenario"], ["run"], ["trace", "import"], ["scenario", "check"]):
            below, flags = self.shown(*verb)
            if below:
                self.assertEqual(self.completed(*verb, ""), below)
            self.assertEqual(self.completed(*verb, "-"), flags)

    def test_a_word_is_completed_from_its_beginning(self):
        self.assertEqual(self.completed("sc"), ["scenario"])
        self.assertEqual(self.completed("trace", "im"), ["import"])
        self.assertEqual(self.completed("run", "--tr"), ["--trace"])

    def test_values_of_a_flag_and_of_an_argument(self):
        self.assertEqual(self.completed("trace", "import", "--bad-rows", ""), ["skip", "stop"])
        self.assertEqual(self.completed("scenario", "init", ""), ["ec2", "ecs", "lambda"])
        self.assertEqual(self.completed("completion", "z"), ["zsh"])
        self.assertEqual(self.completed("run", "--threads", ""), [])

    def test_files_are_offered_where_a_file_may_stand(self):
        self.write("my shop.yaml", "")
        self.write("shop.skytrace", "")
        self.assertEqual(self.completed("run", ""), ["my shop.yaml", "shop.skytrace"])
        self.assertEqual(self.completed("run", "shop.yaml", "--trace", "sh"), ["shop.skytrace"])
        self.assertEqual(self.completed(""), self.shown()[0])

    def test_a_shell_that_is_not_known_is_refused(self):
        self.assertIn("tcsh", " ".join(self.refused("completion", "tcsh")))


class OtherShells(ToolTest):
    def sourced(self, shell, ask):
        (self.folder / "script").write_text(self.tool("completion", shell)[0])
        done = subprocess.run([shell, "-c", ask], cwd=self.folder, capture_output=True, text=True, check=False,
                              env={**os.environ, "PATH": str(pathlib.Path(os.environ["SKYREPLAY"]).parent) + ":" +
                                   os.environ["PATH"]})
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout.splitlines()

    @unittest.skipUnless(shutil.which("zsh"), "zsh is not installed")
    def test_zsh_takes_the_script(self):
        self.assertEqual(self.sourced("zsh", "autoload -U compinit && compinit -u -D; source ./script; echo $+functions[_skyreplay]"), ["1"])

    @unittest.skipUnless(shutil.which("fish"), "fish is not installed")
    def test_fish_offers_the_verbs(self):
        offered = self.sourced("fish", "source ./script; complete -C 'skyreplay trace '")
        self.assertIn("import", [line.split("\t")[0] for line in offered])

    def test_every_script_names_every_verb(self):
        for shell in ("bash", "zsh", "fish"):
            script = self.tool("completion", shell)[0]
            for verb in ("import", "scenario", "init", "completion", "run"):
                self.assertIn(verb, script)


if __name__ == "__main__":
    unittest.main()
