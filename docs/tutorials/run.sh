#!/usr/bin/env bash
# Runs the commands of the guide and the tutorials as they stand there, each in a directory of its own, and stops at the
# first that fails. PROGRAM names the program.
set -euo pipefail
program=$(realpath "${PROGRAM:-$(command -v urbanmine)}")
cd "$(dirname "$0")"
passed=0
if [ $# -eq 0 ]; then set -- ../guide.md [0-9]*.md; fi
for file in "$@"; do
    place=$(mktemp -d)
    mkdir "$place/bin" "$place/work"
    ln -s "$program" "$place/bin/urbanmine"
    awk '/^```sh$/ { inside = 1; next } /^```/ { inside = 0 } inside' "$file" > "$place/script"
    grep -q urbanmine "$place/script" || { echo "$file has no commands"; exit 1; }
    (cd "$place/work" && PATH="$place/bin:$PATH" bash -euo pipefail "$place/script" > "$place/said" 2>&1) ||
        { cat "$place/said"; echo "$file: a command failed, see above"; exit 1; }
    passed=$((passed + 1))
    rm -r "$place"
done
echo "tutorials: $passed passed, 0 failed"
