//! The integration tests: one program, one room for each kind of promise.

mod cli;
mod closed_forms;
mod common;
mod conservation;
mod disk;
mod floors;
mod invalid;
mod money;
mod published;
mod shipped;
mod stock;
mod uncertainty;
