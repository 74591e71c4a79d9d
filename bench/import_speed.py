#!/usr/bin/env python3
"""import_speed.py BUILD [--mib N] [--formats FORMAT...]: how many MB of a log `trace import` reads in a second of one core.

Writes logs of N MiB (200) with made-up lines, times that move on and a few hundred routes, plain and as gzip, imports
each, and prints MB of plain text per second of user and system time, the rows, and the peak of memory.
"""

import argparse
import gzip
import os
import pathlib
import random
import subprocess
import sys
import tempfile

AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"


def clock(ms: int) -> str:
    return f"{ms // 3600000 % 24:02}:{ms // 60000 % 60:02}:{ms // 1000 % 60:02}"


class Draw:
    """What a request is; the same for every run."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)
        self.ms = 0

    def next(self) -> None:
        r = self.random
        self.ms += r.randrange(4)
        self.path = f"/api/v1/part-{r.randrange(40)}/{r.randrange(100000)}/items?page={r.randrange(9)}"
        self.took = r.randrange(1, 900)
        self.out = r.randrange(200, 90000)
        self.client = f"198.51.{r.randrange(256)}.{r.randrange(256)}"
        self.id = f"{r.getrandbits(32):08x}-{r.getrandbits(16):04x}-4{r.getrandbits(12):03x}-8000-{r.getrandbits(48):012x}"


def alb(d: Draw) -> str:
    came = d.ms - d.took
    return (f"https 2026-03-02T{clock(d.ms)}.{d.ms % 1000:03}412Z app/shop/0123456789abcdef {d.client}:40312 "
            f"10.1.2.{d.out % 200}:8080 0.001 0.{d.took:03} 0.000 200 200 310 {d.out} "
            f'"GET https://shop.example:443{d.path} HTTP/2.0" "{AGENT}" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.3 '
            f"arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/web/fedcba9876543210 "
            f'"Root=1-65e2f3a5-{d.id[-12:]}01234567" "shop.example" "session-reused" 3 '
            f'2026-03-02T{clock(max(came, 0))}.{max(came, 0) % 1000:03}000Z "forward" "-" "-" "10.1.2.3:8080" "200" "-" "-" '
            f"TID_{d.id[:8]}\n")


def combined(d: Draw) -> str:
    return (f'{d.client} - - [02/Mar/2026:{clock(d.ms)} +0100] "GET {d.path} HTTP/1.1" 200 {d.out} '
            f'"https://shop.example/" "{AGENT}"\n')


def lambda_text(d: Draw) -> str:
    return (f"2026-03-02T{clock(d.ms)}.{d.ms % 1000:03}Z REPORT RequestId: {d.id}\tDuration: {d.took}.{d.out % 100:02} ms\t"
            f"Billed Duration: {d.took + 1} ms\tMemory Size: 512 MB\tMax Memory Used: {80 + d.out % 40} MB\t\n")


def cloudfront(d: Draw) -> str:
    agent = AGENT.replace(" ", "%20")
    return (f"2026-03-02\t{clock(d.ms)}\tFRA50-C1\t{d.out}\t{d.client}\tGET\td111111abcdef8.cloudfront.net\t"
            f"{d.path.split('?')[0]}\t200\t-\t{agent}\tpage=1\t-\tMiss\t{d.id}==\tshop.example\thttps\t310\t0.{d.took:03}\t-\t"
            f"TLSv1.3\tTLS_AES_128_GCM_SHA256\tMiss\tHTTP/2.0\t-\t-\t11040\t0.{d.took:03}\tMiss\tapplication/json\t{d.out}\t-\t-\n")


FORMATS = {"alb": (alb, "", []), "combined": (combined, "", ["--service-time", "20ms"]),
           "lambda": (lambda_text, "", ["--route", "fn"]),
           "cloudfront": (cloudfront, "#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) "
                          "cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type "
                          "x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol "
                          "ssl-cipher x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields "
                          "c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len "
                          "sc-range-start sc-range-end\n", [])}


def write(path: pathlib.Path, name: str, size: int) -> int:
    line, header, _ = FORMATS[name]
    draw, written = Draw(1), len(header)
    with path.open("w") as file:
        file.write(header)
        while written < size:
            draw.next()
            written += file.write(line(draw))
    return written


def measure(tool: pathlib.Path, log: pathlib.Path, name: str, folder: pathlib.Path, plain: int) -> str:
    command = [str(tool), "trace", "import", str(log), "--format", name, "--out", str(folder / "t.skytrace"), *FORMATS[name][2]]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    said = process.stdout.read().decode().splitlines()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit("\n".join(said))
    seconds = usage.ru_utime + usage.ru_stime
    return f"{plain / 1e6 / seconds:8.0f} MB/s {seconds:8.2f} s {usage.ru_maxrss / 1024:8.0f} MiB  {said[0].split(': ')[1]}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--formats", nargs="+", choices=list(FORMATS), default=list(FORMATS))
    parser.add_argument("--mib", type=int, default=200)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="skyreplay-import-") as scratch:
        folder = pathlib.Path(scratch)
        for name in options.formats:
            log, packed = folder / "log", folder / "log.gz"
            plain = write(log, name, options.mib << 20)
            print(f"{name:12} {measure(options.build / 'skyreplay', log, name, folder, plain)}")
            with log.open("rb") as source, gzip.open(packed, "wb", compresslevel=6) as target:
                while piece := source.read(1 << 20):
                    target.write(piece)
            print(f"{name + '.gz':12} {measure(options.build / 'skyreplay', packed, name, folder, plain)}", flush=True)


if __name__ == "__main__":
    main()
