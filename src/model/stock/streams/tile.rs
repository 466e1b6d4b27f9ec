//! All cohorts over a range of steps.

use super::table::{BLOCK, Tables};
use super::{Streams, row};

/// Rows over time, one after the other.
#[derive(Debug)]
pub struct Rows {
    width: usize,
    cells: Vec<f64>,
}

impl Rows {
    fn new(rows: usize, width: usize) -> Self {
        Self { width, cells: vec![0.0; rows * width] }
    }

    /// A row. Cells past the tile's steps hold what the last block left there.
    #[inline(always)]
    pub fn row(&self, index: usize) -> &[f64] {
        self.cells.get(index * self.width..(index + 1) * self.width).unwrap_or(&[])
    }

    #[inline(always)]
    fn part(&mut self, index: usize, from: usize, count: usize) -> &mut [f64] {
        let start = index * self.width + from;
        self.cells.get_mut(start..start + count).unwrap_or_default()
    }
}

/// Sums over cohorts for the steps of a range.
#[derive(Debug)]
pub struct Tile {
    from: usize,
    to: usize,
    pub stock: Rows,
    pub outflow: Rows,
    pub content: Rows,
}

impl Tile {
    /// Steps of the tile.
    pub fn steps(&self) -> usize {
        self.to - self.from
    }

    /// The steps `from..to`, by the widest instructions of the machine.
    pub fn solve(streams: &Streams<'_>, tables: &Tables, from: usize, to: usize) -> Self {
        let width = to - from + BLOCK;
        let mut tile = Self {
            from,
            to,
            stock: Rows::new(streams.streams(), width),
            outflow: Rows::new(streams.streams(), width),
            content: Rows::new(streams.substances(), width),
        };
        let work = Work {
            streams,
            tables,
            left: vec![0.0; width + BLOCK],
            lost: Rows::new(streams.kinds, width),
            tile: &mut tile,
        };
        pulp::Arch::new().dispatch(work);
        tile
    }
}

struct Work<'a> {
    streams: &'a Streams<'a>,
    tables: &'a Tables,
    tile: &'a mut Tile,
    /// What one cohort of one stream still holds: before the first of the steps, and at their ends.
    left: Vec<f64>,
    /// What one cohort lost, by kind.
    lost: Rows,
}

impl pulp::NullaryFnOnce for Work<'_> {
    type Output = ();

    #[inline(always)]
    fn call(mut self) {
        for cohort in 0..self.tile.to {
            let first = cohort.max(self.tile.from);
            // Whole blocks; what they hold beyond the last step is never read.
            let count = (self.tile.to - first).next_multiple_of(BLOCK);
            for kind in 0..self.streams.kinds {
                self.lost.part(kind, 0, count).fill(0.0);
                for segment in 0..self.streams.segments {
                    self.book(cohort, first, count, kind, segment);
                }
            }
            self.contain(cohort, first, count);
        }
    }
}

impl Work<'_> {
    /// One cohort of one stream.
    #[inline(always)]
    fn book(&mut self, cohort: usize, first: usize, count: usize, kind: usize, segment: usize) {
        let stream = kind * self.streams.segments + segment;
        let inflow = self.streams.inflow.get(cohort * self.streams.streams() + stream).copied().unwrap_or(0.0);
        if inflow == 0.0 {
            return;
        }
        let since = first - cohort;
        let (factor, by_logs) = self.tables.factor(cohort, stream);
        let left = self.left.get_mut(..count + BLOCK).unwrap_or_default();
        match self.tables.moments.as_slice() {
            [moment] if !by_logs => row::survive(left, self.tables.ages(moment, stream, since), factor, inflow),
            moments => {
                left.fill(0.0);
                for moment in moments {
                    let (ages, part) = (self.tables.ages(moment, stream, since), inflow * moment.weight);
                    if by_logs {
                        row::survive_by_logs(left, ages, factor, part);
                    } else {
                        row::survive_also(left, ages, factor, part);
                    }
                }
            }
        }
        if let (0, Some(entry)) = (since, left.first_mut()) {
            // All of it, whatever the rounding of the weights.
            *entry = inflow;
        }
        let at = first - self.tile.from;
        row::book(
            self.tile.stock.part(stream, at, count),
            self.tile.outflow.part(stream, at, count),
            self.lost.part(kind, 0, count),
            left,
        );
    }

    /// Content of what one cohort lost.
    #[inline(always)]
    fn contain(&mut self, cohort: usize, first: usize, count: usize) {
        let Some(content) = self.streams.content else { return };
        let (kinds, substances) = (self.streams.kinds, content.substances);
        let start = cohort * kinds * substances;
        let intensity = content.intensity.get(start..start + kinds * substances).unwrap_or(&[]);
        let of = |kind: usize, substance: usize| intensity.get(kind * substances + substance).copied().unwrap_or(0.0);
        let fours = kinds - kinds % 4;
        for substance in 0..substances {
            let sum = self.tile.content.part(substance, first - self.tile.from, count);
            for kind in (0..fours).step_by(4) {
                let four = [kind, kind + 1, kind + 2, kind + 3];
                row::contain_four(sum, four.map(|kind| of(kind, substance)), four.map(|kind| self.lost.row(kind)));
            }
            for kind in fours..kinds {
                row::contain(sum, of(kind, substance), self.lost.row(kind));
            }
        }
    }
}
