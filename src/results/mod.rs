//! Floor 2: what a run records and what it becomes on disk.
//!
//! [`Recorder`] looks at every step; [`Results`] is what it saw, by period; `tables` writes it out; `run_dir` keeps the
//! promise that a directory with a manifest is a complete run.

pub mod burdens;
pub mod indicator;
pub mod money;
mod plant_tables;
mod record;
pub mod run_dir;
pub mod summary;
pub mod tables;
pub mod targets;

pub use record::{EnergyRow, Every, Recorder, Results};
