//! The steps of a product-component stock.

use super::Mode;
use super::lives::Lives;
use super::matching::{meet, trim};
use crate::model::stock::shortfall::{ROUNDING, check_positive, check_series};
use crate::model::stock::{OnShortfall, StockError};

/// What drives the stock.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Drive<'a> {
    /// A target stock, and what to do when it falls too fast.
    Stock(&'a [f64], OnShortfall),
    /// An inflow of products. Replacement takes new components without limit, reuse at most one for each new product.
    Inflow(&'a [f64]),
}

/// One step of both.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Step {
    /// Stock at the end of the step.
    pub stock: f64,
    /// Products that entered.
    pub product_inflow: f64,
    /// New components that entered: with new products and as replacements. Reused ones do not count again.
    pub component_inflow: f64,
    /// Products that left, by cohort.
    pub product_outflow: Vec<f64>,
    /// Components that left, by cohort.
    pub component_outflow: Vec<f64>,
    /// Components of failed products that went into another product.
    pub reused: f64,
    /// Products with a failed component that went on with another.
    pub replaced: f64,
    /// Pairs of which both failed.
    pub both_fail: f64,
    /// Pairs of which only the product failed.
    pub product_fail: f64,
    /// Pairs of which only the component failed.
    pub component_fail: f64,
}

/// A product-component stock over time.
#[derive(Clone, Debug, PartialEq)]
pub struct Pairs {
    /// By step.
    pub steps: Vec<Step>,
    /// Stock at the end of the last step, `[product cohort][component cohort]`.
    pub stock: Vec<Vec<f64>>,
}

/// Walks through all steps; there is a lifetime of each kind for every step.
pub fn solve(drive: Drive<'_>, lives: &Lives, mode: Mode) -> Result<Pairs, StockError> {
    let (Drive::Stock(series, _) | Drive::Inflow(series)) = drive;
    check_series(series, lives.steps().unwrap_or(0))?;
    if !matches!(drive, Drive::Stock(_, OnShortfall::AllowNegative)) {
        check_positive(series)?;
    }
    let mut pairs = Pairs { steps: Vec::with_capacity(series.len()), stock: vec![] };
    for value in series {
        let step = advance(&mut pairs.stock, *value, drive, lives, mode)?;
        pairs.steps.push(step);
    }
    Ok(pairs)
}

/// One step: fail, meet, fill.
fn advance(
    matrix: &mut Vec<Vec<f64>>,
    value: f64,
    drive: Drive<'_>,
    lives: &Lives,
    mode: Mode,
) -> Result<Step, StockError> {
    let now = matrix.len();
    let mut step =
        Step { product_outflow: vec![0.0; now + 1], component_outflow: vec![0.0; now + 1], ..Step::default() };
    let (mut need, mut have) = fail(matrix, lives, mode, &mut step);

    for row in matrix.iter_mut() {
        row.push(0.0);
    }
    matrix.push(vec![0.0; now + 1]);
    let left: f64 = matrix.iter().flatten().sum();
    if let Drive::Stock(target, _) = drive {
        let room = target.get(now).map_or(0.0, |target| target - left);
        trim(&mut need, room);
        trim(&mut have, room);
    }
    meet_again(matrix, &mut need, &mut have, value, drive, &mut step);

    let chances = lives.chances(now, now, now);
    let new = fill(matrix, value, drive, chances.any(), &mut step)?;
    let lost = new * chances.any();
    add(&mut step.product_outflow, now, lost);
    add(&mut step.component_outflow, now, lost);
    let row = |p: usize| matrix.get(p).map_or(&[] as &[f64], Vec::as_slice);
    step.product_inflow = row(now).iter().sum::<f64>() + lost;
    step.component_inflow = (0..=now).map(|p| row(p).get(now).copied().unwrap_or(0.0)).sum::<f64>() + lost;
    Ok(step)
}

