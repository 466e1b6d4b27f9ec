//! The step loop of `hefei.toml`: 492 months, two regions, six segments, eight chemistries, fourteen substances.

use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use std::path::Path;
use urbanmine::model::World;
use urbanmine::results::money::plants;
use urbanmine::results::{Every, Recorder};
use urbanmine::scenario::{Scenario, build};

fn step_loop(criterion: &mut Criterion) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/hefei.toml");
    let scenario = Scenario::load(&file, &[]).expect("the shipped scenario loads");
    let built = build::build(&scenario).expect("the shipped scenario builds");
    let model = &built.model;
    let mut world = World::new(model);
    criterion.bench_function("hefei/step loop", |bencher| {
        bencher.iter(|| model.run(black_box(&mut world), &mut ()).expect("the books close"));
    });
    criterion.bench_function("hefei/step loop, recorded", |bencher| {
        bencher.iter(|| {
            let mut recorder = Recorder::new(model, Every::Year);
            model.run(black_box(&mut world), &mut recorder).expect("the books close");
            recorder.finish(model)
        });
    });
    let mut recorder = Recorder::new(model, Every::Year);
    model.run(&mut world, &mut recorder).expect("the books close");
    let results = recorder.finish(model);
    criterion.bench_function("hefei/money", |bencher| {
        bencher.iter(|| plants(model, &built.economics, black_box(&results)));
    });
    criterion
        .bench_function("hefei/build", |bencher| bencher.iter(|| build::build(black_box(&scenario)).expect("builds")));
    criterion
        .bench_function("hefei/load", |bencher| bencher.iter(|| Scenario::load(black_box(&file), &[]).expect("loads")));
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(30);
    targets = step_loop
}
criterion_main!(benches);
