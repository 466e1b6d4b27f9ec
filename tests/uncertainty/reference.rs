//! R6: the Ishigami function, `y = sin x1 + a sin^2 x2 + b x3^4 sin x1`, whose indices are known exactly.

use std::f64::consts::PI;
use std::path::Path;
use std::sync::OnceLock;
use urbanmine::base::random::stream;
use urbanmine::sampling::Design;
use urbanmine::sampling::design::Points;
use urbanmine::sampling::estimate::Moments;
use urbanmine::sampling::estimate::morris::{effects, measure, trajectories};
use urbanmine::sampling::estimate::sobol::{Layout, indices, with_intervals};

/// A table of the reference problem.
pub struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

pub fn read(name: &str) -> Table {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/data/reference/R6/{name}.csv"));
    let mut reader = csv::Reader::from_path(path).unwrap();
    let cells = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect();
    let header = cells(reader.headers().unwrap());
    Table { header, rows: reader.records().map(|record| cells(&record.unwrap())).collect() }
}

impl Table {
    fn column(&self, name: &str) -> usize {
        self.header.iter().position(|known| known == name).unwrap_or_else(|| panic!("no {name}"))
    }

    pub fn numbers(&self, name: &str) -> Vec<f64> {
        let column = self.column(name);
        self.rows.iter().map(|row| row[column].parse().unwrap()).collect()
    }

    /// The number in a column of the row that begins with some names.
    pub fn at(&self, names: &[&str], name: &str) -> f64 {
        let column = self.column(name);
        let row = self.rows.iter().find(|row| row.iter().zip(names).all(|(cell, name)| cell == name)).unwrap();
        row[column].parse().unwrap()
    }
}

/// Within a relative difference, or that much of 1.
#[track_caller]
pub fn near(found: f64, known: f64, relative: f64) {
    let off = (found - known).abs();
    assert!(off <= relative * known.abs().max(1.0), "{found} is not {known}: off by {off:e}");
}

const NAMES: [&str; 3] = ["x1", "x2", "x3"];

fn ishigami(x: &[f64]) -> f64 {
    static CONSTANTS: OnceLock<[f64; 2]> = OnceLock::new();
    let [a, b] = CONSTANTS.get_or_init(|| {
        let scalar = read("model_inputs_scalar");
        ["ishigami_a", "ishigami_b"].map(|name| scalar.numbers(name)[0])
    });
    x[0].sin() + a * x[1].sin().powi(2) + b * x[2].powi(4) * x[0].sin()
}

#[test]
fn indices_of_the_given_samples_are_salibs() {
    let (sample, known, second) =
        (read("ishigami_sobol_sample"), read("ishigami_sobol_indices"), read("ishigami_sobol_second"));
    let y = sample.numbers("y");
    let columns = NAMES.map(|name| sample.numbers(name));
    for row in (0..y.len()).step_by(97) {
        near(ishigami(&columns.each_ref().map(|column| column[row])), y[row], 1e-12);
    }
    let found = indices(Layout { parameters: 3, second_order: true }, &y);
    for (place, name) in NAMES.iter().enumerate() {
        near(found.first[place], known.at(&["y", name], "S1"), 1e-9);
        near(found.total[place], known.at(&["y", name], "ST"), 1e-9);
    }
    assert_eq!(found.second.len(), 3);
    for (a, b, value) in found.second {
        near(value, second.at(&["y", NAMES[a], NAMES[b]], "S2"), 1e-9);
    }
}

#[test]
fn elementary_effects_of_the_given_trajectories_are_salibs() {
    let (sample, known) = (read("ishigami_morris_sample"), read("ishigami_morris_indices"));
    let columns = NAMES.map(|name| sample.numbers(name));
    let of_range = |row: usize| columns.iter().map(|column| (column[row] + PI) / (2.0 * PI)).collect();
    let y = sample.numbers("y");
    let rows: Vec<Vec<f64>> = (0..y.len()).map(of_range).collect();
    for (effects, name) in effects(&rows, &y).iter().zip(NAMES) {
        let found = measure(effects, 10, 0.95, &mut stream(1, "test", 0));
        near(found.mu, known.at(&["y", name], "mu"), 1e-9);
        near(found.mu_star.value, known.at(&["y", name], "mu_star"), 1e-9);
        near(found.sigma, known.at(&["y", name], "sigma"), 1e-9);
    }
}

