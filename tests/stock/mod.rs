//! Stocks against the established tools: the reference problems, published cases, and properties that always hold.
//!
//! The tables, their conventions and where they come from: `tests/data/reference/README.md`. Each test prints its worst
//! difference (`cargo test -- --nocapture`), in parts of the largest value of the column it stands in.

mod command;
mod properties;
mod published;
mod reference;
mod tables;
