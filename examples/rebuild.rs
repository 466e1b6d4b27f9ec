use std::path::Path;
use urbanmine::base::random::Events;
use urbanmine::ensemble::plan::{Job, Options};
use urbanmine::scenario::Scenario;
use urbanmine::scenario::build::{Variants, build};
fn main() {
    let scenario =
        Scenario::load(Path::new("scenarios/hefei.toml"), &[]).unwrap_or_else(|p| panic!("{}", p.render(false)));
    let built = build(&scenario).unwrap_or_else(|p| panic!("{}", p.render(false)));
    let job = Job::new(scenario.clone(), &built, &Options::default()).unwrap();
    let mut x = vec![0.0; job.plan.parameters.len()];
    let mut v = Variants::new(&scenario, Events::Expected).ok().unwrap();
    for i in 0..1000 {
        job.sampler.draw(i, &mut x);
        v.draw(&x, Events::Expected).unwrap();
    }
}
