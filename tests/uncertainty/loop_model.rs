//! R6: the loop of six uncertain parameters. Its equations, `SALib`'s indices of them, and Monte Carlo.

use crate::common::loop_model::{Draw, Loop};
use crate::uncertainty::reference::{Table, near, read};
use std::sync::OnceLock;
use urbanmine::sampling::distribution::{Distribution, Shape};
use urbanmine::sampling::estimate::Moments;
use urbanmine::sampling::estimate::morris;
use urbanmine::sampling::estimate::ranks::{pearson, spearman};
use urbanmine::sampling::estimate::sobol::{Layout, indices};
use urbanmine::sampling::{Column, Copula, Design, Sampler, normal};

const PARAMETERS: [&str; 6] =
    ["life_factor", "collection_final", "scrap_factor", "pretreat_factor", "hydro_loss_factor", "growth_shift"];
const OUTPUTS: [&str; 4] = ["virgin_Li_final", "virgin_Co_cumulative", "recycled_share_Ni_final", "plant_feed_max"];
/// Draws of ours.
const DRAWS: usize = 4000;
/// Draws of the reference.
const REFERENCE_DRAWS: f64 = 10_000.0;

fn draws(table: &Table) -> Vec<Draw> {
    let columns = PARAMETERS.map(|name| table.numbers(name));
    (0..columns[0].len()).map(|row| [0, 1, 2, 3, 4, 5].map(|parameter| columns[parameter][row])).collect()
}

fn solve(draws: &[Draw]) -> [Vec<f64>; 4] {
    let model = Loop::read();
    let found: Vec<[f64; 4]> = draws.chunks(64).flat_map(|draws| model.solve(draws)).collect();
    [0, 1, 2, 3].map(|output| found.iter().map(|row| row[output]).collect())
}

#[test]
fn the_equations_are_those_of_the_reference() {
    for name in ["loop_morris_sample", "loop_sobol_sample", "montecarlo_draws"] {
        let table = read(name);
        let rows: Vec<Draw> = draws(&table).into_iter().take(1000).collect();
        for (name, found) in OUTPUTS.iter().zip(solve(&rows)) {
            for (found, known) in found.iter().zip(table.numbers(name)) {
                near(*found, known, 1e-11);
            }
        }
    }
}

#[test]
fn indices_of_the_given_samples_are_salibs() {
    let (sample, known) = (read("loop_sobol_sample"), read("loop_sobol_indices"));
    let layout = Layout { parameters: 6, second_order: false };
    for output in OUTPUTS {
        let found = indices(layout, &sample.numbers(output));
        for (place, parameter) in PARAMETERS.iter().enumerate() {
            near(found.first[place], known.at(&[output, parameter], "S1"), 1e-9);
            near(found.total[place], known.at(&[output, parameter], "ST"), 1e-9);
        }
    }
    let (sample, known, bounds) = (read("loop_morris_sample"), read("loop_morris_indices"), read("parameter_bounds"));
    let of_range = |row: Draw| -> Vec<f64> {
        let part = |(value, name): (f64, &&str)| {
            let [low, high] = ["low", "high"].map(|end| bounds.at(&[name], end));
            (value - low) / (high - low)
        };
        row.into_iter().zip(&PARAMETERS).map(part).collect()
    };
    let rows: Vec<Vec<f64>> = draws(&sample).into_iter().map(of_range).collect();
    for output in OUTPUTS {
        let effects = morris::effects(&rows, &sample.numbers(output));
        for (effects, parameter) in effects.iter().zip(PARAMETERS) {
            let mut bootstrap = urbanmine::base::random::stream(1, "test", 0);
            let found = morris::measure(effects, 10, 0.95, &mut bootstrap);
            near(found.mu, known.at(&[output, parameter], "mu"), 1e-9);
            near(found.mu_star.value, known.at(&[output, parameter], "mu_star"), 1e-9);
            near(found.sigma, known.at(&[output, parameter], "sigma"), 1e-9);
        }
    }
}

/// The reference's distributions, in its order.
fn distributions() -> [Distribution; 6] {
    let uniform = |min, max| Shape::Uniform { min, max };
    let lognormal = |sigma: f64| Shape::LogNormal { median: 1.0, gsd: sigma.exp() };
    [
        lognormal(0.10),
        uniform(0.5, 0.95),
        Shape::Triangular { min: 0.5, mode: 1.0, max: 1.5 },
        uniform(0.9, 1.0),
        lognormal(0.25),
        Shape::Normal { mean: 0.0, sd: 0.008 },
    ]
    .map(Distribution::new)
}

#[test]
fn quantile_functions_give_the_references_draws() {
    let table = read("montecarlo_draws");
    for (name, distribution) in PARAMETERS.iter().zip(distributions()) {
        for (z, known) in table.numbers(&format!("z_{name}")).into_iter().zip(table.numbers(name)) {
            near(distribution.quantile(normal::cdf(z)), known, 1e-12);
        }
    }
}

