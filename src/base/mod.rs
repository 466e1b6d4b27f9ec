//! Floor 0: typed ids and tables, names, numbers as text, random streams, units, time series. Knows nothing of batteries.

pub mod catalog;
pub mod ids;
pub mod inert;
pub mod number;
pub mod random;
pub mod series;
pub mod units;
pub mod words;
