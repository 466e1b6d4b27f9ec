//! Plants with more than one line, with stores, quotas and bought feed; and what lies in their yards.

use super::city;
use crate::common::{Ran, near, near_to, patch, run};
use urbanmine::base::ids::{Id, LineId, SinkId, UnitId};
use urbanmine::model::plant::calendar::Phase;
use urbanmine::model::plant::{Bottleneck, FeedStream, PlantReport};

const CAPACITY: &str = "capacity = \"10 kt/yr\"";
const UNIT: &str = "[plant.p1.unit.all]\noutlets = { good = \"product:good\", bad = \"residue:bad\" }\n\
    transfer = { default = { good = 1.0, bad = 0.0 } }";

fn report(ran: &Ran, step: usize) -> PlantReport {
    ran.results.plants[step][0]
}

/// 1,000 cars a year of 50 kWh: 250 t of LFP packs at 5 kg/kWh or 327.5 t of sodium-ion packs at 6.55 kg/kWh, in shares;
/// one shredder, two trains, of which the LFP train takes 60 t/yr.
fn two_lines(lfp: f64, plant: &str) -> String {
    patch(
        &city(&[]),
        &[
            ("chemistries = [\"lfp\"]", "chemistries = [\"lfp\", \"na\"]"),
            ("{ lfp = 1.0 }", &format!("{{ lfp = {lfp}, na = \"rest\" }}")),
            (CAPACITY, plant),
            ("feed = { pack = \"all\" }", "feed = { pack = \"shred\" }"),
            (
                UNIT,
                "[plant.p1.unit.shred]\noutlets = { powder = { iron = \"lfp\", soda = \"na\" } }\n\
                 transfer = { default = { powder = 1.0 } }\n\
                 [plant.p1.unit.lfp]\ncapacity = \"60 t/yr\"\noutlets = { good = \"product:good\" }\ntransfer = { default = { good = 1.0 } }\n\
                 [plant.p1.unit.na]\noutlets = { good = \"product:good\", bad = \"residue:bad\" }\n\
                 transfer = { default = { good = 0.5, bad = 0.5 } }\n\
                 [plant.p1.line.iron]\naccepts = [\"lfp\"]\n[plant.p1.line.soda]\naccepts = [\"na\"]",
            ),
        ],
    )
}

#[test]
fn a_full_train_stops_its_chemistry_and_not_the_other() {
    let ran = run(&two_lines(0.4, CAPACITY), &[]);
    // 100 t of LFP packs a year, of which 60 are treated; 196.5 t of sodium-ion packs, all of them.
    for year in 4..20 {
        near(report(&ran, year).throughput(), 60.0 + 196.5);
        near(report(&ran, year).yard, 40.0 * (year as f64 - 3.0));
        assert!(matches!(report(&ran, year).bottleneck, Bottleneck::Unit(unit) if unit.index() == 1));
    }
    // Sodium-ion goes through its own train only: half of it is residue.
    let flows = &ran.built.model.flows.plants[0];
    let names = &ran.built.catalog.plants[0].sinks;
    let bad = names.iter().position(|name| name == "residue:bad").unwrap();
    near(ran.mass(6, flows.sinks[bad].out), 196.5 / 2.0);
    ran.assert_sound();
}

#[test]
fn the_bottleneck_moves_with_the_mix() {
    let at = |lfp| report(&run(&two_lines(lfp, "capacity = \"150 t/yr\""), &[]), 6);
    let (soda, iron) = (at(0.1), at(0.9));
    assert_eq!(soda.bottleneck, Bottleneck::Nameplate);
    near(soda.throughput(), 150.0);
    assert!(matches!(iron.bottleneck, Bottleneck::Unit(_)));
    near(iron.throughput(), 60.0 + 32.75);
}

