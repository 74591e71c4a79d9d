"""Holds docs/invariants.md to the tests: numbers without a gap, and tests that stand where it says."""

import pathlib
import re
import sys
import unittest

from models_test import cases_of, item, named_tests, read_source, sections

SOURCE = pathlib.Path(__file__).resolve().parents[2]


def mistakes(page: str, read) -> list[str]:
    """What is wrong with the page; `read(path)` gives a file's text or None."""
    found = []
    for number, (heading, body) in enumerate(sections(page).items(), start=1):
        if not heading.startswith(f"I{number} "):
            found.append(f"{heading}: should be I{number}")
        if not body.partition("- Test:")[0].strip():
            found.append(f"{heading}: states nothing")
        tests = named_tests(item(body, "Test"))
        if not any(case.startswith(f"I{number}:") or number == 12 for _, case in tests):
            found.append(f"{heading}: no test is named for it")
        for file, case in tests:
            text = read(file)
            if text is None:
                found.append(f"{heading}: there is no file {file}")
            elif case not in cases_of(text):
                found.append(f'{heading}: {file} has no case "{case}"')
    return found


def numbered_cases() -> set[str]:
    """Cases named for an invariant."""
    cases = set().union(*(cases_of(file.read_text()) for file in SOURCE.glob("tests/reference/*_test.cc")))
    return {case for case in cases if re.match(r"I\d+:", case)}


class Page(unittest.TestCase):
    page = (SOURCE / "docs/invariants.md").read_text()

    def test_every_invariant_is_stated_and_held_by_tests_that_exist(self):
        self.assertEqual(mistakes(self.page, read_source), [])

    def test_every_case_named_for_an_invariant_is_on_the_page(self):
        self.assertGreater(len(numbered_cases()), 10)
        self.assertEqual({case for case in numbered_cases() if f'"{case}"' not in self.page}, set())


class Checks(unittest.TestCase):
    files = {"t.cc": 'TEST_CASE("I1: it holds") {}\n'}
    good = '### I1 It\nHolds.\n- Test: `t.cc`: "I1: it holds"\n'

    def mistakes(self, page: str) -> list[str]:
        return mistakes(page, self.files.get)

    def test_a_page_in_order_has_no_mistake(self):
        self.assertEqual(self.mistakes(self.good), [])

    def test_a_gap_a_missing_statement_and_a_missing_case_are_named(self):
        self.assertIn("I3 It: should be I1", self.mistakes(self.good.replace("I1 It", "I3 It")))
        self.assertEqual(self.mistakes(self.good.replace("Holds.\n", "")), ["I1 It: states nothing"])
        self.assertEqual(self.mistakes(self.good.replace("it holds", "other")), ['I1 It: t.cc has no case "I1: other"'])


if __name__ == "__main__":
    sys.exit(unittest.main())
