//! What comes back: lag, qualification limit, closed-loop share, and the loop that needs no primary material.

use super::{STEPS, city};
use crate::common::{near, near_to, run};
use urbanmine::results::indicator::{Indicator, Place, View};

#[test]
fn recovered_material_is_usable_after_the_lag() {
    for lag in 1..=6usize {
        let ran = run(&city(&[]), &[&format!("return.p1.lag={lag} yr")]);
        let recycled = ran.region("city").recycled;
        // First packs retire and are treated in 2024.
        let first = (0..20).find(|year| ran.mass(*year, recycled) > 0.0);
        assert_eq!(first, Some(4 + lag));
        near(ran.mass(4 + lag, recycled), 250.0);
        near(ran.stock(4 + lag - 1, ran.region("city").materials), 250.0 * lag as f64);
    }
}

/// Everything is collected, recovered and allowed: once the fleet is stationary no primary material is needed.
#[test]
fn a_closed_loop_without_losses_needs_no_primary_material() {
    let lives = [
        ("neither", "{ distribution = \"fixed\", life = \"4 yr\" }", "{ distribution = \"fixed\", life = \"100 yr\" }"),
        (
            "replacement",
            "{ distribution = \"fixed\", life = \"6 yr\" }",
            "{ distribution = \"fixed\", life = \"4 yr\" }",
        ),
        (
            "neither",
            "{ distribution = \"weibull\", scale = \"3 yr\", shape = 3.5 }",
            "{ distribution = \"weibull\", scale = \"4 yr\", shape = 2.5 }",
        ),
        (
            "replacement",
            "{ distribution = \"weibull\", scale = \"3 yr\", shape = 3.5 }",
            "{ distribution = \"weibull\", scale = \"2 yr\", shape = 3.0 }",
        ),
    ];
    for (mode, vehicle, battery) in lives {
        for (step, per_year) in STEPS {
            let text = city(&[
                ("vehicle = { distribution = \"fixed\", life = \"4 yr\" }", &format!("vehicle = {vehicle}")),
                ("battery = { distribution = \"fixed\", life = \"100 yr\" }", &format!("battery = {battery}")),
                ("cell_yield = 1.0", "cell_yield = 0.9\nelectrode_yield = 0.95"),
            ]);
            let ran = run(&text, &[&format!("time.step={step}"), &format!("use.mode={mode}"), "use.inflow_at=mid"]);
            ran.assert_sound();
            let flows = ran.region("city");
            let last = ran.periods() - 1;
            let (primary, recycled) = (ran.mass(last, flows.virgin), ran.mass(last, flows.recycled));
            assert!(primary <= 1e-9 * recycled, "{mode}, {vehicle}, {step}: {primary} t of primary beside {recycled}");
            // Before the first packs come back everything is primary, but for the scrap.
            assert!(ran.mass(0, flows.virgin) > 0.9 * 250.0 / per_year as f64);
            // What went in is in use, in the yards, or on its way.
            let primary: f64 = ran.total(flows.virgin);
            near_to(primary, ran.all_stocks()[last].iter().sum(), 1e-9);
        }
    }
}

#[test]
fn the_qualification_limit_binds() {
    let text = city(&[("cell_yield = 1.0", "max_recycled_share = { Li = 0.3, default = 1.0 }")]);
    let ran = run(&text, &[]);
    let flows = ran.region("city");
    for year in 5..20 {
        near(ran.content(year, flows.recycled, "Li"), 1.5);
        near(ran.content(year, flows.virgin, "Li"), 3.5);
        near(ran.content(year, flows.recycled, "Cu"), 50.0);
        // What may not be used piles up, for no limit was given.
        let waiting = ran.results.stock(year, flows.materials, ran.substance("Li"));
        near(waiting, 5.0 + 3.5 * (year as f64 - 4.0));
    }
}

#[test]
fn what_lies_beyond_the_inventory_limit_is_sold() {
    let text = city(&[(
        "cell_yield = 1.0",
        "max_recycled_share = { Li = 0.3, default = 1.0 }\ninventory_limit = \"6 month\"",
    )]);
    let ran = run(&text, &[]);
    let flows = ran.region("city");
    // 3.5 t a year cannot be used; 2.5 t (half a year of need) are kept, the rest of it is sold.
    near(ran.content(5, flows.surplus_sold, "Li"), 1.0);
    for year in 6..20 {
        near(ran.content(year, flows.surplus_sold, "Li"), 3.5);
        near(ran.content(year, flows.recycled, "Li"), 1.5);
    }
    assert_eq!(ran.content(19, flows.surplus_sold, "Cu"), 0.0);
}

#[test]
fn the_share_outside_the_loop_is_sold() {
    let ran = run(&city(&[("lag = \"1 yr\"", "lag = \"1 yr\"\nclosed_loop_share = 0.4")]), &[]);
    let sink = ran.built.model.flows.plants[0].sinks[0];
    near(ran.mass(8, sink.back), 100.0);
    near(ran.mass(8, sink.out), 150.0);
    near(ran.mass(8, ran.region("city").recycled), 100.0);
    near(ran.mass(8, ran.region("city").virgin), 150.0);
}

