//! What holds for every inflow, target and lifetime.

use proptest::prelude::*;
use urbanmine::model::lifetime::{DISTRIBUTIONS, Lifetime};
use urbanmine::model::stock::product::{Drive, Lives, Mode, solve};
use urbanmine::model::stock::{Cohorts, InflowAt, OnShortfall, Past, Survival, inflow_driven, stock_driven};

fn any_lifetime() -> impl Strategy<Value = Lifetime> {
    (0..DISTRIBUTIONS.len(), 0.6..25.0_f64, 0.4..8.0_f64).prop_map(|(which, a, b)| {
        let distribution = DISTRIBUTIONS[which];
        let values = if distribution.parameters[0] == "shape" { [b, a] } else { [a, b] };
        distribution.lifetime(&values[..distribution.parameters.len()]).unwrap()
    })
}

fn any_inflow_at() -> impl Strategy<Value = InflowAt> {
    prop::sample::select(vec!["end", "mid", "start", "spread:2", "spread:5"]).prop_map(|text| text.parse().unwrap())
}

/// Lifetimes that change twice, and as many values.
fn any_problem() -> impl Strategy<Value = (Vec<f64>, Survival)> {
    (prop::collection::vec(0.0..100.0_f64, 1..60), prop::collection::vec(any_lifetime(), 3), any_inflow_at()).prop_map(
        |(values, lifetimes, inflow_at)| {
            let era = values.len().div_ceil(3);
            let lifetimes: Vec<Lifetime> = (0..values.len()).map(|cohort| lifetimes[cohort / era].clone()).collect();
            (values, Survival::new(&lifetimes, inflow_at))
        },
    )
}

/// Stock is what came in less what went out, for the whole and for every cohort.
fn books_close(cohorts: &Cohorts) -> Result<(), TestCaseError> {
    let (mut held, mut came) = (0.0, 0.0);
    for ((inflow, outflow), stock) in cohorts.inflow().iter().zip(cohorts.outflow()).zip(cohorts.stock()) {
        held += inflow - outflow;
        came += inflow.abs();
        prop_assert!((held - stock).abs() <= 1e-12 * came.max(1.0), "{held} instead of {stock}");
    }
    let inflow = cohorts.inflow();
    let mut gone = vec![0.0; inflow.len()];
    let mut fault = None;
    cohorts.walk(|at| {
        for (c, (gone, (stock, outflow))) in gone.iter_mut().zip(at.stock.iter().zip(at.outflow)).enumerate() {
            *gone += outflow;
            if (inflow[c] - *gone - stock).abs() > 1e-12 * inflow[c].abs().max(1.0) {
                fault = Some((at.step, c));
            }
        }
    });
    prop_assert_eq!(fault, None);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_books_of_an_inflow_close((inflow, survival) in any_problem()) {
        let cohorts = inflow_driven(&inflow, survival).unwrap();
        books_close(&cohorts)?;
        prop_assert!(cohorts.outflow().iter().chain(cohorts.stock()).all(|value| *value >= 0.0));
    }

    #[test]
    fn the_books_of_a_target_close((target, survival) in any_problem(), rule in 0..4_usize) {
        if let Ok(cohorts) = stock_driven(&target, survival, &Past::default(), OnShortfall::ALL[rule]) {
            books_close(&cohorts)?;
        }
    }

    #[test]
    fn early_retirement_is_never_negative_and_meets_its_target((target, survival) in any_problem()) {
        let cohorts = stock_driven(&target, survival.clone(), &Past::default(), OnShortfall::EarlyRetirement).unwrap();
        prop_assert!(cohorts.inflow().iter().chain(cohorts.stock()).all(|value| *value >= 0.0));
        prop_assert!(cohorts.outflow().iter().all(|value| *value >= -1e-12 * 100.0));
        for (step, (stock, target)) in cohorts.stock().iter().zip(&target).enumerate() {
            // A lifetime that leaves nothing of its own step cannot hold a stock.
            if survival.share(step, 0) > 0.0 {
                prop_assert!((stock - target).abs() <= 1e-10, "{stock} instead of {target}");
            }
        }
        let mut least = 0.0_f64;
        cohorts.walk(|at| least = at.stock.iter().copied().fold(least, f64::min));
        prop_assert!(least >= 0.0);
    }

    #[test]
    fn overshoot_never_lies_below_its_target((target, survival) in any_problem()) {
        if let Ok(cohorts) = stock_driven(&target, survival, &Past::default(), OnShortfall::Overshoot) {
            prop_assert!(cohorts.inflow().iter().all(|inflow| *inflow >= 0.0));
            for (stock, target) in cohorts.stock().iter().zip(&target) {
                prop_assert!(*stock >= target - 1e-10);
            }
        }
    }

    #[test]
    fn the_books_of_products_and_components_close(
        target in prop::collection::vec(0.0..100.0_f64, 1..25),
        product in any_lifetime(),
        component in any_lifetime(),
        inflow_at in any_inflow_at(),
        shares in (0.0..1.0_f64, 0.0..1.0_f64),
        mode in 0..4_usize,
    ) {
        let (reuse, replacement) = shares;
        let mode = [
            Mode::Neither,
            Mode::Reuse { reuse },
            Mode::Replacement { replacement },
            Mode::Both { reuse, replacement },
        ][mode];
        let lives = Lives::constant(&product, &component, target.len(), inflow_at);
        let by_target = Drive::Stock(&target, OnShortfall::EarlyRetirement);
        for drive in [by_target, Drive::Inflow(&target)] {
            let pairs = solve(drive, &lives, mode).unwrap();
            let mut before = 0.0;
            for step in &pairs.steps {
                let change = step.stock - before;
                prop_assert!((step.product_inflow - step.product_outflow.iter().sum::<f64>() - change).abs() <= 1e-9);
                prop_assert!((step.component_inflow - step.component_outflow.iter().sum::<f64>() - change).abs() <= 1e-9);
                prop_assert!(step.product_inflow >= -1e-10 && step.component_inflow >= -1e-10);
                before = step.stock;
            }
            prop_assert!(pairs.stock.iter().flatten().all(|cell| *cell >= -1e-10));
        }
    }
}
