//! Flowsheets: units, their outlets and transfer coefficients, and what feed does in them.

use super::Builder;
use crate::base::catalog::PlantNames;
use crate::base::ids::{Id, LineId, SinkId, SubstanceId, UnitId, all};
use crate::model::plant::flowsheet::{Destination, Entrance, Entry, Flowsheet, FlowsheetError, Outlet, Unit};
use crate::model::plant::{FeedForm, SinkKind};

/// The outlets that black mass leaves by: where the mechanical stage ends, whatever follows.
const BLACK_MASS: &str = "black_mass";

/// Share of each substance that reaches the black mass, by entry; all of what enters as such.
pub(super) fn powder(flowsheet: &Flowsheet, units: &[Unit], outlets: &[Vec<String>]) -> Vec<Vec<f64>> {
    let named: Vec<(usize, &Outlet)> = units
        .iter()
        .zip(outlets)
        .enumerate()
        .flat_map(|(at, (unit, names))| unit.outlets.iter().zip(names).map(move |(outlet, name)| (at, outlet, name)))
        .filter(|(_, _, name)| *name == BLACK_MASS)
        .map(|(at, outlet, _)| (at, outlet))
        .collect();
    let of_entry = |(at, entry): (usize, &Entry)| {
        let bought = FeedForm::of_entry(at) == FeedForm::BlackMass && !named.is_empty();
        let share = |(s, load): (usize, &Vec<f64>)| {
            if bought { 1.0 } else { named.iter().map(|(unit, outlet)| load[*unit] * outlet.transfer[s]).sum() }
        };
        entry.load.iter().enumerate().map(share).collect()
    };
    flowsheet.entries.iter().enumerate().map(of_entry).collect()
}

impl Builder<'_> {
    /// Units with their outlets and transfer coefficients, and what each sink is.
    pub(super) fn units(&mut self, key: &str, names: &mut PlantNames) -> (Vec<Unit>, Vec<SinkKind>) {
        let mut kinds = Vec::new();
        let units = names.units.clone();
        let built = units
            .iter()
            .map(|unit| {
                let unit_key = format!("{key}.unit.{unit}");
                let outlet_names: Vec<String> =
                    self.scenario.children(&format!("{unit_key}.outlets")).into_iter().map(str::to_owned).collect();
                names.outlets.push(outlet_names.clone());
                let mut outlets: Vec<Outlet> = outlet_names
                    .iter()
                    .map(|outlet| Outlet {
                        to: self.destinations(key, &format!("{unit_key}.outlets.{outlet}"), names, &mut kinds),
                        transfer: vec![0.0; self.size.substances],
                    })
                    .collect();
                for substance in all::<SubstanceId>(self.size.substances) {
                    self.transfer_row(&unit_key, substance, &outlet_names, &mut outlets);
                }
                self.reagent_row(&unit_key, &outlet_names, &mut outlets);
                Unit { outlets }
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

    /// Where an outlet leads, by line.
    fn destinations(
        &mut self,
        plant: &str,
        key: &str,
        names: &mut PlantNames,
        kinds: &mut Vec<SinkKind>,
    ) -> Vec<Destination> {
        let mut missing = None;
        let by_line = names.lines.clone().into_iter().map(|line| {
            let text = self.scenario.text(key).or_else(|| self.scenario.text(&format!("{key}.{line}")));
            if text.is_none() {
                missing.get_or_insert(line);
            }
            self.destination(plant, text.unwrap_or_default(), names, kinds)
        });
        let by_line: Vec<Destination> = by_line.collect();
        if let Some(line) = missing {
            let title = format!("`{key}` does not say where line `{line}` leads");
            let help = format!("write e.g. `{line} = \"leaching\"`, or one destination for all lines");
            self.report(key, "E0308", title, "no destination for this line", &help);
        }
        by_line
    }

    /// Where a line's outlet leads; a sink named twice is one sink.
    fn destination(&self, plant: &str, text: &str, names: &mut PlantNames, kinds: &mut Vec<SinkKind>) -> Destination {
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

    /// Solves the flowsheet for every line and form of feed. A form that is not named enters where its neighbour does:
    /// packs after a second life, modules and rejected cells where packs do, cells of packs and electrodes where rejected
    /// cells do, black mass where electrodes do. What comes opened after a second life enters where modules or cells do.
    pub(super) fn solve(&mut self, key: &str, names: &PlantNames, units: &[Unit], sinks: usize) -> Option<Flowsheet> {
        let entry = |form: FeedForm| {
            let text = self.scenario.text(&format!("{key}.feed.{}", form.name()))?;
            names.units.iter().position(|unit| unit == text).map(UnitId::new)
        };
        let Some(pack) = entry(FeedForm::Pack) else {
            let title = format!("`{key}.feed.pack` is missing");
            let help = "name the unit, e.g. `feed = { pack = \"discharge\" }`, or a `route` that does";
            self.report(key, "E0202", title, "at which unit packs enter is not said", help);
            return None;
        };
        let scrap = entry(FeedForm::Scrap).unwrap_or(pack);
        let electrode = entry(FeedForm::Electrode).unwrap_or(scrap);
        let module = entry(FeedForm::Module).unwrap_or(pack);
        let cell = entry(FeedForm::Cell).unwrap_or(scrap);
        let second_life = match self.scenario.text(&format!("yard.{}.opened.second_life", names.name)) {
            Some("module") => module,
            Some(_) => cell,
            None => entry(FeedForm::SecondLife).unwrap_or(pack),
        };
        let forms = FeedForm::ALL.map(|form| match form {
            FeedForm::Pack => pack,
            FeedForm::SecondLife => second_life,
            FeedForm::Module => module,
            FeedForm::Cell => cell,
            FeedForm::Scrap => scrap,
            FeedForm::Electrode => electrode,
            FeedForm::BlackMass => entry(form).unwrap_or(electrode),
        });
        let entrances: Vec<Entrance> =
            all::<LineId>(names.lines.len()).flat_map(|line| forms.map(|unit| Entrance { line, unit })).collect();
        match Flowsheet::solve(units, sinks, self.size.substances, &entrances) {
            Ok(flowsheet) => Some(flowsheet),
            Err(error) => {
                self.refuse(key, names, &error);
                None
            }
        }
    }

    /// Reports why a flowsheet cannot be solved.
    pub(super) fn refuse(&mut self, key: &str, names: &PlantNames, error: &FlowsheetError) {
        match error {
            FlowsheetError::Unreached(unit) => {
                let unit = &names.units[unit.index()];
                let title = format!("no feed ever reaches unit `{unit}`");
                let help = "lead an outlet to it, or take it out";
                self.report(&format!("{key}.unit.{unit}"), "E0308", title, "no outlet leads here", help);
            }
            FlowsheetError::NoExit { substance, units } => {
                let units: Vec<&str> = units.iter().map(|unit| names.units[unit.index()].as_str()).collect();
                // What reagents bring comes after the substances.
                let what = self.catalog.substances.get(substance.index()).map_or("reagents", String::as_str);
                let title = format!("`{what}` never leaves {}", units.join(", "));
                let first = units.first().copied().unwrap_or_default().to_owned();
                let help = "give it an outlet to a product, residue or emission";
                self.report(&format!("{key}.unit.{first}"), "E0308", title, "the recycle stream has no exit", help);
            }
        }
    }
}
