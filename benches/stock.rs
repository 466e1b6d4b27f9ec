//! R3: 540 months, 8 chemistries x 6 segments, 12 elements, the Weibull scale changing with every cohort.

use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use std::path::Path;
use urbanmine::model::stock::InflowAt;
use urbanmine::model::stock::streams::{Content, Streams};

/// The numbers of a table, without its first columns of names.
fn numbers(table: &str, names: usize) -> Vec<f64> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/reference/R3");
    let mut reader =
        csv::Reader::from_path(folder.join(format!("c1_end_T540_{table}.csv"))).expect("the table is there");
    let rows = reader.records().map(|row| row.expect("a row"));
    rows.flat_map(|row| row.iter().skip(names).map(|cell| cell.parse().expect("a number")).collect::<Vec<f64>>())
        .collect()
}

fn stock(criterion: &mut Criterion) {
    let (inflow, scale, intensity) = (numbers("inflow", 1), numbers("scale", 1), numbers("intensity", 2));
    let streams = Streams {
        kinds: 8,
        segments: 6,
        inflow: &inflow,
        shape: &numbers("shape", 1),
        scale: &scale,
        inflow_at: InflowAt::End,
        content: Some(Content { substances: 12, intensity: &intensity }),
    };
    criterion.bench_function("r3/one thread", |bencher| bencher.iter(|| black_box(&streams).solve().expect("solves")));
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().expect("two threads");
    criterion.bench_function("r3/two threads", |bencher| {
        bencher.iter(|| pool.install(|| black_box(&streams).solve_in_parallel().expect("solves")));
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(50);
    targets = stock
}
criterion_main!(benches);
