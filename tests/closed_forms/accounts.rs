//! Every indicator, burden and target of a scenario that can be done by hand.
//!
//! 50,000 kWh of packs a year, 250 t with 5 t of Li and 50 t of Cu; a tenth of the cells is rejected; 0.6 of the packs is
//! collected; of what the plant is fed 0.95 becomes black mass and 0.8 of that product, of which 0.8 returns.

use super::city;
use crate::common::{Ran, near, near_to, run};
use std::collections::BTreeSet;
use urbanmine::model::burden::Cause;
use urbanmine::results::Every;
use urbanmine::results::burdens::{Kind, Stage, total};
use urbanmine::results::indicator::{INDICATORS, Indicator, Place, Question, Unknown, View, questions};
use urbanmine::results::tables::Run;
use urbanmine::results::targets::{Verdict, score};

/// What is added to the loop: burdens and targets.
const ACCOUNTS: &str = r#"
[burdens]
factors = "burden_factors.csv"
primary = "primary_burdens.csv"
cell_making = "10 kWh/kWh"

[plant.p1.freight]
new_scrap = { distance = "20 km" }
electrode_scrap = { distance = "20 km" }
retired = { distance = "100 km" }
second_life = { distance = "100 km" }

[targets]
file = "targets.csv"

[target.local]
indicator = "local_supply_share"
select = { region = "city" }
min = 0.8
by = 2026-12-31
source = "a plan"

[target.nameplate]
indicator = "plant_nameplate"
select = { plant = "p1" }
min = "20 kt/yr"
by = 2039-01-01

[target.yard]
indicator = "yard_days"
max = "2 day"
by = 2025-01-01
until = 2026-01-01
"#;

const PROCESS: &str = r#"[plant.p1.unit.all]
outlets = { black_mass = "refining", waste = "residue:bad" }
transfer = { default = { black_mass = 0.95, waste = 0.05 } }

[plant.p1.unit.all.inputs]
electricity = "100 kWh/t"
gas = "3 MJ/kg"
labour = "5 h/t"

[plant.p1.unit.all.releases]
carbon_dioxide = "0.2 kg/kg"

[plant.p1.unit.refining]
outlets = { good = "product:good", bad = "residue:bad" }
transfer = { default = { good = 0.8, bad = 0.2 } }

[plant.p1.unit.refining.inputs]
acid = { value = 40, unit = "kg/kg", per = "Li" }
"#;

fn text(edits: &[(&str, &str)]) -> String {
    let mut all = vec![
        ("formal = 1.0", "formal = 0.6\ninformal = 0.4"),
        ("cell_yield = 1.0", "cell_yield = 0.9"),
        ("lag = \"1 yr\"", "lag = \"1 yr\"\nclosed_loop_share = 0.8"),
        (
            "[plant.p1.unit.all]\noutlets = { good = \"product:good\", bad = \"residue:bad\" }\ntransfer = { default = { good = 1.0, bad = 0.0 } }\n",
            PROCESS,
        ),
    ];
    all.extend(edits);
    city(&all) + ACCOUNTS
}

/// The year 2030.
const YEAR: usize = 10;
const GRID: f64 = 0.8 - 0.4 * 10.5 / 20.0;
const KWH: f64 = 50_000.0;
const REJECTED: f64 = KWH / 0.9 - KWH;
const PRODUCT: f64 = 0.95 * 0.8;

/// Feed of the plant in 2030, t: packs and rejected cells, of Li, Cu and in all.
fn fed() -> ([f64; 2], [f64; 2], [f64; 2]) {
    ([0.6 * 5.0, REJECTED * 1e-4], [0.6 * 50.0, REJECTED * 5e-4], [0.6 * 250.0, REJECTED * 4e-3])
}

fn sum(parts: [f64; 2]) -> f64 {
    parts[0] + parts[1]
}

/// Primary Li and Cu of 2030, t.
fn primary() -> [f64; 2] {
    let (li, cu, _) = fed();
    [5.0 + li[1] - 0.8 * PRODUCT * sum(li), 50.0 + cu[1] - 0.8 * PRODUCT * sum(cu)]
}

/// Burdens of the plant in 2030 by hand: greenhouse gases in t, energy in GJ, water in t.
fn plant_burdens() -> [f64; 3] {
    let (li, _, all) = fed();
    let electricity = 100.0 * sum(all); // kWh
    let gas = 3.0 * sum(all); // GJ
    let acid = 40.0 * 0.95 * sum(li); // t
    let residue = (1.0 - PRODUCT) * sum(all);
    let way = all[0] * 100.0 + all[1] * 20.0; // t km
    [
        electricity * GRID * 1e-3 + gas * 0.05 + acid * 0.05 + 0.2 * sum(all) + residue * 0.02 + way * 1e-4,
        electricity * 2.0 * 0.0036 + gas * 1.1 + acid * 0.72 + way * 1.8e-3,
        electricity * 3e-3 + acid * 4.0,
    ]
}

