//! Plants whose results are published: `EverBatt` 2019 at 10,000 and 100,000 t/yr, and the envelope of a real project.
//! What differs and why is told line by line in `docs/validation.md`.

mod money;

use crate::common::{Ran, data, near_to, run};
use std::collections::BTreeMap;
use std::path::Path;
use urbanmine::base::ids::{ChemistryId, Id, SinkId, YearId};
use urbanmine::model::burden::Cause;
use urbanmine::model::plant::FeedForm;
use urbanmine::model::plant::accounts::output;
use urbanmine::results::indicator::{Indicator, Place, View};
use urbanmine::scenario::Scenario;
use urbanmine::scenario::build::{Built, build};

/// Recoveries, reagents and energy of a route, from the published tables. Of what is left the workbook calls 5 % of all
/// that went in solid waste (of feed and reagents; `Rec Par.` CD130) and the rest slag (BD130) or waste water (CD131).
const PYRO: &str = r#"
[plant.p1.unit.process]
outlets = { cu = "product:copper", co = "product:cobalt", ni = "product:nickel", dust = "residue:flue_dust", gas = "emission:gas", slag = "residue:slag" }
[plant.p1.unit.process.inputs]
hydrochloric_acid = "0.21 kg/kg"
hydrogen_peroxide = "0.06 kg/kg"
limestone = { value = 0.30, unit = "kg/kg", leaves = { gas = 0.44, slag = "rest" } }
sand = "0.15 kg/kg"
electricity = { value = 1.3, unit = "kWh/kg", note = "4.68 MJ" }
diesel = "0.6 MJ/kg"
[plant.p1.unit.process.transfer]
reagents = { slag = "rest" }
Cu = { cu = 0.9, slag = "rest" }
Co = { co = 0.98, slag = "rest" }
Ni = { ni = 0.98, slag = "rest" }
graphite = { dust = 0.05, gas = "rest" }
carbon_black = { dust = 0.05, gas = "rest" }
pvdf = { dust = 0.05, gas = "rest" }
plastics = { dust = 0.05, gas = "rest" }
electrolyte = { dust = 0.05, gas = "rest" }
default = { slag = "rest" }
# All carbon burns, whatever the dust: by stoichiometry, the solvents half ethylene and half dimethyl carbonate.
[plant.p1.unit.process.releases]
carbon_dioxide = [
    { value = 0.132, unit = "kg/kg", note = "of limestone" },
    { value = 3.664, unit = "kg/kg", per = "graphite" },
    { value = 3.664, unit = "kg/kg", per = "carbon_black" },
    { value = 1.3746, unit = "kg/kg", per = "pvdf" },
    { value = 3.138, unit = "kg/kg", per = "plastics", note = "as polypropylene" },
    { value = 1.4825, unit = "kg/kg", per = "electrolyte" },
]
"#;

const HYDRO: &str = r#"
[plant.p1.unit.process]
outlets = { cu = "product:copper", al = "product:aluminium", c = "product:graphite", mn = "product:manganese", co = "product:cobalt", ni = "product:nickel", gas = "emission:gas", waste = "treatment", solid = "residue:solid_waste", water = "residue:waste_water" }
[plant.p1.unit.process.transfer]
electrolyte = { gas = "rest" }
plastics = { gas = "rest" }
reagents = { solid = 0.05, water = "rest" }
Cu = { cu = 0.9, waste = "rest" }
Al = { al = 0.9, waste = "rest" }
graphite = { c = 0.9, waste = "rest" }
Mn = { mn = 0.98, waste = "rest" }
Co = { co = 0.98, waste = "rest" }
Ni = { ni = 0.98, waste = "rest" }
default = { waste = "rest" }
[plant.p1.unit.process.inputs]
ammonium_hydroxide = "0.03136 kg/kg"
hydrochloric_acid = "0.012 kg/kg"
hydrogen_peroxide = "0.366 kg/kg"
sodium_hydroxide = "0.561 kg/kg"
sulfuric_acid = "1.078 kg/kg"
soda_ash = { value = 0.021, unit = "kg/kg", leaves = { gas = 0.415094339, solid = 0.05, water = "rest" } }
water = { value = 3.7854, unit = "kg/kg", leaves = "water" }
electricity = { value = 0.034722222222222224, unit = "kWh/kg", note = "0.125 MJ" }
natural_gas = "2.5 MJ/kg"
diesel = "0.6 MJ/kg"
[plant.p1.unit.process.releases]
carbon_dioxide = { value = 0.25865, unit = "kg/kg", note = "0.24993 burnt and 0.00872 of soda ash" }
[plant.p1.unit.treatment]
outlets = { solid = "residue:solid_waste", water = "residue:waste_water" }
transfer = { default = { solid = 0.190430366, water = "rest" } }
"#;