#[test]
fn the_bottleneck_moves_as_lfp_takes_the_place_of_nmc() {
    // One shredder, two trains of 120 and 100 t/yr; the cars of 2020 are all NMC, ten years later all LFP.
    let text = patch(
        &city(&[]),
        &[
            ("chemistries = [\"lfp\"]", "chemistries = [\"nmc\", \"lfp\"]"),
            ("{ lfp = 1.0 }", "{ 2020 = { nmc = 1.0, lfp = 0.0 }, 2030 = { nmc = 0.0, lfp = 1.0 } }"),
            ("feed = { pack = \"all\" }", "feed = { pack = \"shred\" }"),
            (
                UNIT,
                "[plant.p1.unit.shred]\noutlets = { powder = { nickel = \"nickel\", iron = \"iron\" } }\n\
                 transfer = { default = { powder = 1.0 } }\n\
                 [plant.p1.unit.nickel]\ncapacity = \"120 t/yr\"\noutlets = { good = \"product:good\" }\ntransfer = { default = { good = 1.0 } }\n\
                 [plant.p1.unit.iron]\ncapacity = \"100 t/yr\"\noutlets = { good = \"product:good\", bad = \"residue:bad\" }\n\
                 transfer = { default = { good = 0.5, bad = 0.5 } }\n\
                 [plant.p1.line.nickel]\naccepts = [\"nmc\"]\n[plant.p1.line.iron]\naccepts = [\"lfp\"]",
            ),
            ("[yard.p1.share]", "[yard.p1]\nlimit = \"0 t\"\n[yard.p1.share]"),
        ],
    );
    let ran = run(&text, &[]);
    ran.assert_sound();
    // 50 MWh a year of NMC packs at 4 kg/kWh, 0.1 of it nickel saved in ten years, give way to LFP packs at 5 kg/kWh four
    // years after they were sold; the mix of a year is that of its middle. A train binds while more comes than it takes.
    for year in 4..18 {
        let lfp = ((year as f64 - 4.0 + 0.5) / 10.0).min(1.0);
        let (nickel, iron) = (50.0 * (4.0 - 0.1 * lfp) * (1.0 - lfp), 50.0 * 5.0 * lfp);
        near(report(&ran, year).throughput(), nickel.min(120.0) + iron.min(100.0));
        // What kept most feed out.
        let expected = match (nickel - 120.0, iron - 100.0) {
            (nickel, iron) if nickel <= 0.0 && iron <= 0.0 => Bottleneck::Feed,
            (nickel, iron) if nickel > iron => Bottleneck::Unit(UnitId::new(1)),
            _ => Bottleneck::Unit(UnitId::new(2)),
        };
        assert_eq!(report(&ran, year).bottleneck, expected, "year {year}");
    }
    assert_eq!(report(&ran, 4).bottleneck, Bottleneck::Unit(UnitId::new(1)));
    assert_eq!(report(&ran, 16).bottleneck, Bottleneck::Unit(UnitId::new(2)));
}

#[test]
fn a_line_has_its_own_capacity() {
    let text =
        patch(&two_lines(0.4, CAPACITY), &[("accepts = [\"na\"]", "accepts = [\"na\"]\ncapacity = \"10 t/yr\"")]);
    let ran = run(&text, &[]);
    near(report(&ran, 6).throughput(), 60.0 + 10.0);
    assert_eq!(report(&ran, 6).bottleneck, Bottleneck::Line(LineId::new(1)));
}

#[test]
fn a_full_line_fills_the_yard_and_does_not_turn_the_other_away() {
    let text = patch(&two_lines(0.4, CAPACITY), &[("[yard.p1.share]", "[yard.p1]\nlimit = \"50 t\"\n[yard.p1.share]")]);
    let ran = run(&text, &[]);
    for year in 6..20 {
        near(report(&ran, year).throughput(), 60.0 + 196.5);
        near(report(&ran, year).turned_away, 40.0);
        near(report(&ran, year).yard, 50.0);
    }
}

/// The one-line plant with 250 t a year of packs in and all of it product.
fn plant(product: &str, more: &str) -> String {
    patch(&city(&[]), &[("good = { grade = \"battery\" }", product), (CAPACITY, &format!("{CAPACITY}\n{more}"))])
}

