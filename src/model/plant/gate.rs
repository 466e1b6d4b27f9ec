//! The gate of a yard: what arrives is let in as far as there is room.

use super::limits::Bound;
use super::{Discipline, FeedStream, Plant, PlantState};
use crate::base::ids::{ChemistryId, Id, StepId};
use crate::model::row::{add, add_scaled};
use pulp::Simd;

/// Feed that would arrive: a share of a mass.
#[derive(Clone, Copy, Debug)]
pub struct Arrival<'a> {
    /// The stream as the plant sees it.
    pub stream: FeedStream,
    /// What packs or scrap it is of.
    pub chemistry: ChemistryId,
    /// The share of it that is sent here.
    pub share: f64,
    /// What all of it weighs, t.
    pub tonnes: f64,
    /// All of it, t by substance.
    pub mass: &'a [f64],
}

impl PlantState {
    /// Forgets what was announced in the step before.
    pub fn close_gate(&mut self) {
        self.arriving.fill(0.0);
    }

    /// What would arrive.
    #[inline(always)]
    pub fn announce<S: Simd>(&mut self, simd: S, plant: &Plant, arrival: Arrival<'_>) {
        let Arrival { stream, chemistry, share, tonnes, mass } = arrival;
        let Some(line) = plant.line_of[chemistry.index()] else { return };
        self.arriving[stream as usize * plant.lines.len() + line.index()] += tonnes * share;
        if !plant.caps.is_empty() {
            add_scaled(simd, &mut self.arriving_mass[Plant::entry(line, plant.form(stream))], share, mass);
        }
    }

    /// Gives the room of the yard to the streams in the yard's order. The limit is meant for what lies in the yard when
    /// the step ends: what a line can treat within the step needs no room.
    #[inline(always)]
    pub fn open_gate<S: Simd>(&mut self, simd: S, plant: &Plant, step: StepId, dt: f64) {
        (self.report.received, self.report.turned_away) = (0.0, 0.0);
        let lines = plant.lines.len();
        self.foresee(simd, plant, step, dt);
        // What can be treated and is not in the yard yet; and the storage that is left.
        let mut storage = plant.yard.limit;
        for line in 0..lines {
            let waiting: f64 = FeedStream::ALL.iter().map(|stream| self.kept[*stream as usize * lines + line]).sum();
            let treatable = self.claims.fraction[line];
            storage -= (waiting - treatable).max(0.0);
            self.claims.fraction[line] = (treatable - waiting).max(0.0);
        }
        let mut storage = storage.max(0.0);
        let mut packs = self.room_for_packs(plant);
        for stream in &plant.yard.order {
            let arriving = *stream as usize * lines..(*stream as usize + 1) * lines;
            let tonnes: f64 = self.arriving[arriving.clone()].iter().sum();
            if tonnes <= 0.0 {
                self.arriving[arriving].fill(1.0);
                continue;
            }
            let at_once = |line: usize, tonnes: f64, free: &[f64]| tonnes.min(free[line]);
            let stored: f64 = (0..lines)
                .map(|line| {
                    let tonnes = self.arriving[arriving.start + line];
                    tonnes - at_once(line, tonnes, &self.claims.fraction)
                })
                .sum();
            let share = if stored > 0.0 { (storage / stored).min(1.0) } else { 1.0 };
            let mut let_in = 0.0;
            for line in 0..lines {
                let tonnes = self.arriving[arriving.start + line];
                let now = at_once(line, tonnes, &self.claims.fraction);
                self.claims.fraction[line] -= now;
                let enters = if share >= 1.0 { tonnes } else { now + (tonnes - now) * share };
                let_in += enters;
                self.arriving[arriving.start + line] = if tonnes > 0.0 { enters / tonnes } else { 1.0 };
            }
            storage = (storage - stored * share).max(0.0);
            if stream.is_packs() && let_in > packs {
                let share = packs / let_in;
                self.arriving[arriving].iter_mut().for_each(|part| *part *= share);
                let_in = packs;
            }
            if stream.is_packs() {
                packs -= let_in;
            }
            self.report.received += let_in;
            self.report.turned_away += tonnes - let_in;
        }
    }

