//! The result as CSV, JSON and a chart.

use super::args;
use crate::base::number::text;
use crate::charts::{ChartError, Line, Lines, Series};
use crate::model::stock::Cohorts;
use serde_json::{Value, json};

/// A cell: in quotes where it needs them.
fn cell(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

/// `t,inflow,outflow,stock`.
pub fn series(steps: &[String], cohorts: &Cohorts) -> String {
    let mut out = String::from("t,inflow,outflow,stock\n");
    let rows = cohorts.inflow().iter().zip(cohorts.outflow()).zip(cohorts.stock());
    for (step, ((inflow, outflow), stock)) in steps.iter().zip(rows) {
        let row = [cell(step), text(*inflow), text(*outflow), text(*stock)];
        out.push_str(&row.join(","));
        out.push('\n');
    }
    out
}

/// `t,cohort,stock,outflow`, the cohorts that have entered, the oldest first.
pub fn by_cohort(steps: &[String], cohorts: &Cohorts) -> String {
    let mut out = String::from("t,cohort,stock,outflow\n");
    let steps: Vec<String> = steps.iter().map(|step| cell(step)).collect();
    cohorts.walk(|at| {
        let Some(now) = steps.get(at.step) else { return };
        for (cohort, (stock, outflow)) in steps.iter().zip(at.stock.iter().zip(at.outflow)) {
            for part in [now, ",", cohort, ",", &text(*stock), ",", &text(*outflow), "\n"] {
                out.push_str(part);
            }
        }
    });
    out
}

/// The same as one JSON document.
pub fn document(steps: &[String], cohorts: &Cohorts, by_cohort: bool) -> Value {
    let mut document = json!({
        "schema": "urbanmine.cohort/1", "ok": true, "t": steps,
        "inflow": cohorts.inflow(), "outflow": cohorts.outflow(), "stock": cohorts.stock(),
    });
    if by_cohort && let Some(map) = document.as_object_mut() {
        let (mut stock, mut outflow) = (vec![], vec![]);
        cohorts.walk(|at| {
            stock.push(at.stock.to_vec());
            outflow.push(at.outflow.to_vec());
        });
        map.insert("stock_by_cohort".into(), json!(stock));
        map.insert("outflow_by_cohort".into(), json!(outflow));
    }
    document
}

/// The result as SVG.
pub fn chart(
    steps: &[String],
    cohorts: &Cohorts,
    target: Option<&[f64]>,
    arguments: &args::Cohort,
    source: &str,
) -> Result<String, ChartError> {
    let named: Option<Vec<f64>> = steps.iter().map(|step| step.parse().ok()).collect();
    let rises = |x: &Vec<f64>| x.is_sorted_by(|a, b| a < b) && x.iter().all(|x| x.is_finite());
    let x = named.filter(rises).unwrap_or_else(|| (0..steps.len()).map(|step| step as f64).collect());
    let mut lines: Vec<Line> =
        [("stock", cohorts.stock()), ("inflow", cohorts.inflow()), ("outflow", cohorts.outflow())]
            .into_iter()
            .map(|(name, values)| Series::new(name, values.to_vec()).into())
            .collect();
    // A target that is met would only lie under the stock.
    if let Some(target) = target.filter(|target| *target != cohorts.stock()) {
        lines.push(Line { series: Series::new("target", target.to_vec()), dashed: true });
    }
    let chart = Lines {
        title: "Stock, inflow and outflow".to_owned(),
        subtitle: format!("Lifetime {}, inflow at {}", arguments.lifetime.trim(), arguments.inflow_at),
        x_label: "t".to_owned(),
        y_label: "units; flows per step".to_owned(),
        x,
        lines,
        footnote: format!("From {source}."),
        ..Lines::default()
    };
    chart.svg()
}