/// Burdens of the whole system in 2030 by hand.
fn burdens() -> [f64; 3] {
    let ([li, cu], [ghg, energy, water]) = (primary(), plant_burdens());
    let cells = 10.0 * KWH;
    [
        10.0 * li + 4.0 * cu + cells * GRID * 1e-3 + ghg,
        36.0 * li + 18.0 * cu + cells * 2.0 * 0.0036 + energy,
        50.0 * li + 20.0 * cu + cells * 3e-3 + water,
    ]
}

fn tables(ran: &Ran) -> Run<'_> {
    Run { model: &ran.built.model, catalog: &ran.built.catalog, results: &ran.results, every: Every::Step }
}

#[test]
fn every_indicator_is_what_a_hand_calculation_says() {
    let ran = run(&text(&[]), &[]);
    ran.assert_sound();
    let (li, cu, all) = fed();
    let (input, [old, new]) = (5.0 + li[1], li.map(|fed| PRODUCT * fed));
    let (ghg, plant) = (burdens(), plant_burdens());
    let avoided = |share: f64| share * PRODUCT * (10.0 * sum(li) + 4.0 * sum(cu));
    let by_hand = [
        ("primary_demand", primary()[0]),
        ("recycled_input", 0.8 * (old + new)),
        ("recycled_content", 0.8 * (old + new) / input),
        ("eol_recycled_input_rate", 0.8 * old / input),
        ("old_scrap_ratio", old / (old + new)),
        ("closed_loop_share", 0.8),
        ("primary_demand_avoided", old + new),
        ("self_sufficiency", (old + new) / input),
        ("local_supply_share", 1.0),
        ("collection_rate", 0.6),
        ("retired_content", 5.0),
        ("in_use_stock", 20.0),
        ("eol_recycling_rate", old / 5.0),
        ("plant_recovery_rate", PRODUCT),
        ("plant_powder_recovery_rate", 0.95),
        ("plant_refining_recovery_rate", 0.8),
        ("plant_nameplate", 10_000.0),
        ("plant_utilisation", sum(all) / 10_000.0),
        ("plant_throughput", sum(all)),
        ("feed_coverage_new_scrap", all[1] / 10_000.0),
        ("feed_coverage_electrode_scrap", 0.0),
        ("feed_coverage_retired", all[0] / 10_000.0),
        ("feed_coverage_second_life", 0.0),
        ("feed_coverage_purchased", 0.0),
        ("feed_coverage_black_mass", 0.0),
        ("yard_days", 0.0),
        ("diverted_feed", 0.0),
        ("ghg", ghg[0]),
        ("energy", ghg[1]),
        ("water", ghg[2]),
        ("ghg_avoided_outside", avoided(0.2)),
        ("ghg_avoided_in_loop", avoided(0.8)),
        ("ghg_per_kwh_made", ghg[0] / KWH),
        ("recycling_ghg_per_kwh_retired", plant[0] / KWH),
        ("plant_ghg", plant[0]),
        ("plant_ghg_per_feed", plant[0] / sum(all)),
        ("plant_energy_per_feed", plant[1] / sum(all)),
        ("plant_water_per_feed", plant[2] / sum(all)),
        ("plant_ghg_per_product", plant[0] / (PRODUCT * sum(all))),
    ];
    let view = View::of(&ran.built.model, &ran.results, YEAR);
    let place = Place { substance: Some(ran.substance("Li")), ..Place::default() };
    for (id, value) in by_hand {
        println!("{id}");
        near_to(Indicator::named(id).unwrap().ask(&view, place).unwrap(), value, 1e-11);
    }
    let run = View::run(&ran.built.model, &ran.results);
    assert!(Indicator::named("balance_error").unwrap().ask(&run, place).unwrap() <= 1e-12);
    let seen: BTreeSet<&str> = by_hand.iter().map(|(id, _)| *id).chain(["balance_error"]).collect();
    assert_eq!(seen, INDICATORS.iter().map(|indicator| indicator.id).collect());
}

