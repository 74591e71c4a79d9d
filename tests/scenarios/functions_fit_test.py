"""Holds the table of scenarios/functions/README.md: each figure of the synthesized trace and of the real cut, and
how far the two are apart. Run with --table, it prints the table."""

import collections
import csv
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ.get("SKYREPLAY_SOURCE", pathlib.Path(__file__).parents[2]))
SCENARIO = SOURCE / "scenarios/functions"
TRACES = pathlib.Path(os.environ.get("SKYREPLAY_TRACES", SOURCE / "../shared/traces"))
REAL = TRACES / "azure_functions_2019_invitro500_8h"
MINUTES = 480

# The figures in the table's order: name, how it is written, and how far the spec may be from the real cut in percent.
FIGURES = {
    "calls": ("{:,.0f}", 1),
    "functions with a call": ("{:.0f}", 2),
    "busiest minute / mean": ("{:.3f}", 2),
    "quietest minute / mean": ("{:.3f}", 20),
    "standard deviation of a minute / mean": ("{:.3f}", 15),
    "busiest second / mean": ("{:.3f}", 2),
    "calls of the busiest function": ("{:.2f} %", 1),
    "calls of the busiest 10": ("{:.2f} %", 1),
    "calls of the busiest 100": ("{:.2f} %", 1),
    "calls of the median function": ("{:.0f}", 5),
    "async calls": ("{:.2f} %", 1),
    "queue calls": ("{:.2f} %", 1),
    "schedule calls": ("{:.2f} %", 1),
    "sync calls": ("{:.2f} %", 6),
    "duration, mean": ("{:.1f} ms", 2),
    "duration, p50": ("{:.1f} ms", 2),
    "duration, p90": ("{:.1f} ms", 2),
    "duration, p99": ("{:,.0f} ms", 5),
    "duration, p99.9": ("{:,.0f} ms", 15),
    "memory, p50 of the functions' medians": ("{:.0f} MiB", 5),
    "memory, p90 of the functions' medians": ("{:.0f} MiB", 10),
    "memory, p50 of the functions' maxima": ("{:.0f} MiB", 5),
    "memory, p90 of the functions' maxima": ("{:.0f} MiB", 5),
    "cold starts": ("{:,.0f}", 3),
    "cold starts of async functions": ("{:.0f}", 20),
    "cold starts of queue functions": ("{:,.0f}", 5),
    "cold starts of schedule functions": ("{:,.0f}", 10),
    "cold starts of sync functions": ("{:,.0f}", 5),
    "cost": ("{:.2f} USD", 2),
    "cost of the dearest 3 functions": ("{:.2f} USD", 2),
}