const DIRECT: &str = r#"
[plant.p1.unit.process]
outlets = { cathode = "product:cathode", cu = "product:copper", al = "product:aluminium", c = "product:graphite", e = "product:electrolyte", gas = "emission:gas", waste = "treatment", solid = "residue:solid_waste", water = "residue:waste_water" }
[plant.p1.unit.process.inputs]
carbon_dioxide = { value = 2.2, unit = "kg/kg", leaves = { gas = 0.1, solid = 0.05, water = "rest" } }
lithium_carbonate = "0.003 kg/kg"
electricity = { value = 0.7583333333333333, unit = "kWh/kg", note = "2.73 MJ" }
diesel = "0.6 MJ/kg"
water = { value = 3.7854, unit = "kg/kg", leaves = "water" }
[plant.p1.unit.process.transfer]
reagents = { solid = 0.05, water = "rest" }
other = { cathode = 0.9, waste = "rest" }
Co = { cathode = 0.9, waste = "rest" }
Ni = { cathode = 0.9, waste = "rest" }
Mn = { cathode = 0.9, waste = "rest" }
Li = { cathode = 0.9, waste = "rest" }
Cu = { cu = 0.9, waste = "rest" }
Al = { al = 0.9, waste = "rest" }
graphite = { c = 0.9, waste = "rest" }
electrolyte = { e = 0.5, waste = "rest" }
default = { waste = "rest" }
[plant.p1.unit.treatment]
outlets = { solid = "residue:solid_waste", water = "residue:waste_water" }
transfer = { default = { solid = 0.212047772, water = "rest" } }
[plant.p1.product]
cathode = { compound = "nmc111" }
[plant.p1.unit.process.releases]
carbon_dioxide = { value = 0.22, unit = "kg/kg", note = "a tenth of the extraction fluid" }
"#;

/// The workbook's own factors, and primary material that counts for nothing: a plant alone is looked at.
const FACTORS: &str = r#"
[burdens]
factors = "published/S3_factors.csv"
primary = "published/S3_primary.csv"
"#;

fn everbatt(route: &str, sets: &[&str]) -> Ran {
    let text = std::fs::read_to_string(data().join("published/S3.toml")).unwrap();
    let ran = run(&format!("{text}{route}"), sets);
    ran.assert_sound();
    ran
}

/// t of each output in the last year, as its compound.
fn outputs(ran: &Ran) -> BTreeMap<String, f64> {
    let tables = urbanmine::results::tables::Run {
        model: &ran.built.model,
        catalog: &ran.built.catalog,
        results: &ran.results,
        every: urbanmine::results::Every::Step,
    };
    let mut sums = BTreeMap::new();
    let table = tables.products();
    let mut reader = csv::Reader::from_reader(table.as_slice());
    for row in reader.records().map(Result::unwrap).filter(|row| row[0].starts_with("2022")) {
        *sums.entry(row[3].to_owned()).or_insert(0.0) += row[7].parse::<f64>().unwrap();
    }
    sums
}

/// Amounts used in the last year, each in its unit.
fn amounts(ran: &Ran) -> BTreeMap<String, f64> {
    let (plant, names) = (&ran.built.model.plants[0], &ran.built.catalog.plants[0].amounts);
    let year = ran.results.fed.iter().skip(24);
    let mut sums = BTreeMap::new();
    for fed in year {
        for (amount, name) in plant.amounts.iter().zip(names) {
            *sums.entry(name.name.clone()).or_insert(0.0) += amount.of(&fed[0]);
        }
    }
    sums
}

