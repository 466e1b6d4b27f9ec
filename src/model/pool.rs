//! Pools of packs by cohort, in kWh.

use crate::base::ids::{Id, YearId};

/// Packs that live by themselves: the pool of a swap network. Cohorts are years of production.
#[derive(Clone, Debug)]
pub struct Pool {
    packs: Vec<f64>,
}

impl Pool {
    /// An empty pool.
    pub fn new(years: usize) -> Self {
        Self { packs: vec![0.0; years] }
    }

    /// Empties the pool.
    pub fn reset(&mut self) {
        self.packs.fill(0.0);
    }

    /// Energy of the pool by pack year, kWh.
    pub fn packs(&self) -> &[f64] {
        &self.packs
    }

    /// Lets a step pass and adds what wears out, kWh by pack year.
    #[inline]
    pub fn age(&mut self, battery: &[f64], worn: &mut [f64]) {
        for ((pack, hazard), worn) in self.packs.iter_mut().zip(battery).zip(worn) {
            *worn += *pack * hazard;
            *pack *= 1.0 - hazard;
        }
    }

    /// Puts new packs in, kWh; what fails within the step of entry is worn at once.
    #[inline]
    pub fn commission(&mut self, now: YearId, energy: f64, at_entry: f64, worn: &mut [f64]) {
        worn[now.index()] += energy * at_entry;
        self.packs[now.index()] += energy * (1.0 - at_entry);
    }

    /// Takes a share of every cohort out: packs put out of service before they are worn.
    #[inline]
    pub fn withdraw(&mut self, share: f64, retired: &mut [f64]) {
        for (pack, retired) in self.packs.iter_mut().zip(retired) {
            *retired += *pack * share;
            *pack *= 1.0 - share;
        }
    }
}
