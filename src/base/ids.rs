//! Typed indices: a chemistry can never be used where a region is meant.

use super::aligned::{Aligned, aligned};
use std::marker::PhantomData;

/// A position in one of the model's dimensions. Made while the model is built, never from text inside the step loop.
pub trait Id: Copy {
    /// The id at a position.
    fn new(index: usize) -> Self;
    /// The position.
    fn index(self) -> usize;
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u32);

        impl $crate::base::ids::Id for $name {
            fn new(index: usize) -> Self { Self(index as u32) }
            fn index(self) -> usize { self.0 as usize }
        }
    )*};
}

pub(crate) use ids;

ids! {
    /// A region inside the system: a city, its catchment.
    RegionId;
    /// What a battery is used in: car, bus, swap pool.
    SegmentId;
    /// A cell chemistry.
    ChemistryId;
    /// A tracked substance: an element, or graphite, steel, plastics.
    SubstanceId;
    /// A recycling plant.
    PlantId;
    /// A fleet: one region, segment and chemistry that ever has sales.
    StreamId;
    /// A kind of battery made in a region, or for it: one region and chemistry.
    OutputId;
    /// Retired packs that share a region, a collection rule and a chemistry.
    LotId;
    /// A calendar year of the horizon: of sale, or of a pack's production.
    YearId;
    /// A step of the horizon.
    StepId;
    /// A process of the system: where mass may be held, and where it is audited.
    ProcessId;
    /// A flow between two processes, or across the boundary.
    FlowId;
    /// A unit operation of a plant.
    UnitId;
    /// Where a plant's outlet leads when it leaves the plant: a product, a residue, an emission.
    SinkId;
    /// A line of a plant.
    LineId;
    /// What a plant uses or gives off beside its feed and its products: a reagent, electricity, labour, wastewater.
    AmountId;
}

/// Every id of a dimension of `count` members, in order.
pub fn all<I: Id>(count: usize) -> impl DoubleEndedIterator<Item = I> + ExactSizeIterator {
    (0..count).map(I::new)
}

/// A dense table indexed by two ids, row after row.
#[derive(Clone, Debug, PartialEq)]
pub struct Table<R, C, T = f64> {
    cells: Aligned<T>,
    columns: usize,
    dimensions: PhantomData<(R, C)>,
}

impl<R: Id, C: Id, T: Copy> Table<R, C, T> {
    /// A table of `rows` x `columns` cells, each `value`.
    pub fn filled(rows: usize, columns: usize, value: T) -> Self {
        Self { cells: aligned(value, rows * columns), columns, dimensions: PhantomData }
    }

    /// One row, contiguous.
    pub fn row(&self, row: R) -> &[T] {
        let start = row.index() * self.columns;
        &self.cells[start..start + self.columns]
    }

    /// One row, to be changed.
    pub fn row_mut(&mut self, row: R) -> &mut [T] {
        let start = row.index() * self.columns;
        &mut self.cells[start..start + self.columns]
    }

    /// All cells, row after row.
    pub fn cells(&self) -> &[T] {
        &self.cells
    }

    /// All cells, to be changed.
    pub fn cells_mut(&mut self) -> &mut [T] {
        &mut self.cells
    }

    /// Sets every cell.
    pub fn fill(&mut self, value: T) {
        self.cells.fill(value);
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.columns
    }
}

impl<R: Id, C: Id, T: Copy> std::ops::Index<(R, C)> for Table<R, C, T> {
    type Output = T;
    fn index(&self, (row, column): (R, C)) -> &T {
        &self.cells[row.index() * self.columns + column.index()]
    }
}

impl<R: Id, C: Id, T: Copy> std::ops::IndexMut<(R, C)> for Table<R, C, T> {
    fn index_mut(&mut self, (row, column): (R, C)) -> &mut T {
        &mut self.cells[row.index() * self.columns + column.index()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_keeps_rows_apart() {
        let mut table = Table::<RegionId, SubstanceId>::filled(2, 3, 0.0);
        table[(RegionId::new(1), SubstanceId::new(2))] = 5.0;
        assert_eq!(table.row(RegionId::new(0)), [0.0; 3]);
        assert_eq!(table.row(RegionId::new(1)), [0.0, 0.0, 5.0]);
    }
}