#[test]
fn technical_grade_does_not_return_unless_it_is_said_to() {
    for (product, returned) in [
        ("{ grade = \"technical\" }", 0.0),
        ("{ grade = \"technical\", returns = true }", 250.0),
        ("{ grade = \"battery\", returns = false }", 0.0),
    ] {
        let ran = run(&city(&[("good = { grade = \"battery\" }", &format!("good = {product}"))]), &[]);
        assert_eq!(ran.mass(8, ran.region("city").recycled) > 0.0, returned > 0.0, "{product}");
        near(ran.mass(8, ran.region("city").virgin), 250.0 - returned);
    }
}

#[test]
fn material_may_return_to_another_region() {
    let text = city(&[
        ("regions = [\"city\"]", "regions = [\"city\", \"maker\"]"),
        ("cell_yield = 1.0", "local_supply_share = 0.0\nimports_from = \"maker\""),
        ("lag = \"1 yr\"", "lag = \"1 yr\"\nto = \"maker\""),
        ("[collection.city]", "[collection.maker]\nformal = 1.0\n[collection.city]"),
    ]);
    let ran = run(&text, &[]);
    near(ran.mass(8, ran.region("maker").recycled), 250.0);
    assert_eq!(ran.total(ran.region("city").virgin), 0.0);
    near(ran.mass(8, ran.region("city").packs_from_elsewhere), 250.0);
}

#[test]
fn without_collection_nothing_is_recycled() {
    let ran = run(&city(&[("formal = 1.0", "formal = 0.0\ninformal = 1.0")]), &[]);
    let flows = ran.region("city");
    assert_eq!(ran.total(flows.recycled), 0.0);
    near(ran.mass(8, flows.virgin), 250.0);
    for period in 0..20 {
        assert_eq!(indicator(&ran, "recycled_content", period), 0.0);
    }
}

/// The value of an indicator of the city for lithium.
fn indicator(ran: &crate::common::Ran, id: &str, period: usize) -> f64 {
    let view = View::of(&ran.built.model, &ran.results, period);
    let place = Place { substance: Some(ran.substance("Li")), ..Place::default() };
    let value = Indicator::named(id).unwrap().ask(&view, place);
    value.unwrap_or_else(|| panic!("{id} has no value in {period}"))
}

#[test]
fn indicators_follow_their_definitions() {
    // Of 5 t of Li a year 0.6 are collected; the plant gives back 0.9 of it; cells lose a tenth, which comes back too.
    let text = city(&[
        ("formal = 1.0", "formal = 0.6\ninformal = 0.4"),
        ("{ default = { good = 1.0, bad = 0.0 } }", "{ default = { good = 0.9, bad = 0.1 } }"),
        ("cell_yield = 1.0", "cell_yield = 0.9"),
    ]);
    let ran = run(&text, &[]);
    let (input, scrap) = (5.0 / 0.9, 5.0 / 0.9 - 5.0);
    let (old, new) = (0.9 * 0.6 * 5.0, 0.9 * scrap);
    for (id, value) in [
        ("primary_demand", input - old - new),
        ("recycled_input", old + new),
        ("recycled_content", (old + new) / input),
        ("eol_recycled_input_rate", old / input),
        ("old_scrap_ratio", old / (old + new)),
        ("collection_rate", 0.6),
        ("retired_content", 5.0),
        ("in_use_stock", 20.0),
        ("eol_recycling_rate", old / 5.0),
        ("plant_recovery_rate", 0.9),
        ("plant_utilisation", (150.0 + scrap / 5.0 * 200.0) / 10_000.0),
        ("yard_days", 0.0),
    ] {
        near(indicator(&ran, id, 10), value);
    }
}

#[test]
fn a_pack_is_collected_once() {
    let limit = "[yard.p1]\nlimit = \"20 t\"\noverflow = \"declined\"\n[yard.p1.share]";
    let text = city(&[
        ("[yard.p1.share]", limit),
        ("capacity = \"10 kt/yr\"", "capacity = \"100 t/yr\""),
        ("formal = 1.0", "formal = 1.0\nhibernation_delay = \"1 yr\""),
    ]);
    let ran = run(&text, &[]);
    assert!(ran.total(ran.region("city").declined) > 0.0);
    for year in 4..20 {
        let rate = indicator(&ran, "collection_rate", year);
        assert!(rate <= 1.0 + 1e-9, "{rate} in year {year}");
    }
}

#[test]
fn a_second_life_does_not_count_as_a_second_collection() {
    let text = city(&[
        (
            "[collection.city]",
            "[second_life]\nreuse_share = 1.0\nlifetime = { distribution = \"fixed\", life = \"2 yr\" }\n\
            [second_life.state_of_health.default]\nfade = \"0.0 1/yr\"\nspread = 0.0\n[collection.city]",
        ),
        ("second_life = { city = 1.0 }", "second_life = { city = 0.0 }"),
    ]);
    let ran = run(&text, &[]);
    near(indicator(&ran, "collection_rate", 4), 1.0);
    near(indicator(&ran, "collection_rate", 10), 1.0);
}
