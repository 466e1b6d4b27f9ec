//! Published cases: S1, the textbook's cohort stock, and S2, vehicles and their batteries (Aguilar Lopez, Billy and
//! Müller 2022; in its expected flows the labels that the published file swaps are put right).

use crate::stock::tables::{Table, Worst};
use urbanmine::model::lifetime::Lifetime;
use urbanmine::model::stock::product::{Drive, Lives, Mode, solve};
use urbanmine::model::stock::{InflowAt, OnShortfall, Past, Survival, inflow_driven, stock_driven};

#[test]
fn s1_the_textbooks_cohort_stock() {
    let mut worst = Worst::new("S1", 5e-9);
    let table = Table::read("published/S1_stock_model.csv");
    for (case, lifetime) in
        [("fixed5", Lifetime::Fixed { life: 5.0 }), ("normal_5_1.5", Lifetime::Normal { mean: 5.0, sd: 1.5 })]
    {
        let survival = Survival::constant(&lifetime, table.len(), InflowAt::End);
        let cohorts = inflow_driven(&table.numbers("inflow"), survival.clone()).unwrap();
        let stock = table.numbers(&format!("stock_{case}"));
        worst.compare(case, "stock", cohorts.stock(), &stock);
        worst.compare(case, "outflow", cohorts.outflow(), &table.numbers(&format!("outflow_{case}")));
        // The inverse problem. Its stocks are given to eight digits: the inflow comes back to about as many.
        let back = stock_driven(&stock, survival, &Past::default(), OnShortfall::Error).unwrap();
        for (found, known) in back.inflow().iter().zip(table.numbers("inflow")) {
            assert!((found - known).abs() < 1e-7, "{found} instead of {known}");
        }
    }
    worst.print();
}

#[test]
fn s2_vehicles_and_their_batteries() {
    let mut worst = Worst::new("S2", 1e-12);
    // Where components are replaced, the authors' program loses nothing in the step of entry. With that loss, 0.135 % of
    // the new batteries, its flows are met to 0.3 % of the largest.
    let mut with_loss = Worst::new("S2 with the loss at entry", 3e-3);
    let input = Table::read("published/S2_in_stock_and_share.csv");
    let expected = Table::read("published/S2_expected_flows.csv");
    // Billion vehicles of all kinds; the share of battery vehicles is that of the cohort's year of sale.
    let stock = input.numbers("global_vehicle_stock_billion");
    let share = input.numbers("bev_share_of_new_vehicles");
    let (vehicle, battery) = (Lifetime::Normal { mean: 18.0, sd: 4.0 }, Lifetime::Normal { mean: 12.0, sd: 4.0 });
    let losing = Lives::constant(&vehicle, &battery, stock.len(), InflowAt::End);
    let lossless = losing.clone().with_lossless_entry();
    for (scenario, mode) in [
        ("A_no_repl_no_reuse", Mode::Neither),
        ("B_repl30", Mode::Replacement { replacement: 0.3 }),
        ("C_repl80", Mode::Replacement { replacement: 0.8 }),
        ("D_repl30_reuse30", Mode::Both { reuse: 0.3, replacement: 0.3 }),
        ("E_repl80_reuse80", Mode::Both { reuse: 0.8, replacement: 0.8 }),
    ] {
        let published = if mode == Mode::Neither { &losing } else { &lossless };
        for (lives, worst) in [(published, &mut worst), (&losing, &mut with_loss)] {
            let pairs = solve(Drive::Stock(&stock, OnShortfall::Error), lives, mode).unwrap();
            let sold = |amount: f64, year: usize| 1e3 * amount * share[year];
            let gone =
                |by_cohort: &[f64]| by_cohort.iter().zip(&share).map(|(out, share)| 1e3 * out * share).sum::<f64>();
            let steps = || pairs.steps.iter().enumerate();
            for (flow, found) in [
                ("EV_inflow", steps().map(|(year, s)| sold(s.product_inflow, year)).collect::<Vec<_>>()),
                ("LIB_inflow", steps().map(|(year, s)| sold(s.component_inflow, year)).collect()),
                ("EV_outflow", steps().map(|(_, s)| gone(&s.product_outflow)).collect()),
                ("LIB_outflow", steps().map(|(_, s)| gone(&s.component_outflow)).collect()),
            ] {
                let rows = expected.text("scenario").into_iter().zip(expected.text("flow"));
                let known: Vec<f64> = rows
                    .zip(expected.numbers("million_units"))
                    .filter(|(row, _)| *row == (scenario, flow))
                    .map(|(_, value)| value)
                    .collect();
                worst.compare(scenario, flow, &found, &known);
            }
        }
    }
    with_loss.print();
    worst.print();
}
