//! Yard and plant: who gets in, who is treated first, how much, and what becomes of it.

use super::{STEPS, city};
use crate::common::{Ran, TINY, near, near_to, patch, patched, run};
use urbanmine::model::plant::Bottleneck;
use urbanmine::model::plant::PlantReport;
use urbanmine::model::plant::calendar::Phase;
use urbanmine::results::{Every, tables};

const CAPACITY: &str = "capacity = \"10 kt/yr\"";

fn report(ran: &Ran, step: usize) -> PlantReport {
    ran.results.plants[step][0]
}

#[test]
fn a_plant_treats_the_least_of_feed_and_capacity() {
    let ran = run(&city(&[]), &[]);
    assert_eq!(report(&ran, 3).throughput(), 0.0);
    near(report(&ran, 4).throughput(), 250.0);
    assert_eq!(report(&ran, 4).bottleneck, Bottleneck::Feed);
    let ran = run(&city(&[(CAPACITY, "capacity = \"100 t/yr\"")]), &[]);
    for year in 4..20 {
        near(report(&ran, year).throughput(), 100.0);
        near(report(&ran, year).yard, 150.0 * (year as f64 - 3.0));
        assert_eq!(report(&ran, year).bottleneck, Bottleneck::Nameplate);
    }
}

#[test]
fn a_full_yard_turns_away_what_cannot_be_treated() {
    let limit = "[yard.p1]\nlimit = \"200 t\"\noverflow = \"diverted\"\n[yard.p1.share]";
    let ran = run(&city(&[(CAPACITY, "capacity = \"100 t/yr\""), ("[yard.p1.share]", limit)]), &[]);
    let flows = ran.region("city");
    for year in 10..20 {
        let report = report(&ran, year);
        near(report.throughput(), 100.0);
        near(report.received, 100.0);
        near(report.turned_away, 150.0);
        near(ran.mass(year, flows.packs_elsewhere), 150.0);
        assert!(report.yard <= 200.0 * (1.0 + 1e-12));
    }
}

#[test]
fn what_is_declined_stays_with_its_holder_and_comes_again() {
    let limit = "[yard.p1]\nlimit = \"200 t\"\noverflow = \"declined\"\n[yard.p1.share]";
    let text = city(&[
        (CAPACITY, "capacity = \"100 t/yr\""),
        ("[yard.p1.share]", limit),
        ("formal = 1.0", "formal = 1.0\nhibernation_delay = \"1 yr\""),
    ]);
    let ran = run(&text, &[]);
    let flows = ran.region("city");
    assert_eq!(ran.total(flows.packs_elsewhere), 0.0);
    for year in 5..20 {
        near(ran.mass(year, flows.released), ran.mass(year - 1, flows.declined));
    }
    // Nothing is lost: what has retired is treated, in the yard or with its holders.
    let treated: f64 = (0..20).map(|year| report(&ran, year).throughput()).sum();
    near(treated + report(&ran, 19).yard + ran.stock(19, flows.hibernation), 16.0 * 250.0);
}

#[test]
fn a_plant_without_storage_treats_what_arrives() {
    let ran = run(&city(&[("[yard.p1.share]", "[yard.p1]\nlimit = \"0 t\"\n[yard.p1.share]")]), &[]);
    near(report(&ran, 4).throughput(), 250.0);
}

#[test]
fn a_yard_holds_the_same_whatever_the_step() {
    let text = city(&[("[yard.p1.share]", "[yard.p1]\nlimit = \"50 t\"\n[yard.p1.share]")]);
    for (step, per_year) in STEPS {
        let ran = run(&text, &[&format!("time.step={step}")]);
        let treated: f64 = (10 * per_year..11 * per_year).map(|step| report(&ran, step).throughput()).sum();
        near_to(treated, 250.0, 1e-9);
    }
}

#[test]
fn a_yard_keeps_its_limit_when_a_unit_binds() {
    let ran = run(
        &city(&[
            ("[yard.p1.share]", "[yard.p1]\nlimit = \"50 t\"\n[yard.p1.share]"),
            ("[plant.p1.unit.all]", "[plant.p1.unit.all]\ncapacity = \"20 t/yr\""),
        ]),
        &[],
    );
    for year in 4..20 {
        let report = report(&ran, year);
        assert!(report.yard <= 50.0 * (1.0 + 1e-12), "{} t in year {year}", report.yard);
        near(report.throughput(), 20.0);
    }
}