fn correlation() -> Vec<Vec<f64>> {
    let table = read("montecarlo_correlation");
    PARAMETERS.iter().map(|name| table.numbers(name)).collect()
}

/// Draws of ours, column by column, and their outputs.
fn ours() -> &'static ([Vec<f64>; 6], [Vec<f64>; 4]) {
    static OURS: OnceLock<([Vec<f64>; 6], [Vec<f64>; 4])> = OnceLock::new();
    OURS.get_or_init(|| {
        let matrix = correlation();
        let pairs = (0..6).flat_map(|a| (a + 1..6).map(move |b| (a, b)));
        let pairs: Vec<_> =
            pairs.map(|(a, b)| (a, b, matrix[a][b])).filter(|(.., correlation)| *correlation != 0.0).collect();
        let column = |(name, distribution): (&&str, Distribution)| Column { name: (*name).to_owned(), distribution };
        let columns = PARAMETERS.iter().zip(distributions()).map(column).collect();
        let copula = Copula::new(6, &pairs).unwrap();
        let sampler = Sampler::new(Design::MonteCarlo, 20_260_101, DRAWS as u64, columns, copula);
        let mut rows = vec![[0.0; 6]; DRAWS];
        for (draw, row) in rows.iter_mut().enumerate() {
            sampler.draw(draw as u64, row);
        }
        let outputs = solve(&rows);
        ([0, 1, 2, 3, 4, 5].map(|parameter| rows.iter().map(|row| row[parameter]).collect()), outputs)
    })
}

/// Within four standard errors.
#[track_caller]
fn within_four(found: f64, known: f64, standard_error: f64, what: &str) {
    let off = (found - known) / standard_error;
    assert!(off.abs() <= 4.0, "{what}: {found} is {off:.1} standard errors from {known}");
}

#[test]
fn marginals_and_correlations_are_as_asked() {
    let (parameters, _) = ours();
    let n = DRAWS as f64;
    // Uniform under the distribution function, normal under its quantile.
    let normals: Vec<Vec<f64>> = parameters
        .iter()
        .zip(distributions())
        .map(|(values, distribution)| values.iter().map(|x| normal::quantile(distribution.cdf(*x))).collect())
        .collect();
    for (name, values) in PARAMETERS.iter().zip(&normals) {
        let moments: Moments = values.iter().collect();
        within_four(moments.mean, 0.0, 1.0 / n.sqrt(), name);
        within_four(moments.sd(), 1.0, 1.0 / (2.0 * n).sqrt(), name);
        // Each tenth of the probability holds a tenth of the draws.
        for tenth in 1..10 {
            let share = f64::from(tenth) / 10.0;
            let below = values.iter().filter(|z| **z <= normal::quantile(share)).count() as f64 / n;
            within_four(below, share, (share * (1.0 - share) / n).sqrt(), name);
        }
    }
    for (a, row) in correlation().iter().enumerate() {
        for (b, known) in row.iter().enumerate().skip(a + 1) {
            let found = pearson(&normals[a], &normals[b]).unwrap();
            within_four(
                found,
                *known,
                (1.0 - known * known) / n.sqrt(),
                &format!("{} {}", PARAMETERS[a], PARAMETERS[b]),
            );
        }
    }
}

#[test]
fn outputs_of_monte_carlo_are_the_references() {
    let (parameters, outputs) = ours();
    let summary = read("montecarlo_summary");
    let n = DRAWS as f64;
    let both = (1.0 / n + 1.0 / REFERENCE_DRAWS).sqrt();
    for (name, values) in OUTPUTS.iter().zip(outputs) {
        let moments: Moments = values.iter().collect();
        let (mean, sd) = (summary.at(&[name], "mean"), summary.at(&[name], "sd_ddof1"));
        within_four(moments.mean, mean, sd * both, name);
        // The error of a standard deviation follows from the fourth moment.
        let fourth = values.iter().map(|value| (value - moments.mean).powi(4)).sum::<f64>() / n / sd.powi(4);
        within_four(moments.sd(), sd, sd * ((fourth - 1.0) / 4.0).sqrt() * both, name);
        for q in ["0.01", "0.05", "0.25", "0.5", "0.75", "0.95", "0.99"] {
            let share: f64 = q.parse().unwrap();
            let known = summary.at(&[name], &format!("q{q}"));
            let below = values.iter().filter(|value| **value <= known).count() as f64 / n;
            within_four(below, share, (share * (1.0 - share)).sqrt() * both, &format!("{name} q{q}"));
        }
        // Correlations after Fisher's transformation.
        for (table, found, factor) in [
            ("montecarlo_pearson", pearson as fn(&[f64], &[f64]) -> Option<f64>, 1.0_f64),
            ("montecarlo_spearman", spearman, 1.06),
        ] {
            let known = read(table);
            for (parameter, column) in PARAMETERS.iter().zip(parameters) {
                let found = found(column, values).unwrap();
                let known = known.at(&[parameter], name);
                let what = format!("{table} {parameter} {name}");
                within_four(found.atanh(), known.atanh(), factor.sqrt() * both, &what);
            }
        }
    }
}
