//! A product and the component inside it (a vehicle and its battery), each with its own lifetime.
//!
//! After Aguilar Lopez, Billy and Müller (J. Industrial Ecology 2022, doi 10.1111/jiec.13316). The stock is a matrix
//! `N[p,c]`: products of cohort `p` that hold a component of cohort `c`. In each step, with the hazards `hp`, `hc`:
//!
//! ```text
//! both = N hp hc     product_fail = N hp (1-hc)     component_fail = N hc (1-hp)     N <- N - all three
//! room = target - sum N
//! ```
//!
//! and then by [`Mode`]: nothing (a failure of either scraps both); *reuse* puts the old components of failed products
//! into new products, `N[t,c] += share * sum_p product_fail[p,c]`; *replacement* gives products with a failed component
//! a new one, `N[p,t] += share * sum_c component_fail[p,c]`; *both* first joins the oldest product to the oldest
//! component. Each is trimmed to `room`, the oldest first (see `matching.rs`). New products with new components
//! close the stock: `N[t,t] = target - sum N`.
//!
//! Inflows are what entered and what failed within the step of entry: with `first = N[t,t] (1 - (1-hp)(1-hc))`,
//! `i_pr = sum_c N[t,c] + first` and `i_cm = sum_p N[p,t] + first`. The published framework takes the loss of the step
//! of entry from the stock at its end; so does this one, and the inflow-driven twin inverts the same relation. With
//! `S(0) = 1` there is no such loss. Where the framework is known to be wrong (it trims a rounding residue again, and
//! drops a partly trimmed product in *both*) the specification is followed, not the framework.
//!
//! Under `spread:N` a product and a component that entered together share their moment of entry: their fates are averaged
//! over the moments, not multiplied after averaging. All other pairs meet at unrelated moments.
//!
//! A product and its component that fail in the same step count as a failed product: nothing is reused or replaced.

mod lives;
mod matching;
mod walk;

pub use lives::Lives;
pub use matching::{meet, trim};
pub use walk::{Drive, Pairs, Step, solve};

/// What happens to the survivor when one of the two fails. Shares lie between 0 and 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mode {
    /// It is scrapped too.
    Neither,
    /// The share `reuse` of the components of failed products goes into new products.
    Reuse {
        /// Share.
        reuse: f64,
    },
    /// The share `replacement` of the products with a failed component gets a new one.
    Replacement {
        /// Share.
        replacement: f64,
    },
    /// Both, and old products get old components as far as there are any.
    Both {
        /// Share of components of failed products.
        reuse: f64,
        /// Share of products with a failed component.
        replacement: f64,
    },
}

impl Mode {
    /// Share of components that are reused, and share of products that get another component.
    pub fn shares(self) -> (f64, f64) {
        match self {
            Self::Neither => (0.0, 0.0),
            Self::Reuse { reuse } => (reuse, 0.0),
            Self::Replacement { replacement } => (0.0, replacement),
            Self::Both { reuse, replacement } => (reuse, replacement),
        }
    }
}
