#!/usr/bin/env python3
"""What a run needs of memory: resident set without file pages (RssAnon), the largest seen.

Two hundred functions, 1,000 requests a second. Bars: with windows of a minute, the long trace against one of
10^6 requests at most 1.1 times; with windows of a second, as many windows as the long trace has thousands of
requests, at most 256 MiB. Takes $SKYREPLAY, prints, and exits with 1 where a bar is not met.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import time

SPEC = """version: 1
duration: 1h
rate: 1000
classes:
  - {name: web, routes: 200, share: 1, popularity: {zipf: 1}, duration: {lognormal: {p50: 50ms, p99: 500ms}}}
"""
SCENARIO = """version: 1
services: {fn: {for_each_route: true, lambda: {memory_size: 1769, timeout: 900}}}
account: {lambda: {concurrent_executions: 10000}}
"""
MIB = 1024  # of /proc's kB


def anonymous_kib(process):
    """0 once the process has ended."""
    for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1])
    return 0


def peak_kib(arguments, folder):
    """The largest of a run, looked at every millisecond."""
    process = subprocess.Popen([os.environ["SKYREPLAY"], *arguments], cwd=folder, stdout=subprocess.DEVNULL)
    peak = 0
    while process.poll() is None:
        peak = max(peak, anonymous_kib(process))
        time.sleep(0.001)
    if process.returncode != 0:
        sys.exit(f"{' '.join(arguments)}: exit {process.returncode}")
    return peak


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=100_000_000, metavar="N", help="of the long trace (10^8)")
    long = parser.parse_args().requests
    with tempfile.TemporaryDirectory(prefix="skyreplay-memory-") as scratch:
        folder = pathlib.Path(scratch)
        (folder / "spec.yaml").write_text(SPEC)
        (folder / "scenario.yaml").write_text(SCENARIO)

        def synth(requests):
            name = f"{requests}.skytrace"
            synth = [os.environ["SKYREPLAY"], "trace", "synth", "spec.yaml", "--requests", str(requests), "--out", name]
            subprocess.run(synth, cwd=folder, check=True, capture_output=True)
            return name

        def run(trace, window):
            return peak_kib(["run", "scenario.yaml", "--trace", trace, "--out", "out", "--force", "--quiet", "--window",
                             window], folder)

        short_trace, long_trace = synth(1_000_000), synth(long)
        short_peak = max(run(short_trace, "60s") for _ in range(3))  # short enough for a look to miss its peak
        long_peak = run(long_trace, "60s")
        windows_peak = run(long_trace, "1s")
    ratio = long_peak / short_peak
    print(f"{long:,} requests {long_peak / MIB:.1f} MiB, 1,000,000 requests {short_peak / MIB:.1f} MiB: "
          f"{ratio:.3f} (bar: at most 1.1)")
    print(f"200 services x {long // 1000:,} windows: {windows_peak / MIB:.1f} MiB (bar: at most 256)")
    sys.exit(ratio > 1.1 or windows_peak > 256 * MIB)


if __name__ == "__main__":
    main()
