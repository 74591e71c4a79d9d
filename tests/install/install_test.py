"""Installs the library and builds and runs a small program against the install tree alone."""

import os
import pathlib
import subprocess
import tempfile
import unittest

CONSUMER = pathlib.Path(__file__).resolve().parent / "consumer"

SPEC = """version: 1
duration: 1m
rate: 10
classes:
  - {name: web, routes: [GET /], share: 1, duration: 100ms}
"""
SCENARIO = """version: 1
workload: {synth: {spec: spec.yaml}}
services: {fn: {lambda: {memory_size: 1769}}}
expectations:
  - {name: answers, metric: completions, statistic: avg, must_be: "== 100%"}
"""


def run(*command: str, **environment: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **environment})
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(command)}\n{done.stdout}{done.stderr}")


class Install(unittest.TestCase):
    def test_a_consumer_configures_builds_and_runs_from_the_install_tree(self):
        build = os.environ["SKYREPLAY_BUILD"]
        with tempfile.TemporaryDirectory(prefix="skyreplay-install-") as scratch:
            tree = pathlib.Path(scratch)
            (tree / "shop").mkdir()
            (tree / "shop/spec.yaml").write_text(SPEC)
            (tree / "shop/scenario.yaml").write_text(SCENARIO)
            run("cmake", "--build", build, "--target", "skyreplay_library")
            run("cmake", "--install", build, "--component", "library", "--prefix", f"{tree}/installed")
            run("cmake", "-S", str(CONSUMER), "-B", f"{tree}/build", "-G", "Ninja",
                f"-DCMAKE_PREFIX_PATH={tree}/installed", f"-DCMAKE_CXX_COMPILER={os.environ['CXX']}")
            run("cmake", "--build", f"{tree}/build")
            run(f"{tree}/build/consumer", SHOP=f"{tree}/shop")


if __name__ == "__main__":
    unittest.main()
