//! What a plant can take: lines that share capacity are filled together until something binds.

use crate::base::ids::{Id, LineId, SinkId, UnitId};

/// What a cap limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Input of a unit.
    Unit(UnitId),
    /// A product whose store has only so much room; the rule's position.
    Store(usize),
    /// A residue or emission of which only so much may leave in a year; the rule's position.
    Quota(usize),
}

/// A limit that feed uses in proportion to what it holds.
#[derive(Clone, Debug)]
pub struct Cap {
    /// What is limited.
    pub what: Limit,
    /// Use per tonne fed, `[entry][substance]`.
    pub per_tonne: Vec<Vec<f64>>,
}

impl Cap {
    /// What a mass fed at an entry uses of it.
    #[inline]
    pub fn load(&self, entry: usize, mass: &[f64]) -> f64 {
        self.per_tonne[entry].iter().zip(mass).map(|(per_tonne, mass)| per_tonne * mass).sum()
    }
}

/// A store of a product in front of its buyers.
#[derive(Clone, Debug)]
pub struct StoreRule {
    /// The product.
    pub sink: SinkId,
    /// Most that may wait, t of product.
    pub limit: f64,
    /// Most that is shipped, t of product per year.
    pub sales: f64,
    /// t of product per t, by substance.
    pub weight: Vec<f64>,
}

/// Most of a residue or emission that may leave in a calendar year.
#[derive(Clone, Copy, Debug)]
pub struct QuotaRule {
    /// What leaves.
    pub sink: SinkId,
    /// t in a calendar year.
    pub per_year: f64,
}

/// What binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// Nameplate and availability.
    Nameplate,
    /// The capacity of a line.
    Line(LineId),
    /// A cap, by its position.
    Cap(usize),
}

/// What is left of each limit in a step.
#[derive(Clone, Debug)]
pub struct Rooms {
    /// Of nameplate, t.
    pub nameplate: f64,
    /// Of each line, t.
    pub lines: Vec<f64>,
    /// Of each cap.
    pub caps: Vec<f64>,
}

/// What is left out of less than this part of all that is asked for is the rounding of sums: nothing binds.
const ROUNDING: f64 = 1e-13;

/// What the lines ask for, and what they get.
#[derive(Clone, Debug)]
pub struct Claims {
    /// Feed, t by line.
    pub tonnes: Vec<f64>,
    /// The part of it that nameplate counts, t by line.
    pub counted: Vec<f64>,
    /// Use of each cap, `line x cap`.
    loads: Vec<f64>,
    /// Share of its feed that a line gets.
    pub fraction: Vec<f64>,
    open: Vec<bool>,
    caps: usize,
}

impl Claims {
    /// No claims, for so many lines and caps.
    pub fn new(lines: usize, caps: usize) -> Self {
        Self {
            tonnes: vec![0.0; lines],
            counted: vec![0.0; lines],
            loads: vec![0.0; lines * caps],
            fraction: vec![0.0; lines],
            open: vec![false; lines],
            caps,
        }
    }

    /// Takes all claims back.
    pub fn clear(&mut self) {
        self.tonnes.fill(0.0);
        self.counted.fill(0.0);
        self.loads.fill(0.0);
    }

    /// A line asks for so many tonnes; `mass` (t by substance) is fed at `entry`.
    #[inline]
    pub fn add(&mut self, line: LineId, caps: &[Cap], entry: usize, mass: &[f64], tonnes: f64, counts: bool) {
        let line = line.index();
        self.tonnes[line] += tonnes;
        if counts {
            self.counted[line] += tonnes;
        }
        for (load, cap) in self.loads[line * self.caps..(line + 1) * self.caps].iter_mut().zip(caps) {
            *load += cap.load(entry, mass);
        }
    }

    /// A line asks for so much more of a cap.
    pub fn add_load(&mut self, line: LineId, cap: usize, load: f64) {
        self.loads[line.index() * self.caps + cap] += load;
    }

    /// Whether anything is asked for.
    pub fn any(&self) -> bool {
        self.tonnes.iter().any(|tonnes| *tonnes > 0.0)
    }

