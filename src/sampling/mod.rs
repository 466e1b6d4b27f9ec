//! Floor 1: uncertain numbers. Distributions, designs that say which values draw `i` takes, and estimators that turn
//! draws into statistics. Knows no battery and no file.
//!
//! | file | in short |
//! |---|---|
//! | `distribution.rs`, `normal.rs` | quantile functions; a draw is a quantile of a number in (0, 1) |
//! | `design.rs`, `permutation.rs`, `digital_net.rs` | Monte Carlo, Latin hypercube, scrambled Sobol points: all by index, nothing remembered |
//! | `copula.rs` | correlation between parameters |
//! | `sampler.rs` | the parameters of a draw |
//! | `estimate/` | moments, quantiles, ranks, Morris' elementary effects, Sobol indices |

pub mod copula;
pub mod design;
mod digital_net;
pub mod distribution;
pub mod estimate;
pub mod normal;
mod permutation;
pub mod sampler;

pub use copula::Copula;
pub use design::Design;
pub use digital_net::{MOST_DIMENSIONS, MOST_POINTS};
pub use distribution::Distribution;
pub use sampler::{Column, Sampler};
