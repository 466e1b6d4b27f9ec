//! Uncertain numbers: what a draw does to a scenario, and what many draws say.

mod draws;
mod recorder;
