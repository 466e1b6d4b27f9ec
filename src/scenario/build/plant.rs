//! Plants: flowsheets, calendars, yards, and who gets which part of the feed.

use super::Builder;
use crate::base::catalog::PlantNames;
use crate::base::ids::{Id, RegionId, SinkId, StepId, SubstanceId, Table, UnitId, all};
use crate::model::plant::calendar::{Calendar, RampUp};
use crate::model::plant::flowsheet::{Destination, Flowsheet, FlowsheetError, Outlet, Unit};
use crate::model::plant::{Discipline, FeedStream, Overflow, Plant, SinkKind, YardRule};
use crate::model::time::MONTHS;

/// The streams whose shares a scenario gives; what comes from another region is `purchased`.
const GIVEN: [FeedStream; 3] = [FeedStream::NewScrap, FeedStream::Retired, FeedStream::SecondLife];

impl Builder<'_> {
    /// All plants; their names go into the catalog.
    pub(super) fn plants(&mut self) -> Vec<Plant> {
        let names: Vec<String> = self.scenario.children("plant").into_iter().map(str::to_owned).collect();
        let mut plants: Vec<Plant> = Vec::new();
        for name in names {
            if let Some(plant) = self.plant(&name) {
                plants.push(plant);
            }
        }
        for stream in GIVEN {
            self.share_out(stream, &mut plants);
        }
        plants
    }

    fn plant(&mut self, name: &str) -> Option<Plant> {
        let key = format!("plant.{name}");
        let mut names = PlantNames {
            name: name.to_owned(),
            units: self.scenario.children(&format!("{key}.unit")).into_iter().map(str::to_owned).collect(),
            ..PlantNames::default()
        };
        let (units, kinds) = self.units(&key, &mut names);
        let flowsheet = self.solve(&key, &names, &units, kinds.len());
        let compounds = self.compounds(&key, &mut names);
        let amounts = flowsheet.as_ref().map_or_else(Vec::new, |solved| self.amounts(&key, &mut names, solved));
        let region = self.region(&format!("{key}.region"));
        let running = self.calendar(&key).steps(&self.horizon);
        let accepted = self.scenario.names(&format!("{key}.accepts"));
        let accepts =
            self.catalog.chemistries.iter().map(|k| accepted.is_empty() || accepted.contains(&k.as_str())).collect();
        let yard = self.yard(&format!("yard.{name}"));
        let back = format!("return.{name}");
        let lag = self
            .scenario
            .number(&format!("{back}.lag"))
            .map_or(1, |years| (years / self.horizon.dt()).round() as usize);
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
        let plant = Plant {
            region: region?,
            nameplate: self.scenario.number(&format!("{key}.capacity")).unwrap_or(0.0),
            running,
            accepts,
            units,
            flowsheet: flowsheet?,
            sinks: kinds,
            compounds,
            amounts,
            yard,
            share: vec![Table::filled(self.size.regions, steps, 0.0); GIVEN.len()],
            lag: lag.max(1),
            closed_loop_share: self.state(&format!("{back}.closed_loop_share"), 1.0),
            returns_to: returns_to?,
        };
        self.catalog.plants.push(names);
        Some(plant)
    }

    fn region(&self, key: &str) -> Option<RegionId> {
        let name = self.scenario.text(key)?;
        self.catalog.regions.iter().position(|known| known == name).map(RegionId::new)
    }

    /// Units with their outlets and transfer coefficients, and what each sink is.
    fn units(&mut self, key: &str, names: &mut PlantNames) -> (Vec<Unit>, Vec<SinkKind>) {
        let mut kinds = Vec::new();
        let units = names.units.clone();
        let built = units
            .iter()
            .map(|unit| {
                let unit_key = format!("{key}.unit.{unit}");
                let outlet_names: Vec<String> =
                    self.scenario.children(&format!("{unit_key}.outlets")).into_iter().map(str::to_owned).collect();
                let mut outlets: Vec<Outlet> = outlet_names
                    .iter()
                    .map(|outlet| Outlet {
                        to: self.destination(key, &format!("{unit_key}.outlets.{outlet}"), names, &mut kinds),
                        transfer: vec![0.0; self.size.substances],
                    })
                    .collect();
                for substance in all::<SubstanceId>(self.size.substances) {
                    self.transfer_row(&unit_key, substance, &outlet_names, &mut outlets);
                }
                Unit { outlets, capacity: self.scenario.number(&format!("{unit_key}.capacity")) }
            })
            .collect();
        (built, kinds)
    }

    /// Transfer coefficients of a substance through a unit; a substance without a row is reported, never assumed.
    fn transfer_row(
        &mut self,
        unit_key: &str,
        substance: SubstanceId,
        outlet_names: &[String],
        outlets: &mut [Outlet],
    ) {
        let name = self.catalog.substance(substance).to_owned();
        let own = format!("{unit_key}.transfer.{name}");
        let mix = self.scenario.mix(&own).or_else(|| self.scenario.mix(&format!("{unit_key}.transfer.default")));
        let Some(mix) = mix else {
            let title = format!("`{name}` has no transfer row in `{unit_key}`");
            let help = format!(
                "write e.g. `{name} = {{ {} = 1.0 }}`, or a row `default`",
                outlet_names.first().map_or("outlet", String::as_str)
            );
            self.report(&format!("{unit_key}.transfer"), "E0308", title, "where it goes is not said", &help);
            return;
        };
        let moment = f64::from(self.horizon.start_year);
        for (outlet, share) in mix.names().zip(mix.at(moment)) {
            if let Some(place) = outlet_names.iter().position(|known| known == outlet) {
                outlets[place].transfer[substance.index()] = share;
            }
        }
    }

    /// Where an outlet leads; a sink named twice is one sink.
    fn destination(
        &mut self,
        plant: &str,
        key: &str,
        names: &mut PlantNames,
        kinds: &mut Vec<SinkKind>,
    ) -> Destination {
        let text = self.scenario.text(key).unwrap_or_default();
        let Some((kind, _)) = text.split_once(':') else {
            let unit = names.units.iter().position(|unit| unit == text).unwrap_or(0);
            return Destination::Unit(UnitId::new(unit));
        };
        let known = names.sinks.iter().position(|sink| sink == text);
        let sink = known.unwrap_or_else(|| {
            names.sinks.push(text.to_owned());
            kinds.push(self.sink_kind(plant, kind, text));
            names.sinks.len() - 1
        });
        Destination::Sink(SinkId::new(sink))
    }

    /// A product returns to cell making if the scenario says so; if it says nothing, battery grade does.
    fn sink_kind(&self, plant: &str, kind: &str, text: &str) -> SinkKind {
        let product = text.split_once(':').map_or(text, |(_, name)| name);
        let key = format!("{plant}.product.{product}");
        match kind {
            "residue" => SinkKind::Residue,
            "emission" => SinkKind::Emission,
            _ => {
                let battery_grade = self.scenario.text(&format!("{key}.grade")) == Some("battery");
                let returns = self.scenario.flag(&format!("{key}.returns")).unwrap_or(battery_grade);
                if returns { SinkKind::ReturningProduct } else { SinkKind::SoldProduct }
            }
        }
    }

    /// Solves the flowsheet for packs and for production scrap.
    fn solve(&mut self, key: &str, names: &PlantNames, units: &[Unit], sinks: usize) -> Option<Flowsheet> {
        let entry = |form: &str| {
            let text = self.scenario.text(&format!("{key}.feed.{form}"))?;
            names.units.iter().position(|unit| unit == text).map(UnitId::new)
        };
        let Some(pack) = entry("pack") else {
            let title = format!("`{key}.feed.pack` is missing");
            let help = "name the unit, e.g. `feed = { pack = \"discharge\" }`, or a `route` that does";
            self.report(key, "E0202", title, "at which unit packs enter is not said", help);
            return None;
        };
        let scrap = entry("scrap").unwrap_or(pack);
        match Flowsheet::solve(units, sinks, self.size.substances, &[pack, scrap]) {
            Ok(flowsheet) => Some(flowsheet),
            Err(FlowsheetError::Unreached(unit)) => {
                let unit = &names.units[unit.index()];
                let title = format!("no feed ever reaches unit `{unit}`");
                let help = "lead an outlet to it, or take it out";
                self.report(&format!("{key}.unit.{unit}"), "E0308", title, "no outlet leads here", help);
                None
            }
            Err(FlowsheetError::NoExit { substance, units }) => {
                let units: Vec<&str> = units.iter().map(|unit| names.units[unit.index()].as_str()).collect();
                let title = format!("`{}` never leaves {}", self.catalog.substance(substance), units.join(", "));
                let first = units.first().copied().unwrap_or_default().to_owned();
                let help = "give it an outlet to a product, residue or emission";
                self.report(&format!("{key}.unit.{first}"), "E0308", title, "the recycle stream has no exit", help);
                None
            }
        }
    }

    fn calendar(&mut self, key: &str) -> Calendar {
        let months = f64::from(MONTHS);
        let number = |name: &str| self.scenario.number(&format!("{key}.{name}"));
        let lead = number("construction.lead").unwrap_or(0.0) * months;
        // Without `construction` the plant is ready when the run begins.
        let start = self.scenario.month(&format!("{key}.construction.start"));
        let construction_start = start
            .map_or(-lead, |(year, month)| f64::from(year - self.horizon.start_year) * months + f64::from(month) - 1.0);
        let (initial, duration) = (number("ramp_up.initial").unwrap_or(0.0), number("ramp_up.duration"));
        let ramp_up = match (self.scenario.text(&format!("{key}.ramp_up.profile")), duration) {
            (Some("table"), _) => {
                RampUp::Table(self.scenario.numbers(&format!("{key}.ramp_up.table")).unwrap_or(&[]).to_vec())
            }
            (Some("linear"), Some(duration)) if duration > 0.0 => RampUp::Linear { initial, duration },
            (Some("logistic"), Some(duration)) if duration > 0.0 => RampUp::Logistic { initial, duration },
            _ => RampUp::None,
        };
        let planned = number("planned_outage.every").zip(number("planned_outage.length"));
        let planned_outage = planned.map(|(every, length)| (every * months, length * months));
        if planned_outage.is_some_and(|(every, length)| every <= length) {
            let help = "make the outage shorter than the time between two";
            self.report(
                &format!("{key}.planned_outage"),
                "E0203",
                "the plant is always in its planned outage",
                "length is not below every",
                help,
            );
        }
        let failures = number("unplanned_outage.mtbf").zip(number("unplanned_outage.mttr"));
        if failures.is_some_and(|(between, repair)| repair >= between) {
            let help = "make the time to repair shorter than the time between failures";
            self.report(
                &format!("{key}.unplanned_outage"),
                "E0203",
                "the plant is broken more than it runs",
                "mttr is not below mtbf",
                help,
            );
        }
        let availability = failures.map_or(1.0, |(between, repair)| between / (between + repair));
        let planned_outage = planned_outage.filter(|(every, length)| every > length);
        Calendar { construction_start, lead, ramp_up, planned_outage, availability }
    }

    fn yard(&self, key: &str) -> YardRule {
        let names = self.scenario.names(&format!("{key}.priority"));
        let named: Vec<FeedStream> =
            names.iter().filter_map(|name| FeedStream::ALL.into_iter().find(|stream| stream.name() == *name)).collect();
        // Streams the list leaves out come last, in the usual order.
        let mut order = named;
        let others: Vec<FeedStream> = FeedStream::ALL.into_iter().filter(|stream| !order.contains(stream)).collect();
        order.extend(others);
        let priority = self.scenario.text(&format!("{key}.discipline")) == Some("priority");
        YardRule {
            limit: self.scenario.number(&format!("{key}.limit")).unwrap_or(f64::INFINITY),
            discipline: if priority { Discipline::Priority(order.clone()) } else { Discipline::Mixed },
            order,
            overflow: match self.scenario.text(&format!("{key}.overflow")) {
                Some("declined") => Overflow::Declined,
                _ => Overflow::Diverted,
            },
        }
    }

    /// The share of a stream that goes to each plant. A plant takes nothing before it is built; `"rest"` is what the
    /// other plants do not take.
    fn share_out(&mut self, stream: FeedStream, plants: &mut [Plant]) {
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
                let mut taken = 0.0;
                for (index, plant) in plants.iter_mut().enumerate().filter(|(index, _)| !rest.contains(index)) {
                    let share = if is_open(plant, step) { given[index][step.index()] } else { 0.0 };
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
                if let Some(index) = rest.first().filter(|index| is_open(&plants[**index], step)) {
                    plants[*index].share[stream as usize][(region, step)] = (1.0 - taken).max(0.0);
                }
            }
        }
    }
}

/// Whether a plant has been commissioned: it takes feed through its shutdowns, but not before it stands.
fn is_open(plant: &Plant, step: StepId) -> bool {
    use crate::model::plant::calendar::Phase;
    !matches!(plant.running[step.index()].phase, Phase::NotBuilt | Phase::Construction)
}
