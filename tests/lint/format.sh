#!/usr/bin/env bash
# format.sh SOURCE: fails where a C++ file is not as .clang-format has it.
set -euo pipefail
cd "$1"
git ls-files -z -- '*.h' '*.cc' | xargs -0 clang-format-19 --dry-run -Werror
