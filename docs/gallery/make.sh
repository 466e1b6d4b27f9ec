#!/usr/bin/env bash
# Makes the gallery anew from the shipped scenarios:
#   cargo build --release --locked && PROGRAM=target/release/urbanmine bash docs/gallery/make.sh
# Of the first scenario every chart is kept, of the others those in which they differ; then all of them in one comparison.
set -euo pipefail
program=$(realpath "${PROGRAM:-$(command -v urbanmine)}")
cd "$(dirname "$0")/../.."
gallery=docs/gallery
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$program" -q run scenarios/*.toml -o "$work/runs" -k
mapfile -t ids < <(cd "$work/runs" && printf '%s\n' hefei *[^.] | awk '!seen[$0]++')
"$program" -q compare "${ids[@]/#/$work/runs/}" -o "$work/compare" --baseline hefei
rm -f "$gallery"/*.svg

# A heading, then the charts: their titles are in the pictures.
show() {
    local title=$1 text=$2 from=$3
    shift 3
    printf '\n## %s\n\n%s\n\n' "$title" "$text"
    for name in "$@"; do
        local file=${from##*/}-$name.svg
        [ -s "$from/figures/$name.svg" ] || continue
        cp "$from/figures/$name.svg" "$gallery/$file"
        printf '![%s: %s](%s)\n' "${from##*/}" "${name//_/ }" "$file"
    done
}
key() { "$program" show "scenarios/$1.toml" "scenario.$2" | sed 's/^[^=]*= //'; }
{
    printf '# Gallery\n\nThe charts of the shipped scenarios, made by `docs/gallery/make.sh`. Each run writes them as SVG and PNG; '
    printf 'in its `report.html` they tell their values where they are pointed at.\n'
    for id in "${ids[@]}"; do
        charts=(loop supply_hefei supply_china net_present_value_p1)
        if [ "$id" = hefei ]; then
            charts=(loop loop_all_years plant_p1 feed_mix_p1 flowsheet_p1 supply_hefei supply_catchment cash_flow_p1
                net_present_value_p1 targets ghg_by_cause retired_packs_and_estimates in_use_stock)
        fi
        show "\`$id\`" "$(key "$id" description | tr -d '"')" "$work/runs/$id" "${charts[@]}"
    done
    show "All of them compared" "Overlays of \`urbanmine compare\`; dashed: \`hefei\`." "$work/compare" \
        plant_utilisation_p1 net_present_value_p1 recycled_content_hefei_Li retired
} > "$gallery/README.md"
du -sh "$gallery"
