//! All cohorts over a range of steps.

use super::table::{BLOCK, Tables};
use super::{Streams, row};

/// Less of an inflow than 2^this is taken as gone: half of a thousandth of what a double can tell from the whole. Nothing
/// is lost; it leaves in that step.
const NEGLIGIBLE: f64 = -64.0;

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

    /// The same part of two rows that follow each other; the second is empty if there is none.
    #[inline(always)]
    fn parts(&mut self, index: usize, from: usize, count: usize) -> [&mut [f64]; 2] {
        let rest = self.cells.get_mut(index * self.width..).unwrap_or_default();
        let (first, second) = rest.split_at_mut(self.width.min(rest.len()));
        let part = from..from + count;
        [first.get_mut(part.clone()).unwrap_or_default(), second.get_mut(part).unwrap_or_default()]
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
            content: Rows::new(streams.substances().next_multiple_of(2), width),
        };
        let work = Work {
            streams,
            tables,
            left: vec![0.0; width + BLOCK],
            lost: Rows::new(streams.kinds.next_multiple_of(4), width),
            lasts: vec![0; streams.streams()],
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
    /// By stream: how many ages the last cohort lived to see.
    lasts: Vec<usize>,
}

impl pulp::NullaryFnOnce for Work<'_> {
    type Output = ();

    #[inline(always)]
    fn call(mut self) {
        for cohort in 0..self.tile.to {
            let first = cohort.max(self.tile.from);
            let steps = self.tile.to - first;
            // Whole blocks; what they hold beyond the last step is never read.
            let count = steps.next_multiple_of(BLOCK);
            let ages = (steps + 1).next_multiple_of(BLOCK);
            for kind in 0..self.streams.kinds {
                self.lost.part(kind, 0, count).fill(0.0);
                for segment in 0..self.streams.segments {
                    self.book(cohort, first, [count, ages], kind, segment);
                }
            }
            self.contain(cohort, first, count);
        }
    }
}

impl Work<'_> {
    /// One cohort of one stream.
    #[inline(always)]
    fn book(&mut self, cohort: usize, first: usize, [count, ages]: [usize; 2], kind: usize, segment: usize) {
        let stream = kind * self.streams.segments + segment;
        let inflow = self.streams.inflow.get(cohort * self.streams.streams() + stream).copied().unwrap_or(0.0);
        if inflow == 0.0 {
            return;
        }
        let since = first - cohort;
        let (factor, by_logs) = self.tables.factor(cohort, stream);
        let left = self.left.get_mut(..ages).unwrap_or_default();
        match (self.tables.moments.as_slice(), self.lasts.get_mut(stream)) {
            ([moment], Some(last)) if !by_logs => {
                *last = last_age(self.tables.ages(moment, stream, 0), factor, *last);
                let Some(lives) = last.checked_sub(since).filter(|lives| *lives > 0) else { return };
                // Whole blocks are filled, and what is negligible is cleared again: only those cells may lie so low that
                // their power is not one.
                let filled = left.get_mut(..lives.next_multiple_of(BLOCK).min(ages)).unwrap_or_default();
                row::survive(filled, self.tables.ages(moment, stream, since), factor, inflow);
                left.get_mut(lives..).unwrap_or_default().fill(0.0);
            }
            (moments, _) => {
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
            &self.left,
        );
    }

    /// Content of what one cohort lost: two substances and four kinds at a time, for the sake of the registers.
    #[inline(always)]
    fn contain(&mut self, cohort: usize, first: usize, count: usize) {
        let Some(content) = self.streams.content else { return };
        let (kinds, substances) = (self.streams.kinds, content.substances);
        let start = cohort * kinds * substances;
        let intensity = content.intensity.get(start..start + kinds * substances).unwrap_or(&[]);
        // Kinds and substances beyond the last contain nothing.
        let of = |kind: usize, substance: usize| {
            let there = kind < kinds && substance < substances;
            intensity.get(kind * substances + substance).copied().filter(|_| there).unwrap_or(0.0)
        };
        for substance in (0..substances).step_by(2) {
            for kind in (0..kinds).step_by(4) {
                let four = [kind, kind + 1, kind + 2, kind + 3];
                let lost = four.map(|kind| self.lost.row(kind));
                let intensity = [substance, substance + 1].map(|substance| four.map(|kind| of(kind, substance)));
                row::contain_four(self.tile.content.parts(substance, first - self.tile.from, count), intensity, lost);
            }
        }
    }
}

/// How many of the ages see more than a negligible part. Lifetimes change little from cohort to cohort, so the search
/// starts at the last answer; it does not depend on it, for survival only falls.
#[inline(always)]
fn last_age(powers: &[f64], factor: f64, start: usize) -> usize {
    let lives = |age: usize| powers.get(age).is_some_and(|power| power * factor > NEGLIGIBLE);
    let mut last = start.min(powers.len());
    while lives(last) {
        last += 1;
    }
    while last > 0 && !lives(last - 1) {
        last -= 1;
    }
    last
}
