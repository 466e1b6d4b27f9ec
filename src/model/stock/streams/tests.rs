//! Streams against the plain cohort model.

use super::*;
use crate::model::lifetime::Lifetime;
use crate::model::stock::{Survival, inflow_driven};
use approx::assert_relative_eq;

const STEPS: usize = 45;
const KINDS: usize = 5;
const SEGMENTS: usize = 2;

struct Case {
    inflow: Vec<f64>,
    shape: Vec<f64>,
    scale: Vec<f64>,
    intensity: Vec<f64>,
}

fn case(shape_at_least: f64) -> Case {
    let streams = KINDS * SEGMENTS;
    Case {
        inflow: (0..STEPS * streams).map(|i| if i % 7 == 3 { 0.0 } else { 10.0 + (i as f64).sin() }).collect(),
        shape: (0..streams).map(|s| shape_at_least + 0.3 * s as f64).collect(),
        scale: (0..STEPS * streams).map(|i| 8.0 + (i % 13) as f64).collect(),
        intensity: (0..STEPS * KINDS * 3).map(|i| (i % 11) as f64).collect(),
    }
}

/// Scales that drift, with a jump and a cohort apart.
fn drifting() -> Case {
    let streams = KINDS * SEGMENTS;
    let scale = |t: usize, s: usize| match t {
        20 => 30.0,
        ..28 => 6.0 + s as f64 + 0.01 * t as f64,
        _ => 9.0 + s as f64 - 0.02 * t as f64,
    };
    let scale = (0..STEPS * streams).map(|i| scale(i / streams, i % streams)).collect();
    Case { scale, ..case(0.8) }
}

fn streams<'a>(case: &'a Case, inflow_at: &str) -> Streams<'a> {
    Streams {
        kinds: KINDS,
        segments: SEGMENTS,
        inflow: &case.inflow,
        shape: &case.shape,
        scale: &case.scale,
        inflow_at: inflow_at.parse().unwrap(),
        content: Some(Content { substances: 3, intensity: &case.intensity }),
    }
}

fn check(case: &Case, inflow_at: &str) {
    let streams = streams(case, inflow_at);
    let totals = streams.solve().unwrap();
    let count = streams.streams();
    let mut content = vec![0.0; STEPS * 3];
    for s in 0..count {
        let inflow: Vec<f64> = (0..STEPS).map(|t| case.inflow[t * count + s]).collect();
        let lifetimes: Vec<Lifetime> =
            (0..STEPS).map(|c| Lifetime::Weibull { shape: case.shape[s], scale: case.scale[c * count + s] }).collect();
        let plain = inflow_driven(&inflow, Survival::new(&lifetimes, streams.inflow_at)).unwrap();
        for t in 0..STEPS {
            assert_relative_eq!(totals.stock[t * count + s], plain.stock()[t], epsilon = 1e-11);
            assert_relative_eq!(totals.outflow[t * count + s], plain.outflow()[t], epsilon = 1e-11);
        }
        plain.walk(|at| {
            for (c, lost) in at.outflow.iter().enumerate() {
                for e in 0..3 {
                    content[at.step * 3 + e] += lost * case.intensity[(c * KINDS + s / SEGMENTS) * 3 + e];
                }
            }
        });
    }
    for (found, known) in totals.content.iter().zip(&content) {
        assert_relative_eq!(*found, *known, epsilon = 1e-10, max_relative = 1e-12);
    }
}

#[test]
fn streams_are_the_plain_model() {
    for inflow_at in ["end", "mid", "start", "spread:2", "spread:6"] {
        check(&case(0.8), inflow_at);
        check(&drifting(), inflow_at);
    }
}

#[test]
fn shapes_beyond_the_range_of_powers_are_taken_by_logarithms() {
    // (45 / 8)^300 is no double; the survivals are plain steps.
    for inflow_at in ["end", "mid", "spread:3"] {
        check(&case(300.0), inflow_at);
    }
}

#[test]
fn tiles_and_threads_change_no_byte() {
    let (jumping, drifting) = (case(1.5), drifting());
    for (case, inflow_at) in [(&jumping, "end"), (&jumping, "spread:3"), (&drifting, "mid"), (&drifting, "spread:3")] {
        let streams = streams(case, inflow_at);
        let one = streams.solve().unwrap();
        for threads in [1, 2, 5] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            assert_eq!(pool.install(|| streams.solve_in_parallel()).unwrap(), one);
        }
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let case = case(1.0);
    let mut bad = case.scale.clone();
    bad[7] = -1.0;
    let streams = streams(&case, "end");
    assert_eq!(Streams { scale: &bad, ..streams }.solve(), Err(StreamsFault::Value { table: "scale", position: 7 }));
    assert_eq!(
        Streams { shape: &[], ..streams }.solve(),
        Err(StreamsFault::Length { table: "shape", expected: 10, found: 0 })
    );
    let none = Streams { kinds: 0, inflow: &[], shape: &[], scale: &[], content: None, ..streams }.solve().unwrap();
    assert!(none.stock.is_empty() && none.content.is_empty());
}

#[test]
fn a_stock_that_has_run_out_is_not_less_than_nothing() {
    let streams = KINDS * SEGMENTS;
    let mut case = drifting();
    case.scale.iter_mut().for_each(|scale| *scale /= 8.0);
    for (place, inflow) in case.inflow.iter_mut().enumerate() {
        *inflow *= if place / streams < 20 { 1.0 / 3.0 } else { 0.0 };
    }
    case.shape.fill(3.0);
    let stock = self::streams(&case, "mid").solve().unwrap().stock;
    let (before, after) = stock.split_at(19 * streams);
    assert!(before.iter().any(|stock| *stock > 1.0));
    assert!(stock.iter().all(|stock| *stock >= 0.0));
    // Its rounding may remain.
    assert!(after.iter().skip(20 * streams).all(|stock| *stock < 1e-13));
}
