//! Yards: their rules, and who gets which part of the feed.

use super::Builder;
use crate::base::ids::{Id, RegionId, StepId, all};
use crate::model::plant::{Discipline, FeedStream, Overflow, Plant, YardRule};

impl Builder<'_> {
    pub(super) fn yard(&self, key: &str) -> YardRule {
        let names = self.scenario.names(&format!("{key}.priority"));
        let named: Vec<FeedStream> = names
            .iter()
            .filter_map(|name| FeedStream::USUAL.into_iter().find(|stream| stream.name() == *name))
            .collect();
        // Streams the list leaves out come last, in the usual order; cuttings beside the rejected cells.
        let mut order = named;
        if !order.contains(&FeedStream::ElectrodeScrap)
            && let Some(cells) = order.iter().position(|stream| *stream == FeedStream::NewScrap)
        {
            order.insert(cells + 1, FeedStream::ElectrodeScrap);
        }
        let others: Vec<FeedStream> = FeedStream::USUAL.into_iter().filter(|stream| !order.contains(stream)).collect();
        order.extend(others);
        let discipline = match self.scenario.text(&format!("{key}.discipline")) {
            Some("priority") => Discipline::Priority(order.clone()),
            Some("fifo") => Discipline::FirstIn,
            _ => Discipline::Mixed,
        };
        let tonnes = |what: &str| self.scenario.number(&format!("{key}.{what}")).unwrap_or(f64::INFINITY);
        YardRule {
            limit: tonnes("limit"),
            charged_limit: tonnes("charged_limit"),
            discipline,
            order,
            overflow: match self.scenario.text(&format!("{key}.overflow")) {
                Some("declined") => Overflow::Declined,
                _ => Overflow::Diverted,
            },
        }
    }

    /// The share of a stream that goes to each plant. A plant takes nothing before it is built; `"rest"` is what the
    /// other plants do not take.
    pub(super) fn share_out(&mut self, stream: FeedStream, plants: &mut [Plant]) {
        for region in all::<RegionId>(self.size.regions) {
            let keys: Vec<String> = self
                .catalog
                .plants
                .iter()
                .map(|plant| format!("yard.{}.share.{}.{}", plant.name, stream.name(), self.catalog.region(region)))
                .collect();
            let rest: Vec<usize> = (0..plants.len()).filter(|i| self.scenario.is_rest(&keys[*i])).collect();
            if let [_, second, ..] = rest.as_slice() {
                let title =
                    format!("two plants take the rest of `{}` of `{}`", stream.name(), self.catalog.region(region));
                self.report(
                    &keys[*second],
                    "E0305",
                    title,
                    "only one plant can take the rest",
                    "give the other plants' shares as numbers",
                );
                continue;
            }
            let given: Vec<Vec<f64>> = keys.iter().map(|key| self.state(key, 0.0)).collect();
            for step in all::<StepId>(self.horizon.steps) {
                let mut taken: f64 = 0.0;
                for (index, plant) in plants.iter_mut().enumerate().filter(|(index, _)| !rest.contains(index)) {
                    let share = if plant.is_open(step) { given[index][step.index()] } else { 0.0 };
                    plant.share[stream as usize][(region, step)] = share;
                    taken += share;
                }
                if taken > 1.0 + 1e-9 {
                    let when = self.horizon.label(step);
                    let title = format!(
                        "the plants take more `{}` of `{}` than there is",
                        stream.name(),
                        self.catalog.region(region)
                    );
                    let label = format!("the shares of all plants add up to {taken} in {when}");
                    let key = keys.iter().find(|key| self.scenario.has(key)).cloned().unwrap_or_default();
                    self.report(&key, "E0305", title, label, "lower a share, or write \"rest\" for one of the plants");
                    break;
                }
                if let Some(index) = rest.first().filter(|index| plants[**index].is_open(step)) {
                    plants[*index].share[stream as usize][(region, step)] = (1.0 - taken).max(0.0);
                }
            }
        }
    }
}
