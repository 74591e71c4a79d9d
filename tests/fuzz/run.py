"""run.py TARGET [--seconds N]: fuzzes one target on a copy of its corpus and says how far it came.

Fails where the target does: the input is kept under BUILD/crashes, its bytes and the line that
reproduces it are printed. docs/testing.md says what a target promises.
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent.parent
# Longest inputs: enough for everything, short enough to be quick.
MAX_BYTES = {"trace_reader": 16384, "result_reader": 16384, "time": 64, "number": 128, "route_pattern": 512,
             "requirement": 128, "sweep": 2048, "distribution": 256, "setting": 256, "expectation": 512, "import_counts": 512,
             "scenario_yaml": 2048, "scenario_textproto": 2048, "synth_spec": 2048, "import_azure_2019": 2048,
             "import_csv": 2048, "import_mapped": 1024, "import_spans": 2048, "import_jobs": 1024, "import_lambda": 2048,
             "import_alb": 2048, "import_combined": 1024, "import_cloudfront": 1024, "import_metric": 512,
             "timeline": 2048}
TIMED_OUT = 70  # libFuzzer's exit status
LIMITS = ["-timeout=5", "-rss_limit_mb=512", "-malloc_limit_mb=256"]


def copy_corpus(target: str, build: pathlib.Path, to: pathlib.Path) -> int:
    sources = [HERE / "corpus" / target, build / "tests/fuzz/seeds" / target]
    seeds = [seed for source in sources if source.is_dir() for seed in sorted(source.iterdir())]
    for seed in seeds:
        shutil.copy(seed, to / seed.name)
    return len(seeds)


def write_dictionary(target: str, corpus: pathlib.Path, to: pathlib.Path) -> None:
    """The words of the text seeds, and for scenarios the fields of the schema."""
    words: set[bytes] = set()
    for seed in corpus.iterdir():
        if b"\x00" not in (data := seed.read_bytes()):
            words |= set(re.findall(rb"[A-Za-z_]{3,30}:?", data))
    if target in ("scenario_yaml", "scenario_textproto", "setting"):
        schema = (TOP / "proto/skyreplay/scenario.proto").read_bytes()
        words |= set(re.findall(rb"^ +(?:optional|repeated)? *[\w<>., ]+ (\w+) = \d+", schema, re.MULTILINE))
    to.write_bytes(b"".join(b'"%s"\n' % word for word in sorted(words)))


def figures(log: str) -> dict[str, str]:
    """What libFuzzer says last of its coverage, and its final statistics."""
    found = dict(re.findall(r"^stat::(\w+): +(\d+)", log, re.MULTILINE))
    for name in ("cov", "ft"):
        values = re.findall(rf" {name}: (\d+)", log)
        found[name] = values[-1] if values else "0"
    return found


def report_finding(program: pathlib.Path, path: pathlib.Path) -> None:
    data = path.read_bytes()
    shown = data[:4096].hex() + ("..." if len(data) > 4096 else "")
    print(f"\n{path.name}, {len(data)} bytes: {shown}")
    print(f"reproduce with: echo {shown} | xxd -r -p > input && {program} input")
    print(f"           or: {program} {path}")


def environment() -> dict[str, str]:
    # The quarantine of freed memory counts as memory in use; by default it alone is half the limit.
    found = {**os.environ, "ASAN_OPTIONS": "quarantine_size_mb=32"}
    for name in ("llvm-symbolizer-19", "llvm-symbolizer"):
        if path := shutil.which(name) or shutil.which(name, path="/usr/lib/llvm-19/bin"):
            found["ASAN_SYMBOLIZER_PATH"] = path
            break
    return found


def was_starved(program: pathlib.Path, status: int, findings: list[pathlib.Path]) -> bool:
    """Whether a timeout is the machine's doing: by itself the input takes little of the processor's time."""
    if status != TIMED_OUT or len(findings) != 1:
        return False
    before = os.times()
    alone = subprocess.run([str(program), str(findings[0]), "-timeout=60"], stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, env=environment(), check=False)
    took_s = os.times().children_user - before.children_user
    print(f"a timeout that takes {took_s:.1f} s of processor time alone: {'busy machine' if took_s < 2 else 'slow'}")
    return alone.returncode == 0 and took_s < 2


def command_for(target: str, program: pathlib.Path, scratch: pathlib.Path, crashes: pathlib.Path) -> list[str]:
    """Everything but how long; the corpus is scratch/corpus."""
    command = [str(program), str(scratch / "corpus"), f"-artifact_prefix={crashes}/{target}-", "-print_final_stats=1",
               f"-max_len={MAX_BYTES[target]}", *LIMITS]
    words = scratch / "words"
    write_dictionary(target, scratch / "corpus", words)
    if words.stat().st_size > 0:
        command.append(f"-dict={words}")
    return command


def fuzz(target: str, seconds: int, build: pathlib.Path, scratch: pathlib.Path, more: list[str]) -> int:
    program = build / "tests/fuzz" / f"fuzz_{target}"
    crashes = build / "crashes"
    crashes.mkdir(exist_ok=True)
    corpus = scratch / "corpus"
    corpus.mkdir()
    seeds = copy_corpus(target, build, corpus)
    command = command_for(target, program, scratch, crashes)
    end = time.monotonic() + seconds
    executions = 0
    starved = True
    while starved:
        before = set(crashes.glob(f"{target}-*"))
        left = max(1, round(end - time.monotonic()))
        done = subprocess.run([*command, f"-max_total_time={left}", *more], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, env=environment(), check=False)
        log = done.stdout.decode(errors="replace")
        found = figures(log)
        executions += int(found.get("number_of_executed_units", 0))
        findings = sorted(set(crashes.glob(f"{target}-*")) - before)
        starved = was_starved(program, done.returncode, findings)
        if starved:
            findings[0].unlink()
    print(f"{target}: {executions:,} executions in {seconds} s, cov {found['cov']}, features {found['ft']}, "
          f"corpus {seeds} -> {len(os.listdir(corpus))}, peak {found.get('peak_rss_mb', '?')} MiB")
    if done.returncode != 0:
        print(log[-20000:])
        for path in findings:
            report_finding(program, path)
    return done.returncode


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("target")
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--build", type=pathlib.Path, default=TOP / "build/fuzz")
    options, more = parser.parse_known_args()
    with tempfile.TemporaryDirectory(prefix="skyreplay-fuzz-") as scratch:
        return fuzz(options.target, options.seconds, options.build.resolve(), pathlib.Path(scratch), more)


if __name__ == "__main__":
    sys.exit(main())
