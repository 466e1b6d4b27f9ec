//! Manufacture: input, scrap and where cells come from, by hand.

use super::city;
use crate::common::{TINY, near, patch, run};

/// 50,000 kWh of packs a year from cells with yield 0.9 and electrodes with yield 0.8.
fn lossy() -> String {
    city(&[("cell_yield = 1.0", "cell_yield = 0.9\nelectrode_yield = 0.8"), ("new_scrap = { city = 1.0 }\n", "")])
}

#[test]
fn scrap_is_rejected_cells_and_electrode_cuttings() {
    let ran = run(&lossy(), &[]);
    let flows = ran.region("city");
    let cells = 50_000.0 / 0.9;
    let (rejects, cuttings) = (cells - 50_000.0, cells * (1.0 / 0.8 - 1.0));
    // kg/kWh of lfp: electrode Li 0.1, Cu 0.5, other 1.4; rest of the cell other 2.0; pack Cu 0.5, other 0.5.
    let scrap = |electrode: f64, cell: f64| (rejects * (electrode + cell) + cuttings * electrode) / 1000.0;
    near(ran.content(0, flows.scrap_elsewhere, "Li"), scrap(0.1, 0.0));
    near(ran.content(0, flows.scrap_elsewhere, "Cu"), scrap(0.5, 0.0));
    near(ran.content(0, flows.scrap_elsewhere, "other"), scrap(1.4, 2.0));
    let input = |electrode: f64, cell: f64, pack: f64| (cells * (electrode / 0.8 + cell) + 50_000.0 * pack) / 1000.0;
    near(ran.content(0, flows.virgin, "Li"), input(0.1, 0.0, 0.0));
    near(ran.content(0, flows.virgin, "Cu"), input(0.5, 0.0, 0.5));
    near(ran.content(0, flows.virgin, "other"), input(1.4, 2.0, 0.5));
    near(ran.content(0, flows.packs_made, "Li"), 5.0);
}

#[test]
fn an_electrode_yield_may_differ_by_substance() {
    let text = patch(&lossy(), &[("electrode_yield = 0.8", "electrode_yield = { Li = 0.5, default = 1.0 }")]);
    let ran = run(&text, &[]);
    let flows = ran.region("city");
    near(ran.content(0, flows.virgin, "Li"), 50_000.0 / 0.9 * 0.1 / 0.5 / 1000.0);
    near(ran.content(0, flows.scrap_elsewhere, "Cu"), (50_000.0 / 0.9 - 50_000.0) * 0.5 / 1000.0);
}

#[test]
fn what_is_not_made_here_is_imported() {
    let ran = run(&city(&[("cell_yield = 1.0", "local_supply_share = 0.8")]), &[]);
    let flows = ran.region("city");
    near(ran.mass(0, flows.packs_made), 200.0);
    near(ran.mass(0, flows.packs_from_elsewhere), 50.0);
    near(ran.mass(0, flows.virgin), 200.0);
}

#[test]
fn a_supplier_inside_the_system_makes_it_and_has_the_scrap() {
    // The city needs packs for 3,000 cars of 2020 and its pool; half of them come from the rest of the country.
    let ran = run(TINY, &[]);
    let (city, rest) = (ran.region("city"), ran.region("rest"));
    near(ran.mass(0, city.packs_from_elsewhere), ran.mass(0, city.packs_made) * (1.0 - 0.53) / 0.53);
    let own = ran.mass(0, rest.packs_to_vehicles) + ran.mass(0, rest.packs_to_replace);
    near(ran.mass(0, rest.packs_made), 0.9 * own);
    near(ran.mass(0, rest.packs_from_elsewhere), 0.1 * own);
    // In = out: what is put in is packs for both, and scrap.
    let out = ran.mass(0, rest.packs_made) + ran.mass(0, city.packs_from_elsewhere) + ran.mass(0, rest.scrap_elsewhere);
    near(ran.mass(0, rest.virgin) + ran.mass(0, rest.recycled), out);
}

#[test]
fn packs_are_made_for_vehicles_replacement_and_the_pool() {
    let ran = run(TINY, &[]);
    let city = ran.region("city");
    for year in 0..ran.periods() {
        let wanted =
            [city.packs_to_vehicles, city.packs_to_replace, city.packs_to_pool].map(|flow| ran.mass(year, flow));
        let made = ran.mass(year, city.packs_made) + ran.mass(year, city.packs_from_elsewhere);
        near(wanted.iter().sum(), made);
        assert!(year == 0 || wanted.iter().all(|mass| *mass > 0.0), "year {year}: {wanted:?}");
    }
}
