"""docs/cli.md against the program: every verb has a section, and the section names exactly the verb's flags."""

import pathlib
import re
import unittest

from tool import ToolTest

DOCUMENT = pathlib.Path(__file__).parents[2] / "docs" / "cli.md"


def sections():
    """The text below each second-level heading."""
    parts = re.split(r"^## (.+)\n", DOCUMENT.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2]))


class Document(ToolTest):
    def verbs(self, *parents):
        """The verbs that --help lists below `parents`, those with verbs of their own replaced by these."""
        listed = self.tool(*parents, "--help")[0].partition("Subcommands:\n")[2]
        for name in re.findall(r"^  ([a-z]+) ", listed, flags=re.MULTILINE):
            below = list(self.verbs(*parents, name))
            yield from below or [(*parents, name)]

    def test_every_verb_has_a_section_and_every_section_a_verb(self):
        verbs = [" ".join(verb) for verb in self.verbs()]
        self.assertIn("trace import", verbs)
        self.assertEqual(sorted([*verbs, "Not built yet"]), sorted(sections()))

    def test_a_sections_table_names_exactly_the_verbs_flags(self):
        for verb in self.verbs():
            flags = set(re.findall(r"^  (?:-[a-z],)?(--[a-z-]+)", self.tool(*verb, "--help")[0], flags=re.MULTILINE))
            rows = re.findall(r"^\| (`-.*?) \|", sections()[" ".join(verb)], flags=re.MULTILINE)
            documented = set(re.findall(r"`(--[a-z-]+)", " ".join(rows)))
            self.assertEqual(documented, flags - {"--help"}, verb)

    def test_what_the_document_says_is_not_built_is_refused_by_name(self):
        listed = sections()["Not built yet"].partition("```")[0]
        names = re.findall(r"`([a-z -]+)`", " ".join(listed.split()))
        self.assertGreater(len(names), 2)
        for name in names:
            *verb, last = name.split()
            out = ["--out", "out"] if verb == ["run"] else []
            more = ["shop.yaml", *out, last, "x"] if last.startswith("-") else [last]
            self.assertEqual(self.refused(*verb, *more), [f"'{name}' is not built yet"])


if __name__ == "__main__":
    unittest.main()
