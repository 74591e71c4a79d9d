"""Runs clang-tidy-19 over our sources, by .clang-tidy at the top.

With --changed only over what differs from origin/main, or from the commit before where there is no
such branch or nothing differs: changed sources, and for a changed header one source that includes it.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile


def git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else ""


def base_revision() -> str:
    """What changed files are compared with; "" in a repository of one commit."""
    head = git("rev-parse", "HEAD")
    base = git("merge-base", "HEAD", "origin/main")
    return base if base and base != head else git("rev-parse", "HEAD~1")


def changed_files() -> list[str]:
    base = base_revision()
    if not base:
        return git("ls-files").splitlines()
    return git("diff", "--name-only", "--diff-filter=d", base).splitlines()


def compiled_sources(build: pathlib.Path, top: pathlib.Path) -> list[str]:
    """Our own sources of a build, relative to the top; generated ones are left out."""
    commands = json.loads((build / "compile_commands.json").read_text())
    sources = {pathlib.Path(command["file"]) for command in commands}
    return sorted(str(s.relative_to(top)) for s in sources if s.is_relative_to(top) and not s.is_relative_to(build))


def include_spelling(header: str) -> str:
    """sim/core/time.h is included as "core/time.h", include/skyreplay/x.h as "skyreplay/x.h"."""
    return header.split("/", 1)[1]


def to_check(sources: list[str], changed: list[str]) -> list[str]:
    chosen = {name for name in changed if name in sources}
    for header in (name for name in changed if name.endswith(".h")):
        needle = f'"{include_spelling(header)}"'
        if any(needle in pathlib.Path(source).read_text() for source in chosen):
            continue
        chosen.update([s for s in sources if needle in pathlib.Path(s).read_text()][:1])
    return sorted(chosen)


def without_precompiled(build: pathlib.Path, to: pathlib.Path) -> None:
    """A copy of the build's compile commands in which sources include what they say: g++'s precompiled headers are
    nothing that clang can read."""
    commands = json.loads((build / "compile_commands.json").read_text())
    for command in commands:
        words = command["command"].split(" ")
        kept = [word for i, word in enumerate(words)
                if "cmake_pch.hxx" not in word and not (word == "-include" and "cmake_pch.hxx" in words[i + 1])]
        command["command"] = " ".join(word for word in kept if word != "-Winvalid-pch")
    commands = [command for command in commands if "cmake_pch" not in command["file"]]
    (to / "compile_commands.json").write_text(json.dumps(commands))


def tidy(build: pathlib.Path, source: str) -> tuple[str, int, str]:
    # The compile commands are g++'s: clang knows one of its warnings not, and sees a deprecated buffer in libstdc++.
    command = ["clang-tidy-19", "-p", str(build), "--quiet", "--extra-arg=-Wno-unknown-warning-option",
               "--extra-arg=-Wno-deprecated-declarations", source]
    done = subprocess.run(command, capture_output=True, text=True)
    return source, done.returncode, done.stdout + (done.stderr if done.returncode else "")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--changed", action="store_true")
    options = parser.parse_args()

    sources = compiled_sources(options.build, pathlib.Path.cwd())
    if options.changed:
        sources = to_check(sources, changed_files())
    failed = 0
    with tempfile.TemporaryDirectory(prefix="skyreplay-tidy-") as scratch, \
            concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        without_precompiled(options.build, pathlib.Path(scratch))
        for source, status, text in pool.map(lambda s: tidy(pathlib.Path(scratch), s), sources):
            if status != 0:
                failed += 1
                print(f"{source}:\n{text}")
    print(f"clang-tidy: {len(sources)} files, {failed} with findings")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
