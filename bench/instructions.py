#!/usr/bin/env python3
"""Instructions per request of the main cases, counted by callgrind: exact on repeat, whatever else a machine does.

    bench/instructions.py PROGRAM             compares with bench/instructions.tsv; more than 3 % off is a failure
    bench/instructions.py PROGRAM --record    writes that file anew

What is counted is the difference between a longer and a shorter cut of one trace, divided by the requests between
them, so that reading the scenario and writing the result do not count. A figure that falls by more than 3 % is to be
recorded too: otherwise the next rise goes unseen.
"""

import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

BENCH = pathlib.Path(__file__).resolve().parent
RECORDED = BENCH / "instructions.tsv"
ALLOWED = 0.03
SHORT, LONG = 50_000, 250_000

# Name, spec of the trace, scenario.
CASES = [
    ("lambda 200 functions", "lambda/200.yaml", "lambda/scenario.yaml"),
    ("lambda 20,000 functions", "lambda/20000.yaml", "lambda/scenario.yaml"),
    ("lambda 200 functions, counted by CloudWatch", "lambda/200.yaml", "lambda/metrics.yaml"),
    ("workers, round robin", "fleet/workload.yaml", "fleet/workers_round_robin.yaml"),
    ("workers, least outstanding requests", "fleet/workload.yaml", "fleet/workers_least_outstanding_requests.yaml"),
    ("processor sharing", "fleet/workload.yaml", "fleet/sharing.yaml"),
    ("processor sharing with wait", "fleet/workload.yaml", "fleet/sharing_wait.yaml"),
    ("processor sharing, target tracking", "fleet/workload.yaml", "fleet/target_tracking.yaml"),
]


def instructions(program: str, scenario: pathlib.Path, trace: pathlib.Path, folder: pathlib.Path) -> int:
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, "run", str(scenario),
               "--trace", str(trace), "--out", str(folder / "out"), "--force", "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode != 0 or not found:
        sys.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return int(found.group(1))


def per_request(program: str, spec: str, scenario: str) -> float:
    with tempfile.TemporaryDirectory(prefix="skyreplay-instructions-") as scratch:
        folder = pathlib.Path(scratch)
        subprocess.run([program, "trace", "synth", str(BENCH / spec), "--out", str(folder / "long.skytrace"),
                        "--requests", str(LONG + LONG // 5)], check=True, capture_output=True)
        counts = []
        for rows in (SHORT, LONG):
            cut = folder / f"{rows}.skytrace"
            subprocess.run([program, "trace", "cut", str(folder / "long.skytrace"), "--out", str(cut), "--rows",
                            str(rows)], check=True, capture_output=True)
            counts.append(instructions(program, BENCH / scenario, cut, folder))
        return (counts[1] - counts[0]) / (LONG - SHORT)


def recorded() -> dict[str, float]:
    rows = [line.split("\t") for line in RECORDED.read_text().splitlines() if not line.startswith("#")]
    return {name: float(figure) for name, figure in rows}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", metavar="PROGRAM")
    parser.add_argument("--record", action="store_true")
    options = parser.parse_args()
    found = {name: per_request(options.program, spec, scenario) for name, spec, scenario in CASES}
    if options.record:
        lines = [f"{name}\t{figure:.1f}\n" for name, figure in found.items()]
        RECORDED.write_text("# Instructions per request, g++ release build. Written by bench/instructions.py --record.\n"
                            + "".join(lines))
    before = recorded()
    failures = 0
    for name, figure in found.items():
        change = figure / before[name] - 1
        is_off = abs(change) > ALLOWED
        failures += is_off
        print(f"{name:<38}{figure:>8.1f}{before[name]:>10.1f} recorded {change:>+8.1%}{'  TOO FAR' if is_off else ''}")
    if failures:
        print("record what is meant with bench/instructions.py PROGRAM --record, and say why in the commit")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
