"""Holds docs/testing.md to the tests: every file and case it names exists, its table has every fuzz target."""

import pathlib
import re
import sys
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
PAGE = (SOURCE / "docs/testing.md").read_text()


class Testing(unittest.TestCase):
    def test_every_file_and_folder_named_exists(self):
        names = re.findall(r"`((?:tests|tools|sim)/[\w./-]+)`", PAGE)
        self.assertGreater(len(names), 30)
        self.assertEqual([name for name in names if not (SOURCE / name).exists()], [])

    def test_every_case_named_is_in_its_file(self):
        found = 0
        for file, cases in re.findall(r"`(tests/cli/\w+\.py)`: ((?:`test_\w+`(?:, )?)+)", PAGE):
            text = (SOURCE / file).read_text()
            for case in re.findall(r"`(test_\w+)`", cases):
                found += 1
                self.assertIn(f"def {case}(self)", text, file)
        self.assertEqual(found, len(re.findall(r"`test_\w+`", PAGE)))

    def test_the_tables_have_every_target(self):
        built = re.findall(r"^sky_fuzz\((\w+) ", (SOURCE / "tests/fuzz/CMakeLists.txt").read_text(), re.MULTILINE)
        for heading in ("| target | input |", "| target | executions |"):
            rows = PAGE.partition(heading)[2].partition("\n\n")[0].splitlines()[2:]
            targets = [name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[1])]
            self.assertEqual(sorted(targets), sorted(built), heading)


if __name__ == "__main__":
    sys.exit(unittest.main())