#[test]
fn a_full_store_stops_the_plant() {
    let ran = run(&plant("good = { grade = \"battery\", sales = \"100 t/yr\", store = \"180 t\" }", ""), &[]);
    // 280 t fit in the first year, of which 100 are shipped; then what is shipped is what can be made.
    near(report(&ran, 4).throughput(), 250.0);
    near(report(&ran, 4).stored, 150.0);
    near(report(&ran, 5).throughput(), 130.0);
    for year in 6..20 {
        near(report(&ran, year).throughput(), 100.0);
        near(report(&ran, year).stored, 180.0);
        assert_eq!(report(&ran, year).bottleneck, Bottleneck::Store(SinkId::new(0)));
        near(ran.stock(year, ran.built.model.flows.plants[0].plant), 180.0);
    }
    ran.assert_sound();
}

#[test]
fn a_quota_is_used_up_within_the_year_and_new_in_the_next() {
    let text = patch(
        &plant("good = { grade = \"battery\" }", ""),
        &[
            ("good = 1.0, bad = 0.0", "good = 0.6, bad = 0.4"),
            ("[plant.p1.product]", "[plant.p1.residue.bad]\nquota = \"40 t/yr\"\n[plant.p1.product]"),
        ],
    );
    for step in ["1 year", "1 month"] {
        let ran = run(&text, &[&format!("time.step={step}"), "return.p1.lag=1 yr"]);
        let per_year = ran.built.model.horizon.steps_per_year();
        for year in 6..20 {
            let steps = year * per_year..(year + 1) * per_year;
            near_to(steps.clone().map(|step| report(&ran, step).throughput()).sum(), 100.0, 1e-9);
            let last = report(&ran, steps.end - 1);
            assert_eq!(last.bottleneck, Bottleneck::Quota(SinkId::new(1)));
        }
    }
}

#[test]
fn a_plant_that_closes_hands_on_its_yard() {
    let text = patch(&city(&[]), &[(CAPACITY, "capacity = \"100 t/yr\"\ncloses = 2030-01-01")]);
    let ran = run(&text, &[]);
    let (flows, cleared) = (ran.region("city"), ran.built.model.flows.plants[0].cleared);
    near(report(&ran, 9).throughput(), 100.0);
    near(report(&ran, 9).yard, 6.0 * 150.0);
    for year in 10..20 {
        assert_eq!(report(&ran, year).bottleneck, Bottleneck::Calendar(Phase::Closed));
        assert_eq!((report(&ran, year).throughput(), report(&ran, year).yard), (0.0, 0.0));
        near(ran.mass(year, flows.packs_elsewhere), 250.0);
    }
    near(ran.total(cleared), 900.0);
    ran.assert_sound();
}

#[test]
fn capacity_grows_by_series_and_by_stages() {
    let series = "capacity = { unit = \"t/yr\", 2026 = 100, 2028 = 300, before = \"hold\" }";
    let ran = run(&city(&[(CAPACITY, series)]), &[]);
    // States hold on 1 January; a year is read at its middle.
    near(report(&ran, 5).available, 100.0);
    near(report(&ran, 6).available, 150.0);
    near(report(&ran, 7).available, 250.0);
    let stages = "capacity = \"100 t/yr\"\nramp_up = { profile = \"linear\", initial = 0.5, duration = \"24 month\" }\n\
        expansion.second = { start = 2028-01-01, lead = \"12 month\", capacity = \"200 t/yr\" }";
    let text = city(&[(CAPACITY, stages)]);
    let ran = run(&text, &["time.step=1 month", "return.p1.lag=1 month"]);
    let available = |month: usize| report(&ran, month).available * 12.0;
    near(available(100), 100.0);
    near(available(108), 100.0 + 200.0 * (0.5 + 0.5 * 0.5 / 24.0));
    near(available(140), 300.0);
}

