//! The integration tests: one program, one room for each kind of promise.

mod cli;
mod closed_forms;
mod common;
mod conservation;
mod floors;
mod invalid;
mod published;
mod shipped;
mod stock;
mod uncertainty;
