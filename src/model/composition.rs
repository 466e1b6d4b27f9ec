//! What a kilowatt-hour of battery is made of: tonnes per kWh by chemistry, year of production and substance.
//!
//! Three additive layers: the electrodes, the rest of the cell, the rest of the pack. A pack holds their sum;
//! what cell making rejects holds only the layers it has reached.

use crate::base::aligned::{Aligned, aligned};
use crate::base::ids::{ChemistryId, Id, SubstanceId, YearId};
use crate::model::row::LANES;

/// One layer of the battery, t/kWh, `[chemistry][year][substance]`.
#[derive(Clone, Debug)]
pub struct Content {
    cells: Aligned<f64>,
    years: usize,
    /// Length of a row: the substances and the zeros that fill it up.
    width: usize,
}

impl Content {
    /// A layer without any mass.
    pub fn empty(chemistries: usize, years: usize, substances: usize) -> Self {
        let width = substances.next_multiple_of(LANES);
        Self { cells: aligned(0.0, chemistries * years * width), years, width }
    }

    /// Content of every production year of a chemistry, t/kWh, rows by substance.
    #[inline]
    pub fn vintages(&self, chemistry: ChemistryId) -> &[f64] {
        let length = self.years * self.width;
        &self.cells[chemistry.index() * length..(chemistry.index() + 1) * length]
    }

    /// Length of a row by substance.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Content of one production year, t/kWh by substance, filled up with zeros.
    #[inline]
    pub fn of(&self, chemistry: ChemistryId, year: YearId) -> &[f64] {
        let start = (chemistry.index() * self.years + year.index()) * self.width;
        &self.cells[start..start + self.width]
    }

    /// The cell for a substance, to be set while the model is built.
    pub fn at_mut(&mut self, chemistry: ChemistryId, year: YearId, substance: SubstanceId) -> &mut f64 {
        let row = chemistry.index() * self.years + year.index();
        &mut self.cells[row * self.width + substance.index()]
    }

    fn add(&mut self, other: &Self) {
        for (cell, part) in self.cells.iter_mut().zip(other.cells.iter()) {
            *cell += part;
        }
    }
}

/// The layers of every chemistry and production year.
#[derive(Clone, Debug)]
pub struct Composition {
    /// Active materials and foils.
    pub electrode: Content,
    /// The rest of the cell.
    pub cell: Content,
    /// The rest of the pack.
    pub pack: Content,
    /// Electrode and cell: what a rejected cell holds.
    pub whole_cell: Content,
    /// All three: what a pack holds, and what it will give back.
    pub whole_pack: Content,
}

impl Composition {
    /// Joins the three layers.
    pub fn new(electrode: Content, cell: Content, pack: Content) -> Self {
        let mut whole_cell = electrode.clone();
        whole_cell.add(&cell);
        let mut whole_pack = whole_cell.clone();
        whole_pack.add(&pack);
        Self { electrode, cell, pack, whole_cell, whole_pack }
    }

    /// Mass of a pack of a production year, t/kWh.
    pub fn pack_mass(&self, chemistry: ChemistryId, year: YearId) -> f64 {
        self.whole_pack.of(chemistry, year).iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pack_is_the_sum_of_its_layers_and_old_packs_keep_their_own_content() {
        let (chemistry, old, new) = (ChemistryId::new(0), YearId::new(0), YearId::new(1));
        let mut layer = Content::empty(1, 2, 2);
        *layer.at_mut(chemistry, old, SubstanceId::new(0)) = 0.003;
        *layer.at_mut(chemistry, new, SubstanceId::new(1)) = 0.001;
        let composition = Composition::new(layer.clone(), layer.clone(), layer);
        assert_eq!(composition.pack_mass(chemistry, old), 0.003 + 0.003 + 0.003);
        assert_eq!(composition.whole_cell.vintages(chemistry)[..LANES + 2][LANES..], [0.0, 0.001 + 0.001]);
    }
}