/// Rows of a published table: run, process, output, kg per kg of cell.
fn published(file: &str, process: &str) -> Vec<(String, f64)> {
    let mut reader = csv::Reader::from_path(data().join("published").join(file)).unwrap();
    let rows = reader.records().map(Result::unwrap).filter(|row| &row[1] == process);
    rows.map(|row| (row[2].to_owned(), row[3].parse().unwrap())).collect()
}

/// The sink that stands for a published output.
fn sink(output: &str) -> &'static str {
    match output {
        "Copper" => "copper",
        "Aluminum" => "aluminium",
        "Graphite" => "graphite",
        "Co2+ in product" => "cobalt",
        "Ni2+ in product" => "nickel",
        "Mn2+ in product" => "manganese",
        "NMC(111)" => "cathode",
        "Electrolyte Organics" => "electrolyte",
        "Flue Dust" => "flue_dust",
        "Slag" => "slag",
        "Waste(solid)" => "solid_waste",
        "Waste(water)" => "waste_water",
        other => panic!("{other}"),
    }
}

#[test]
fn everbatt_recovers_what_it_published_at_10_kt() {
    for (process, route) in [("pyro", PYRO), ("hydro", HYDRO), ("direct", DIRECT)] {
        let found = outputs(&everbatt(route, &[]));
        let lines = published("S3_expected_recovered.csv", process);
        assert!(lines.len() >= 5, "{process}");
        for (output, per_kg) in lines {
            let name = sink(&output);
            // The workbook takes the flue dust from the slag although it is part of what burns; the lithium of reagents
            // goes into the cathode here and into the waste there.
            let dust = if name == "slag" { found["flue_dust"] } else { 0.0 };
            let tolerance = if process == "direct" && name.contains("waste") { 3e-4 } else { 1e-5 };
            near_to(found[name], per_kg * 10_000.0 + dust, tolerance);
        }
    }
}

#[test]
fn everbatt_recovers_and_uses_what_it_published_at_100_kt() {
    let ran = everbatt(HYDRO, &["plant.p1.capacity=100 kt/yr", "yard.p1.limit=10 kt"]);
    let found = outputs(&ran);
    for (output, per_kg) in published("S4_expected_everbatt_hydro_100kt.csv", "hydro") {
        near_to(found[sink(&output)], per_kg * 100_000.0, 1e-5);
    }
    // S4 (a): reagents and energy of a year.
    let used = amounts(&ran);
    for (name, value) in [
        ("sulfuric_acid", 107_800.0),
        ("sodium_hydroxide", 56_100.0),
        ("hydrogen_peroxide", 36_600.0),
        ("ammonium_hydroxide", 3_136.0),
        ("soda_ash", 2_100.0),
        ("hydrochloric_acid", 1_200.0),
        ("electricity", 3_472.2),
        ("natural_gas", 250_000.0),
        ("diesel", 60_000.0),
    ] {
        near_to(used[name], value, 1e-5);
    }
}

/// Burdens of a plant over the feed of its last year: GHG in t/t, energy in GJ/t, water in t/t.
fn burdens(ran: &Ran) -> [f64; 3] {
    let view = View::year(&ran.built.model, &ran.results, 2022).unwrap();
    ["plant_ghg_per_feed", "plant_energy_per_feed", "plant_water_per_feed"]
        .map(|id| Indicator::named(id).unwrap().ask(&view, Place::default()).unwrap())
}

/// The published results of a process: the same three, as kg or t, MJ or GJ, and gal to kg or t.
fn published_burdens(file: &str, process: &str) -> [f64; 3] {
    let mut reader = csv::Reader::from_path(data().join("published").join(file)).unwrap();
    let header = reader.headers().unwrap().clone();
    let at = |name: &str| header.iter().position(|known| known == name).unwrap();
    let row = reader.records().map(Result::unwrap).find(|row| &row[1] == process).unwrap();
    let number = |name: &str| row[at(name)].parse::<f64>().unwrap();
    [number("GHG_g") / 1e3, number("energy_MJ"), number("water_gal") * 3.7854]
}