    /// Raises the fraction of all lines together until something binds; lines that use it stop there, the others go on.
    /// Takes what is used from the rooms. Returns what kept most feed out, and how much, t.
    pub fn fill(&mut self, rooms: &mut Rooms) -> Option<(f64, Bound)> {
        self.fraction.fill(0.0);
        for (open, tonnes) in self.open.iter_mut().zip(&self.tonnes) {
            *open = *tonnes > 0.0;
        }
        let (mut level, mut worst) = (0.0f64, None);
        let rounding = ROUNDING * self.tonnes.iter().sum::<f64>();
        while self.open.contains(&true) {
            let (mut step, mut hit) = (1.0 - level, None);
            let counted = self.sum(|claims, line| claims.counted[line]);
            if counted * step > rooms.nameplate {
                (step, hit) = (rooms.nameplate / counted, Some(Bound::Nameplate));
            }
            for (line, room) in rooms.lines.iter().enumerate().filter(|(line, _)| self.open[*line]) {
                if self.tonnes[line] * step > *room {
                    (step, hit) = (room / self.tonnes[line], Some(Bound::Line(LineId::new(line))));
                }
            }
            for (cap, room) in rooms.caps.iter().enumerate() {
                let load = self.sum(|claims, line| claims.loads[line * claims.caps + cap]);
                if load * step > *room {
                    (step, hit) = (room / load, Some(Bound::Cap(cap)));
                }
            }
            rooms.nameplate = (rooms.nameplate - counted * step).max(0.0);
            for (line, room) in rooms.lines.iter_mut().enumerate().filter(|(line, _)| self.open[*line]) {
                *room = (*room - self.tonnes[line] * step).max(0.0);
            }
            for (cap, room) in rooms.caps.iter_mut().enumerate() {
                *room = (*room - self.sum(|claims, line| claims.loads[line * claims.caps + cap]) * step).max(0.0);
            }
            level = if hit.is_some() { (level + step).min(1.0) } else { 1.0 };
            let mut left = 0.0;
            for line in 0..self.open.len() {
                let stops = match hit {
                    None => true,
                    Some(Bound::Nameplate) => self.counted[line] > 0.0,
                    Some(Bound::Line(id)) => id.index() == line,
                    Some(Bound::Cap(cap)) => self.loads[line * self.caps + cap] > 0.0,
                };
                if self.open[line] {
                    self.fraction[line] = level;
                    if stops {
                        self.open[line] = false;
                        left += self.tonnes[line] * (1.0 - level);
                    }
                }
            }
            if let Some(bound) = hit.filter(|_| left > worst.map_or(rounding, |(most, _)| most)) {
                worst = Some((left, bound));
            }
        }
        worst
    }

    fn sum(&self, of: impl Fn(&Self, usize) -> f64) -> f64 {
        (0..self.open.len()).filter(|line| self.open[*line]).map(|line| of(self, line)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two lines behind one shredder (cap 0); the first has a train of its own (cap 1).
    fn claims(first: f64, second: f64) -> Claims {
        let mut claims = Claims::new(2, 2);
        let cap = |per_tonne: f64| Cap { what: Limit::Unit(UnitId::new(0)), per_tonne: vec![vec![per_tonne]] };
        claims.add(LineId::new(0), &[cap(1.0), cap(0.5)], 0, &[first], first, true);
        claims.add(LineId::new(1), &[cap(1.0), cap(0.0)], 0, &[second], second, true);
        claims
    }

    fn rooms(nameplate: f64, shredder: f64, train: f64) -> Rooms {
        Rooms { nameplate, lines: vec![f64::INFINITY; 2], caps: vec![shredder, train] }
    }

    #[test]
    fn a_full_train_stops_its_own_line_only() {
        let (mut claims, mut rooms) = (claims(100.0, 60.0), rooms(1e3, 1e3, 10.0));
        let worst = claims.fill(&mut rooms).unwrap();
        assert_eq!((claims.fraction[0], claims.fraction[1]), (0.2, 1.0));
        assert_eq!(worst, (80.0, Bound::Cap(1)));
        assert_eq!((rooms.nameplate, rooms.caps[0]), (920.0, 920.0));
    }

    #[test]
    fn what_is_shared_is_shared_in_proportion() {
        let (mut claims, mut rooms) = (claims(100.0, 60.0), rooms(1e3, 80.0, 1e3));
        assert_eq!(claims.fill(&mut rooms).unwrap(), (80.0, Bound::Cap(0)));
        assert_eq!(claims.fraction, [0.5, 0.5]);
    }

    #[test]
    fn what_a_stopped_line_leaves_the_other_takes() {
        let (mut claims, mut rooms) = (claims(100.0, 100.0), rooms(110.0, 1e3, 10.0));
        claims.fill(&mut rooms);
        // 20 t through the train, the other 90 t of nameplate for the second line.
        assert!((claims.fraction[0] - 0.2).abs() < 1e-15 && (claims.fraction[1] - 0.9).abs() < 1e-15);
        assert_eq!(rooms.nameplate, 0.0);
    }

    #[test]
    fn room_enough_is_no_limit() {
        let (mut claims, mut rooms) = (claims(1.0, 0.0), rooms(1e3, 1e3, 1e3));
        assert_eq!(claims.fill(&mut rooms), None);
        assert_eq!(claims.fraction, [1.0, 0.0]);
    }
}
