"""Holds docs/models.md, the code and the tests together.

Every rule number cited in sim/ or proto/ has a section of the page, and every numbered section names files that cite
it. Every file the page names exists, and every test case it names stands in the file it is said to stand in.
"""

import pathlib
import re
import sys
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
# Rules of Lambda, EC2 and ECS; E3/M/1 is a queue.
RULE = re.compile(r"\b[LEC]\d+[a-z]?\b(?!/[MDG]/)")


def cited_rules(text: str) -> set[str]:
    return set(RULE.findall(text))


def code_files() -> list[pathlib.Path]:
    folders = [SOURCE / "sim", SOURCE / "proto"]
    return sorted(f for folder in folders for f in folder.rglob("*") if f.suffix in {".h", ".cc", ".proto"})


def sections(page: str) -> dict[str, str]:
    """Heading of the third level -> what stands below it."""
    found: dict[str, str] = {}
    for part in re.split(r"^### ", page, flags=re.MULTILINE)[1:]:
        heading, _, body = part.partition("\n")
        if heading in found:
            raise ValueError(f"two sections '{heading}'")
        found[heading] = re.split(r"^## ", body, flags=re.MULTILINE)[0]
    return found


def item(body: str, name: str) -> str:
    """The text of a section's list item `- name: ...`, or ""."""
    match = re.search(rf"^- {name}: (.*(?:\n  .*)*)", body, flags=re.MULTILINE)
    return match.group(1) if match else ""


def named_tests(text: str) -> list[tuple[str, str]]:
    """`file`: "case", "case"; `file`: "case" -> (file, case) pairs."""
    pairs, file = [], ""
    for path, case in re.findall(r'`([^`]+)`:|"([^"]+)"', text):
        if path:
            file = path
        else:
            pairs.append((file, case))
    return pairs


def cases_of(source: str) -> set[str]:
    """The names of a test file's cases; adjoining literals are one name."""
    cases = set()
    for literals in re.findall(r'TEST_CASE\(\s*((?:"(?:[^"\\]|\\.)*"\s*)+)', source):
        cases.add("".join(re.findall(r'"((?:[^"\\]|\\.)*)"', literals)))
    return cases


def mistakes(page: str, read) -> list[str]:
    """What is wrong with the page; `read(path)` gives a file's text or None."""
    found = []
    for heading, body in sections(page).items():
        files = re.findall(r"`([^`]+)`", item(body, "Code"))
        tests = named_tests(item(body, "Test"))
        rules = RULE.findall(heading)
        if not files:
            found.append(f"{heading}: names no code")
        if not tests:
            found.append(f"{heading}: names no test")
        if rules and not item(body, "Source"):
            found.append(f"{heading}: names no source")
        for file in files:
            text = read(file)
            if text is None:
                found.append(f"{heading}: there is no file {file}")
            elif not cited_rules(text).issuperset(rules):
                found.append(f"{heading}: {file} does not cite it")
        for file, case in tests:
            text = read(file)
            if text is None:
                found.append(f"{heading}: there is no file {file}")
            elif case not in cases_of(text):
                found.append(f'{heading}: {file} has no case "{case}"')
    return found


def read_source(path: str) -> str | None:
    file = SOURCE / path
    return file.read_text() if file.is_file() else None


def rules(service: str, last: int, unused: set[int] = frozenset()) -> set[str]:
    return {f"{service}{number}" for number in range(1, last + 1) if number not in unused}


# All that are known, by number; some numbers were never given.
EVERY_RULE = (rules("L", 134, {28, 29, 58, 59, 68, 69, *range(75, 80), 99, *range(101, 111), *range(114, 120),
                               *range(123, 130)})
              | rules("E", 155) | rules("C", 130))


def left_out(page: str) -> set[str]:
    """The rules of the tables of those that are left out."""
    tables = page.partition("\n## Rules left out\n")[2].partition("\n## ")[0]
    return set().union(*(RULE.findall(row.split("|")[1]) for row in tables.splitlines() if row.startswith("| ")))


