//! The plants' own tables: what they used and gave off, and what they made.

use super::tables::{ALL, Run, Table};
use crate::base::ids::{Id, SinkId};
use crate::base::number::text;
use crate::model::plant::SinkKind;

impl Run<'_> {
    /// `plant_inputs.csv`: reagents, energy, water and labour used, and what is given off beside the outlets, by period.
    pub fn plant_inputs(&self) -> Vec<u8> {
        let mut table = Table::new(&["time", "plant", "kind", "name", "value", "unit"]);
        for (period, plants) in self.results.fed.iter().enumerate() {
            let time = self.period(period);
            for ((plant, names), fed) in self.model.plants.iter().zip(&self.catalog.plants).zip(plants) {
                for (amount, name) in plant.amounts.iter().zip(&names.amounts) {
                    let value = amount.of(fed);
                    if value != 0.0 {
                        table.row(&[&time, &names.name, name.kind.name(), &name.name, &text(value), name.unit]);
                    }
                }
            }
        }
        table.finish()
    }

    /// `products.csv`: what leaves the flowsheets, by period: the tracked substances in it, and for products with a
    /// compound its mass as that compound.
    pub fn products(&self) -> Vec<u8> {
        let mut table =
            Table::new(&["time", "plant", "kind", "name", "compound", "grade", "contained", "mass", "unit"]);
        for (period, plants) in self.results.fed.iter().enumerate() {
            let time = self.period(period);
            for ((plant, names), fed) in self.model.plants.iter().zip(&self.catalog.plants).zip(plants) {
                for (index, kind) in plant.sinks.iter().enumerate() {
                    let masses = plant.output(SinkId::new(index), fed);
                    let contained: f64 = masses.iter().sum();
                    if contained == 0.0 {
                        continue;
                    }
                    let compound = plant.compounds[index];
                    let mass = compound.map_or(contained, |c| masses[c.element.index()] * c.mass);
                    let kind = match kind {
                        SinkKind::ReturningProduct | SinkKind::SoldProduct => "product",
                        SinkKind::Residue => "residue",
                        SinkKind::Emission => "emission",
                    };
                    let name = names.sinks[index].split_once(':').map_or("", |(_, name)| name);
                    let sold = &names.products[index];
                    let [compound, grade] = [&sold.compound, &sold.grade].map(|text| text.as_deref().unwrap_or(ALL));
                    let [contained, mass] = [contained, mass].map(text);
                    table.row(&[&time, &names.name, kind, name, compound, grade, &contained, &mass, "t"]);
                }
            }
        }
        table.finish()
    }
}
