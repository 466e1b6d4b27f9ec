//! Tags: what is recovered carries its origin from the feed to the makers, and the tags of every amount add up to it.

use super::city;
use crate::common::{Ran, near, near_to, run};
use urbanmine::base::ids::{Id, PlantId, SubstanceId, all};
use urbanmine::model::plant::{FeedForm, FeedStream, Origin};

/// Feed of all four origins: rejected cells, packs, packs after a second life, bought black mass; half of the product
/// returns, the makers take a tenth of their need and keep a third of a year's.
fn mixed() -> String {
    city(&[
        (
            "cell_yield = 1.0",
            "cell_yield = 0.9\nelectrode_yield = 0.95\nmax_recycled_share = 0.1\ninventory_limit = \"4 month\"",
        ),
        (
            "[collection.city]",
            "[second_life]\nreuse_share = 0.5\nlifetime = { distribution = \"fixed\", life = \"2 yr\" }\n\
            [second_life.state_of_health.default]\nfade = \"0.0 1/yr\"\nspread = 0.0\n[collection.city]",
        ),
        (
            "{ default = { good = 1.0, bad = 0.0 } }",
            "{ Li = { good = 0.9, bad = 0.1 }, default = { good = 0.6, bad = 0.4 } }",
        ),
        ("lag = \"1 yr\"", "lag = \"2 yr\"\nclosed_loop_share = 0.5"),
        (
            "[plant.p1.product]",
            "[plant.p1.black_mass.lfp]\nlimit = \"30 t/yr\"\ncomposition = { Li = 0.05, Cu = 0.15, other = 0.8 }\n[plant.p1.product]",
        ),
    ])
}

/// What a plant was fed in a year, t by origin and substance.
fn fed(ran: &Ran, year: usize) -> [Vec<f64>; Origin::RECOVERED.len()] {
    let mut by_origin = [(); Origin::RECOVERED.len()].map(|()| vec![0.0; ran.built.model.size.width()]);
    for (entry, fed) in ran.results.fed[year][0].iter().enumerate() {
        let sum = &mut by_origin[FeedForm::of_entry(entry).origin() as usize];
        sum.iter_mut().zip(fed).for_each(|(sum, mass)| *sum += mass);
    }
    by_origin
}

#[test]
fn each_stream_has_its_origin() {
    let of = |stream: FeedStream| stream.form().origin();
    assert_eq!(
        FeedStream::ALL.map(of),
        [Origin::NewScrap, Origin::OldScrap, Origin::SecondLife, Origin::OldScrap, Origin::NewScrap, Origin::Bought,]
    );
    for (at, origin) in Origin::RECOVERED.iter().enumerate() {
        assert_eq!(*origin as usize, at);
    }
}

#[test]
fn products_carry_the_origin_of_the_feed() {
    let ran = run(&mixed(), &[]);
    ran.assert_sound();
    let li = ran.substance("Li");
    let year = 12;
    let (fed, made) = (fed(&ran, year), &ran.results.products[year][0]);
    for origin in Origin::RECOVERED {
        let fed = &fed[origin as usize];
        assert!(fed.iter().sum::<f64>() > 0.0, "{}: nothing fed", origin.name());
        for s in all::<SubstanceId>(ran.built.model.size.substances) {
            let share = if s == li { 0.9 } else { 0.6 };
            near(made[origin as usize][s.index()], share * fed[s.index()]);
        }
    }
    // By hand: half of the retired packs goes into a second life and comes back two years later.
    near(fed[Origin::OldScrap as usize][li.index()], 2.5);
    near(fed[Origin::SecondLife as usize][li.index()], 2.5);
    near(fed[Origin::Bought as usize][li.index()], 1.5);
}

#[test]
fn tags_add_up_to_mass_in_plant_makers_and_inventory() {
    let ran = run(&mixed(), &[]);
    let flows = ran.region("city");
    let sinks = &ran.built.model.flows.plants[0].sinks;
    let mut returned = [(); Origin::RECOVERED.len()].map(|()| 0.0);
    let mut taken = [(); Origin::RECOVERED.len()].map(|()| 0.0);
    let li = ran.substance("Li");
    for year in 0..ran.periods() {
        for s in all::<SubstanceId>(ran.built.model.size.substances) {
            let fed: f64 = fed(&ran, year).iter().map(|part| part[s.index()]).sum();
            let feed = ran.built.model.flows.plants[0].feed;
            let booked: f64 = feed.iter().map(|flow| ran.results.flow_of(year, *flow, Some(s))).sum();
            near(fed, booked);
            let made: f64 = ran.results.products[year][0].iter().map(|part| part[s.index()]).sum();
            near(
                made,
                [sinks[0].back, sinks[0].out].iter().map(|flow| ran.results.flow_of(year, *flow, Some(s))).sum(),
            );
            let recycled: f64 = ran.results.recycled_of(year, ran.region_id("city"), s).iter().sum();
            near_to(recycled, ran.results.flow_of(year, flows.recycled, Some(s)), 1e-11);
        }
        for origin in Origin::RECOVERED {
            returned[origin as usize] += 0.5 * ran.results.products[year][0][origin as usize][li.index()];
            taken[origin as usize] += ran.results.recycled_of(year, ran.region_id("city"), li)[origin as usize];
        }
    }
    // What is left of each origin, with what waits in the lag, is the stock of the books.
    let materials = &ran.world.materials[0];
    let left: f64 = materials.usable.iter().map(|part| part[li.index()]).sum();
    let underway: f64 = {
        let mut sum = vec![0.0; ran.built.model.size.width()];
        ran.world.pipelines[PlantId::new(0).index()].add_stock(pulp::Scalar::new(), &mut sum);
        sum[li.index()]
    };
    near(left + underway, ran.results.stock(ran.periods() - 1, flows.materials, li));
    // Makers take, and the surplus is sold, in the proportions of what is there.
    for origin in Origin::RECOVERED {
        assert!(
            taken[origin as usize] > 0.0 && taken[origin as usize] < returned[origin as usize],
            "{}",
            origin.name()
        );
    }
    let sold: f64 = (0..ran.periods()).map(|year| ran.results.flow_of(year, flows.surplus_sold, Some(li))).sum();
    assert!(sold > 0.0);
    let (returned, taken): (f64, f64) = (returned.iter().sum(), taken.iter().sum());
    near(returned, taken + sold + left + underway);
}

#[test]
fn one_origin_alone_has_one_tag() {
    for (edit, origin) in [
        (("retired = { city = 1.0 }", "retired = { city = 0.0 }"), Origin::SecondLife),
        (("second_life = { city = 1.0 }", "second_life = { city = 0.0 }"), Origin::OldScrap),
    ] {
        let text = mixed().replacen(edit.0, edit.1, 1);
        let sets = ["yard.p1.share.new_scrap.city=0.0", "plant.p1.black_mass.lfp.limit=0 t/yr"];
        let ran = run(&text, &sets);
        let made = &ran.results.products[12][0];
        for other in Origin::RECOVERED {
            let mass: f64 = made[other as usize].iter().sum();
            assert_eq!(mass > 0.0, other == origin, "{} of {}: {mass} t", other.name(), origin.name());
        }
    }
}
