//! Burden factors: every input that is used has one, or it is reported.

use super::Builder;
use crate::base::catalog::{AmountName, PlantNames};
use crate::base::series::{Before, Series, Then};
use crate::base::units::{Dimension, Unit};
use crate::model::burden::{Burden, Burdens, Cause, Factor, PlantBurdens};
use crate::model::plant::{FeedStream, Plant, SinkKind};
use crate::scenario::CsvTable;

/// Factors that stand for whatever has none of its own name.
const RESIDUE: &str = "residue";
/// The item of freight, per mass and distance.
const FREIGHT: &str = "freight";
/// The item of electricity.
const ELECTRICITY: &str = "electricity";

/// A factor that is asked for: the table, the row's name and what one unit of the thing is.
struct Asked<'k> {
    key: &'static str,
    column: &'static str,
    item: &'k str,
    unit: Unit,
}

impl Builder<'_> {
    /// All factors; none if the scenario does not ask for burdens.
    pub(super) fn burdens(&mut self, plants: &[Plant]) -> Option<Burdens> {
        self.scenario.csv("burdens.factors")?;
        let electricity = self.electricity();
        let tonne = || Unit::parse("t").unwrap_or_else(|_| Unit::none());
        let primary: Vec<Factor> = self
            .catalog
            .substances
            .clone()
            .iter()
            .map(|substance| {
                let asked = Asked { key: "burdens.primary", column: "substance", item: substance, unit: tonne() };
                self.factor(&asked, "burdens.primary", "primary material")
            })
            .collect();
        let chemistries = self.catalog.chemistries.iter();
        let start = f64::from(self.horizon.start_year);
        let cell_making = chemistries
            .map(|name| self.scenario.by_name("burdens.cell_making", name).map_or(0.0, |series| series.at(start)))
            .collect();
        let names = self.catalog.plants.clone();
        let plants =
            names.iter().zip(plants).map(|(names, plant)| self.plant_burdens(names, plant, &electricity)).collect();
        Some(Burdens { primary, electricity, cell_making, plants })
    }

    /// Calendar years of the run.
    fn run_years(&self) -> std::ops::Range<i32> {
        self.horizon.start_year..self.horizon.end_year()
    }

    /// The grid by year, its greenhouse gases as the scenario says.
    fn electricity(&mut self) -> Factor {
        let unit = Unit::parse("kWh").unwrap_or_else(|_| Unit::none());
        let asked = Asked { key: "burdens.factors", column: "item", item: ELECTRICITY, unit };
        let mut factor = self.factor(&asked, "burdens.factors", "electricity");
        if let Some(grid) = self.scenario.series("burdens.grid") {
            for (year, row) in self.run_years().zip(&mut factor.0) {
                row[Burden::Ghg as usize] = grid.at(f64::from(year) + 0.5);
            }
        }
        factor
    }

    fn plant_burdens(&mut self, names: &PlantNames, plant: &Plant, electricity: &Factor) -> PlantBurdens {
        let key = format!("plant.{}", names.name);
        let amounts = names.amounts.iter().map(|name| self.amount(&key, names, name, electricity)).collect();
        let tonne = Unit::parse("t").unwrap_or_else(|_| Unit::none());
        let residues = plant
            .sinks
            .iter()
            .zip(&names.sinks)
            .map(|(kind, sink)| {
                (*kind == SinkKind::Residue).then(|| {
                    let name = sink.split_once(':').map_or(sink.as_str(), |(_, name)| name);
                    let own = self.has("burdens.factors", "item", name);
                    let item = if own { name } else { RESIDUE };
                    let asked = Asked { key: "burdens.factors", column: "item", item, unit: tonne.clone() };
                    self.factor(&asked, &key, "residues")
                })
            })
            .collect();
        let way = format!("plant.{}.freight", names.name);
        let freight = FeedStream::ALL.map(|stream| self.freight_burden(&way, stream));
        PlantBurdens { amounts, residues, freight }
    }

    /// What a tonne of a stream costs on its way.
    fn freight_burden(&mut self, way: &str, stream: FeedStream) -> Factor {
        let key = format!("{way}.{}.distance", stream.name());
        let given = self.scenario.number(&key).map(|distance| (key, distance));
        let Some((key, distance)) = given.filter(|(_, distance)| *distance > 0.0) else {
            return Factor::none(self.run_years().len());
        };
        let unit = Unit::parse("t*km").unwrap_or_else(|_| Unit::none());
        let asked = Asked { key: "burdens.factors", column: "item", item: FREIGHT, unit };
        let mut factor = self.factor(&asked, &key, "freight");
        factor.0.iter_mut().flatten().for_each(|value| *value *= distance);
        factor
    }

    /// The factor of something a plant uses or gives off; what is counted in time carries none.
    fn amount(
        &mut self,
        plant: &str,
        names: &PlantNames,
        name: &AmountName,
        electricity: &Factor,
    ) -> Option<(Cause, Factor)> {
        let unit = Unit::parse(name.unit).unwrap_or_else(|_| Unit::none());
        if unit.dimension() == Dimension::TIME {
            return None;
        }
        if name.name == ELECTRICITY {
            let per_unit = unit.to_base(1.0);
            let rows = electricity.0.iter().map(|row| row.map(|value| value * per_unit));
            return Some((Cause::Electricity, Factor(rows.collect())));
        }
        let section = if name.kind == crate::base::catalog::AmountKind::Input { "inputs" } else { "releases" };
        let used = |unit: &&String| self.scenario.has(&format!("{plant}.unit.{unit}.{section}.{}", name.name));
        let place = names.units.iter().find(used);
        let place = place.map_or(plant.to_owned(), |unit| format!("{plant}.unit.{unit}.{section}.{}", name.name));
        let asked = Asked { key: "burdens.factors", column: "item", item: &name.name, unit };
        let factor = self.factor(&asked, &place, &format!("`{}`", name.name));
        let cause = self.table("burdens.factors").and_then(|table| {
            let row = table.rows().find(|row| row.text("item") == name.name)?;
            Cause::ALL.into_iter().find(|cause| cause.name() == row.text("cause"))
        });
        Some((cause.unwrap_or(Cause::Reagents), factor))
    }

    fn table(&self, key: &str) -> Option<&CsvTable> {
        self.scenario.csv(key)
    }

    fn has(&self, key: &str, column: &str, item: &str) -> bool {
        self.table(key).is_some_and(|table| table.rows().any(|row| row.text(column) == item))
    }

    /// All burdens of a thing by year. What is missing is reported at the place where it is used.
    fn factor(&mut self, asked: &Asked<'_>, place: &str, what: &str) -> Factor {
        let years = self.run_years();
        let mut factor = Factor::none(years.len());
        let mut missing = Vec::new();
        for burden in Burden::ALL {
            match self.series_of(asked, burden) {
                Some(series) => {
                    for (year, row) in years.clone().zip(&mut factor.0) {
                        row[burden as usize] = series.at(f64::from(year) + 0.5);
                    }
                }
                None => missing.push(burden.name()),
            }
        }
        if !missing.is_empty() {
            let title = format!("no burden factor for {what}: {}", missing.join(", "));
            let label = format!("no row `{}` in `{}`", asked.item, asked.key);
            let help = "add the rows, with 0 where nothing is to be counted; or leave `burdens` out";
            // A place in a table of the scenario is shown where it stands; a missing table at its section.
            self.report(place, "E0406", title, label, help);
        }
        factor
    }

    /// A burden of a thing over the years, per unit of the thing.
    fn series_of(&mut self, asked: &Asked<'_>, burden: Burden) -> Option<Series> {
        let scenario = self.scenario;
        let table = scenario.csv(asked.key)?;
        let of_burden = match burden {
            Burden::Ghg | Burden::Water => Dimension::MASS,
            Burden::Energy => Dimension::ENERGY,
        };
        let expected = of_burden.per(asked.unit.dimension());
        let mut points: Vec<(i32, f64)> = Vec::new();
        for row in
            table.rows().filter(|row| row.text(asked.column) == asked.item && row.text("burden") == burden.name())
        {
            let dimension = Unit::parse(row.text("unit")).map_or(Dimension::NONE, |unit| unit.dimension());
            if dimension != expected {
                let title = format!("`{}` of `{}` needs {expected}, got {dimension}", burden.name(), asked.item);
                let help = format!("it is counted per {}", asked.unit.text());
                let problem = scenario.problem_in_csv(&row, "unit", "E0302", title, "another kind of unit", help);
                self.problems.push(problem);
            }
            let value = row.number("value").unwrap_or(0.0) * asked.unit.to_base(1.0);
            points.push((row.year("year").unwrap_or(0), value));
        }
        Series::new(points, Before::Hold, Then::Hold)
    }
}
