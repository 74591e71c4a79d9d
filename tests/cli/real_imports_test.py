"""Imports of real traces ($SKYREPLAY_TRACES), held to a count that shares no code with the program: rows, sums,
percentiles, taken from the files by this script. Skipped with a reason where a trace is absent."""

import csv
import datetime
import decimal
import gzip
import json
import os
import pathlib
import re
import unittest

import tool

TRACES = pathlib.Path(os.environ.get("SKYREPLAY_TRACES", pathlib.Path(__file__).resolve().parents[3] / "shared/traces"))


def microseconds(seconds):
    """To the nearest microsecond, halves up, as a trace keeps durations: seconds are a text or a Decimal."""
    return int((decimal.Decimal(seconds) * 10**6).quantize(decimal.Decimal(1), decimal.ROUND_HALF_UP))


def epoch(text, pattern):
    """Unix seconds of a time in UTC unless the pattern has a zone."""
    time = datetime.datetime.strptime(text, pattern)
    return (time if time.tzinfo else time.replace(tzinfo=datetime.timezone.utc)).timestamp()


def percentile(values, p):
    """The value at rank ceil(p n / 100)."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * p // 100) - 1)]


class RealImports(tool.ToolTest):
    def real(self, name):
        if not (TRACES / name).exists():
            self.skipTest(f"the real trace {name} is absent; set SKYREPLAY_TRACES to its folder")
        return TRACES / name

    def rows(self, *arguments):
        """The requests of an import as dictionaries, in order."""
        self.tool("trace", "import", *map(str, arguments), "--out", "t.skytrace")
        head, _ = self.tool("trace", "head", "t.skytrace", "-n", "1000000")
        rows = list(csv.DictReader(head.splitlines()))
        for row in rows:
            row["us"] = round(float(row["duration_ms"]) * 1000)
            row["second"] = epoch(row["arrival"][:19], "%Y-%m-%dT%H:%M:%S")
        self.assertEqual(rows, sorted(rows, key=lambda row: (row["second"], row["arrival"].rstrip("Z"))))
        return rows

    def assert_durations(self, rows, expected_us):
        found = [row["us"] for row in rows]
        self.assertEqual(len(found), len(expected_us))
        self.assertEqual(sum(found), sum(expected_us))
        for p in (1, 50, 90, 95, 99, 100):
            self.assertEqual(percentile(found, p), percentile(expected_us, p), p)

    def test_thedash_by_a_mapping(self):
        path = self.real("thedash_nginx_json_2013/access.json.log.gz")
        lines = [json.loads(line) for line in gzip.open(path)]
        rows = self.rows(path, "--format", "jsonl", "--map", "end=time_local:clf", "--map", "duration=request_time:s",
                         "--map", "route=request", "--map", "status=status", "--map", "bytes_out=sent")
        self.assertEqual(len(rows), 10049)
        self.assert_durations(rows, [microseconds(line["request_time"]) for line in lines])
        self.assertEqual(sum(int(row["bytes_out"]) for row in rows), sum(int(line["sent"]) for line in lines))
        for status in ("101", "200", "304", "499", "502"):
            self.assertEqual(sum(row["status"] == status for row in rows),
                             sum(line["status"] == status for line in lines), status)
        first = min(epoch(line["time_local"], "%d/%b/%Y:%H:%M:%S %z") - float(line["request_time"]) for line in lines)
        self.assertEqual(rows[0]["second"], int(first))

    def test_thedash_as_nginx_json(self):
        path = self.real("thedash_nginx_json_2013/access.json.log.gz")
        lines = [json.loads(line) for line in gzip.open(path)]
        requests = [line for line in lines if line["status"] != "101"]
        rows = self.rows(path)
        self.assert_durations(rows, [microseconds(line["request_time"]) for line in requests])
        self.assertEqual(sum(int(row["bytes_out"]) for row in rows), sum(int(line["sent"]) for line in requests))
        self.assertEqual(len(self.rows(path, "--websockets", "keep", "--format", "nginx-json")), 10049)
        capped = self.rows(path, "--websockets", "cap=30s")
        self.assert_durations(capped, [min(microseconds(line["request_time"]), 30_000_000) if line["status"] == "101"
                                       else microseconds(line["request_time"]) for line in lines])

    def test_azure_llm_with_a_law_of_tokens(self):
        for name, count in (("code", 8819), ("conv", 19366)):
            path = self.real(f"azure_llm_2023/AzureLLMInferenceTrace_{name}.csv.gz")
            rows = self.rows(path, "--map", "start=TIMESTAMP:iso", "--map",
                             "duration=50ms+ContextTokens:0.1ms+GeneratedTokens:20ms")
            table = list(csv.DictReader(gzip.open(path, "rt", newline="")))
            self.assertEqual(len(table), count)
            self.assert_durations(rows, [50_000 + 100 * int(row["ContextTokens"]) + 20_000 * int(row["GeneratedTokens"])
                                         for row in table])

    def test_azure_functions_2021(self):
        path = self.real("azure_functions_2021_sample/Azure2021_200.csv")
        table = list(csv.DictReader(path.read_text().splitlines()))
        rows = self.rows(path)
        self.assertEqual(len(rows), 199)
        self.assert_durations(rows, [microseconds(row["duration"]) for row in table])
        self.assertEqual(len({row["route"] for row in rows}), len({(row["app"], row["func"]) for row in table}))
        starts = sorted(decimal.Decimal(row["end_timestamp"]) - decimal.Decimal(row["duration"]) for row in table)
        origin = epoch("2026-01-05", "%Y-%m-%d")
        self.assertEqual([row["second"] for row in rows], [origin + int(start // 1) for start in starts])

    def test_swim(self):
        for year, count in ((2009, 5894), (2010, 24442)):
            path = self.real(f"swim_facebook/FB-{year}_samples_24_times_1hr_0.tsv.gz")
            jobs = [line.split("\t") for line in gzip.open(path, "rt").read().splitlines()]
            self.assertEqual(len(jobs), count)
            rows = self.rows(path, "--map", "duration=20s+map_input_bytes:1ns")
            self.assertEqual({row["kind"] for row in rows}, {"job"})
            origin = epoch("2026-01-05", "%Y-%m-%d")
            self.assertEqual([row["second"] for row in rows], sorted(origin + int(job[1]) for job in jobs))
            self.assert_durations(rows, [20_000_000 + (int(job[3]) + 500) // 1000 for job in jobs])

    def test_jaeger_and_its_calls(self):
        path = self.real("format_samples/jaeger/socialnetwork_20traces.json.gz")
        roots, calls, entries, services = [], {}, {}, set()
        for trace in json.load(gzip.open(path))["data"]:
            spans = {span["spanID"]: span for span in trace["spans"]}
            name = {span_id: trace["processes"][span["processID"]]["serviceName"] for span_id, span in spans.items()}
            parent = {i: span["references"][0]["spanID"] if span["references"] else None for i, span in spans.items()}
            for i in spans:
                at = parent[i]
                if at in spans and name[at] == name[i]:
                    continue
                entries[name[i]] = entries.get(name[i], 0) + 1
                services.add(name[i])
                if at in spans:
                    calls[name[at], name[i]] = calls.get((name[at], name[i]), 0) + 1
                    continue
                # The microseconds of the root that no call to another service covers.
                covered, within = set(), lambda j: name[j] == name[i]
                for j in spans:
                    if parent[j] in spans and within(parent[j]) and not within(j):
                        covered |= set(range(spans[j]["startTime"], spans[j]["startTime"] + spans[j]["duration"]))
                covered &= set(range(spans[i]["startTime"], spans[i]["startTime"] + spans[i]["duration"]))
                roots.append((spans[i]["startTime"], spans[i]["duration"] - len(covered)))
        self.tool("trace", "import", str(path), "--out", "t.skytrace", "--calls", "calls.yaml")
        head, _ = self.tool("trace", "head", "t.skytrace", "-n", "1000")
        works = [round(float(row["work_ms"]) * 1000) for row in csv.DictReader(head.splitlines())]
        self.assertEqual(works, [work for _, work in sorted(roots)])
        written = (self.folder / "calls.yaml").read_text()
        found = re.findall(r'from: "(.+)"\n    to: "(.+)"  # (\d+) calls by (\d+) requests\n    count: (\d+)\n', written)
        self.assertEqual({(a, b): int(n) for a, b, n, _, _ in found}, calls)
        for a, _, n, requests, count in found:
            self.assertEqual(int(requests), entries[a])
            self.assertEqual(int(count), -(-int(n) // int(requests)))
        listed = "".join(f"  {name}: {{lambda: {{memory_size: 512}}}}\n" for name in sorted(services))
        self.write("s.yaml", "version: 1\nregion: us-east-1\nservices:\n" + listed +
                   'routes: [{match: "*", service: nginx-web-server}]\n' + written)
        self.tool("scenario", "check", "s.yaml")
        self.tool("run", "s.yaml", "--trace", "t.skytrace", "--out", "result")

    def test_mooncake_as_lines_and_as_a_table(self):
        lines = self.real("mooncake_fast25/conversation_trace_head200.jsonl")
        table = self.real("mooncake_fast25/conversation_trace_trimmed.csv.gz")
        law = "duration=input_length:0.2ms+output_length:15ms"
        origin = ("--origin", "2026-01-05T00:00:00Z")
        rows = self.rows(lines, "--map", "start=timestamp:ms", "--map", law, *origin)
        entries = [json.loads(line) for line in lines.read_text().splitlines()]
        self.assert_durations(rows, [200 * e["input_length"] + 15_000 * e["output_length"] for e in entries])
        header, *values = gzip.open(table, "rt").read().split()
        values = [list(map(int, value.split(","))) for value in values]
        self.assertEqual(header.split(",")[1:], ["input_length", "output_length"])
        rows = self.rows(table, "--map", f"start={header.split(',')[0]}:ms", "--map", law, *origin)
        self.assert_durations(rows, [200 * row[1] + 15_000 * row[2] for row in values])
        self.assertEqual(len(rows), 12031)
        start = epoch("2026-01-05", "%Y-%m-%d")
        self.assertEqual(rows[-1]["second"], start + max(row[0] for row in values) // 1000)


if __name__ == "__main__":
    unittest.main()