    /// How many packs may come in under the safety limit: what scrap may take of the plant's capacity is not counted
    /// on.
    fn room_for_packs(&self, plant: &Plant) -> f64 {
        if plant.yard.charged_limit == f64::INFINITY {
            return f64::INFINITY;
        }
        let lines = plant.lines.len();
        let waiting = |stream: FeedStream| -> f64 {
            self.kept[stream as usize * lines..(stream as usize + 1) * lines].iter().sum()
        };
        let arriving = |stream: FeedStream| -> f64 {
            self.arriving[stream as usize * lines..(stream as usize + 1) * lines].iter().sum()
        };
        let mut room = plant.yard.charged_limit;
        let mut treatable = self.foreseen;
        for stream in FeedStream::ALL {
            if stream.is_packs() {
                room -= waiting(stream);
            } else {
                treatable -= waiting(stream) + arriving(stream);
            }
        }
        (room + treatable.max(0.0)).max(0.0)
    }

    /// What each line could treat if all that is arriving were let in, t: into the fractions of the claims.
    #[inline(always)]
    fn foresee<S: Simd>(&mut self, simd: S, plant: &Plant, step: StepId, dt: f64) {
        let lines = plant.lines.len();
        self.open_rooms(plant, step, dt);
        if !plant.is_bounded() {
            self.claims.fraction[0] = self.rooms.nameplate;
            self.foreseen = self.rooms.nameplate;
            self.at_gate = Some((self.foreseen, Bound::Nameplate));
            return;
        }
        self.claims.clear();
        for stream in FeedStream::ALL {
            for line in 0..lines {
                let at = stream as usize * lines + line;
                let tonnes = self.kept[at] + self.arriving[at];
                self.claims.tonnes[line] += tonnes;
                if plant.counts[stream as usize] {
                    self.claims.counted[line] += tonnes;
                }
            }
        }
        if !plant.caps.is_empty() {
            let lots = if plant.yard.discipline == Discipline::FirstIn { &self.lots[self.oldest..] } else { &[] };
            for (row, mass) in std::iter::once(&self.yard).chain(lots).flat_map(super::state::Pile::filled) {
                let (stream, chemistry) = self.stream_and_chemistry(row);
                if let Some(line) = plant.line_of[chemistry.index()] {
                    add(simd, &mut self.arriving_mass[Plant::entry(line, plant.form(stream))], mass);
                }
            }
            for (entry, mass) in self.arriving_mass.iter_mut().enumerate() {
                let line = crate::base::ids::LineId::new(entry / super::FeedForm::COUNT);
                for (index, cap) in plant.caps.iter().enumerate() {
                    self.claims.add_load(line, index, cap.load(entry, mass));
                }
                mass.fill(0.0);
            }
        }
        self.at_gate = self.claims.fill(&mut self.rooms);
        self.foreseen = 0.0;
        for line in 0..lines {
            self.claims.fraction[line] *= self.claims.tonnes[line];
            self.foreseen += self.claims.fraction[line];
        }
    }

    /// The share of what was announced that is let in.
    pub fn lets_in(&self, plant: &Plant, stream: FeedStream, chemistry: ChemistryId) -> f64 {
        let line = plant.line_of[chemistry.index()];
        line.map_or(0.0, |line| self.arriving[stream as usize * plant.lines.len() + line.index()].min(1.0))
    }

    /// Puts a share of a mass into the yard.
    #[inline(always)]
    pub fn take_in<S: Simd>(&mut self, simd: S, stream: FeedStream, chemistry: ChemistryId, share: f64, mass: &[f64]) {
        let row = self.feed_row(stream, chemistry);
        self.yard.filled[row.index()] |= share > 0.0;
        add_scaled(simd, self.yard.rows.row_mut(row), share, mass);
    }

    /// Empties the yard of a plant that has closed, row by row.
    pub fn clear_out(&mut self, mut each: impl FnMut(ChemistryId, &[f64])) {
        let chemistries = self.chemistries;
        for pile in std::iter::once(&mut self.yard).chain(&mut self.lots) {
            for (row, filled) in pile.filled.iter_mut().enumerate().filter(|(_, filled)| **filled) {
                let mass = pile.rows.row_mut(super::FeedRow::new(row));
                each(ChemistryId::new(row % chemistries), mass);
                mass.fill(0.0);
                *filled = false;
            }
        }
        self.kept.fill(0.0);
    }

    /// Whether anything lies in the yard.
    pub fn holds_feed(&self) -> bool {
        self.kept.iter().any(|tonnes| *tonnes > 0.0)
    }
}
