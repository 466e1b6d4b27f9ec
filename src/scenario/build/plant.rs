//! Plants: what stands in a `[plant.NAME]` table and its route.

use super::{Builder, flowsheet};
use crate::base::catalog::PlantNames;
use crate::base::ids::{ChemistryId, Id, LineId, RegionId, SinkId, Table, UnitId};
use crate::model::composition::Composition;
use crate::model::plant::accounts::{Amount, Compound};
use crate::model::plant::flowsheet::{Entry, Flowsheet, Unit};
use crate::model::plant::limits::{Cap, Limit, QuotaRule, StoreRule};
use crate::model::plant::reagents::{Carried, Reagent};
use crate::model::plant::{FeedStream, Line, Plant, Purchase, SinkKind};

/// The streams whose shares a scenario gives; what comes from another region is `purchased`.
const GIVEN: [FeedStream; 3] = [FeedStream::NewScrap, FeedStream::Retired, FeedStream::SecondLife];

/// The units of a plant, and what follows from them alone.
#[derive(Clone)]
struct Process {
    units: Vec<Unit>,
    /// What each sink is.
    kinds: Vec<SinkKind>,
    /// Nothing if it has no solution.
    flowsheet: Option<Flowsheet>,
    /// What each sink is sold as.
    compounds: Vec<Option<Compound>>,
    amounts: Vec<Amount>,
    /// What reagents bring.
    reagents: Vec<Reagent>,
    /// What of it goes into products.
    carried: Vec<Carried>,
}