def tool(*arguments):
    done = subprocess.run([os.environ.get("SKYREPLAY", "skyreplay"), *map(str, arguments)], check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{arguments}: exit {done.returncode}\n{done.stderr}")
    return done.stdout


def quantile(values, share):
    return sorted(values)[int(share * len(values))]


def figures_of_trace(trace):
    """What `trace info` says."""
    info = json.loads(tool("trace", "info", "--json", "--routes", 100000, trace))
    requests = info["requests"]
    rows = sorted((route["requests"] for route in info["routes"] if route["requests"]), reverse=True)
    figures = {
        "calls": requests,
        "functions with a call": len(rows),
        "busiest second / mean": info["peak_1s"]["requests_per_s"] / info["mean_requests_per_s"],
        "calls of the busiest function": 100 * rows[0] / requests,
        "calls of the busiest 10": 100 * sum(rows[:10]) / requests,
        "calls of the busiest 100": 100 * sum(rows[:100]) / requests,
        "calls of the median function": quantile(rows, 0.5),
    }
    for kind, count in info["requests_by_kind"].items():
        figures[f"{kind} calls"] = 100 * count / requests
    for name, key in (("mean", "mean"), ("p50", "p50"), ("p90", "p90"), ("p99", "p99"), ("p99.9", "p999")):
        figures[f"duration, {name}"] = info["work_ms"][key]
    for name, key in (("medians", "memory_used_p50_mib"), ("maxima", "memory_used_max_mib")):
        values = [route[key] for route in info["routes"]]
        figures[f"memory, p50 of the functions' {name}"] = quantile(values, 0.5)
        figures[f"memory, p90 of the functions' {name}"] = quantile(values, 0.9)
    return figures, {"fn/" + route["name"]: route["kind"] for route in info["routes"]}


def figures_of_run(trace, out, kinds):
    """What `run` says of the scenario on that trace."""
    tool("run", SCENARIO / "scenario.yaml", "--trace", trace, "--out", out)
    summary = json.loads((out / "summary.json").read_text())
    cold = collections.Counter()
    for service in summary["services"]:
        cold[kinds[service["name"]]] += service["cold_starts"]
    dearest = sorted((service["cost_usd"] for service in summary["services"]), reverse=True)
    arrivals = collections.Counter()
    with open(out / "timeline.csv", newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            arrivals[row["window_start"]] += int(row["arrivals"])
    minutes = [arrivals[start] for start in sorted(arrivals)][:MINUTES]
    mean = sum(minutes) / MINUTES
    figures = {
        "busiest minute / mean": max(minutes) / mean,
        "quietest minute / mean": min(minutes) / mean,
        "standard deviation of a minute / mean": statistics.pstdev(minutes) / mean,
        "cold starts": summary["overall"]["cold_starts"],
        "cost": summary["cost_usd"],
        "cost of the dearest 3 functions": sum(dearest[:3]),
    }
    return figures | {f"cold starts of {kind} functions": count for kind, count in cold.items()}


def figures_of(make_trace):
    with tempfile.TemporaryDirectory() as folder:
        trace = pathlib.Path(folder, "t.skytrace")
        make_trace(trace)
        figures, kinds = figures_of_trace(trace)
        return figures | figures_of_run(trace, pathlib.Path(folder, "out"), kinds)


def synthesized():
    return figures_of(lambda trace: tool("trace", "synth", SCENARIO / "workload.yaml", "--out", trace))


def real():
    inputs = [REAL / f"{name}.csv.gz" for name in ("invocations", "durations", "memory")]
    return figures_of(lambda trace: tool("trace", "import", *inputs, "--out", trace))


def apart(spec, cut):
    return f"{100 * (spec / cut - 1):+.1f} %"


def table(spec, cut):
    lines = ["| figure | real trace | spec | apart |", "| --- | ---: | ---: | ---: |"]
    for name, (form, _) in FIGURES.items():
        lines.append(f"| {name} | {form.format(cut[name])} | {form.format(spec[name])} | {apart(spec[name], cut[name])} |")
    return "\n".join(lines)


def table_of_readme():
    rows = {}
    for line in (SCENARIO / "README.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 4 and cells[0] in FIGURES:
            rows[cells[0]] = cells[1:]
    return rows


def number(cell):
    return float(cell.split()[0].replace(",", ""))


class FunctionsFit(unittest.TestCase):
    maxDiff = None

    def test_the_table_has_every_figure(self):
        self.assertEqual(list(table_of_readme()), list(FIGURES))

    def test_the_spec_column_is_what_the_spec_gives(self):
        figures = synthesized()
        self.assertEqual({name: row[1] for name, row in table_of_readme().items()},
                         {name: form.format(figures[name]) for name, (form, _) in FIGURES.items()})

    @unittest.skipUnless(REAL.is_dir(), "the real trace is absent; set SKYREPLAY_TRACES to its folder")
    def test_the_other_columns_are_what_the_real_trace_gives(self):
        spec, cut = synthesized(), real()
        self.assertEqual({name: (row[0], row[2]) for name, row in table_of_readme().items()},
                         {name: (form.format(cut[name]), apart(spec[name], cut[name]))
                          for name, (form, _) in FIGURES.items()})

    def test_spec_and_real_trace_are_as_close_as_each_figure_demands(self):
        for name, (cut, spec, _) in table_of_readme().items():
            with self.subTest(name):
                self.assertLessEqual(abs(number(spec) / number(cut) - 1) * 100, FIGURES[name][1])


if __name__ == "__main__":
    if sys.argv[1:] == ["--table"]:
        print(table(synthesized(), real()))
    else:
        unittest.main()
