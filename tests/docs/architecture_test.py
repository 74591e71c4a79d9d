"""Holds docs/architecture.md to the build: the rooms and what they link, the files it names, its length."""

import pathlib
import re
import sys
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]


def rooms_of_page(page: str) -> dict[str, set[str]]:
    table = page.partition("| room |")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| `(\w+)` \|.*\| ([^|]*) \|$", table, flags=re.MULTILINE)
    return {room: set(re.findall(r"\w+", links)) for room, links in rows}


def rooms_of_build() -> dict[str, set[str]]:
    """What each sim/ folder's sky_room() links, of the rooms."""
    found = {}
    for file in sorted((SOURCE / "sim").glob("*/CMakeLists.txt")):
        call = re.search(r"^sky_room\(LINKS ([\w ]*?)(?: LIBRARIES [^)]*)?\)", file.read_text(), flags=re.MULTILINE)
        links = set(call.group(1).split()) if call else set()
        found[file.parent.name] = {link for link in links if (SOURCE / "sim" / link).is_dir()}
    return found


class Architecture(unittest.TestCase):
    page = (SOURCE / "docs/architecture.md").read_text()

    def test_the_rooms_link_what_the_table_says(self):
        self.assertEqual(rooms_of_page(self.page), rooms_of_build())

    def test_every_file_and_folder_named_exists(self):
        names = re.findall(r"`((?:sim|tests|tools|docs|proto|include|bench|scenarios|cmake)/[\w./-]*)`", self.page)
        self.assertGreater(len(names), 15)
        self.assertEqual([name for name in names if not (SOURCE / name).exists()], [])

    def test_it_fits_one_sitting(self):
        self.assertLessEqual(len(self.page.splitlines()), 200)

    def test_every_package_found_by_the_build_is_in_the_table_or_the_language(self):
        # What find_package() and friends call it -> what the table calls it.
        names = {"Protobuf": "Protobuf", "Boost": "Boost.", "fmt": "fmt", "yaml-cpp": "yaml-cpp", "zstd": "zstd",
                 "ZLIB": "zlib", "xxhash": "xxHash", "RANDOM123_INCLUDE_DIR": "Random123",
                 "FAST_FLOAT_INCLUDE_DIR": "fast_float", "CLI11_INCLUDE_DIR": "CLI11", "doctest": "doctest",
                 "benchmark": "Google Benchmark", "TBB": "oneTBB", "SQLiteCpp": "SQLiteCpp", "pugixml": "pugixml", "simdjson": "simdjson",
                 "libgit2": "libgit2", "date": "date", "Eigen3": "Eigen", "re2": "RE2", "OpenSSL": "OpenSSL", "Threads": "", "PkgConfig": ""}
        table = self.page.partition("| library |")[2]
        text = "\n".join(file.read_text() for file in [SOURCE / "cmake/dependencies.cmake", SOURCE / "bench/CMakeLists.txt"])
        found = re.findall(r"^(?:find_package|find_path|pkg_check_modules)\((\S+)", text, flags=re.MULTILINE)
        self.assertGreater(len(found), 8)
        for name in found:
            self.assertIn(name, names, "say in docs/architecture.md why it was chosen, and here what it is called there")
            self.assertIn(names[name], table)


if __name__ == "__main__":
    sys.exit(unittest.main())
