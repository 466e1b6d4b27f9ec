//! What a kilowatt-hour of battery is made of: tonnes per kWh by chemistry, year of production and substance.
//!
//! Three additive layers: the electrodes, the rest of the cell, the rest of the pack. A pack holds their sum;
//! what cell making rejects holds only the layers it has reached.

use crate::base::ids::{ChemistryId, Id, SubstanceId, YearId};

/// One layer of the battery, t/kWh, `[chemistry][year][substance]`.
#[derive(Clone, Debug)]
pub struct Content {
    cells: Vec<f64>,
    years: usize,
    substances: usize,
}

impl Content {
    /// A layer without any mass.
    pub fn empty(chemistries: usize, years: usize, substances: usize) -> Self {
        Self { cells: vec![0.0; chemistries * years * substances], years, substances }
    }

    /// Content of every production year of a chemistry, year after year.
    pub fn vintages(&self, chemistry: ChemistryId) -> &[f64] {
        let length = self.years * self.substances;
        let start = chemistry.index() * length;
        &self.cells[start..start + length]
    }

    /// Content of one production year, t/kWh by substance.
    pub fn of(&self, chemistry: ChemistryId, year: YearId) -> &[f64] {
        let start = year.index() * self.substances;
        &self.vintages(chemistry)[start..start + self.substances]
    }

    /// The cell for a substance, to be set while the model is built.
    pub fn at_mut(&mut self, chemistry: ChemistryId, year: YearId, substance: SubstanceId) -> &mut f64 {
        let row = chemistry.index() * self.years + year.index();
        &mut self.cells[row * self.substances + substance.index()]
    }

    fn add(&mut self, other: &Self) {
        for (cell, part) in self.cells.iter_mut().zip(&other.cells) {
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

/// Substances summed together in registers.
const BLOCK: usize = 8;

/// Mass of packs of several production years: `mass[s] = sum over years of energy[year] * content[year][s]`, t.
#[inline(always)]
pub fn mass_of(energy: &[f64], content: &[f64], mass: &mut [f64]) {
    let width = mass.len();
    let mut done = 0;
    while width - done >= BLOCK {
        let mut sums = [0.0; BLOCK];
        for (energy, content) in energy.iter().zip(content.chunks_exact(width)) {
            for (sum, content) in sums.iter_mut().zip(&content[done..done + BLOCK]) {
                *sum += energy * content;
            }
        }
        mass[done..done + BLOCK].copy_from_slice(&sums);
        done += BLOCK;
    }
    let rest = &mut mass[done..];
    rest.fill(0.0);
    for (energy, content) in energy.iter().zip(content.chunks_exact(width)) {
        add_scaled(rest, *energy, &content[done..]);
    }
}

/// `sum[i] += factor * part[i]`.
#[inline(always)]
pub fn add_scaled(sum: &mut [f64], factor: f64, part: &[f64]) {
    for (sum, part) in sum.iter_mut().zip(part) {
        *sum += factor * part;
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
        let mut mass = [9.0; 2];
        mass_of(&[10.0, 100.0], composition.whole_cell.vintages(chemistry), &mut mass);
        assert_eq!(mass, [10.0 * 0.006, 100.0 * 0.002]);
    }
}
