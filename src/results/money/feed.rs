//! What a plant was fed: the one thing that its money needs of a run.

use crate::base::ids::{ChemistryId, Id, PlantId, StepId};
use crate::model::Model;
use crate::model::plant::FeedStream;
use crate::results::Results;

/// Feed treated by a plant.
#[derive(Clone, Debug, PartialEq)]
pub struct PlantFeed {
    /// First step of each period, rising, and the number of steps.
    pub starts: Vec<usize>,
    /// By period: t by stream x chemistry x substance.
    pub mass: Vec<Vec<f64>>,
    /// By step: t treated by stream.
    pub treated: Vec<[f64; FeedStream::COUNT]>,
    /// By step: t in the yard at its end.
    pub yard: Vec<f64>,
}

impl PlantFeed {
    /// What a recorded run says.
    pub fn new(model: &Model, results: &Results, plant: PlantId) -> Self {
        let feed = &model.flows.plants[plant.index()].feed;
        let reports = || results.plants.iter().map(|reports| &reports[plant.index()]);
        let starts = results.periods.iter().map(|step: &StepId| step.index()).chain([results.plants.len()]);
        let mass = (0..results.periods.len()).map(|period| {
            let mut masses = Vec::with_capacity(FeedStream::COUNT * model.size.chemistries * model.size.width());
            for stream in FeedStream::ALL {
                for chemistry in 0..model.size.chemistries {
                    let of = Some(ChemistryId::new(chemistry));
                    masses.extend(results.flow(period, feed[stream as usize], of));
                }
            }
            masses
        });
        Self {
            starts: starts.collect(),
            mass: mass.collect(),
            treated: reports().map(|report| report.treated).collect(),
            yard: reports().map(|report| report.yard).collect(),
        }
    }
}