/// 50 t of scrap and 250 t of packs a year; 40 t can be treated.
fn scrap_and_packs(yard: &str) -> Ran {
    let yard = format!("[yard.p1]\n{yard}\n[yard.p1.share]");
    run(
        &city(&[
            ("cell_yield = 1.0", "cell_yield = 0.8"),
            (CAPACITY, "capacity = \"40 t/yr\""),
            ("[yard.p1.share]", &yard),
        ]),
        &[],
    )
}

#[test]
fn the_first_in_priority_is_treated_first() {
    let ran = scrap_and_packs("discipline = \"priority\"\npriority = [\"new_scrap\", \"retired\"]");
    near(report(&ran, 8).treated[0], 40.0);
    assert_eq!(report(&ran, 8).treated[1], 0.0);
    let ran = scrap_and_packs("discipline = \"priority\"\npriority = [\"retired\", \"new_scrap\"]");
    near(report(&ran, 3).treated[0], 40.0);
    near(report(&ran, 8).treated[1], 40.0);
    assert_eq!(report(&ran, 8).treated[0], 0.0);
}

#[test]
fn a_mixed_yard_is_drawn_in_proportion() {
    let ran = scrap_and_packs("discipline = \"mixed\"");
    // Four years of 10 t kept, then 50 t of scrap and 250 t of packs come in.
    let report = report(&ran, 4);
    near(report.treated[0], 40.0 * 90.0 / 340.0);
    near(report.treated[1], 40.0 * 250.0 / 340.0);
}

#[test]
fn room_is_given_in_the_order_of_priority() {
    for (first, scrap) in [("new_scrap", 50.0), ("retired", 0.0)] {
        let second = if first == "retired" { "new_scrap" } else { "retired" };
        let ran = scrap_and_packs(&format!(
            "limit = \"60 t\"\ndiscipline = \"priority\"\npriority = [\"{first}\", \"{second}\"]"
        ));
        let flows = ran.region("city");
        let arrived = ran.mass(12, flows.to_yard[0][0]);
        assert!(
            if scrap > 0.0 { arrived > ran.mass(12, flows.to_yard[0][1]) } else { arrived == 0.0 },
            "{first}: {arrived}"
        );
    }
}

/// Leaching sends 0.9 on, crystallisation returns 0.2 of its input.
const TRAIN: [(&str, &str); 3] = [
    ("feed = { pack = \"all\" }", "feed = { pack = \"leach\" }"),
    (
        "[plant.p1.unit.all]\noutlets = { good = \"product:good\", bad = \"residue:bad\" }\ntransfer = { default = { good = 1.0, bad = 0.0 } }",
        "[plant.p1.unit.leach]\noutlets = { liquor = \"grow\", cake = \"residue:cake\" }\ntransfer = { Cu = { cake = 1.0 }, default = { liquor = 0.9, cake = 0.1 } }\n\
         [plant.p1.unit.grow]\noutlets = { salt = \"product:good\", mother = \"leach\" }\ntransfer = { default = { salt = 0.8, mother = 0.2 } }",
    ),
    ("lag = \"1 yr\"", "lag = \"1 yr\"\nclosed_loop_share = 0.0"),
];

#[test]
fn products_are_recovery_times_feed() {
    let ran = run(&city(&TRAIN), &[]);
    let sinks = &ran.built.model.flows.plants[0].sinks;
    let names = &ran.built.catalog.plants[0].sinks;
    let sink = |name: &str| sinks[names.iter().position(|known| known == name).unwrap()].out;
    // Each tonne of Li enters leaching 1 / (1 - 0.9 x 0.2) times.
    let recovery = 0.9 * 0.8 / (1.0 - 0.18);
    near(ran.content(5, sink("product:good"), "Li"), 5.0 * recovery);
    near(ran.content(5, sink("residue:cake"), "Li"), 5.0 * (1.0 - recovery));
    near(ran.content(5, sink("residue:cake"), "Cu"), 50.0);
    assert_eq!(ran.content(5, sink("product:good"), "Cu"), 0.0);
    near(ran.content(5, sink("product:good"), "other"), 195.0 * recovery);
}