#[test]
fn an_address_asks_what_it_says() {
    let ran = run(&text(&[]), &[]);
    let (model, catalog) = (&ran.built.model, &ran.built.catalog);
    let ask = |address: &str| {
        let question =
            Question::parse(address, catalog, model).unwrap_or_else(|unknown| panic!("{address}: {unknown:?}"));
        question.ask(model, &ran.results).unwrap()
    };
    let content = ask("recycled_content.Li.2030");
    near(content, ask("recycled_content.city.Li.2030"));
    near(content, 0.8 * PRODUCT * sum(fed().0) / (5.0 + fed().0[1]));
    near(ask("plant.p1.utilisation.2030"), ask("plant_utilisation.p1.2030"));
    near(ask("in_use_stock.Li"), 20.0);
    // All substances together, by mass: electrodes and cells of 250 t and the rejects.
    near(ask("collection_rate.2030"), 0.6);
    // The whole run: nothing is recycled in the first five of the twenty years.
    assert!(ask("recycled_content.Li") < content && ask("recycled_content.Li") > 0.5 * content);
    for (address, unknown) in [
        ("recycled_content.Xy.2030", "Xy"),
        ("recycled_contents.Li.2030", "recycled_contents"),
        ("plant.p2.utilisation.2030", "p2"),
    ] {
        match Question::parse(address, catalog, model) {
            Err(Unknown::Name { name, .. } | Unknown::Indicator { name, .. }) => {
                assert!(name.contains(unknown), "{address}: {name}");
            }
            other => panic!("{address}: {other:?}"),
        }
    }
    assert_eq!(Question::parse("ghg.2060", catalog, model).unwrap_err(), Unknown::Year(2060));
    assert_eq!(Question::parse("balance_error.2030", catalog, model).unwrap_err(), Unknown::NotYearly("balance_error"));
}

#[test]
fn every_question_can_be_written_and_read() {
    let ran = run(&text(&[]), &[]);
    let (model, catalog) = (&ran.built.model, &ran.built.catalog);
    let all = questions(catalog, 2029..2031);
    assert!(all.len() > 100, "{}", all.len());
    let mut seen = BTreeSet::new();
    for question in &all {
        let address = question.address(catalog);
        let read = Question::parse(&address, catalog, model).unwrap_or_else(|unknown| panic!("{address}: {unknown:?}"));
        assert_eq!((read.indicator.id, read.place, read.year), (question.indicator.id, question.place, question.year));
        assert_eq!(read.ask(model, &ran.results), question.ask(model, &ran.results), "{address}");
        assert!(seen.insert(address));
    }
}

#[test]
fn burdens_have_their_causes() {
    let ran = run(&text(&[]), &[]);
    let rows = View::of(&ran.built.model, &ran.results, YEAR).burdens();
    let of = |stage: Stage, cause: Cause| total(rows.iter().filter(|row| row.kind == Kind::Caused(stage, cause)))[0];
    let (li, _, all) = fed();
    near(of(Stage::Recycling, Cause::Electricity), 0.1 * GRID * sum(all));
    near(of(Stage::Recycling, Cause::Heat), 0.15 * sum(all));
    near(of(Stage::Recycling, Cause::Reagents), 40.0 * 0.95 * sum(li) * 0.05);
    near(of(Stage::Recycling, Cause::Direct), 0.2 * sum(all));
    near(of(Stage::Recycling, Cause::Waste), (1.0 - PRODUCT) * sum(all) * 0.02);
    near(of(Stage::Freight, Cause::Freight), all[0] * 0.01 + all[1] * 0.002);
    near(of(Stage::CellMaking, Cause::Electricity), 10.0 * KWH * GRID * 1e-3);
    near(of(Stage::Supply, Cause::PrimaryMaterial), 10.0 * primary()[0] + 4.0 * primary()[1]);
    let parts: f64 = rows.iter().filter(|row| row.is_caused()).map(|row| row.burden[0]).sum();
    near(parts, burdens()[0]);
}

#[test]
fn the_grid_acts_year_by_year() {
    let set = "burdens.grid={ unit = \"kgCO2e/kWh\", 2030 = 1.0, 2031 = 0.0 }";
    let (base, clean) = (run(&text(&[]), &[]), run(&text(&[]), &[set]));
    let electricity = |ran: &Ran, year| {
        let rows = View::of(&ran.built.model, &ran.results, year).burdens();
        total(rows.iter().filter(|row| matches!(row.kind, Kind::Caused(_, Cause::Electricity))))[0]
    };
    near(electricity(&clean, YEAR) / electricity(&base, YEAR), 0.5 / GRID);
    assert_eq!(electricity(&clean, YEAR + 1), 0.0);
    assert!(electricity(&base, YEAR + 1) < electricity(&base, YEAR));
}

#[test]
fn a_run_of_months_has_the_burdens_of_its_year() {
    let months = run(&text(&[]), &["time.step=1 month", "return.p1.lag=1 yr"]);
    let years = crate::common::run_every(&text(&[]), &["time.step=1 month", "return.p1.lag=1 yr"], Every::Year);
    let caused = |ran: &Ran| View::year(&ran.built.model, &ran.results, 2032).unwrap().caused();
    for (by_month, by_year) in caused(&months).into_iter().zip(caused(&years)) {
        near_to(by_month, by_year, 1e-12);
    }
}

