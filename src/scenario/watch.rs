//! Which parts of a model a draw reaches: those that read a number that draws change, found by watching the reading.

use std::sync::atomic::{AtomicBool, Ordering};

/// Notes whether a number that draws change was read.
#[derive(Debug, Default)]
pub struct Watch {
    /// By place in the list of values; empty if no draw changes anything.
    uncertain: Vec<bool>,
    seen: AtomicBool,
}

impl Watch {
    /// A watch over the values at some places.
    pub(super) fn new(values: usize, places: impl Iterator<Item = usize>) -> Self {
        let mut uncertain = Vec::new();
        for place in places {
            uncertain.resize(values, false);
            uncertain[place] = true;
        }
        Self { uncertain, seen: AtomicBool::new(false) }
    }

    pub(super) fn read(&self, place: usize) {
        if self.uncertain.get(place).is_some_and(|uncertain| *uncertain) {
            self.note();
        }
    }

    /// Something was read that differs from draw to draw.
    pub fn note(&self) {
        self.seen.store(true, Ordering::Relaxed);
    }

    /// Whether something was, since the last time this was asked.
    pub fn take(&self) -> bool {
        self.seen.swap(false, Ordering::Relaxed)
    }
}

impl Clone for Watch {
    fn clone(&self) -> Self {
        Self { uncertain: self.uncertain.clone(), seen: AtomicBool::new(false) }
    }
}
