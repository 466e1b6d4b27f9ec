//! What a plant costs to build.

/// Capital by the scale law of process plants: `C = C_ref (capacity / capacity_ref)^n`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScaleLaw {
    /// Capital of the reference plant, CNY.
    pub reference: f64,
    /// Its capacity, t/yr.
    pub at: f64,
    /// The exponent `n`, usually 0.6 to 0.7.
    pub exponent: f64,
}

impl ScaleLaw {
    /// Capital of a plant of this capacity (t/yr), CNY.
    pub fn capital(&self, capacity: f64) -> f64 {
        self.reference * (capacity / self.at).powf(self.exponent)
    }
}

/// A subsidy of equipment: a rate of its cost, up to a cap.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Subsidy {
    /// Equipment over capital.
    pub equipment_share: f64,
    /// Subsidy over equipment cost.
    pub rate: f64,
    /// The most that is paid, CNY.
    pub cap: f64,
}

impl Subsidy {
    /// What is paid on a capital, CNY: `min(rate x equipment, cap)`.
    pub fn of(&self, capital: f64) -> f64 {
        (self.rate * self.equipment_share * capital).min(self.cap)
    }
}

/// Shares of the capital by step of building: `spread` are shares by equal parts of the building time; what would fall
/// before the first step or after the last one falls there. An empty spread is even.
///
/// Times are in steps from the start of the horizon.
pub fn spending(spread: &[f64], start: f64, end: f64, steps: usize) -> Vec<f64> {
    let even = [1.0];
    let spread = if spread.is_empty() { &even } else { spread };
    let mut shares = vec![0.0; steps];
    let Some(last) = steps.checked_sub(1) else { return shares };
    let step_of = |time: f64| (time.max(0.0).floor() as usize).min(last);
    let part = (end - start) / spread.len() as f64;
    for (index, share) in spread.iter().enumerate() {
        let (from, to) = (start + part * index as f64, start + part * (index + 1) as f64);
        let (first, final_one) = (step_of(from), step_of((to - 1e-9).max(from)));
        for (step, sum) in shares.iter_mut().enumerate().take(final_one + 1).skip(first) {
            // What lies before the horizon belongs to its first step, what lies after it to its last.
            let low = if step == 0 { f64::NEG_INFINITY } else { step as f64 };
            let high = if step == last { f64::INFINITY } else { (step + 1) as f64 };
            let inside = (to.min(high) - from.max(low)).max(0.0);
            *sum += if to > from { share * inside / (to - from) } else { *share };
        }
    }
    shares
}