#[test]
fn without_factors_nothing_is_counted() {
    let ran = run(&city(&[]), &[]);
    assert!(View::of(&ran.built.model, &ran.results, YEAR).burdens().is_empty());
    let view = View::of(&ran.built.model, &ran.results, YEAR);
    assert_eq!(Indicator::named("ghg").unwrap().ask(&view, Place::default()), None);
}

#[test]
fn without_collection_and_scrap_nothing_is_recycled_and_all_is_primary() {
    let edits =
        [("[collection.city]\nformal = 0.6\ninformal = 0.4", "[collection.city]\nformal = 0.0\ninformal = 1.0")];
    let text = edits.iter().fold(text(&[]), |text, (from, to)| crate::common::patch(&text, &[(from, to)]));
    let ran = run(&text, &["manufacture.city.cell_yield=1.0"]);
    let view = View::of(&ran.built.model, &ran.results, YEAR);
    let li = Place { substance: Some(ran.substance("Li")), ..Place::default() };
    let ask = |id: &str| Indicator::named(id).unwrap().ask(&view, li);
    assert_eq!([ask("recycled_content"), ask("eol_recycling_rate"), ask("ghg_avoided_outside")], [Some(0.0); 3]);
    assert_eq!(ask("plant_recovery_rate"), None);
    near(ask("ghg").unwrap(), 50.0 + 200.0 + 10.0 * KWH * GRID * 1e-3);
}

fn verdict<'v>(verdicts: &'v [Verdict<'_>], name: &str) -> &'v Verdict<'v> {
    verdicts.iter().find(|verdict| verdict.target.name == name).unwrap_or_else(|| panic!("no {name}"))
}

#[test]
fn targets_are_judged_year_by_year() {
    let ran = run(&text(&[]), &[]);
    let verdicts = tables(&ran).judge(&ran.built.targets);
    // A row about a substance that is not followed is passed over.
    assert_eq!(verdicts.len(), 6);
    let content = 0.8 * PRODUCT * sum(fed().0) / (5.0 + fed().0[1]);
    let li = verdict(&verdicts, "content_li");
    assert_eq!(li.judgements.len(), 12);
    near(li.judgements[2].value, content);
    assert!(content > 0.3 && li.met());

    let refining = verdict(&verdicts, "refining");
    assert_eq!(
        refining.judgements.iter().map(|judgement| judgement.year).collect::<Vec<_>>(),
        (2025..=2030).collect::<Vec<_>>()
    );
    // Exactly as much as is asked for is enough.
    assert!(refining.met() && refining.worst().is_none());
    let powder = verdict(&verdicts, "powder");
    assert!(!powder.met());
    let worst = powder.worst().unwrap();
    near(worst.value, 0.95);
    assert_eq!(worst.year, 2025);
    assert_eq!(powder.missed_years(), "2025 to 2039");
    near(powder.judgements[5].missing, 0.03 * sum(fed().0));

    assert!(verdict(&verdicts, "local").met());
    let nameplate = verdict(&verdicts, "nameplate");
    assert_eq!(nameplate.judgements.len(), 1);
    near(nameplate.judgements[0].missing, 10_000.0);
    assert_eq!(nameplate.target.missing_unit(), "t/yr");
    let yard = verdict(&verdicts, "yard");
    assert!(yard.met() && yard.judgements.len() == 2);
    let score = score(&verdicts);
    assert_eq!((score.met, score.judged, score.not_applicable), (4, 6, 0));
}

#[test]
fn the_table_of_targets_says_what_the_verdicts_say() {
    let ran = run(&text(&[]), &[]);
    let run = tables(&ran);
    let table = run.targets(&ran.built.targets);
    let mut reader = csv::Reader::from_reader(table.as_slice());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let judged: usize = run.judge(&ran.built.targets).iter().map(|verdict| verdict.judgements.len()).sum();
    assert_eq!(rows.len(), judged);
    let row = rows.iter().find(|row| &row[0] == "powder" && &row[1] == "2030").unwrap();
    assert_eq!(
        [&row[2], &row[4], &row[5], &row[7], &row[8], &row[10]],
        ["plant_powder_recovery_rate", "p1", "Li", "at_least", "0.98", "missed"]
    );
    assert!(row[13].starts_with("at least in plant_powder_recovery_rate: Content that reaches the black mass"));
    assert_eq!(&row[14], "a rule");
    assert!(rows.iter().all(|row| row.iter().all(|cell| !cell.is_empty())));
}