/// The train with what it uses: by input, by an element, and round the loop.
const USES: [(&str, &str); 2] = [
    (
        "[plant.p1.unit.leach]",
        "[plant.p1.unit.leach.inputs]\nacid = [\"100 kg/t\", { value = 2, unit = \"kg/kg\", per = \"Li\" }]\n\
         electricity = \"50 kWh/t\"\nsteam = \"3 MJ/kg\"\nlabour = \"6 h/t\"\n[plant.p1.unit.leach.releases]\nwater = \"2 t/t\"\n\
         [plant.p1.unit.leach]",
    ),
    (
        "[plant.p1.unit.grow]",
        "[plant.p1.unit.grow.inputs]\nacid = { value = 1, unit = \"t/t\", per = \"Li\" }\n[plant.p1.unit.grow]",
    ),
];

#[test]
fn inputs_follow_the_mass_through_their_units() {
    let ran = run(&patch(&city(&TRAIN), &USES), &[]);
    let (plant, names) = (&ran.built.model.plants[0], &ran.built.catalog.plants[0]);
    let amount = |name: &str| {
        let at = names.amounts.iter().position(|amount| amount.name == name).unwrap();
        (plant.amounts[at].of(&ran.results.fed[5][0]), names.amounts[at].unit)
    };
    // 250 t of packs: 50 t of Cu pass leaching once, all else 1 / 0.82 times, of which 5 t are Li.
    let leached = 50.0 + 200.0 / 0.82;
    let lithium = 5.0 / 0.82;
    let cases = [
        ("acid", 0.1 * leached + 2.0 * lithium + 0.9 * lithium, "t"),
        ("electricity", 0.05 * leached, "MWh"),
        ("steam", 3.0 * leached, "GJ"),
        ("labour", 6.0 * leached, "h"),
        ("water", 2.0 * leached, "t"),
    ];
    for (name, value, unit) in cases {
        let (found, counted_in) = amount(name);
        near(found, value);
        assert_eq!(counted_in, unit);
    }
}

#[test]
fn a_product_weighs_as_its_compound() {
    let text = patch(
        &city(&TRAIN),
        &[
            ("[composition]", "[compounds]\nfile = \"compounds.csv\"\n[composition]"),
            ("good = { grade = \"battery\" }", "good = { grade = \"battery\", compound = \"salt\" }"),
        ],
    );
    let ran = run(&text, &[]);
    let run =
        tables::Run { model: &ran.built.model, catalog: &ran.built.catalog, results: &ran.results, every: Every::Step };
    let table = String::from_utf8(run.products()).unwrap();
    let row = table.lines().find(|line| line.starts_with("2025,p1,product,good,salt,battery")).unwrap();
    let cells: Vec<&str> = row.split(',').collect();
    // 5 t of Li at a recovery of 0.72 / 0.82; a tonne of Li makes 4 t of salt.
    near(cells[7].parse().unwrap(), 5.0 * 0.72 / 0.82 * 4.0);
    near(cells[6].parse().unwrap(), 200.0 * 0.72 / 0.82);
}

#[test]
fn a_unit_bounds_the_plant_through_its_recycle_stream() {
    let text = patch(&city(&TRAIN), &[("[plant.p1.unit.leach]", "[plant.p1.unit.leach]\ncapacity = \"120 t/yr\"")]);
    let ran = run(&text, &[]);
    // Per tonne of pack: 0.2 t of Cu pass leaching once, 0.8 t pass it 1 / 0.82 times.
    near(report(&ran, 6).throughput(), 120.0 / (0.2 + 0.8 / 0.82));
    assert!(matches!(report(&ran, 6).bottleneck, Bottleneck::Unit(_)));
    let run =
        tables::Run { model: &ran.built.model, catalog: &ran.built.catalog, results: &ran.results, every: Every::Step };
    assert_eq!(run.bottleneck(0, report(&ran, 6).bottleneck), "leach");
}

