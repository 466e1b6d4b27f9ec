//! Correlations of outputs with parameters: Pearson, Spearman, and partial rank correlation.

use nalgebra::DMatrix;

/// Ranks from 1; equal values share the mean of their ranks.
pub fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    while start < order.len() {
        let value = values[order[start]];
        let end = start + order[start..].iter().take_while(|place| values[**place] == value).count();
        let rank = (start + end + 1) as f64 / 2.0;
        for place in &order[start..end] {
            ranks[*place] = rank;
        }
        start = end;
    }
    ranks
}

/// Pearson's correlation; `None` where one of the two does not vary.
pub fn pearson(x: &[f64], y: &[f64]) -> Option<f64> {
    let n = x.len() as f64;
    let mean = |values: &[f64]| values.iter().sum::<f64>() / n;
    let (x_mean, y_mean) = (mean(x), mean(y));
    let (mut xy, mut xx, mut yy) = (0.0, 0.0, 0.0);
    for (x, y) in x.iter().zip(y) {
        let (x, y) = (x - x_mean, y - y_mean);
        xy += x * y;
        xx += x * x;
        yy += y * y;
    }
    (xx > 0.0 && yy > 0.0).then(|| xy / (xx.sqrt() * yy.sqrt()))
}

/// Spearman's correlation: that of the ranks.
pub fn spearman(x: &[f64], y: &[f64]) -> Option<f64> {
    pearson(&ranks(x), &ranks(y))
}

/// Partial rank correlation of an output with each parameter, given as ranks: what is left of both once the linear effect
/// of all other parameters is taken out, `-p_iy / sqrt(p_ii p_yy)` with the inverse `p` of the correlation matrix.
/// `None` where a parameter does not vary or two of them say the same.
pub fn partial(parameters: &[Vec<f64>], output: &[f64]) -> Vec<Option<f64>> {
    let varies = |values: &[f64]| values.iter().any(|value| *value != values[0]);
    let moving: Vec<usize> = (0..parameters.len()).filter(|i| varies(&parameters[*i])).collect();
    let mut result = vec![None; parameters.len()];
    if output.is_empty() || !varies(output) {
        return result;
    }
    let columns: Vec<&[f64]> = moving.iter().map(|i| parameters[*i].as_slice()).chain([output]).collect();
    let matrix = DMatrix::from_fn(columns.len(), columns.len(), |a, b| {
        if a == b { 1.0 } else { pearson(columns[a], columns[b]).unwrap_or(0.0) }
    });
    let Some(inverse) = matrix.try_inverse() else { return result };
    let last = columns.len() - 1;
    for (place, parameter) in moving.iter().enumerate() {
        let scale = inverse[(place, place)] * inverse[(last, last)];
        if scale > 0.0 {
            result[*parameter] = Some((-inverse[(place, last)] / scale.sqrt()).clamp(-1.0, 1.0));
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_share_a_rank() {
        assert_eq!(ranks(&[3.0, 1.0, 3.0, 2.0]), [3.5, 1.0, 3.5, 2.0]);
    }

    #[test]
    fn a_partial_correlation_sees_through_a_common_cause() {
        // y follows a alone; b is a with something added: correlated with y, but not beside a.
        let a: Vec<f64> = (0..200).map(|i| f64::from(i * 37 % 200)).collect();
        let noise: Vec<f64> = (0..200).map(|i| f64::from(i * 91 % 200)).collect();
        let b: Vec<f64> = a.iter().zip(&noise).map(|(a, noise)| a + 0.5 * noise).collect();
        let y: Vec<f64> = a.iter().enumerate().map(|(i, a)| a + f64::from(i as u32 * 7 % 11)).collect();
        let found = partial(&[ranks(&a), ranks(&b)], &ranks(&y));
        assert!(found[0].unwrap() > 0.9 && found[1].unwrap().abs() < 0.2, "{found:?}");
        assert!(spearman(&b, &y).unwrap() > 0.8);
        assert_eq!(partial(&[ranks(&a), vec![1.0; 200]], &ranks(&y))[1], None);
    }
}
