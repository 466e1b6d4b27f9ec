//! What batteries are made of, by chemistry, layer, substance and year of production.

use super::Builder;
use crate::base::ids::{ChemistryId, Id, SubstanceId, YearId, all};
use crate::base::series::{Before, Series, Then};
use crate::model::composition::{Composition, Content};
use std::collections::BTreeMap;

const LAYERS: [&str; 3] = ["electrode", "cell", "pack"];

/// Values by year; an empty year means all years.
type Points = Vec<(Option<i32>, f64)>;

fn series(points: &Points) -> Option<Series> {
    if let [(None, value)] = points.as_slice() {
        return Some(Series::constant(*value));
    }
    let dated: Option<Vec<(i32, f64)>> = points.iter().map(|(year, value)| Some(((*year)?, *value))).collect();
    Series::new(dated?, Before::Hold, Then::Hold)
}

impl Builder<'_> {
    /// The composition table, with the pack mass closed by the excess.
    pub(super) fn composition(&mut self) -> Composition {
        let size = self.size;
        let mut layers = [(); 3].map(|()| Content::empty(size.chemistries, size.years, size.substances));
        let mut given = vec![false; size.chemistries];
        for ((chemistry, layer, substance), points) in self.contents() {
            given[chemistry] = true;
            let Some(series) = series(&points) else {
                self.repeated_years("composition.file", chemistry);
                continue;
            };
            for year in all::<YearId>(size.years) {
                let value = series.at(self.middle_of(year));
                *layers[layer].at_mut(ChemistryId::new(chemistry), year, SubstanceId::new(substance)) += value;
            }
        }
        for (k, given) in given.iter().enumerate() {
            if !given {
                let name = self.catalog.chemistries[k].clone();
                let label = format!("there is no row for `{name}`");
                let title = format!("the composition of `{name}` is missing");
                self.report(
                    "composition.file",
                    "E0406",
                    title,
                    label,
                    "add its rows, or take it out of `system.chemistries`",
                );
            }
        }
        let [electrode, cell, mut pack] = layers;
        self.close_pack_mass(&electrode, &cell, &mut pack);
        Composition::new(electrode, cell, pack)
    }

    /// The packs of a year are those of its middle: the tables give states, which hold on 1 January.
    fn middle_of(&self, year: YearId) -> f64 {
        f64::from(self.horizon.calendar_year(year)) + 0.5
    }

    /// Rows of the composition table by chemistry, layer and substance.
    fn contents(&mut self) -> BTreeMap<(usize, usize, usize), Points> {
        let mut contents: BTreeMap<(usize, usize, usize), Points> = BTreeMap::new();
        let Some(table) = self.scenario.csv("composition.file") else {
            let help = "write e.g. `[composition]` with `file = \"data/composition.csv\"`";
            self.report(
                "composition.file",
                "E0202",
                "`composition.file` is missing",
                "what packs are made of is not said",
                help,
            );
            return contents;
        };
        let mut found = Vec::new();
        for row in table.rows() {
            let place = |names: &[String], column: &str| names.iter().position(|name| name == row.text(column));
            let layer = LAYERS.iter().position(|layer| *layer == row.text("layer"));
            let (chemistry, substance) =
                (place(&self.catalog.chemistries, "chemistry"), place(&self.catalog.substances, "substance"));
            match (chemistry, layer, substance, row.number("value")) {
                (Some(k), Some(l), Some(s), Ok(value)) => found.push(((k, l, s), (row.year("year"), value))),
                (_, _, _, Err(problem)) => self.problems.push(problem),
                _ => {}
            }
        }
        for (place, point) in found {
            contents.entry(place).or_default().push(point);
        }
        contents
    }

    /// Old packs weigh more than today's design: the difference goes to the pack layer by `composition.excess`.
    fn close_pack_mass(&mut self, electrode: &Content, cell: &Content, pack: &mut Content) {
        let Some(table) = self.scenario.csv("composition.pack_mass") else { return };
        let mut masses: BTreeMap<usize, Points> = BTreeMap::new();
        for row in table.rows() {
            let chemistry = self.catalog.chemistries.iter().position(|name| name == row.text("chemistry"));
            match (chemistry, row.number("value")) {
                (Some(k), Ok(value)) => masses.entry(k).or_default().push((row.year("year"), value)),
                (_, Err(problem)) => self.problems.push(problem),
                _ => {}
            }
        }
        let excess = self.excess();
        for (k, points) in masses {
            let Some(series) = series(&points) else {
                self.repeated_years("composition.pack_mass", k);
                continue;
            };
            for year in all::<YearId>(self.size.years) {
                let chemistry = ChemistryId::new(k);
                let sum = |layer: &Content| layer.of(chemistry, year).iter().sum::<f64>();
                let listed = sum(electrode) + sum(cell) + sum(pack);
                let mass = series.at(self.middle_of(year));
                // A kilogram per tonne of slack: the tables give four or five digits.
                if mass < listed * (1.0 - 1e-3) {
                    self.lighter_than_its_parts(k, year, mass, listed);
                    break;
                }
                for (s, share) in excess.iter().enumerate() {
                    *pack.at_mut(chemistry, year, SubstanceId::new(s)) += (mass - listed).max(0.0) * share;
                }
            }
        }
    }

    /// What pack mass beyond the listed contents consists of: `other`, unless said otherwise.
    fn excess(&mut self) -> Vec<f64> {
        let substances = &self.catalog.substances;
        let mut shares = vec![0.0; substances.len()];
        if let Some(mix) = self.scenario.mix("composition.excess") {
            let moment = f64::from(self.horizon.start_year);
            for (name, share) in mix.names().zip(mix.at(moment)) {
                if let Some(s) = substances.iter().position(|known| known == name) {
                    shares[s] += share;
                }
            }
        } else if let Some(other) = substances.iter().position(|name| name == "other") {
            shares[other] = 1.0;
        } else {
            let help = "write e.g. `excess = { steel = 1.0 }`, or add `other` to `system.substances`";
            let label = "there is no substance `other` to take the rest of the pack mass";
            self.report("composition.pack_mass", "E0202", "`composition.excess` is missing", label, help);
        }
        shares
    }

    fn lighter_than_its_parts(&mut self, chemistry: usize, year: YearId, mass: f64, listed: f64) {
        let name = &self.catalog.chemistries[chemistry];
        let title = format!("a pack of `{name}` weighs less than its parts");
        let label = format!(
            "{:.4} kg/kWh in {}, but its contents add up to {:.4} kg/kWh",
            mass * 1e3,
            self.horizon.calendar_year(year),
            listed * 1e3
        );
        let help = "raise the pack mass, or give lighter contents for those years in `composition.file`";
        self.report("composition.pack_mass", "E0305", title, label, help);
    }

    fn repeated_years(&mut self, key: &str, chemistry: usize) {
        let name = &self.catalog.chemistries[chemistry];
        let title = format!("a value of `{name}` is given twice for a year");
        self.report(
            key,
            "E0311",
            title,
            "rows repeat a year, or mix rows with and without a year",
            "keep one row per year",
        );
    }
}
