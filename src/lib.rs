//! `urbanmine` simulates the battery loop: material, battery, use, collection, recycling, material.
//!
//! The house, floor by floor; a room uses only rooms on lower floors (a test reads every `use crate::` line):
//!
//! | floor | room | what it is for |
//! |---|---|---|
//! | 0 | [`base`] | typed ids and tables, units, time series, names |
//! | 1 | [`model`] | the engine: a material's walk round the loop, step by step, with a ledger |
//! | 1 | [`sampling`] | uncertain numbers: distributions, designs, estimators |
//! | 1 | [`money`] | prices, cash flows and what they are worth; it knows no model |
//! | 1 | [`disk`] | the one way onto the disk: whole files, one writer per directory, nothing lost by a kill |
//! | 2 | [`results`] | what a run records, what can be asked of it, and the tables and run directory it becomes |
//! | 3 | [`scenario`] | what a user says, checked, and what it means |
//! | 3 | [`charts`] | pictures of plain data |
//! | 3 | [`export`] | a finished run in the forms other programs read |
//! | 3 | [`ensemble`] | many runs of one scenario, and what they say together |
//! | 4 | [`figures`] | which picture shows what of a run |
//! | 5 | [`report`] | what an analyst hands over: the page of a run, the comparison of several |
//! | 6 | [`cli`] | the command line |
//!
//! Data flows one way: scenario -> model -> step loop -> results -> figures.

// What is outside tests has no way to end in a panic of its own making; see docs/reliability.md.
#![cfg_attr(
    not(test),
    deny(
        clippy::expect_used,
        clippy::panic,
        clippy::todo,
        clippy::unimplemented,
        clippy::unreachable,
        clippy::unwrap_used
    )
)]

pub mod base;
pub mod charts;
pub mod cli;
#[cfg_attr(not(test), deny(clippy::indexing_slicing))]
pub mod disk;
pub mod ensemble;
pub mod export;
pub mod figures;
pub mod model;
pub mod money;
pub mod report;
pub mod results;
pub mod sampling;
pub mod scenario;
