//! Floor 3: many runs of one scenario. Draws of its uncertain numbers, in blocks that stand for themselves on disk, and
//! what all of them say together.
//!
//! | file | in short |
//! |---|---|
//! | `plan.rs` | what is to be computed: draws, grid of blocks, results; written first |
//! | `outputs.rs` | the results that are followed: every indicator, region, plant, substance and year |
//! | `worker.rs` | one draw: numbers set, model rebuilt where they reach, run, results read |
//! | `block.rs`, `codec.rs` | the draws of a block, summed up; the same bytes whoever computes it |
//! | `crew.rs` | threads that share out the blocks |
//! | `directory.rs` | plan, blocks and results on disk: interrupted, resumed, computed in shards |
//! | `merged.rs`, `tables.rs` | blocks joined in their order, and the tables they become |
//! | `paired.rs` | the same draws under two scenarios |
//! | `sensitivity/` | which parameter matters: one at a time, Morris, Sobol, rank correlations |

pub mod block;
mod codec;
pub mod crew;
pub mod directory;
pub mod merged;
pub mod outputs;
pub mod paired;
pub mod plan;
pub mod sensitivity;
pub mod tables;
pub mod worker;
