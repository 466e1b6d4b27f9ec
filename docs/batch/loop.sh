#!/usr/bin/env bash
# A study of one lever: the share of the country's packs that the plant wins. Each run has a scenario id of its own.
#   PROGRAM=target/release/urbanmine bash docs/batch/loop.sh output/shares
set -euo pipefail
program=${PROGRAM:-urbanmine}
out=${1:-output/shares}
runs=()
for percent in ${SHARES:-1 2 4}; do
    id=share-$percent
    share=$(awk "BEGIN { print $percent / 100 }")
    "$program" -q run scenarios/hefei.toml -o "$out" --set "scenario.id=\"$id\"" \
        --set yard.p1.share.retired.catchment="$share" --set yard.p1.share.second_life.catchment="$share"
    runs+=("$out/$id")
done
"$program" compare "${runs[@]}" -o "$out/compare"
