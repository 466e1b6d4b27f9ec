//! What a draw of `hefei.toml` costs, part by part: drawing, building, the step loop, recording, reading the results; and
//! 10,000 draws of reference problem R4, a loop of forty years, through the library's own kernels.

use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use std::path::Path;

#[path = "../tests/common/loop_model.rs"]
mod loop_model;

use loop_model::{Draw, Loop};
use rayon::prelude::*;
use urbanmine::base::random::{Events, stream, unit};
use urbanmine::ensemble::block::Block;
use urbanmine::ensemble::crew::{InMemory, run};
use urbanmine::ensemble::plan::{Job, Options};
use urbanmine::model::World;
use urbanmine::results::Recorder;
use urbanmine::scenario::Scenario;
use urbanmine::scenario::build::{Variants, build};

fn draws(criterion: &mut Criterion) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/hefei.toml");
    let scenario = Scenario::load(&file, &[]).expect("the shipped scenario loads");
    let built = build(&scenario).expect("the shipped scenario builds");
    let options = Options { draws: Some(64), ..Options::default() };
    let job = Job::new(scenario, &built, &options).expect("its results can be asked for");
    let mut variants = Variants::new(&job.scenario, Events::Expected).expect("the shipped scenario builds");
    let mut values = vec![0.0; job.plan.parameters.len()];
    let events = |draw| Events::Drawn { seed: job.plan.seed, draw };
    let mut group = criterion.benchmark_group("hefei/draw");
    let mut draw = 0;
    group.bench_function("parameters", |bencher| {
        bencher.iter(|| {
            draw += 1;
            job.sampler.draw(draw, black_box(&mut values));
        });
    });
    group.bench_function("build", |bencher| {
        bencher.iter(|| {
            draw += 1;
            job.sampler.draw(draw, &mut values);
            variants.draw(&values, events(draw)).expect("builds").model.size
        });
    });
    let model = &built.model;
    let mut world = World::new(model);
    group.bench_function("step loop", |bencher| {
        bencher.iter(|| model.run(black_box(&mut world), &mut ()).expect("the books close"));
    });
    let mut recorder = Recorder::of_indicators(model);
    group.bench_function("step loop, recorded", |bencher| {
        bencher.iter(|| {
            recorder.restart();
            model.run(black_box(&mut world), &mut recorder).expect("the books close");
        });
    });
    recorder.restart();
    model.run(&mut world, &mut recorder).expect("the books close");
    let mut results = vec![0.0; job.plan.outputs.len()];
    group.bench_function("results read", |bencher| {
        bencher.iter(|| job.outputs.read(&built, black_box(recorder.results()), &mut results));
    });
    let sketched: Vec<usize> = (0..job.plan.outputs.len()).collect();
    let mut plan = job.plan.clone();
    plan.exact.clear();
    let mut block = Block::new(&plan, sketched.len(), 0);
    group.bench_function("results summed up", |bencher| {
        bencher.iter(|| block.push(&plan, &sketched, 0, &values, Ok(black_box(&results))));
    });
    group.finish();
    let blocks: Vec<u64> = (0..job.plan.blocks()).collect();
    for threads in [1, 2] {
        criterion.bench_function(&format!("hefei/64 draws, {threads} threads"), |bencher| {
            bencher.iter(|| run(&job, &blocks, threads, &|| false, &InMemory::default()));
        });
    }
}

/// Draws of the loop in one go: their stocks stay in the cache.
const AT_ONCE: usize = 32;

/// The draws of the reference's own timing, but for the generator.
fn reference(criterion: &mut Criterion) {
    let (neutral, reach) = ([1.0, 0.85, 1.0, 1.0, 1.0, 0.0], [0.15, 0.1, 0.3, 0.05, 0.4, 0.015]);
    let draw = |index: u64| -> Draw {
        let mut stream = stream(2026, "r4", index);
        std::array::from_fn(|i| {
            let value: f64 = neutral[i] + (2.0 * unit(&mut stream) - 1.0) * reach[i];
            if i == 3 { value.min(1.0) } else { value }
        })
    };
    let draws: Vec<Draw> = (0..10_000).map(draw).collect();
    let model = Loop::read();
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        criterion.bench_function(&format!("r4/10,000 draws, {threads} threads"), |bencher| {
            let all = || black_box(&draws).par_chunks(AT_ONCE).flat_map_iter(|draws| model.solve(draws)).collect();
            bencher.iter(|| pool.install(|| -> Vec<_> { all() }));
        });
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10);
    targets = reference, draws
}
criterion_main!(benches);
