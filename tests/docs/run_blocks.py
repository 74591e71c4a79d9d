"""Runs the ```console blocks of a Markdown document and compares what they print with what is shown.

A line "$ command" is run by bash; lines "> more" directly below a command that ends in a backslash, or that
begins a here-document, go on with it. The lines up to the next command are its standard output; none shown
means any. A line "..." stands for any number of lines, "..." within a line for any text. Every command must
exit with 0: show a failure as `command 2>&1 || echo "exit $?"`.

All blocks of a document share one scratch folder, in which the repository's own folders are linked, with
skyreplay on the PATH. A block that names SKYREPLAY_TRACES is left out where that folder is absent.
"""

import argparse
import dataclasses
import os
import pathlib
import re
import subprocess
import sys
import tempfile


@dataclasses.dataclass
class Command:
    line: int
    text: str
    shown: list[str] = dataclasses.field(default_factory=list)


def console_blocks(document: str) -> list[list[Command]]:
    blocks: list[list[Command]] = []
    inside = False
    for number, line in enumerate(document.splitlines(), 1):
        if line.startswith("```"):
            inside = not inside and line.rstrip() == "```console"
            if inside:
                blocks.append([])
        elif inside and line.startswith("$ "):
            blocks[-1].append(Command(number, line[2:]))
        elif inside and not blocks[-1]:
            raise SystemExit(f"line {number}: a console block must begin with '$ '")
        elif inside:
            command = blocks[-1][-1]
            goes_on = command.text.endswith("\\") or "<<" in command.text
            if goes_on and line.startswith("> ") and not command.shown:
                command.text += "\n" + line[2:]
            else:
                command.shown.append(line)
    return blocks


def pattern_of(shown: list[str]) -> re.Pattern:
    parts = []
    for line in shown:
        if line.strip() == "...":
            parts.append(r"(?:[^\n]*\n)*?")
        else:
            parts.append("[^\n]*".join(re.escape(part) for part in line.rstrip().split("...")) + r"[ \t]*\n")
    return re.compile("".join(parts))


def prints_as_shown(shown: list[str], printed: str) -> bool:
    if not shown:
        return True
    if printed and not printed.endswith("\n"):
        printed += "\n"
    return pattern_of(shown).fullmatch(printed) is not None


def run(command: Command, folder: str, environment: dict[str, str]) -> str:
    """The reason why the command is not as the document says, or ""."""
    done = subprocess.run(["bash", "-c", command.text], cwd=folder, env=environment, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode != 0:
        return f"exit {done.returncode}\n{done.stdout}{done.stderr}"
    if not prints_as_shown(command.shown, done.stdout):
        return "shown:\n" + "\n".join(command.shown) + "\nprinted:\n" + done.stdout
    return ""


def link_repository(source: pathlib.Path, folder: str) -> None:
    for entry in source.iterdir():
        if entry.name not in {"build", "out", ".git"}:
            os.symlink(entry, pathlib.Path(folder) / entry.name)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("document", type=pathlib.Path)
    parser.add_argument("--tool", type=pathlib.Path, required=True)
    parser.add_argument("--source", type=pathlib.Path, required=True)
    options = parser.parse_args()

    environment = dict(os.environ, PATH=f"{options.tool.resolve().parent}:{os.environ['PATH']}", NO_COLOR="1")
    traces = pathlib.Path(environment.setdefault("SKYREPLAY_TRACES", str(options.source / "../shared/traces")))
    failed = ran = skipped = 0
    with tempfile.TemporaryDirectory(prefix="skyreplay-docs-") as folder:
        link_repository(options.source.resolve(), folder)
        for block in console_blocks(options.document.read_text()):
            if any("SKYREPLAY_TRACES" in command.text for command in block) and not traces.is_dir():
                skipped += 1
                continue
            for command in block:
                ran += 1
                reason = run(command, folder, environment)
                if reason:
                    failed += 1
                    print(f"{options.document}:{command.line}: $ {command.text}\n{reason}")
    if skipped:
        every = "every block" if ran == 0 else f"{skipped} blocks"
        print(f"SKIPPED: {every}: the real traces are absent; set SKYREPLAY_TRACES to their folder")
    print(f"{options.document.name}: {ran} commands, {failed} not as shown")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
