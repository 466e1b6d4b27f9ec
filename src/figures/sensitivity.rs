//! Which uncertain number matters: tornado, Morris' plane, Sobol indices.

use super::Figure;
use crate::charts::{Chart, ChartError, NamedPoint, PairedBars, Ranged, Scatter, Swing, Tornado};
use crate::ensemble::sensitivity::{Finding, Method, Study};

/// What the figures are drawn from.
#[derive(Clone, Copy, Debug)]
pub struct Picture<'a> {
    /// Scenario title.
    pub title: &'a str,
    /// The study.
    pub study: &'a Study,
    /// Names of the results.
    pub names: &'a [String],
    /// What was found.
    pub findings: &'a [Finding],
}

/// Draws a figure for each result.
pub fn all(picture: &Picture<'_>) -> Result<Vec<Figure>, ChartError> {
    let mut figures = Vec::new();
    for (output, name) in picture.names.iter().enumerate() {
        let (kind, svg) = match picture.study.method {
            Method::Oat { low, high } => ("tornado", picture.tornado(output, low, high).svg()?),
            Method::Morris { .. } => ("morris", picture.plane(output).svg()?),
            Method::Sobol { .. } => ("sobol", picture.shares(output).svg()?),
        };
        let file: String =
            name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' || c == '-' { c } else { '_' }).collect();
        figures.push(Figure::new(format!("{kind}_{file}"), Chart::Picture { svg }));
    }
    Ok(figures)
}

impl Picture<'_> {
    /// A measure of each parameter for a result.
    fn of(&self, output: usize, measure: &str) -> Vec<Ranged> {
        let own = self.findings.iter().filter(|f| f.output == output && f.measure == measure);
        let ranged = |f: &Finding| {
            let (low, high) = f.interval.unwrap_or((f.value, f.value));
            Ranged { value: f.value, low, high }
        };
        own.map(ranged).collect()
    }

    /// Positions of the parameters, by a measure, the largest first.
    fn order(&self, by: &[f64]) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.study.keys.len()).collect();
        order.sort_by(|a, b| by[*b].total_cmp(&by[*a]));
        order
    }

    fn tornado(&self, output: usize, low: f64, high: f64) -> Tornado {
        let values = |measure| self.of(output, measure).iter().map(|r| r.value).collect::<Vec<f64>>();
        let (lows, highs, swings) = (values("low"), values("high"), values("swing"));
        let swing = |i: usize| Swing { name: self.study.keys[i].clone(), low: lows[i], high: highs[i] };
        Tornado {
            title: format!("One parameter at a time: {}", self.names[output]),
            subtitle: self.title.to_owned(),
            x_label: self.names[output].clone(),
            centre: values("written").first().copied().unwrap_or(0.0),
            swings: self.order(&swings).into_iter().map(swing).collect(),
            ends: [low, high].map(|q| format!("parameter at its {:.0} % quantile", q * 100.0)),
            footnote: format!("The line: the scenario as written. {}", program()),
        }
    }

    fn plane(&self, output: usize) -> Scatter {
        let (size, spread) = (self.of(output, "mu_star"), self.of(output, "sigma"));
        let sizes: Vec<f64> = size.iter().map(|r| r.value).collect();
        let named = |i: usize| NamedPoint { name: self.study.keys[i].clone(), x: sizes[i], y: spread[i].value };
        Scatter {
            title: format!("Elementary effects: {}", self.names[output]),
            subtitle: self.title.to_owned(),
            x_label: "mean size of the effect of moving a parameter over its whole range (mu*)".to_owned(),
            y_label: "spread of the effect: curvature and interaction (sigma)".to_owned(),
            points: self.order(&sizes).into_iter().map(named).collect(),
            footnote: program(),
        }
    }

    fn shares(&self, output: usize) -> PairedBars {
        let (first, total) = (self.of(output, "S1"), self.of(output, "ST"));
        let totals: Vec<f64> = total.iter().map(|r| r.value).collect();
        let row = |i: usize| (self.study.keys[i].clone(), [first[i], total[i]]);
        PairedBars {
            title: format!("Shares of variance: {}", self.names[output]),
            subtitle: self.title.to_owned(),
            x_label: "share of the variance of the result".to_owned(),
            kinds: ["by itself (S1)".to_owned(), "with interactions (ST)".to_owned()],
            rows: self.order(&totals).into_iter().map(row).collect(),
            footnote: format!("Lines: 95 % bootstrap intervals. {}", program()),
        }
    }
}

fn program() -> String {
    format!("urbanmine {}.", env!("CARGO_PKG_VERSION"))
}