#[test]
fn a_chemistry_that_is_not_accepted_goes_elsewhere() {
    let text = city(&[
        ("chemistries = [\"lfp\"]", "chemistries = [\"lfp\", \"na\"]"),
        ("{ lfp = 1.0 }", "{ lfp = 0.6, na = 0.4 }"),
        (CAPACITY, "capacity = \"10 kt/yr\"\naccepts = [\"na\"]"),
    ]);
    let ran = run(&text, &[]);
    let flows = ran.region("city");
    near(ran.mass(5, flows.packs_elsewhere), 150.0);
    near(report(&ran, 5).throughput(), 20_000.0 * 6.55 / 1000.0);
}

#[test]
fn a_plant_opens_after_its_lead_time() {
    for (lead, first) in [("12 month", "2023-01"), ("18 month", "2023-07"), ("1 day", "2022-01")] {
        let text = city(&[
            ("cell_yield = 1.0", "cell_yield = 0.8"),
            (CAPACITY, &format!("{CAPACITY}\nconstruction = {{ start = 2022-01-01, lead = \"{lead}\" }}")),
        ]);
        let ran = run(&text, &["time.step=1 month"]);
        let opens = (0..240).find(|step| report(&ran, *step).throughput() > 0.0).unwrap();
        assert_eq!(ran.label(opens), first, "{lead}");
        assert_eq!(report(&ran, 0).bottleneck, Bottleneck::Calendar(Phase::NotBuilt));
        assert_eq!(ran.total(ran.region("city").scrap_elsewhere) > 0.0, opens > 0);
    }
}

#[test]
fn ramp_up_outage_and_failures_multiply() {
    let calendar = "capacity = \"120 t/yr\"\nconstruction = { start = 2023-01-01, lead = \"12 month\" }\n\
        ramp_up = { profile = \"linear\", initial = 0.25, duration = \"24 month\" }\n\
        planned_outage = { every = \"12 month\", length = \"1 month\" }\nunplanned_outage = { mtbf = \"45 day\", mttr = \"36 h\" }";
    let ran = run(&city(&[(CAPACITY, calendar)]), &["time.step=1 month"]);
    let availability = 45.0 / 46.5;
    for month in 0..36usize {
        let ramp = if month < 24 { 0.25 + 0.75 * (month as f64 + 0.5) / 24.0 } else { 1.0 };
        // The first shutdown comes a year after opening.
        let runs = if month == 12 || month == 24 { 0.0 } else { 1.0 };
        near_to(report(&ran, 48 + month).available, 10.0 * ramp * runs * availability, 1e-12);
        near_to(report(&ran, 48 + month).throughput(), 10.0 * ramp * runs * availability, 1e-9);
    }
    assert_eq!(report(&ran, 60).bottleneck, Bottleneck::Calendar(Phase::Outage));
    assert_eq!(report(&ran, 50).bottleneck, Bottleneck::Calendar(Phase::RampUp));
    assert_eq!(report(&ran, 47).bottleneck, Bottleneck::Calendar(Phase::Construction));
}

#[test]
fn what_an_outage_holds_up_is_treated_after_it() {
    // 250 t of packs a year, the whole of the 13th month after opening lost, capacity for twice the feed.
    let outage = "capacity = \"500 t/yr\"\nconstruction = { start = 2024-01-01, lead = \"12 month\" }\n\
        planned_outage = { every = \"12 month\", length = \"1 month\" }";
    let ran = run(&city(&[(CAPACITY, outage)]), &["time.step=1 month", "return.p1.lag=1 month"]);
    let month = 250.0 / 12.0;
    for (step, treated, yard, limit) in [
        (71, month, 0.0, Bottleneck::Feed),
        (72, 0.0, month, Bottleneck::Calendar(Phase::Outage)),
        (73, 2.0 * month, 0.0, Bottleneck::Feed),
        (74, month, 0.0, Bottleneck::Feed),
    ] {
        near(report(&ran, step).throughput(), treated);
        near(report(&ran, step).yard, yard);
        assert_eq!(report(&ran, step).bottleneck, limit, "{step}");
    }
}

