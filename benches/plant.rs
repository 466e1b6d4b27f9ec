//! One step of the city's plant: ten units, fourteen substances, eight chemistries in the yard.

use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use std::path::Path;
use urbanmine::base::ids::{ChemistryId, Id, StepId, YearId, all};
use urbanmine::model::plant::{FeedStream, Plant, PlantState};
use urbanmine::scenario::{Scenario, build};

/// A plant's step, compiled for the machine as the step loop is.
struct Process<'a> {
    state: &'a mut PlantState,
    plant: &'a Plant,
    step: StepId,
    dt: f64,
}

impl pulp::WithSimd for Process<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, simd: S) {
        self.state.process(simd, self.plant, self.step, self.dt);
    }
}

fn plant_step(criterion: &mut Criterion) {
    let machine = pulp::Arch::new();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/hefei.toml");
    let mixed = "yard.p1.discipline=mixed";
    let limits = [mixed, "plant.p1.unit.leaching.capacity=50 kt/yr", "plant.p1.unit.shredding.capacity=90 kt/yr"];
    for (name, sets) in [("by priority", &[][..]), ("mixed", &limits[..1]), ("mixed, two unit capacities", &limits[..])]
    {
        let sets: Vec<String> = sets.iter().map(|set| (*set).to_owned()).collect();
        let scenario = Scenario::load(&file, &sets).expect("the shipped scenario loads");
        let model = build::build(&scenario).expect("the shipped scenario builds").model;
        let plant = &model.plants[0];
        let (dt, step) = (model.horizon.dt(), StepId::new(model.horizon.steps - 1));
        let year = YearId::new(model.size.years - 1);
        let mut full = PlantState::new(plant, model.size.chemistries, model.size.width());
        for chemistry in all::<ChemistryId>(model.size.chemistries).filter(|k| plant.accepts(*k)) {
            let pack = model.composition.whole_pack.of(chemistry, year);
            for stream in [FeedStream::NewScrap, FeedStream::Retired, FeedStream::Purchased] {
                // So much that what is treated does not empty the yard.
                full.take_in(pulp::Scalar::new(), stream, chemistry, 1e15, pack);
            }
        }
        criterion.bench_function(&format!("plant/step, full yard, {name}"), |bencher| {
            bencher.iter(|| machine.dispatch(Process { state: &mut full, plant: black_box(plant), step, dt }));
        });
        let mut empty = PlantState::new(plant, model.size.chemistries, model.size.width());
        criterion.bench_function(&format!("plant/step, empty yard, {name}"), |bencher| {
            bencher.iter(|| machine.dispatch(Process { state: &mut empty, plant: black_box(plant), step, dt }));
        });
    }
}

criterion_group!(benches, plant_step);
criterion_main!(benches);
