"""`skyreplay trace anonymize`: what goes, what stays, and what is refused."""

import json
import unittest

import tool

KEY = "a secret of some length"


class Anonymize(tool.ToolTest):
    def setUp(self):
        super().setUp()
        self.write("secret-shop.csv", "arrival,route,duration_ms,bytes_in,bytes_out,status\n"
                                      "2026-03-02T10:00:00Z,GET /secret,12.5,3,800,200\n"
                                      "2026-03-02T10:00:01Z,POST /plan,80,5,6,503\n"
                                      "2026-03-02T10:00:02.5Z,GET /secret,20,7,8,200\n")
        self.tool("trace", "import", "secret-shop.csv", "--out", "a.skytrace")

    def anonymize(self, out="b.skytrace", *more, key=KEY):
        return self.tool("trace", "anonymize", "a.skytrace", "--out", out, "--key", key, *more)[0]

    def head(self, name):
        return [line.split(",") for line in self.tool("trace", "head", name)[0].splitlines()[1:]]

    def test_routes_and_bytes_go_and_what_is_replayed_stays(self):
        self.assertIn("wrote b.skytrace: 3 requests", self.anonymize())
        before, after = self.head("a.skytrace"), self.head("b.skytrace")
        for old, new in zip(before, after):
            self.assertEqual([old[0], old[2], old[3], "0", "0", old[6]], [new[0], *new[2:7]])
            self.assertRegex(new[1], r"\Aroute-[0-9a-f]{24}\Z")
        self.assertEqual(after[0][1], after[2][1])
        self.assertNotEqual(after[0][1], after[1][1])

    def test_nothing_of_the_names_is_left_in_the_file(self):
        self.anonymize()
        content = (self.folder / "b.skytrace").read_bytes()
        info, _ = self.tool("trace", "info", "b.skytrace", "--json")
        for word in ("secret", "plan", KEY):
            self.assertNotIn(word.encode(), content)
            self.assertNotIn(word, info)

    def test_one_key_gives_one_name_in_every_trace_and_another_key_another(self):
        self.anonymize("b.skytrace")
        self.tool("trace", "cut", "a.skytrace", "--skip-rows", "1", "--out", "part.skytrace")
        self.tool("trace", "anonymize", "part.skytrace", "--out", "c.skytrace", "--key", KEY)
        self.assertEqual([row[1] for row in self.head("b.skytrace")[1:]], [row[1] for row in self.head("c.skytrace")])
        self.anonymize("d.skytrace", key=KEY + "!")
        self.assertNotEqual(self.head("b.skytrace")[0][1], self.head("d.skytrace")[0][1])

    def test_a_key_may_stand_in_a_file(self):
        self.write("key", KEY + "\n")
        self.anonymize()
        self.tool("trace", "anonymize", "a.skytrace", "--out", "c.skytrace", "--key-file", "key")
        self.assertEqual((self.folder / "b.skytrace").read_bytes(), (self.folder / "c.skytrace").read_bytes())

    def test_the_trace_may_move_in_time(self):
        self.anonymize("b.skytrace", "--start", "2026-01-05T00:00:00Z")
        self.assertEqual([row[0] for row in self.head("b.skytrace")],
                         ["2026-01-05T00:00:00Z", "2026-01-05T00:00:01Z", "2026-01-05T00:00:02.5Z"])
        self.assertNotIn("2026-03-02", self.tool("trace", "info", "b.skytrace", "--json")[0])

    def test_the_provenance_says_what_was_done(self):
        self.anonymize()
        steps = json.loads(self.tool("trace", "info", "b.skytrace", "--json")[0])["provenance"]
        self.assertEqual([step["tool"] for step in steps], ["import csv", "anonymize"])
        self.assertNotIn("arguments", {key for key, value in steps[0].items() if value})

    def test_the_anonymized_trace_replays_as_the_first_does(self):
        self.write("s.yaml", "version: 1\nname: s\nservices:\n  fn: {lambda: {memory_size: 512}}\n")
        self.anonymize()
        for name in ("a", "b"):
            self.tool("run", "s.yaml", "--trace", f"{name}.skytrace", "--out", name, "--quiet")
        tables = [[line.split(",")[:12] for line in (self.folder / name / "timeline.csv").read_text().splitlines()]
                  for name in ("a", "b")]
        self.assertEqual(tables[0], tables[1])

    def test_what_makes_no_sense_is_refused(self):
        verb = ("trace", "anonymize", "a.skytrace", "--out", "b.skytrace")
        self.assertEqual(self.refused(*verb), ["trace anonymize: give a secret key by either --key or --key-file"])
        self.assertEqual(self.refused(*verb, "--key", KEY, "--key-file", "secret-shop.csv"),
                         ["trace anonymize: give a secret key by either --key or --key-file"])
        self.assertEqual(self.refused(*verb, "--key", "short"),
                         ["the key has 5 bytes; fewer than 16 could be found by trying"])
        self.assertEqual(self.refused(*verb, "--key-file", "none", status=3), ["none: cannot open the key"])
        self.assertEqual(self.refused(*verb, "--key", KEY, "--start", "noon"),
                         ["--start: 'noon' is no time from 1970 on, such as 2026-01-05T00:00:00Z"])
        self.assertEqual(self.refused(*verb, "--key", KEY, "--start", "2261-12-31T23:59:58Z"),
                         ["--start 2261-12-31T23:59:58Z: the trace would end beyond the year 2261"])


if __name__ == "__main__":
    unittest.main()
