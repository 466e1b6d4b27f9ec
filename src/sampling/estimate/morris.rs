//! Morris' elementary effects: how much an output moves when one parameter does, along random trajectories.
//!
//! A trajectory has one row more than there are parameters; from row to row one parameter moves. The effect is the change
//! of the output over the change of the parameter in units of its range.

use super::sobol::{Estimate, interval};
use crate::base::random::Stream;

/// Measures of one parameter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effect {
    /// Mean of the effects.
    pub mu: f64,
    /// Mean of their sizes, with its bootstrap interval.
    pub mu_star: Estimate,
    /// Their standard deviation: interaction, or curvature.
    pub sigma: f64,
}

/// Random trajectories over a grid of `levels` from 0 to 1, one after the other; each a row of one number per parameter.
/// A step is half the grid, `levels / 2 / (levels - 1)`, up or down where there is room (Morris 1991).
pub fn trajectories(parameters: usize, count: usize, levels: u32, stream: &mut Stream) -> Vec<Vec<f64>> {
    let half = levels / 2;
    let mut rows = Vec::with_capacity(count * (parameters + 1));
    for _ in 0..count {
        let start: Vec<u32> = (0..parameters).map(|_| stream.bounded(levels)).collect();
        let mut order: Vec<usize> = (0..parameters).collect();
        // Fisher-Yates.
        for last in (1..parameters).rev() {
            order.swap(last, stream.bounded(last as u32 + 1) as usize);
        }
        let mut at = start;
        let row = |at: &[u32]| at.iter().map(|level| f64::from(*level) / f64::from(levels - 1)).collect();
        rows.push(row(&at));
        for parameter in order {
            at[parameter] = if at[parameter] < half { at[parameter] + half } else { at[parameter] - half };
            rows.push(row(&at));
        }
    }
    rows
}

/// The elementary effects by parameter. `rows` are the parameters in units of their ranges, `y` the output of each row.
pub fn effects(rows: &[Vec<f64>], y: &[f64]) -> Vec<Vec<f64>> {
    let parameters = rows.first().map_or(0, Vec::len);
    let mut effects = vec![Vec::new(); parameters];
    for (rows, y) in rows.chunks_exact(parameters + 1).zip(y.chunks_exact(parameters + 1)) {
        for step in 0..parameters {
            let moved = rows[step + 1].iter().zip(&rows[step]).map(|(after, before)| after - before);
            // The one that moved is the one that moved most: ranges taken from a file are rounded.
            let furthest = moved.enumerate().reduce(|a, b| if b.1.abs() > a.1.abs() { b } else { a });
            if let Some((parameter, change)) = furthest.filter(|(_, change)| *change != 0.0) {
                effects[parameter].push((y[step + 1] - y[step]) / change);
            }
        }
    }
    effects
}

/// The measures of a parameter's effects.
pub fn measure(effects: &[f64], resamples: usize, confidence: f64, stream: &mut Stream) -> Effect {
    let n = effects.len() as f64;
    let mean = |values: &mut dyn Iterator<Item = f64>| values.sum::<f64>() / n;
    let mu = mean(&mut effects.iter().copied());
    let mu_star = mean(&mut effects.iter().map(|effect| effect.abs()));
    let squares: f64 = effects.iter().map(|effect| (effect - mu) * (effect - mu)).sum();
    let sigma = if effects.len() > 1 { (squares / (n - 1.0)).sqrt() } else { 0.0 };
    let mut drawn: Vec<f64> = (0..if effects.is_empty() { 0 } else { resamples })
        .map(|_| mean(&mut (0..effects.len()).map(|_| effects[stream.bounded(effects.len() as u32) as usize].abs())))
        .collect();
    Effect { mu, mu_star: interval(mu_star, &mut drawn, confidence), sigma }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::random::stream;

    #[test]
    fn trajectories_move_each_parameter_once_by_half_the_grid() {
        let rows = trajectories(5, 40, 4, &mut stream(1, "morris", 0));
        assert_eq!(rows.len(), 40 * 6);
        for trajectory in rows.chunks_exact(6) {
            let mut moved = [0; 5];
            for pair in trajectory.windows(2) {
                let changes = (0..5).map(|i| pair[1][i] - pair[0][i]).enumerate().filter(|(_, change)| *change != 0.0);
                let changes: Vec<(usize, f64)> = changes.collect();
                assert!(changes.len() == 1 && (changes[0].1.abs() - 2.0 / 3.0).abs() < 1e-15);
                moved[changes[0].0] += 1;
            }
            assert_eq!(moved, [1; 5]);
        }
    }

    #[test]
    fn effects_of_a_plane_are_its_slopes() {
        let mut stream = stream(2, "morris", 0);
        let rows = trajectories(3, 10, 6, &mut stream);
        let y: Vec<f64> = rows.iter().map(|x| 3.0 * x[0] - 2.0 * x[1] + 7.0).collect();
        for (effects, slope) in effects(&rows, &y).iter().zip([3.0, -2.0, 0.0]) {
            let effect = measure(effects, 50, 0.95, &mut stream);
            let near = |a: f64, b: f64| (a - b).abs() < 1e-12;
            assert!(near(effect.mu, slope) && near(effect.mu_star.value, f64::abs(slope)) && near(effect.sigma, 0.0));
            assert!(near(effect.mu_star.low, effect.mu_star.high));
        }
    }
}
