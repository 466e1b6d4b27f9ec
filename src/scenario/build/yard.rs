//! Yards: their rules, and who gets which part of the feed.

use super::Builder;
use crate::base::ids::{ChemistryId, Id, RegionId, StepId, SubstanceId, YearId, all};
use crate::model::composition::{Composition, Content};
use crate::model::plant::{Discipline, FeedForm, FeedStream, Opened, Overflow, Plant, YardRule};

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

    /// Streams whose packs arrive opened: the cells come along, with modules a part of the pack layer. Of an age that the
    /// scenario gives, for what waits in a yard is no longer parted by production year.
    pub(super) fn opened(&mut self, key: &str, composition: &Composition) -> Vec<Option<Opened>> {
        let age = self.scenario.number(&format!("{key}.age")).unwrap_or(0.0).round() as usize;
        let part = |name: &str| self.scenario.number(&format!("composition.module_parts.{name}"));
        let parts: Option<Vec<f64>> =
            self.catalog.substances.iter().map(|name| part(name).or_else(|| part("default"))).collect();
        let mut opened = Vec::new();
        let mut lacks_parts = None;
        for stream in FeedStream::ALL {
            let place = format!("{key}.{}", stream.name());
            let form = match self.scenario.text(&place).filter(|_| stream.is_packs()) {
                Some("module") => Some(FeedForm::Module),
                Some(_) => Some(FeedForm::Cell),
                None => None,
            };
            let with_cells = if form == Some(FeedForm::Module) { parts.as_deref() } else { None };
            if form == Some(FeedForm::Module) && parts.is_none() {
                lacks_parts.get_or_insert(place);
            }
            opened.push(form.map(|form| Opened { form, keeps: self.left_on(composition, age, with_cells) }));
        }
        if let Some(place) = lacks_parts {
            let (title, label) =
                ("`composition.module_parts` is missing", "what of a pack stays with modules is not said");
            self.report(&place, "E0202", title, label, "write e.g. `[composition.module_parts]` with `default = 0.21`");
        }
        opened
    }

    /// The share of each substance of a pack that its cells hold, and `with_cells` of the pack layer, by year of arrival.
    fn left_on(&self, composition: &Composition, age: usize, with_cells: Option<&[f64]>) -> Content {
        let mut keeps = Content::empty(self.size.chemistries, self.size.years, self.size.substances);
        for chemistry in all::<ChemistryId>(self.size.chemistries) {
            for year in all::<YearId>(self.size.years) {
                let made = YearId::new(year.index().saturating_sub(age));
                let of = |layer: &Content, s: usize| layer.of(chemistry, made)[s];
                for s in 0..self.size.substances {
                    let whole = of(&composition.whole_pack, s);
                    let along = with_cells.map_or(0.0, |parts| parts[s]) * of(&composition.pack, s);
                    let share = (of(&composition.whole_cell, s) + along) / whole;
                    *keeps.at_mut(chemistry, year, SubstanceId::new(s)) =
                        if whole > 0.0 { share.min(1.0) } else { 1.0 };
                }
            }
        }
        keeps
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