#[test]
fn everbatt_burdens_are_those_it_published() {
    // Fair tolerance of the case: 1 % for energy and greenhouse gases with the workbook's factors.
    for (process, route) in [("pyro", PYRO), ("hydro", HYDRO), ("direct", DIRECT)] {
        // The workbook counts nothing for the extraction fluid but what leaves, and lithium as hydroxide.
        let fluid = "carbon_dioxide = { value = 2.2, unit = \"kg/kg\", leaves = { gas = 0.1, solid = 0.05, water = \"rest\" } }\n";
        let route = route.replace(fluid, "").replace("lithium_carbonate", "lithium_hydroxide");
        let route = format!("{FACTORS}{route}");
        let small = burdens(&everbatt(&route, &[]));
        let large = burdens(&everbatt(&route, &["plant.p1.capacity=100 kt/yr", "yard.p1.limit=10 kt"]));
        for (found, file) in [(small, "S3_expected_results.csv"), (large, "S4_expected_everbatt_results_100kt.csv")] {
            let expected = published_burdens(file, process);
            println!("{process}: {found:?} published {expected:?}");
            // Carbon by stoichiometry and the workbook's differ by 0.1 % in pyro; the others are the workbook's own.
            let tolerance = if process == "pyro" { 2e-3 } else { 2e-4 };
            found.iter().zip(expected).for_each(|(found, expected)| near_to(*found, expected, tolerance));
        }
    }
}

#[test]
fn a_shipped_route_burdens_what_everbatt_2023_recalculated() {
    // EB23RUN for China, per kg of NMC622 cell: greenhouse gases kg, primary energy MJ, water L.
    let published = [2.5053, 33.544, 16.822];
    let (built, tonne) = tonne_of_cells("hefei.toml", &[("nmc622", 1.0)]);
    let plant = &built.model.plants[0];
    let mut fed = vec![vec![0.0; tonne.len()]; plant.flowsheet.entries.len()];
    fed[FeedForm::Scrap as usize] = tonne;
    let burdens = built.model.burdens.as_ref().unwrap();
    let mut found = [0.0; 3];
    for (amount, factor) in plant.amounts.iter().zip(&burdens.plants[0].amounts) {
        let Some((cause, factor)) = factor else { continue };
        // EverBatt's grid is older than the scenario's: the factor it used, 0.7001 kg/kWh.
        let own = factor.of(0);
        let grid = if *cause == Cause::Electricity { 0.7001e-3 / burdens.electricity.of(0)[0] } else { 1.0 };
        for (sum, (factor, scale)) in found.iter_mut().zip(own.iter().zip([grid, 1.0, 1.0])) {
            *sum += amount.of(&fed) * factor * scale;
        }
    }
    found[1] *= 0.0036;
    println!("{found:?} published {published:?}");
    // What the route adds to EverBatt's: the salts' own sulphate, lithium of the electrolyte, nitrogen.
    found.iter().zip(published).for_each(|(found, published)| near_to(*found, published, 0.04));
}

/// The default plant of the city, and a tonne of rejected cells of a mix of chemistries in its last year.
fn tonne_of_cells(scenario: &str, mix: &[(&str, f64)]) -> (Built, Vec<f64>) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(scenario);
    let built = build(&Scenario::load(&file, &[]).unwrap()).unwrap();
    let year = YearId::new(built.model.size.years - 1);
    let mut tonne = vec![0.0; built.model.size.width()];
    for (name, share) in mix {
        let id = ChemistryId::new(built.catalog.chemistries.iter().position(|known| known == name).unwrap());
        let cell = built.model.composition.whole_cell.of(id, year);
        let mass: f64 = cell.iter().sum();
        for (sum, part) in tonne.iter_mut().zip(cell) {
            *sum += share * part / mass;
        }
    }
    (built, tonne)
}

#[test]
fn a_shipped_route_uses_what_everbatt_2023_recalculated() {
    // EB23RUN, kg per kg of cell: what the workbook gives for 2023's cells.
    for (chemistry, lines) in [
        ("nmc622", [("sodium_hydroxide", 0.699_75), ("hydrogen_peroxide", 0.074_348), ("soda_ash", 0.230_63)]),
        ("nmc811", [("sodium_hydroxide", 0.667_29), ("hydrogen_peroxide", 0.070_9), ("soda_ash", 0.22)]),
    ] {
        let (built, tonne) = tonne_of_cells("hefei.toml", &[(chemistry, 1.0)]);
        let plant = &built.model.plants[0];
        let mut fed = vec![vec![0.0; tonne.len()]; plant.flowsheet.entries.len()];
        fed[FeedForm::Scrap as usize] = tonne;
        for (name, per_kg) in lines {
            let at = built.catalog.plants[0].amounts.iter().position(|amount| amount.name == name).unwrap();
            // Lithium of the electrolyte counts here and burns there: soda ash 3.5 % higher.
            near_to(plant.amounts[at].of(&fed), per_kg, if name == "soda_ash" { 0.04 } else { 0.006 });
        }
    }
}