/// Lets the step's failures happen. Returns products in need by cohort, and components to be had by cohort.
fn fail(matrix: &mut [Vec<f64>], lives: &Lives, mode: Mode, step: &mut Step) -> (Vec<f64>, Vec<f64>) {
    let now = matrix.len();
    let (reuse, replacement) = mode.shares();
    let (mut need, mut have) = (vec![0.0; now], vec![0.0; now]);
    for (p, (row, need)) in matrix.iter_mut().zip(&mut need).enumerate() {
        for (c, (cell, have)) in row.iter_mut().zip(&mut have).enumerate() {
            if *cell == 0.0 {
                continue;
            }
            let chances = lives.chances(now, p, c);
            let both = *cell * chances.both;
            let product = *cell * chances.product;
            let component = *cell * chances.component;
            *cell = *cell - both - product - component;
            step.both_fail += both;
            step.product_fail += product;
            step.component_fail += component;
            let all = both + product + component;
            add(&mut step.product_outflow, p, all);
            add(&mut step.component_outflow, c, all);
            *need += replacement * component;
            *have += reuse * product;
        }
    }
    (need, have)
}

/// Old products go on with old or new components, old components with old or new products.
fn meet_again(
    matrix: &mut [Vec<f64>],
    need: &mut [f64],
    have: &mut [f64],
    value: f64,
    drive: Drive<'_>,
    step: &mut Step,
) {
    let now = need.len();
    let mut put = |p: usize, c: usize, amount: f64, replaced: bool, reused: bool| {
        if let Some(cell) = matrix.get_mut(p).and_then(|row| row.get_mut(c)) {
            *cell += amount;
        }
        if replaced {
            step.replaced += amount;
            add(&mut step.product_outflow, p, -amount);
        }
        if reused {
            step.reused += amount;
            add(&mut step.component_outflow, c, -amount);
        }
    };
    meet(need, have, |p, c, amount| put(p, c, amount, true, true));
    if let Drive::Inflow(_) = drive {
        // A component without an old product needs a new one.
        trim(have, value);
    }
    for (p, amount) in need.iter().enumerate() {
        put(p, now, *amount, true, false);
    }
    for (c, amount) in have.iter().enumerate() {
        put(now, c, *amount, false, true);
    }
}

/// New products with new components close the step; returns how many are in stock at its end.
fn fill(
    matrix: &mut [Vec<f64>],
    value: f64,
    drive: Drive<'_>,
    lost_at_entry: f64,
    step: &mut Step,
) -> Result<f64, StockError> {
    let now = step.product_outflow.len() - 1;
    let left: f64 = matrix.iter().flatten().sum();
    let (new, stock) = match drive {
        Drive::Inflow(_) => {
            let reused: f64 = matrix.get(now).map_or(0.0, |row| row.iter().sum());
            let new = (value - reused) / (1.0 + lost_at_entry);
            (new, left + new)
        }
        Drive::Stock(_, rule) => {
            let gap = value - left;
            let rounding = gap.abs() <= ROUNDING * left.abs().max(value.abs());
            match rule {
                OnShortfall::AllowNegative => (gap, value),
                _ if gap >= 0.0 => (gap, value),
                OnShortfall::Error if rounding => (0.0, left),
                OnShortfall::Error => return Err(StockError::Shortfall { step: now, shortfall: -gap }),
                OnShortfall::Overshoot => (0.0, left),
                OnShortfall::EarlyRetirement => {
                    let kept = if left > 0.0 { 1.0 + gap / left } else { 1.0 };
                    retire_early(matrix, kept, step);
                    (0.0, value)
                }
            }
        }
    };
    if let Some(cell) = matrix.get_mut(now).and_then(|row| row.get_mut(now)) {
        *cell = new;
    }
    step.stock = stock;
    Ok(new)
}

/// Takes the same share out of every pair.
fn retire_early(matrix: &mut [Vec<f64>], kept: f64, step: &mut Step) {
    for (row, product_outflow) in matrix.iter_mut().zip(&mut step.product_outflow) {
        for (cell, component_outflow) in row.iter_mut().zip(&mut step.component_outflow) {
            let stays = *cell * kept;
            *product_outflow += *cell - stays;
            *component_outflow += *cell - stays;
            *cell = stays;
        }
    }
}