impl Builder<'_> {
    /// All plants; their names go into the catalog.
    pub(super) fn plants(&mut self, composition: &Composition) -> Vec<Plant> {
        let names: Vec<String> = self.scenario.children("plant").into_iter().map(str::to_owned).collect();
        let mut plants: Vec<Plant> = Vec::new();
        for name in names {
            if let Some(plant) = self.plant(&name, composition) {
                plants.push(plant);
            }
        }
        for stream in GIVEN {
            self.share_out(stream, &mut plants);
        }
        plants
    }

    fn plant(&mut self, name: &str, composition: &Composition) -> Option<Plant> {
        let key = format!("plant.{name}");
        let of = |what: &str| self.scenario.children(&format!("{key}.{what}")).into_iter().map(str::to_owned);
        let mut names = PlantNames {
            name: name.to_owned(),
            lines: of("line").collect(),
            units: of("unit").collect(),
            ..PlantNames::default()
        };
        let (lines, line_of) = self.lines(&key, &mut names);
        let Process { units, kinds, flowsheet, compounds, amounts, reagents, carried } = self.route(&key, &mut names);
        let (stores, quotas) = self.stores_and_quotas(&key, &names, &compounds);
        let purchases = self.purchases(&key, &line_of);
        let region = self.region(&format!("{key}.region"));
        let (nameplate, running) = self.standing(&key);
        let yard = self.yard(&format!("yard.{name}"));
        let opened = self.opened(&format!("yard.{name}.opened"), composition);
        let back = format!("return.{name}");
        let lag = self
            .scenario
            .number(&format!("{back}.lag"))
            .map_or(1, |years| (years / self.horizon.dt()).round() as usize)
            // What is underway when the run ends has not arrived, however long it takes.
            .min(self.horizon.steps.max(1));
        if lag == 0 {
            let title = format!("`{back}.lag` is shorter than a step");
            self.report(
                &format!("{back}.lag"),
                "E0203",
                title,
                "what is recovered is usable from the next step on",
                "write at least one step, e.g. `lag = \"1 month\"`",
            );
        }
        let to = format!("{back}.to");
        let returns_to = if self.scenario.text(&to).is_some() { self.region(&to) } else { region };
        let steps = self.horizon.steps;
        let flowsheet = flowsheet?;
        let (caps, cap_capacity) = self.caps(&key, &names, &flowsheet, &carried, &stores, &quotas);
        let counted = self.scenario.names(&format!("{key}.counts"));
        let plant = Plant {
            region: region?,
            nameplate,
            running,
            lines,
            line_of,
            counts: FeedStream::ALL.map(|stream| counted.is_empty() || counted.contains(&stream.name())),
            powder: flowsheet::powder(&flowsheet, &units, &names.outlets),
            units,
            shares: flowsheet.entries.iter().map(|entry| by_sink(entry, kinds.len(), self.size.width())).collect(),
            flowsheet,
            caps,
            cap_capacity,
            stores,
            quotas,
            purchases,
            sinks: kinds,
            graded: names.products.iter().map(|product| product.grade.is_some()).collect(),
            compounds,
            amounts,
            reagents,
            carried,
            yard,
            opened,
            share: vec![Table::filled(self.size.regions, steps, 0.0); GIVEN.len()],
            lag: lag.max(1),
            closed_loop_share: self.state(&format!("{back}.closed_loop_share"), 1.0),
            returns_to: returns_to?,
        };
        self.catalog.plants.push(names);
        Some(plant)
    }

    /// What feed does in the units of a plant.
    fn route(&mut self, key: &str, names: &mut PlantNames) -> Process {
        let part = format!("process of {key}");
        let making = match self.recall(&part) {
            Ok((known, process)) => {
                *names = known;
                return process;
            }
            Err(making) => making,
        };
        let (units, kinds) = self.units(key, names);
        let flowsheet = self.solve(key, names, &units, kinds.len());
        let compounds = self.compounds(key, names);
        let amounts = flowsheet.as_ref().map_or_else(Vec::new, |solved| self.amounts(key, names, solved));
        let reagents = self.reagents(key, names);
        let carried =
            flowsheet.as_ref().map_or_else(Vec::new, |solved| self.carried(key, names, &reagents, &units, solved));
        let process = Process { units, kinds, flowsheet, compounds, amounts, reagents, carried };
        self.keep(&part, &making, (names.clone(), process)).1
    }

    /// The lines of a plant and the one that takes each chemistry: the first that accepts it. A plant without named lines
    /// has one.
    fn lines(&mut self, key: &str, names: &mut PlantNames) -> (Vec<Line>, Vec<Option<LineId>>) {
        let accepted = self.scenario.names(&format!("{key}.accepts"));
        let accepts = |list: &[&str], name: &str| list.is_empty() || list.contains(&name);
        let chemistries = &self.catalog.chemistries;
        if names.lines.is_empty() {
            names.lines.push(names.name.clone());
            let line_of = chemistries.iter().map(|name| accepts(&accepted, name).then(|| LineId::new(0)));
            return (vec![Line::default()], line_of.collect());
        }
        let lists: Vec<Vec<&str>> =
            names.lines.iter().map(|line| self.scenario.names(&format!("{key}.line.{line}.accepts"))).collect();
        let line_of = chemistries
            .iter()
            .map(|name| {
                let line = lists.iter().position(|list| list.contains(&name.as_str()));
                line.filter(|_| accepts(&accepted, name)).map(LineId::new)
            })
            .collect();
        for name in accepted.iter().filter(|name| !lists.iter().any(|list| list.contains(name))) {
            let title = format!("no line of the plant accepts `{name}`");
            let help = "add it to the `accepts` of a line, or take it out of the plant's";
            self.problems.push(self.scenario.problem_at(
                &format!("{key}.accepts"),
                "E0305",
                title,
                "accepted here",
                help,
            ));
        }
        let lines = names.lines.iter().map(|line| {
            let capacity = format!("{key}.line.{line}.capacity");
            Line { capacity: self.scenario.series(&capacity).map(|series| self.by_step(series)) }
        });
        (lines.collect(), line_of)
    }

    /// Product stores, and quotas of residues and emissions.
    fn stores_and_quotas(
        &self,
        key: &str,
        names: &PlantNames,
        compounds: &[Option<Compound>],
    ) -> (Vec<StoreRule>, Vec<QuotaRule>) {
        let (mut stores, mut quotas) = (Vec::new(), Vec::new());
        for (index, text) in names.sinks.iter().enumerate() {
            let Some((kind, name)) = text.split_once(':') else { continue };
            let number = |what: &str| self.scenario.number(&format!("{key}.{kind}.{name}.{what}"));
            let sink = SinkId::new(index);
            if let Some(sales) = number("sales") {
                let mut weight = vec![if compounds[index].is_some() { 0.0 } else { 1.0 }; self.size.substances];
                if let Some(compound) = compounds[index] {
                    weight[compound.element.index()] = compound.mass;
                }
                stores.push(StoreRule { sink, limit: number("store").unwrap_or(0.0), sales, weight });
            }
            if let Some(per_year) = number("quota") {
                quotas.push(QuotaRule { sink, per_year });
            }
        }
        (stores, quotas)
    }

    /// Black mass that may be bought.
    fn purchases(&mut self, key: &str, line_of: &[Option<LineId>]) -> Vec<Purchase> {
        let mut purchases = Vec::new();
        for (index, name) in self.catalog.chemistries.clone().iter().enumerate() {
            let key = format!("{key}.black_mass.{name}");
            let Some(limit) = self.scenario.series(&format!("{key}.limit")) else { continue };
            let limit = self.by_step(limit);
            if line_of[index].is_none() {
                let help = "buy what a line accepts, or let one accept it";
                self.report(&key, "E0305", format!("no line of the plant accepts `{name}`"), "bought here", help);
            }
            let mut composition = vec![0.0; self.size.width()];
            if let Some(mix) = self.scenario.mix(&format!("{key}.composition")) {
                for (name, share) in mix.names().zip(mix.at(f64::from(self.horizon.start_year))) {
                    if let Some(s) = self.catalog.substances.iter().position(|known| known == name) {
                        composition[s] = share;
                    }
                }
            }
            purchases.push(Purchase { chemistry: ChemistryId::new(index), limit, composition });
        }
        purchases
    }

    /// Everything that limits the plant through what is fed; with the capacities of units by step.
    fn caps(
        &self,
        key: &str,
        names: &PlantNames,
        flowsheet: &Flowsheet,
        carried: &[Carried],
        stores: &[StoreRule],
        quotas: &[QuotaRule],
    ) -> (Vec<Cap>, Vec<Vec<f64>>) {
        let per_tonne = |of: &dyn Fn(usize, &Entry) -> f64| -> Vec<Vec<f64>> {
            let entry = |entry: &Entry| (0..entry.load.len()).map(|s| of(s, entry)).collect();
            flowsheet.entries.iter().map(entry).collect()
        };
        let (mut caps, mut capacities) = (Vec::new(), Vec::new());
        for (index, unit) in names.units.iter().enumerate() {
            if let Some(capacity) = self.scenario.series(&format!("{key}.unit.{unit}.capacity")) {
                caps.push(Cap {
                    what: Limit::Unit(UnitId::new(index)),
                    per_tonne: per_tonne(&|s, entry| entry.load[s][index]),
                });
                capacities.push(self.by_step(capacity));
            }
        }
        for (index, rule) in stores.iter().enumerate() {
            let mut per_tonne = per_tonne(&|s, entry| entry.sinks[s][rule.sink.index()] * rule.weight[s]);
            add_carried(&mut per_tonne, carried, rule.sink, &rule.weight);
            caps.push(Cap { what: Limit::Store(index), per_tonne });
            capacities.push(Vec::new());
        }
        for (index, rule) in quotas.iter().enumerate() {
            let mut per_tonne = per_tonne(&|s, entry| entry.sinks[s][rule.sink.index()]);
            add_carried(&mut per_tonne, carried, rule.sink, &vec![1.0; self.size.substances]);
            caps.push(Cap { what: Limit::Quota(index), per_tonne });
            capacities.push(Vec::new());
        }
        (caps, capacities)
    }

    fn region(&self, key: &str) -> Option<RegionId> {
        let name = self.scenario.text(key)?;
        self.catalog.regions.iter().position(|known| known == name).map(RegionId::new)
    }
}

/// What reagents bring into a sink takes room there too.
fn add_carried(per_tonne: &mut [Vec<f64>], carried: &[Carried], sink: SinkId, weight: &[f64]) {
    for carried in carried.iter().filter(|carried| carried.sink == sink) {
        let weight = weight[carried.substance.index()];
        for (sums, row) in per_tonne.iter_mut().zip(&carried.per_tonne) {
            sums.iter_mut().zip(row).for_each(|(sum, part)| *sum += weight * part);
        }
    }
}

/// Shares that leave by each sink, sink by sink, in rows of a given length.
fn by_sink(entry: &Entry, sinks: usize, width: usize) -> Vec<f64> {
    let share = |s: usize, sink: usize| entry.sinks.get(s).map_or(0.0, |shares| shares[sink]);
    (0..sinks).flat_map(|sink| (0..width).map(move |s| share(s, sink))).collect()
}
