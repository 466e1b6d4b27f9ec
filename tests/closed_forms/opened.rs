//! Packs that others have opened: modules and cells as feed.

use super::{STEPS, city};
use crate::common::{Ran, near, near_to, run};
use urbanmine::model::plant::{FeedForm, Origin};

/// 1,000 cars a year of 50 kWh: 250 t of packs, of which 200 t are cells (5 Li, 25 Cu, 170 other) and 50 t housings (25 Cu,
/// 25 other). Packs enter at a unit that loses everything, so that it shows where feed enters.
fn opened(yard: &str, feed: &str) -> String {
    city(&[
        ("[composition]", "[composition.module_parts]\nCu = 0.4\ndefault = 0.2\n[composition]"),
        (
            "[yard.p1.share]",
            &format!("[yard.p1.opened]\nage = \"4 yr\"\n{yard}\n[other_recyclers.recovery]\nCu = 0.9\n[yard.p1.share]"),
        ),
        (
            "feed = { pack = \"all\" }",
            &format!(
                "feed = {{ pack = \"lost\"{feed} }}\n[plant.p1.unit.lost]\noutlets = {{ out = \"residue:lost\" }}\ntransfer = {{ default = {{ out = 1.0 }} }}"
            ),
        ),
    ])
}

fn fed(ran: &Ran, step: usize, form: FeedForm) -> f64 {
    ran.results.fed[step][0][form as usize].iter().sum()
}

#[test]
fn cells_come_and_their_housings_stay_where_the_packs_were_opened() {
    for (step, per_year) in STEPS {
        let text = opened("retired = \"cell\"", ", cell = \"all\"");
        let ran = run(&text, &[&format!("time.step={step}")]);
        ran.assert_sound();
        let year = |of: &dyn Fn(usize) -> f64| (6 * per_year..7 * per_year).map(of).sum::<f64>();
        let flows = ran.region("city");
        near_to(year(&|step| ran.throughput(step, "p1")), 200.0, 1e-9);
        near_to(year(&|step| fed(&ran, step, FeedForm::Cell)), 200.0, 1e-9);
        near_to(year(&|step| ran.mass(step, flows.packs_elsewhere)), 50.0, 1e-9);
        near_to(year(&|step| ran.content(step, flows.packs_elsewhere, "Cu")), 25.0, 1e-9);
        near_to(year(&|step| ran.content(step, ran.built.model.flows.elsewhere_sold, "Cu")), 22.5, 1e-9);
        assert_eq!(year(&|step| ran.content(step, flows.packs_elsewhere, "Li")), 0.0);
        // They were in use: what is recovered from them is old scrap.
        let products = |origin: usize| year(&|step| ran.results.products[step][0][origin].iter().sum());
        near_to(products(1), 200.0, 1e-9);
        assert_eq!(products(0), 0.0);
    }
}

#[test]
fn modules_bring_a_part_of_the_housing_along() {
    let ran = run(&opened("retired = \"module\"", ", module = \"all\""), &[]);
    ran.assert_sound();
    // 0.4 of the housings' copper and 0.2 of the rest of them.
    near(ran.throughput(6, "p1"), 200.0 + 0.4 * 25.0 + 0.2 * 25.0);
    near(fed(&ran, 6, FeedForm::Module), 215.0);
    near(ran.mass(6, ran.region("city").packs_elsewhere), 35.0);
    let good = ran.built.catalog.plants[0].sinks.iter().position(|name| name == "product:good").unwrap();
    near(ran.mass(6, ran.built.model.flows.plants[0].sinks[good].back), 215.0);
}

/// Half of the packs is used again for two years, and comes back opened as a second stream.
fn used_again(opened_as: &str) -> String {
    opened(opened_as, ", module = \"all\", cell = \"all\"").replace(
        "[collection.city]",
        "[second_life]\nreuse_share = 0.5\nlifetime = { distribution = \"fixed\", life = \"2 yr\" }\n\
         [second_life.state_of_health.default]\nfade = \"0.0 1/yr\"\nspread = 0.0\n[collection.city]",
    )
}

#[test]
fn what_comes_opened_after_a_second_life_keeps_its_origin() {
    for (form, part) in [("cell", 200.0), ("module", 215.0)] {
        let ran = run(&used_again(&format!("second_life = \"{form}\"")), &[]);
        ran.assert_sound();
        near(fed(&ran, 12, FeedForm::SecondLife), part / 2.0);
        assert_eq!(fed(&ran, 12, FeedForm::Cell) + fed(&ran, 12, FeedForm::Module), 0.0);
        // Whole packs are lost here; all of what comes opened is product, and of its own origin.
        near(fed(&ran, 12, FeedForm::Pack), 125.0);
        let made = |origin: Origin| ran.results.products[12][0][origin as usize].iter().sum::<f64>();
        near(made(Origin::SecondLife), part / 2.0);
        assert_eq!(made(Origin::OldScrap), 0.0);
    }
}

#[test]
fn two_streams_may_come_in_two_forms() {
    let ran = run(&used_again("retired = \"module\"\nsecond_life = \"cell\""), &[]);
    ran.assert_sound();
    near(fed(&ran, 12, FeedForm::Module), 215.0 / 2.0);
    near(fed(&ran, 12, FeedForm::SecondLife), 200.0 / 2.0);
    assert_eq!(fed(&ran, 12, FeedForm::Pack), 0.0);
    near(ran.mass(12, ran.region("city").packs_elsewhere), f64::midpoint(35.0, 50.0));
}

#[test]
fn what_is_not_opened_comes_whole() {
    let ran = run(&opened("purchased = \"cell\"", ", cell = \"all\""), &[]);
    near(ran.throughput(6, "p1"), 250.0);
    near(fed(&ran, 6, FeedForm::Pack), 250.0);
    assert_eq!(ran.total(ran.region("city").packs_elsewhere), 0.0);
}

#[test]
fn a_full_yard_turns_away_packs_and_not_parts_of_them() {
    let text = opened("retired = \"cell\"", ", cell = \"all\"")
        .replace("[yard.p1.opened]", "[yard.p1]\nlimit = \"0 t\"\n[yard.p1.opened]");
    let ran = run(&text, &["plant.p1.capacity=100 t/yr"]);
    ran.assert_sound();
    // Half of the packs are let in as cells; their housings and the other half go elsewhere.
    near(ran.throughput(8, "p1"), 100.0);
    near(ran.results.plants[8][0].turned_away, 100.0);
    near(ran.mass(8, ran.region("city").packs_elsewhere), 150.0);
}
