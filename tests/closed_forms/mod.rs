//! Numbers that can be done by hand or in closed form, stage by stage, and relations that must hold whatever the
//! numbers are.

mod accounts;
mod collection;
mod fleets;
mod initial;
mod lines;
mod manufacture;
mod market;
mod origins;
mod plant;
mod reagents;
mod relations;
mod returns;
mod reuse;
mod usage;

use crate::common::patch;

/// One city, one car, one chemistry, one plant without losses.
const LOOP: &str = include_str!("../data/loop.toml");

/// The loop with some parts replaced.
fn city(edits: &[(&str, &str)]) -> String {
    patch(LOOP, edits)
}

const STEPS: [(&str, usize); 3] = [("1 year", 1), ("1 quarter", 4), ("1 month", 12)];
