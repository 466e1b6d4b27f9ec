//! Threads that share out the blocks of an ensemble. Each takes the next block that nobody has; which thread computes
//! which block changes nothing of what is in it.

use super::block::Block;
use super::plan::Job;
use super::worker::Worker;
use crate::base::random::Events;
use crate::scenario::Problems;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Who watches the work.
pub trait Watcher: Sync {
    /// A draw has been computed.
    fn draw(&self) {}

    /// A block is finished. An error ends the work.
    ///
    /// # Errors
    /// Why it cannot be kept.
    fn block(&self, block: Block) -> Result<(), String>;
}

/// How the work ended.
#[derive(Debug)]
pub enum Ended {
    /// All blocks are finished.
    Done,
    /// It was asked to stop.
    Stopped,
    /// A block could not be kept.
    Failed(String),
    /// The scenario makes no model.
    Refused(Problems),
}

/// Computes some blocks, until `stop` says to stop.
pub fn run(
    job: &Job,
    blocks: &[u64],
    threads: usize,
    stop: &(impl Fn() -> bool + Sync),
    watcher: &impl Watcher,
) -> Ended {
    let next = AtomicUsize::new(0);
    let failed: Mutex<Option<Ended>> = Mutex::new(None);
    let sketched = job.plan.sketched();
    let halt = AtomicBool::new(false);
    let stops = || stop() || halt.load(Ordering::Relaxed);
    let fail = |ended: Ended| {
        halt.store(true, Ordering::Relaxed);
        if let Ok(mut failed) = failed.lock() {
            failed.get_or_insert(ended);
        }
    };
    let work = || {
        let mut worker = match Worker::new(&job.scenario) {
            Ok(worker) => worker,
            Err(problems) => return fail(Ended::Refused(problems)),
        };
        let mut at =
            Row { parameters: vec![0.0; job.plan.parameters.len()], results: vec![0.0; job.plan.outputs.len()] };
        while let Some(index) = blocks.get(next.fetch_add(1, Ordering::Relaxed)) {
            let Some(block) = compute(job, &sketched, *index, &mut worker, &mut at, &stops, watcher) else { return };
            if let Err(cause) = watcher.block(block) {
                return fail(Ended::Failed(cause));
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads.clamp(1, blocks.len().max(1)) {
            scope.spawn(work);
        }
        work();
    });
    match failed.into_inner() {
        Ok(Some(ended)) => ended,
        _ if stop() => Ended::Stopped,
        _ => Ended::Done,
    }
}

/// The draw being computed.
struct Row {
    parameters: Vec<f64>,
    results: Vec<f64>,
}

/// One block; nothing if the work is to stop.
fn compute(
    job: &Job,
    sketched: &[usize],
    index: u64,
    worker: &mut Worker,
    at: &mut Row,
    stops: &impl Fn() -> bool,
    watcher: &impl Watcher,
) -> Option<Block> {
    let plan = &job.plan;
    let mut block = Block::new(plan, sketched.len(), index);
    for draw in plan.draws_of(index) {
        if stops() {
            return None;
        }
        job.sampler.draw(draw, &mut at.parameters);
        let events = if plan.drawn_events { Events::Drawn { seed: plan.seed, draw } } else { Events::Expected };
        let outcome = worker.draw(&at.parameters, events, &job.outputs, &mut at.results);
        if outcome.is_ok() {
            block.worst_residual = block.worst_residual.max(worker.worst_residual());
        }
        block.push(plan, sketched, draw, &at.parameters, outcome.map(|()| at.results.as_slice()));
        watcher.draw();
    }
    Some(block)
}

/// Blocks in memory, in their order.
#[derive(Default)]
pub struct InMemory(Mutex<Vec<Block>>);

impl Watcher for InMemory {
    fn block(&self, block: Block) -> Result<(), String> {
        if let Ok(mut blocks) = self.0.lock() {
            blocks.push(block);
        }
        Ok(())
    }
}

impl InMemory {
    /// The blocks in their order.
    pub fn blocks(self) -> Vec<Block> {
        let mut blocks = self.0.into_inner().unwrap_or_default();
        blocks.sort_by_key(|block| block.index);
        blocks
    }
}