/// Outputs of a Saltelli design of the Ishigami function with so many base points.
fn saltelli(seed: u64, base: u64) -> Vec<f64> {
    let names = ["A x1", "A x2", "A x3", "B x1", "B x2", "B x3"].map(str::to_owned);
    let points = Points::whole(Design::Sobol, seed, base, &names);
    let mut y = Vec::with_capacity(base as usize * LAYOUT.rows());
    for point in 0..base {
        let x = |from: usize| [0, 1, 2].map(|i| (2.0 * points.unit(from + i, point) - 1.0) * PI);
        let (first, second, mut row) = (x(0), x(3), [0.0; 3]);
        for place in 0..LAYOUT.rows() {
            LAYOUT.row(place, &first, &second, &mut row);
            y.push(ishigami(&row));
        }
    }
    y
}

const LAYOUT: Layout = Layout { parameters: 3, second_order: false };

/// First and total indices in a row.
fn all(y: &[f64]) -> Vec<f64> {
    let found = indices(LAYOUT, y);
    found.first.into_iter().chain(found.total).collect()
}

fn exact() -> Vec<f64> {
    let known = read("ishigami_exact");
    known.numbers("S1").into_iter().chain(known.numbers("ST")).collect()
}

#[test]
fn own_estimates_are_the_exact_indices() {
    // 65,536 base points in sixteen independent scrambles: their spread says how far the mean may be off.
    let estimates: Vec<Vec<f64>> = (0..16).map(|seed| all(&saltelli(seed, 4096))).collect();
    for (place, exact) in exact().into_iter().enumerate() {
        let moments: Moments = estimates.iter().map(|estimate| &estimate[place]).collect();
        let off = (moments.mean - exact) / moments.standard_error();
        assert!(off.abs() <= 4.0, "index {place}: {} is {off:.1} standard errors from {exact}", moments.mean);
        assert!(moments.standard_error() < 2e-3, "{}", moments.standard_error());
    }
    // All 65,536 in one: as far from the truth as independent points of that number may be, or nearer.
    let whole = all(&saltelli(99, 65_536));
    for (place, exact) in exact().into_iter().enumerate() {
        let moments: Moments = estimates.iter().map(|estimate| &estimate[place]).collect();
        let off = (whole[place] - exact) / moments.standard_error();
        assert!(off.abs() <= 4.0, "index {place}: {} is {off:.1} standard errors from {exact}", whole[place]);
    }
}

#[test]
fn intervals_cover_the_exact_indices() {
    let (mut covered, mut asked) = (0, 0);
    for seed in 0..10 {
        let y = saltelli(seed, 256);
        let (first, total) = with_intervals(LAYOUT, &y, 100, 0.95, &mut stream(seed, "bootstrap", 0));
        for (estimate, exact) in first.iter().chain(&total).zip(exact()) {
            asked += 1;
            covered += usize::from(estimate.low <= exact && exact <= estimate.high);
        }
    }
    // Scrambled points are more even than the bootstrap supposes: intervals are rather too wide than too narrow.
    assert!(covered * 100 >= asked * 90, "{covered} of {asked}");
}

#[test]
fn own_trajectories_rank_the_parameters() {
    let rows = trajectories(3, 500, 4, &mut stream(3, "trajectories", 0));
    let y: Vec<f64> = rows
        .iter()
        .map(|row| row.iter().map(|u| (2.0 * u - 1.0) * PI).collect::<Vec<f64>>())
        .map(|x| ishigami(&x))
        .collect();
    let known = read("ishigami_morris_indices");
    for (effects, name) in effects(&rows, &y).iter().zip(NAMES) {
        let found = measure(effects, 100, 0.95, &mut stream(3, "bootstrap", 0));
        // The reference has twenty trajectories of the same grid: its own error is the larger one.
        let error = known.at(&["y", name], "sigma") * (1.0_f64 / 500.0 + 1.0 / 20.0).sqrt();
        let off = (found.mu_star.value - known.at(&["y", name], "mu_star")) / error;
        assert!(off.abs() <= 4.0, "{name}: {off:.1} standard errors");
    }
}
