//! What reagents bring into a plant, by hand.

use super::city;
use crate::common::{Ran, near, patch, run};
use urbanmine::base::ids::{FlowId, Id, SinkId};
use urbanmine::model::plant::Bottleneck;

/// Leaching sends 0.9 on, crystallisation returns 0.2 of its input: of what enters leaching 0.72 / 0.82 become salt. Lye, a
/// fifth of it lithium, by the tonne of input; acid by the tonne of lithium, which leaves with the salt.
fn train(more: &[(&str, &str)]) -> String {
    let units = "[plant.p1.unit.leach]\noutlets = { liquor = \"grow\", cake = \"residue:cake\" }\n\
        transfer = { Cu = { cake = 1.0 }, reagents = { liquor = 1.0 }, default = { liquor = 0.9, cake = 0.1 } }\n\
        [plant.p1.unit.leach.inputs]\nlye = \"100 kg/t\"\nsteam = \"2 kWh/t\"\nsecret = \"5 kg/t\"\n\
        [plant.p1.unit.grow]\noutlets = { salt = \"product:good\", mother = \"leach\" }\n\
        transfer = { default = { salt = 0.8, mother = 0.2 } }\n\
        [plant.p1.unit.grow.inputs]\nacid = { value = 1, unit = \"t/t\", per = \"Li\", leaves = \"salt\" }";
    let text = city(&[
        ("[composition]", "[compounds]\nfile = \"compounds.csv\"\n[composition]"),
        ("feed = { pack = \"all\" }", "feed = { pack = \"leach\" }"),
        (
            "[plant.p1.unit.all]\noutlets = { good = \"product:good\", bad = \"residue:bad\" }\n\
             transfer = { default = { good = 1.0, bad = 0.0 } }",
            units,
        ),
    ]);
    patch(&text, more)
}

const SALT: f64 = 0.72 / 0.82;
/// 250 t of packs a year: 50 t of copper pass leaching once, all else 1 / 0.82 times, 5 t of lithium among it.
const LYE: f64 = 0.1 * (50.0 + 200.0 / 0.82);
const ACID: f64 = 0.9 * 5.0 / 0.82;

fn sink(ran: &Ran, name: &str) -> SinkId {
    SinkId::new(ran.built.catalog.plants[0].sinks.iter().position(|known| known == name).unwrap())
}

fn out(ran: &Ran, name: &str) -> FlowId {
    ran.built.model.flows.plants[0].sinks[sink(ran, name).index()].out
}

#[test]
fn reagents_enter_where_they_are_used_and_leave_by_the_outlets() {
    let ran = run(&train(&[("lag = \"1 yr\"", "lag = \"1 yr\"\nclosed_loop_share = 0.0")]), &[]);
    ran.assert_sound();
    let supply = ran.built.model.flows.plants[0].reagents;
    near(ran.mass(5, supply), LYE + ACID);
    near(ran.content(5, supply, "Li"), 0.2 * LYE);
    near(ran.content(5, supply, "other"), 0.8 * LYE + ACID);
    // Their lithium goes the way of the feed's; the rest stays in the liquor until it leaves with the salt.
    near(ran.content(5, out(&ran, "product:good"), "Li"), (5.0 + 0.2 * LYE) * SALT);
    near(ran.content(5, out(&ran, "residue:cake"), "Li"), (5.0 + 0.2 * LYE) * (1.0 - SALT));
    near(ran.content(5, out(&ran, "product:good"), "other"), 195.0 * SALT + 0.8 * LYE + ACID);
    near(ran.content(5, out(&ran, "residue:cake"), "other"), 195.0 * (1.0 - SALT));
    // The throughput is the feed's, and so is what is used.
    near(ran.throughput(5, "p1"), 250.0);
    let (plant, fed) = (&ran.built.model.plants[0], &ran.results.fed[5][0]);
    let product: f64 = plant.output(sink(&ran, "product:good"), fed).iter().sum();
    near(product, 200.0 * SALT + 0.2 * LYE * SALT + 0.8 * LYE + ACID);
}

#[test]
fn what_reagents_bring_is_never_recycled() {
    let (with, without) = (run(&train(&[]), &[]), run(&train(&[("lye = \"100 kg/t\"\n", "")]), &[]));
    let back = |ran: &Ran| ran.built.model.flows.plants[0].sinks[sink(ran, "product:good").index()].back;
    for year in 4..20 {
        near(with.mass(year, back(&with)), 200.0 * SALT);
        near(with.mass(year, out(&with, "product:good")), 0.2 * LYE * SALT + 0.8 * LYE + ACID);
        let flows = with.region("city");
        near(with.mass(year, flows.recycled), without.mass(year, without.region("city").recycled));
        near(with.mass(year, flows.virgin), without.mass(year, without.region("city").virgin));
    }
    with.assert_sound();
}

#[test]
fn reagents_take_room_in_a_quota() {
    let quota = ("[plant.p1.product]", "[plant.p1.residue.cake]\nquota = \"10 t/yr\"\n[plant.p1.product]");
    let ran = run(&train(&[quota]), &[]);
    let cake = 50.0 + (200.0 + 0.2 * LYE) * (1.0 - SALT);
    near(ran.throughput(6, "p1"), 250.0 * 10.0 / cake);
    assert!(matches!(ran.results.plants[6][0].bottleneck, Bottleneck::Quota(_)));
    near(ran.mass(6, out(&ran, "residue:cake")), 10.0);
}
