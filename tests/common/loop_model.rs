//! The loop of reference problems R4 and R6 through the library's own kernels: demand by chemistry enters use, comes back
//! after Weibull lives, is collected and recovered, and goes back into manufacture in the same year.
//!
//! ```text
//! made = D / yield                       need = sum_k made w             scrap = sum_k (made - D) w
//! feed = c[t] eol + s scrap              grade = p r q feed              back = min(grade, need), virgin = need - back
//! ```
//!
//! Six parameters act on it: lives, final collection, scrap, pretreatment, losses of hydrometallurgy, growth.

use pulp::{Arch, Simd, WithSimd};
use std::path::Path;
use urbanmine::model::row::{add_scaled, lanes, lanes_mut, sum, times};
use urbanmine::model::stock::InflowAt;
use urbanmine::model::stock::streams::Streams;

const CHEMISTRIES: usize = 4;
/// Li, Ni, Co, Mn, Fe, Cu, Al, C: as many as a row has lanes.
const ELEMENTS: usize = 8;
const STEPS: usize = 40;
const PARAMETERS: usize = 6;

/// One value for each parameter: lives, final collection, scrap, pretreatment, losses, growth.
pub type Draw = [f64; PARAMETERS];
/// Primary lithium in the last year, primary cobalt in all years, recycled share of nickel in the last, most feed.
pub type Outputs = [f64; 4];
type Row = [f64; ELEMENTS];

pub struct Loop {
    demand: Vec<[f64; CHEMISTRIES]>,
    yields: Vec<f64>,
    shape: Vec<f64>,
    scale: Vec<f64>,
    content: Vec<Row>,
    pretreatment: Row,
    recovery: Row,
    grade: Row,
    scrap_collection: f64,
    collection_start: f64,
    ramp_years: f64,
    machine: Arch,
}

/// The numbers of a table, column by column, without its first column of names or steps.
fn columns(folder: &Path, name: &str, names: usize) -> Vec<Vec<f64>> {
    let mut reader = csv::Reader::from_path(folder.join(name)).expect("the table is there");
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    let cell = |row: &csv::StringRecord, column: usize| row[column].parse().expect("a number");
    (names..rows[0].len()).map(|column| rows.iter().map(|row| cell(row, column)).collect()).collect()
}

fn row(values: &[f64]) -> Row {
    values.try_into().expect("a value for each element")
}

impl Loop {
    pub fn read() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/reference/R6");
        let chemistry = columns(&folder, "model_inputs_chemistry.csv", 1);
        let element = columns(&folder, "model_inputs_element.csv", 1);
        let scalar = columns(&folder, "model_inputs_scalar.csv", 0);
        let demand = columns(&folder, "model_inputs_time.csv", 1);
        let content = |k: usize| row(&chemistry[3..].iter().map(|column| column[k]).collect::<Vec<f64>>());
        Self {
            demand: (0..STEPS).map(|t| [0, 1, 2, 3].map(|k| demand[k][t])).collect(),
            yields: chemistry[0].clone(),
            shape: chemistry[1].clone(),
            scale: chemistry[2].clone(),
            content: (0..CHEMISTRIES).map(content).collect(),
            pretreatment: row(&element[0]),
            recovery: row(&element[1]),
            grade: row(&element[2]),
            scrap_collection: scalar[0][0],
            collection_start: scalar[1][0],
            ramp_years: scalar[2][0],
            machine: Arch::new(),
        }
    }

    /// The outputs of some draws: all their stocks at once, then the flows of each.
    pub fn solve(&self, draws: &[Draw]) -> Vec<Outputs> {
        let streams = draws.len() * CHEMISTRIES;
        let (mut inflow, mut scales) = (vec![0.0; STEPS * streams], Vec::with_capacity(STEPS * streams));
        for (draw, [life, .., growth]) in draws.iter().enumerate() {
            let mut grown = 1.0;
            for (step, demand) in self.demand.iter().enumerate() {
                let start = step * streams + draw * CHEMISTRIES;
                for (cell, demand) in inflow[start..start + CHEMISTRIES].iter_mut().zip(demand) {
                    *cell = demand * grown;
                }
                grown *= 1.0 + growth;
            }
            scales.extend(self.scale.iter().map(|scale| scale * life));
        }
        let shape = self.shape.repeat(draws.len());
        let scale = scales.repeat(STEPS);
        let totals = Streams {
            kinds: draws.len(),
            segments: CHEMISTRIES,
            inflow: &inflow,
            shape: &shape,
            scale: &scale,
            inflow_at: InflowAt::End,
            content: None,
        }
        .solve()
        .expect("draws are possible");
        let flows = |(place, draw): (usize, &Draw)| {
            let (inflow, outflow) = (&inflow[place * CHEMISTRIES..], &totals.outflow[place * CHEMISTRIES..]);
            self.machine.dispatch(Flows { of: self, draw, inflow, outflow, streams })
        };
        draws.iter().enumerate().map(flows).collect()
    }
}

/// The flows of one draw, year by year.
struct Flows<'a> {
    of: &'a Loop,
    draw: &'a Draw,
    inflow: &'a [f64],
    outflow: &'a [f64],
    streams: usize,
}

impl WithSimd for Flows<'_> {
    type Output = Outputs;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Outputs {
        let of = self.of;
        let [_, collection_final, scrap_factor, pretreatment_factor, loss_factor, _] = *self.draw;
        let mut graded = [0.0; ELEMENTS];
        for (e, graded) in graded.iter_mut().enumerate() {
            let recovery = 1.0 - (1.0 - of.recovery[e]) * loss_factor;
            *graded = of.pretreatment[e] * pretreatment_factor * recovery * of.grade[e];
        }
        let (mut last_need, mut last_back, mut virgin) = ([0.0; ELEMENTS], [0.0; ELEMENTS], [0.0; ELEMENTS]);
        let mut most_feed = 0.0_f64;
        for step in 0..STEPS {
            let ramp = (step as f64 / of.ramp_years).min(1.0);
            let collected = of.collection_start + (collection_final - of.collection_start) * ramp;
            let (mut need, mut feed, mut back) = ([0.0; ELEMENTS], [0.0; ELEMENTS], [0.0; ELEMENTS]);
            for (k, content) in of.content.iter().enumerate() {
                let (demand, retired) = (self.inflow[step * self.streams + k], self.outflow[step * self.streams + k]);
                let made = demand / (1.0 - (1.0 - of.yields[k]) * scrap_factor);
                add_scaled(simd, &mut need, made, content);
                add_scaled(simd, &mut feed, collected * retired + of.scrap_collection * (made - demand), content);
            }
            times(simd, &mut back, &graded, &feed);
            for (back, need) in lanes_mut::<S>(&mut back).iter_mut().zip(lanes::<S>(&need)) {
                *back = simd.min_f64s(*back, *need);
            }
            add_scaled(simd, &mut virgin, 1.0, &need);
            add_scaled(simd, &mut virgin, -1.0, &back);
            most_feed = most_feed.max(sum(simd, &feed));
            (last_need, last_back) = (need, back);
        }
        let [lithium, nickel, cobalt] = [0, 1, 2];
        [last_need[lithium] - last_back[lithium], virgin[cobalt], last_back[nickel] / last_need[nickel], most_feed]
    }
}
