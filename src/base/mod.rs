//! Floor 0: typed ids and tables, names, numbers as text, random streams, units, time series, the wish to stop. Knows nothing of batteries.

pub mod aligned;
pub mod catalog;
pub mod ids;
pub mod inert;
pub mod number;
pub mod random;
pub mod series;
pub mod stop;
pub mod units;
pub mod words;
