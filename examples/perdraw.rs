use std::path::Path;
use std::time::Instant;
use urbanmine::base::random::Events;
use urbanmine::ensemble::{
    plan::{Job, Options},
    worker::Worker,
};
use urbanmine::model::World;
use urbanmine::results::Recorder;
use urbanmine::scenario::Scenario;
use urbanmine::scenario::build::{Variants, build};
fn main() {
    let scenario =
        Scenario::load(Path::new("scenarios/hefei.toml"), &[]).unwrap_or_else(|p| panic!("{}", p.render(false)));
    let built = build(&scenario).unwrap_or_else(|p| panic!("{}", p.render(false)));
    let job = Job::new(scenario.clone(), &built, &Options::default()).unwrap();
    println!("{} parameters, {} outputs", job.plan.parameters.len(), job.plan.outputs.len());
    let n = 40;
    let mut x = vec![0.0; job.plan.parameters.len()];
    let mut y = vec![0.0; job.plan.outputs.len()];
    let t = Instant::now();
    for _ in 0..n {
        build(&scenario).ok();
    }
    println!("full build {:.2} ms", t.elapsed().as_secs_f64() * 1e3 / n as f64);
    let mut v = Variants::new(&scenario, Events::Expected).ok().unwrap();
    let t = Instant::now();
    let mut failed = 0;
    for i in 0..n {
        job.sampler.draw(i, &mut x);
        if let Err(f) = v.draw(&x, Events::Expected) {
            failed += 1;
            println!("{f:?}");
        }
    }
    println!("rebuild {:.2} ms, {failed} failed", t.elapsed().as_secs_f64() * 1e3 / n as f64);
    let mut world = World::new(&built.model);
    for _ in 0..5 {
        built.model.run(&mut world, &mut ()).unwrap();
    }
    let t = Instant::now();
    for _ in 0..n {
        built.model.run(&mut world, &mut ()).unwrap();
    }
    println!("steps {:.2} ms", t.elapsed().as_secs_f64() * 1e3 / n as f64);
    let mut recorder = Recorder::of_indicators(&built.model);
    let t = Instant::now();
    for _ in 0..n {
        recorder.restart();
        built.model.run(&mut world, &mut recorder).unwrap();
    }
    println!("steps, recorded for indicators {:.2} ms", t.elapsed().as_secs_f64() * 1e3 / n as f64);
    let t = Instant::now();
    for _ in 0..n {
        job.outputs.read(&built.model, recorder.results(), &mut y);
    }
    println!("read {:.2} ms", t.elapsed().as_secs_f64() * 1e3 / n as f64);
    let mut worker = Worker::new(&scenario).ok().unwrap();
    let t = Instant::now();
    for i in 0..n {
        job.sampler.draw(i, &mut x);
        let _ = worker.draw(&x, Events::Expected, &job.outputs, &mut y);
    }
    println!("draw {:.2} ms", t.elapsed().as_secs_f64() * 1e3 / n as f64);
    let sketched = job.plan.sketched();
    let mut block = urbanmine::ensemble::block::Block::new(&job.plan, sketched.len(), 0);
    let t = Instant::now();
    for i in 0..n {
        block.push(&job.plan, &sketched, i, &x, Ok(&y));
    }
    println!("push {:.2} ms ({} exact)", t.elapsed().as_secs_f64() * 1e3 / n as f64, job.plan.exact.len());
    let t = Instant::now();
    let b = block.to_bytes();
    println!("bytes {} in {:.2} ms", b.len(), t.elapsed().as_secs_f64() * 1e3);
}