#[test]
fn what_came_first_is_treated_first() {
    let yard = |discipline: &str| {
        city(&[
            (CAPACITY, "capacity = \"100 t/yr\""),
            ("[yard.p1.share]", &format!("[yard.p1]\ndiscipline = \"{discipline}\"\n[yard.p1.share]")),
        ])
    };
    let (fifo, mixed) = (run(&yard("fifo"), &[]), run(&yard("mixed"), &[]));
    for year in 4..20 {
        near(report(&fifo, year).throughput(), 100.0);
        near(report(&fifo, year).yard, report(&mixed, year).yard);
    }
    // After the second year: 50 t of the first one's packs, aged a year and a half, and 250 t of this one's, half a year.
    near(report(&fifo, 5).yard, 300.0);
    near(report(&fifo, 5).age, 365.25 * (50.0 * 1.5 + 250.0 * 0.5) / 300.0);
    // Well mixed the old ones stay longer: 150 t of them are a year older, and 300 of 400 t are left.
    near(report(&mixed, 5).age, 365.25 * (150.0 * 1.5 + 250.0 * 0.5) / 400.0);
    assert!(report(&mixed, 12).age > report(&fifo, 12).age);
    fifo.assert_sound();
}

#[test]
fn packs_that_may_hold_a_charge_have_a_limit_of_their_own() {
    let text = city(&[
        ("cell_yield = 1.0", "cell_yield = 0.8"),
        (CAPACITY, "capacity = \"40 t/yr\""),
        (
            "[yard.p1.share]",
            "[yard.p1]\nlimit = \"500 t\"\ncharged_limit = \"30 t\"\ndiscipline = \"priority\"\npriority = [\"new_scrap\"]\n[yard.p1.share]",
        ),
    ]);
    let ran = run(&text, &[]);
    for year in 4..20 {
        let waiting = report(&ran, year).yard;
        // 10 t more scrap than can be treated comes every year and may wait; of packs only 30 t may.
        near(waiting, (10.0 * (year as f64 + 1.0)).min(470.0) + 30.0);
    }
    ran.assert_sound();
}

#[test]
fn black_mass_is_bought_for_the_room_that_is_left() {
    let more = "black_mass.lfp = { limit = \"100 t/yr\", composition = { Li = 0.1, other = \"rest\" } }";
    for (capacity, bought) in [("300 t/yr", 50.0), ("10 kt/yr", 100.0), ("200 t/yr", 0.0)] {
        let ran = run(&city(&[(CAPACITY, &format!("capacity = \"{capacity}\"\n{more}"))]), &[]);
        let flow = ran.built.model.flows.plants[0].feed[FeedStream::BlackMass as usize];
        near(report(&ran, 6).treated[FeedStream::BlackMass as usize], bought);
        near(ran.mass(6, flow), bought);
        near(ran.content(6, flow, "Li"), 0.1 * bought);
        ran.assert_sound();
    }
}

#[test]
fn what_nameplate_does_not_count_needs_no_room_in_it() {
    let text = city(&[
        ("cell_yield = 1.0", "cell_yield = 0.8"),
        (CAPACITY, "capacity = \"40 t/yr\"\ncounts = [\"retired\"]"),
        ("[yard.p1.share]", "[yard.p1]\ndiscipline = \"priority\"\n[yard.p1.share]"),
    ]);
    let ran = run(&text, &[]);
    near(report(&ran, 8).treated[0], 50.0);
    near(report(&ran, 8).treated[1], 40.0);
}

#[test]
fn cuttings_are_a_stream_of_their_own() {
    let text = patch(
        &city(&[("cell_yield = 1.0", "cell_yield = 0.8\nelectrode_yield = 0.5")]),
        &[
            ("feed = { pack = \"all\" }", "feed = { pack = \"all\", electrode = \"wash\" }"),
            (
                "[plant.p1.unit.all]",
                "[plant.p1.unit.wash]\noutlets = { clean = \"all\", water = \"residue:bad\" }\n\
                 transfer = { default = { clean = 0.9, water = 0.1 } }\n[plant.p1.unit.all]",
            ),
        ],
    );
    let ran = run(&text, &[]);
    let [cells, cuttings] =
        [FeedStream::NewScrap, FeedStream::ElectrodeScrap].map(|s| report(&ran, 6).treated[s as usize]);
    assert!(cells > 0.0 && cuttings > 0.0);
    let bad = ran.built.model.flows.plants[0].sinks.iter().map(|sink| ran.mass(6, sink.out)).fold(0.0, f64::max);
    near(bad, 0.1 * cuttings);
    ran.assert_sound();
}
