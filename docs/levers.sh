#!/usr/bin/env bash
# What each lever of the city's plan is worth alone: the default scenario with one lever at a time set back to what it was
# before the plan. Prints the table of docs/levers.md.   cargo build --release --locked && bash docs/levers.sh
set -euo pipefail
cd "$(dirname "$0")/.."
program=${URBANMINE:-target/release/urbanmine}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# name | --set arguments
levers=(
    "the plan as it stands|"
    "lead time 18 months, not 12|plant.p1.construction.lead='18 month'"
    "no equipment subsidy|economics.p1.equipment_subsidy.rate=0"
    "local supply share 0.50 from 2026 on, not 0.80|manufacture.hefei.local_supply_share.2026=0.5"
    "half of new taxis and buses electric from 2025 on, not all|market.hefei.taxi.electric_share='{ 2024 = 1, 2025 = 0.5 }' market.hefei.bus.electric_share='{ 2024 = 1, 2025 = 0.5 }'"
    "130 swap stations, not 200|swap.hefei.stations.2026=130"
    "export share 0.10 from 2025 on, not 0.153|market.hefei.car_bev.export_share.2025=0.0998 market.hefei.car_phev.export_share.2025=0.0998"
    "half of the vehicle plants electric from 2026 on, not 0.70|market.hefei.nev_share.2026=0.5"
    "plant of 50 kt/yr, not 100|plant.p1.capacity='50 kt/yr'"
)

# Feed treated over the horizon (kt), lithium from the plant's products (t), net present value (million CNY), and greenhouse gases
# of the whole system over the horizon, less those of the primary material replaced outside it (kt CO2e).
figures() {
    awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        $at["plant"] == "p1" { sum += $at["throughput"] } END { printf "%.1f ", sum / 1e3 }' "$1/tables/plant.csv"
    awk -F, '$2 == "p1" && $3 == "product" && $4 == "lithium_carbonate" { sum += $7 } END { printf "%.0f ", sum }' "$1/tables/products.csv"
    awk -F, '$2 == "net_present_value" && $3 == "free_cash_flow" { printf "%.1f ", $4 / 1e6 }' "$1/tables/money.csv"
    awk -F, '$3 == "all" && $4 == "all" && $5 == "all" && $2 == "ghg" { sum += $6 }
        $3 == "all" && $4 == "all" && $5 == "all" && $2 == "ghg_avoided_outside" { sum -= $6 } END { printf "%.1f\n", sum / 1e3 }' "$1/tables/indicators.csv"
}

echo "| variant | feed treated to 2050, kt | lithium in products, t | net present value, million CNY | GHG of the system to 2050, kt CO2e | lever is worth: kt, t Li, million CNY, kt CO2e saved |"
echo "| --- | ---: | ---: | ---: | ---: | --- |"
for lever in "${levers[@]}"; do
    name=${lever%%|*}
    eval "sets=(${lever#*|})"
    arguments=()
    for set in "${sets[@]}"; do arguments+=(--set "$set"); done
    "$program" -q run scenarios/hefei.toml -o "$out" --force ${arguments[@]+"${arguments[@]}"}
    read -r feed lithium value gases < <(figures "$out/hefei")
    if [ -z "${plan_feed:-}" ]; then
        plan_feed=$feed plan_lithium=$lithium plan_value=$value plan_gases=$gases
        worth="-"
    else
        worth=$(awk "BEGIN { printf \"%+.1f, %+.0f, %+.1f, %+.1f\", $plan_feed - $feed, $plan_lithium - $lithium, $plan_value - $value, $gases - $plan_gases }")
    fi
    echo "| $name | $feed | $lithium | $value | $gases | $worth |"
done