#[test]
fn shipped_routes_leave_the_waste_of_everbatt_2023() {
    // EB23RUN: waste water per kg of black mass (hydro), slag without flux and flue dust per kg of cells (pyro).
    for (scenario, chemistry, sink, per_kg, tolerance) in [
        ("hefei.toml", "nmc622", "residue:sulfate_brine", 10.242, 0.03),
        ("hefei.toml", "nmc811", "residue:sulfate_brine", 10.117, 0.03),
        ("hefei-lfp.toml", "lfp", "residue:sulfate_brine", 7.9474, 0.02),
        ("hefei-pyro.toml", "nmc622", "residue:slag", 0.2989, 0.015),
        ("hefei-pyro.toml", "nmc622", "residue:flue_dust", 0.015_41, 0.01),
        ("hefei-pyro.toml", "lfp", "residue:flue_dust", 0.013_23, 0.02),
        ("hefei-pyro.toml", "lfp", "residue:slag", 0.5261, 0.015),
    ] {
        let (built, tonne) = tonne_of_cells(scenario, &[(chemistry, 1.0)]);
        let at = built.catalog.plants.iter().position(|plant| plant.name == "p1").unwrap();
        let (plant, names) = (&built.model.plants[at], &built.catalog.plants[at]);
        let entry = &plant.flowsheet.entries[FeedForm::Scrap as usize];
        let unit = names.units.iter().position(|unit| unit.ends_with("repulping"));
        let black_mass: f64 =
            unit.map_or(1.0, |unit| entry.load.iter().zip(&tonne).map(|(load, mass)| load[unit] * mass).sum());
        let mut fed = vec![vec![0.0; tonne.len()]; plant.flowsheet.entries.len()];
        fed[FeedForm::Scrap as usize] = tonne;
        let at = SinkId::new(names.sinks.iter().position(|known| known == sink).unwrap());
        let mass: f64 =
            if unit.is_some() { plant.output(at, &fed) } else { output(&plant.flowsheet, at, &fed) }.iter().sum();
        near_to(mass / black_mass, per_kg, tolerance);
    }
}

#[test]
fn a_nickel_rich_feed_gives_the_products_of_a_real_project() {
    let products = |mix: &[(&str, f64)]| {
        let (built, tonne) = tonne_of_cells("hefei.toml", mix);
        let (plant, names) = (&built.model.plants[0], &built.catalog.plants[0]);
        let entry = &plant.flowsheet.entries[FeedForm::Scrap as usize];
        let unit = names.units.iter().position(|unit| unit == "repulping").unwrap();
        let black_mass: f64 = entry.load.iter().zip(&tonne).map(|(load, mass)| load[unit] * mass).sum();
        [("Ni", "product:nickel_sulfate"), ("Co", "product:cobalt_sulfate"), ("Li", "product:lithium_carbonate")].map(
            |(element, sink)| {
                let s = built.catalog.substances.iter().position(|known| known == element).unwrap();
                let sink = names.sinks.iter().position(|known| known == sink).unwrap();
                tonne[s] * entry.sinks[s][sink] / black_mass
            },
        )
    };
    let [nickel, cobalt, lithium] = products(&[("nmc622", 0.15), ("nmc811", 0.6), ("nca", 0.25)]);
    // S4 (b): Li-Cycle's hub, products per tonne of black mass, 15 % to both sides.
    for (found, low, high) in [(nickel, 0.269, 0.306), (cobalt, 0.040, 0.046), (lithium, 0.040, 0.046)] {
        assert!((0.85 * low..=1.15 * high).contains(&found), "{found} is not in {low}..{high}");
    }
    // With LFP in the feed nickel falls in proportion.
    let [half, ..] = products(&[("nmc622", 0.075), ("nmc811", 0.3), ("nca", 0.125), ("lfp", 0.5)]);
    near_to(half / nickel, 0.5, 0.05);
}
