//! The runs of a study, shared out among threads.

use super::Run;
use crate::base::random::Events;
use crate::ensemble::outputs::Outputs;
use crate::ensemble::worker::Worker;
use crate::scenario::{Fault, Problems, Scenario};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// How the runs ended.
#[derive(Debug)]
pub enum Ended {
    /// The results of each run in their order, result by result; NaN where an indicator has no value.
    Done(Vec<Vec<f64>>),
    /// They were asked to stop.
    Stopped,
    /// A run has no result: the first such, and why. A sample with a gap says nothing.
    Failed(usize, Fault),
    /// The scenario makes no model.
    Refused(Problems),
}

/// A part of the results, to be put in its place.
type Slot<'a> = Mutex<&'a mut [f64]>;

/// Computes runs. `told` is called after each.
pub fn evaluate(
    scenario: &Scenario,
    outputs: &Outputs,
    runs: &[Run],
    threads: usize,
    stop: &(impl Fn() -> bool + Sync),
    told: &(impl Fn() + Sync),
) -> Ended {
    let count = outputs.list().len().max(1);
    let mut rows = vec![0.0; count * runs.len()];
    let slots: Vec<Slot<'_>> = rows.chunks_exact_mut(count).map(Mutex::new).collect();
    let next = AtomicUsize::new(0);
    let halt = AtomicBool::new(false);
    let failed: Mutex<Option<(usize, Fault)>> = Mutex::new(None);
    let refused: Mutex<Option<Problems>> = Mutex::new(None);
    let work = || {
        let mut worker = match Worker::new(scenario) {
            Ok(worker) => worker,
            Err(problems) => {
                if let Ok(mut refused) = refused.lock() {
                    refused.get_or_insert(problems);
                }
                return;
            }
        };
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let (Some(run), Some(slot)) = (runs.get(place), slots.get(place)) else { return };
            if stop() || halt.load(Ordering::Relaxed) {
                return;
            }
            let Ok(mut row) = slot.lock() else { return };
            let outcome = match run {
                Run::One(moved) => worker.one(*moved, Events::Expected, outputs, &mut row),
                Run::All(values) => worker.draw(values, Events::Expected, outputs, &mut row),
            };
            if let Err(fault) = outcome {
                halt.store(true, Ordering::Relaxed);
                if let Ok(mut failed) = failed.lock()
                    && failed.as_ref().is_none_or(|(first, _)| place < *first)
                {
                    *failed = Some((place, fault));
                }
            }
            told();
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads.clamp(1, runs.len().max(1)) {
            scope.spawn(work);
        }
        work();
    });
    drop(slots);
    if let Ok(Some(problems)) = refused.into_inner() {
        return Ended::Refused(problems);
    }
    if let Ok(Some((place, fault))) = failed.into_inner() {
        return Ended::Failed(place, fault);
    }
    if stop() {
        return Ended::Stopped;
    }
    let column = |output: usize| rows.chunks_exact(count).map(|row| row[output]).collect();
    Ended::Done((0..outputs.list().len()).map(column).collect())
}