class Page(unittest.TestCase):
    page = (SOURCE / "docs/models.md").read_text()

    def test_every_section_names_code_and_tests_that_exist(self):
        self.assertEqual(mistakes(self.page, read_source), [])

    def test_every_rule_cited_in_the_code_has_a_section(self):
        documented = set().union(*(RULE.findall(heading) for heading in sections(self.page)))
        for file in code_files():
            missing = cited_rules(file.read_text()) - documented
            self.assertFalse(missing, f"{file.relative_to(SOURCE)} cites rules that docs/models.md does not have")

    def test_every_rule_the_page_speaks_of_has_a_section(self):
        documented = set().union(*(RULE.findall(heading) for heading in sections(self.page)))
        # What a test's name cites beside the rules that are built is that test's own business.
        prose = re.sub(r'"[^"]*"', "", re.sub(r"(?s)\n## Rules left out\n.*?\n## ", "\n## ", self.page))
        self.assertEqual(cited_rules(prose) - documented, set())

    def test_every_rule_is_built_or_left_out_with_a_reason(self):
        documented = set().union(*(RULE.findall(heading) for heading in sections(self.page)))
        absent = left_out(self.page)
        self.assertEqual(EVERY_RULE - documented - absent, set())
        self.assertEqual(absent & documented, set())

    def test_every_assumed_field_is_in_the_last_table(self):
        table = self.page.partition("## ASSUMED values")[2]
        assumed, field = set(), ""
        for line in (SOURCE / "proto/skyreplay/scenario.proto").read_text().splitlines():
            if match := re.search(r"(\w+) = \d+ \[\(sky\) = ", line):
                field = match.group(1)
            if line.strip().startswith("assumed: "):
                assumed.add(field)
        self.assertGreater(len(assumed), 15)
        self.assertEqual({name for name in assumed if not re.search(rf"\b{name}`", table)}, set())


class Checks(unittest.TestCase):
    files = {
        "a.cc": "// L7: why\n",
        "t.cc": 'TEST_CASE("L7: it resets") {}\nTEST_CASE(\n    "long "\n    "name") {}\n',
    }
    good = '## Life\n\n### L7 Reset\nText.\n- Source: us\n- Code: `a.cc`\n- Test: `t.cc`: "L7: it resets", "long name"\n\n## Next\n'

    def mistakes(self, page: str) -> list[str]:
        return mistakes(page, self.files.get)

    def test_a_page_in_order_has_no_mistake(self):
        self.assertEqual(self.mistakes(self.good), [])

    def test_a_case_or_a_file_that_is_not_there_is_named(self):
        self.assertEqual(self.mistakes(self.good.replace("long name", "other")), ['L7 Reset: t.cc has no case "other"'])
        self.assertEqual(self.mistakes(self.good.replace("a.cc", "b.cc")), ["L7 Reset: there is no file b.cc"])

    def test_code_that_does_not_cite_its_rule_is_named(self):
        self.assertEqual(self.mistakes(self.good.replace("### L7", "### L8")), ["L8 Reset: a.cc does not cite it"])

    def test_a_rule_needs_a_source_code_and_a_test(self):
        bare = "### L7 Reset\nText.\n"
        self.assertEqual(self.mistakes(bare), ["L7 Reset: names no code", "L7 Reset: names no test", "L7 Reset: names no source"])

    def test_a_number_within_a_word_is_no_rule(self):
        self.assertEqual(cited_rules("XL7 L7x1 L14a, (L2) c6id E138: C9"), {"L14a", "L2", "E138", "C9"})

    def test_a_queue_is_no_rule(self):
        self.assertEqual(cited_rules("E3/M/1 behind E103"), {"E103"})


if __name__ == "__main__":
    sys.exit(unittest.main())
