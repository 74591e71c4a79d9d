"""Every page in docs/ is linked from README.md, and every relative link of a page leads to a file."""

import pathlib
import re
import sys
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]


def links(page: pathlib.Path) -> list[str]:
    targets = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text())
    return [target for target in targets if "://" not in target]


class Links(unittest.TestCase):
    def test_every_link_leads_to_a_file(self):
        for page in [*SOURCE.glob("*.md"), *SOURCE.glob("docs/*.md"), *SOURCE.glob("scenarios/*/README.md")]:
            for target in links(page):
                self.assertTrue((page.parent / target).exists(), f"{page.relative_to(SOURCE)}: {target}")

    def test_readme_lists_every_document(self):
        listed = links(SOURCE / "README.md")
        self.assertGreater(len(listed), 5)
        self.assertEqual({f"docs/{page.name}" for page in SOURCE.glob("docs/*.md")} - set(listed), set())


if __name__ == "__main__":
    sys.exit(unittest.main())