#[test]
fn failures_are_drawn_from_the_runs_own_stream() {
    let calendar = "capacity = \"120 t/yr\"\n\
        unplanned_outage = { mtbf = \"45 day\", mttr = \"5 day\", distribution = \"weibull\", shape = 2 }";
    let available = |sets: &[&str]| -> Vec<f64> {
        let ran = run(&city(&[(CAPACITY, calendar)]), sets);
        ran.assert_sound();
        let per_year = ran.built.model.horizon.steps_per_year();
        let years = ran.results.plants.chunks(per_year);
        years.map(|year| year.iter().map(|reports| reports[0].available).sum()).collect()
    };
    let drawn = |step: &str, seed: u64| {
        let (step, seed) = (format!("time.step={step}"), format!("uncertainty.seed={seed}"));
        available(&["uncertainty.events=drawn", "return.p1.lag=1 yr", &step, &seed])
    };
    let years = drawn("1 year", 7);
    assert_eq!(years, drawn("1 year", 7));
    assert_ne!(years, drawn("1 year", 8));
    for other in [drawn("1 quarter", 7), drawn("1 month", 7)] {
        years.iter().zip(&other).for_each(|(year, other)| near(*year, *other));
    }
    // Without drawing every year is the mean one.
    assert!(available(&[]).iter().all(|year| (year - 120.0 * 0.9).abs() < 1e-9));
    assert!(years.iter().all(|year| *year > 80.0 && *year < 120.0));
}

#[test]
fn two_plants_of_half_the_size_are_one() {
    let one = run(
        &city(&[
            (CAPACITY, "capacity = \"200 t/yr\""),
            ("[yard.p1.share]", "[yard.p1]\nlimit = \"300 t\"\n[yard.p1.share]"),
        ]),
        &[],
    );
    let text = city(&[
        (CAPACITY, "capacity = \"100 t/yr\""),
        ("[yard.p1.share]", "[yard.p1]\nlimit = \"150 t\"\n[yard.p1.share]"),
        ("retired = { city = 1.0 }", "retired = { city = 0.5 }"),
    ]);
    let start = text.find("[plant.p1]").unwrap();
    let second = text[start..]
        .replace(".p1", ".p2")
        .replace("retired = { city = 0.5 }", "retired = { city = \"rest\" }")
        .replace("new_scrap = { city = 1.0 }", "new_scrap = { city = 0.0 }")
        .replace("second_life = { city = 1.0 }", "second_life = { city = 0.0 }");
    let two = run(&format!("{text}\n{second}"), &[]);
    for step in 0..20 {
        let sum = |part: fn(&PlantReport) -> f64| two.results.plants[step].iter().map(part).sum::<f64>();
        near(sum(PlantReport::throughput), report(&one, step).throughput());
        near(sum(|report| report.yard), report(&one, step).yard);
        near(sum(|report| report.turned_away), report(&one, step).turned_away);
        near(two.mass(step, two.region("city").virgin), one.mass(step, one.region("city").virgin));
    }
}

#[test]
fn packs_of_another_region_are_purchased() {
    let ran = run(&patched(&[("priority = [\"new_scrap\", \"retired\"]", "priority = [\"purchased\"]")]), &[]);
    let (bought, home) = (ran.region("rest").to_yard[0][1], ran.region("city").to_yard[0][1]);
    for step in 0..ran.periods() {
        if report(&ran, step).received > 0.0 && ran.mass(step, bought) > 0.0 {
            assert!(report(&ran, step).treated[3] > 0.0, "{step}");
        }
    }
    assert!(ran.total(bought) > 0.0);
    // Bought first: as much as there is room for comes in before anything of the city does.
    let full = (0..ran.periods()).rev().find(|step| report(&ran, *step).turned_away > 0.0).unwrap();
    assert!(ran.mass(full, bought) > ran.mass(full, home));
}

#[test]
fn what_is_not_built_takes_nothing() {
    let ran = run(TINY, &[]);
    for step in 0..4 {
        assert_eq!((report(&ran, step).received, report(&ran, step).turned_away), (0.0, 0.0));
    }
    assert!(report(&ran, 4).received > 0.0);
}
