//! Estimators: from draws to statistics. Sums are formed in the order of the draws, or block after block in the order of
//! the blocks: never in the order in which threads came home.

pub mod moments;
pub mod morris;
pub mod order;
pub mod proportion;
pub mod ranks;
pub mod sobol;

pub use moments::Moments;
