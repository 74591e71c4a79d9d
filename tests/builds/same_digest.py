"""same_digest.py SCENARIO_FOLDER TOOL...: synthesizes the folder's workload.yaml and replays its scenario.yaml, and
those of the folders beside it whose names go on with a dash, with each build of the tool; the traces must be equal
byte for byte, and so must the runs' digests."""

import pathlib
import re
import subprocess
import sys
import tempfile


def output_of(command: list[str]) -> str:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def digest_of(printed: str) -> str:
    lines = printed.splitlines()
    found = re.fullmatch(r"digest ([0-9a-f]{32})", lines[-1]) if lines else None
    if not found:
        raise SystemExit(f"the last line is no digest:\n{printed}")
    return found.group(1)


def scenarios_of(folder: pathlib.Path) -> list[pathlib.Path]:
    beside = sorted(folder.resolve().parent.glob(f"{folder.resolve().name}-*/scenario.yaml"))
    return [folder / "scenario.yaml", *beside]


def main(folder: pathlib.Path, tools: list[str]) -> int:
    equal = True
    with tempfile.TemporaryDirectory(prefix="skyreplay-digest-") as scratch:
        first = None
        digests: dict[pathlib.Path, set[str]] = {scenario: set() for scenario in scenarios_of(folder)}
        for index, tool in enumerate(tools):
            trace = pathlib.Path(scratch) / f"{index}.skytrace"
            output_of([tool, "trace", "synth", str(folder / "workload.yaml"), "--out", str(trace)])
            if first is None:
                first = trace
            elif trace.read_bytes() != first.read_bytes():
                print(f"{tool} synthesizes another trace than {tools[0]}")
                return 1
            for number, (scenario, found) in enumerate(digests.items()):
                out = str(pathlib.Path(scratch) / f"{index}.{number}.out")
                printed = output_of([tool, "run", str(scenario), "--trace", str(trace), "--out", out])
                found.add(digest_of(printed))
                print(f"{digest_of(printed)}  {scenario.parent.name}  {tool}")
                equal = equal and len(found) == 1
    return 0 if equal else 1


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit("usage: same_digest.py SCENARIO_FOLDER TOOL TOOL...")
    sys.exit(main(pathlib.Path(sys.argv[1]), sys.argv[2:]))