fn add(sums: &mut [f64], at: usize, amount: f64) {
    if let Some(sum) = sums.get_mut(at) {
        *sum += amount;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::lifetime::Lifetime;
    use crate::model::stock::{InflowAt, Past, Survival, stock_driven};
    use approx::assert_relative_eq;

    const MODES: [Mode; 4] = [
        Mode::Neither,
        Mode::Reuse { reuse: 0.7 },
        Mode::Replacement { replacement: 0.8 },
        Mode::Both { reuse: 0.7, replacement: 0.8 },
    ];

    fn lives(steps: usize, inflow_at: &str) -> Lives {
        let (p, c) = (Lifetime::Weibull { shape: 2.8, scale: 14.0 }, Lifetime::Weibull { shape: 3.0, scale: 9.0 });
        Lives::constant(&p, &c, steps, inflow_at.parse().unwrap())
    }

    fn target(steps: usize) -> Vec<f64> {
        (0..steps).map(|t| 10.0 + 2.0 * t as f64 + (t as f64 / 3.0).sin()).collect()
    }

    #[test]
    fn both_kinds_keep_their_books() {
        for (mode, inflow_at) in MODES.into_iter().flat_map(|mode| ["end", "mid", "spread:3"].map(|at| (mode, at))) {
            let pairs = solve(Drive::Stock(&target(40), OnShortfall::Error), &lives(40, inflow_at), mode).unwrap();
            let mut before = 0.0;
            for step in &pairs.steps {
                let change = step.stock - before;
                let product_outflow: f64 = step.product_outflow.iter().sum();
                let component_outflow: f64 = step.component_outflow.iter().sum();
                assert_relative_eq!(step.product_inflow - product_outflow, change, epsilon = 1e-11);
                assert_relative_eq!(step.component_inflow - component_outflow, change, epsilon = 1e-11);
                before = step.stock;
            }
            assert_relative_eq!(pairs.stock.iter().flatten().sum::<f64>(), before, epsilon = 1e-11);
        }
    }

    #[test]
    fn the_inflow_driven_twin_gives_the_target_back() {
        for (mode, inflow_at) in MODES.into_iter().flat_map(|mode| ["end", "mid", "spread:3"].map(|at| (mode, at))) {
            let lives = lives(40, inflow_at);
            let forth = solve(Drive::Stock(&target(40), OnShortfall::Error), &lives, mode).unwrap();
            let inflow: Vec<f64> = forth.steps.iter().map(|step| step.product_inflow).collect();
            let back = solve(Drive::Inflow(&inflow), &lives, mode).unwrap();
            for (found, given) in back.steps.iter().zip(target(40)) {
                assert_relative_eq!(found.stock, given, max_relative = 1e-11);
            }
        }
    }

    #[test]
    fn an_immortal_component_leaves_the_stock_of_the_product() {
        let (product, component) = (Lifetime::Weibull { shape: 2.8, scale: 14.0 }, Lifetime::Fixed { life: 1e9 });
        let lives = Lives::constant(&product, &component, 40, InflowAt::End);
        let survival = Survival::constant(&product, 40, InflowAt::End);
        let alone = stock_driven(&target(40), survival, &Past::default(), OnShortfall::Error).unwrap();
        for mode in [Mode::Neither, Mode::Replacement { replacement: 1.0 }] {
            let pairs = solve(Drive::Stock(&target(40), OnShortfall::Error), &lives, mode).unwrap();
            for (step, inflow) in pairs.steps.iter().zip(alone.inflow()) {
                assert_relative_eq!(step.product_inflow, *inflow, max_relative = 1e-11);
            }
        }
    }

    #[test]
    fn a_target_that_falls_too_fast_is_answered_by_the_rule() {
        let mut target = target(20);
        target[10..].fill(5.0);
        let run =
            |rule| solve(Drive::Stock(&target, rule), &lives(20, "end"), Mode::Both { reuse: 0.5, replacement: 0.5 });
        assert!(matches!(run(OnShortfall::Error), Err(StockError::Shortfall { step: 10, .. })));
        let early = run(OnShortfall::EarlyRetirement).unwrap();
        assert!(early.stock.iter().flatten().all(|cell| *cell >= 0.0));
        assert_relative_eq!(early.stock.iter().flatten().sum::<f64>(), 5.0, max_relative = 1e-12);
        assert!(run(OnShortfall::Overshoot).unwrap().steps[10].stock > 5.0);
        assert!(run(OnShortfall::AllowNegative).unwrap().steps[10].product_inflow < 0.0);
    }
}
