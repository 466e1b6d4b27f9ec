//! Vehicles that are in use when a run begins.

use super::{Builder, Scenario};
use crate::base::catalog::Catalog;
use crate::base::ids::{ChemistryId, Id, SegmentId, YearId};
use crate::model::hazard::NEGLIGIBLE_SURVIVAL;

/// Vehicles of one year of sale and chemistry.
pub(super) struct InitialVehicles {
    pub chemistry: ChemistryId,
    pub year: YearId,
    pub vehicles: f64,
    /// Energy of their packs, kWh.
    pub energy: f64,
}

/// How many years before the start the oldest of them was sold.
pub(super) fn history(scenario: &Scenario, catalog: &Catalog, start_year: i32) -> usize {
    let segments = || catalog.segments.iter();
    let keys = catalog.regions.iter().flat_map(|r| segments().map(move |s| format!("market.{r}.{s}.initial_fleet")));
    let oldest = keys.filter_map(|key| scenario.series(&key)?.points().first().map(|(year, _)| *year));
    // A number without a year stands under year 0.
    let years = oldest.filter(|year| *year > 0).map(|year| usize::try_from(start_year - year).unwrap_or(0));
    years.max().unwrap_or(0)
}

impl Builder<'_> {
    /// The vehicles of a region and segment when the run begins, from the oldest on.
    pub(super) fn initial_fleet(&mut self, key: &str, segment: SegmentId) -> Vec<InitialVehicles> {
        let scenario = self.scenario;
        let fleet_key = format!("{key}.initial_fleet");
        let Some(series) = scenario.series(&fleet_key) else { return Vec::new() };
        let start = self.horizon.start_year;
        let own = scenario.mix(&format!("{key}.initial_chemistry"));
        let Some(mix) = own.or_else(|| scenario.mix(&format!("{key}.chemistry"))) else { return Vec::new() };
        let places: Vec<Option<usize>> =
            mix.names().map(|name| self.catalog.chemistries.iter().position(|known| known == name)).collect();
        let mut initial = Vec::new();
        for (sold_in, vehicles) in series.points() {
            if *sold_in == 0 || *sold_in >= start {
                let title = format!("`{fleet_key}` needs the years before {start} in which its vehicles were sold");
                let label =
                    if *sold_in == 0 { "no years".to_owned() } else { format!("{sold_in} is not before {start}") };
                let help = format!(
                    "write e.g. `initial_fleet = {{ unit = \"vehicle\", {} = 2e4, {} = 3e4 }}`",
                    start - 2,
                    start - 1
                );
                self.report(&fleet_key, "E0309", title, label, &help);
                return Vec::new();
            }
            let years = self.horizon.history as i32 - (start - sold_in);
            let year = YearId::new(usize::try_from(years).unwrap_or(0));
            self.outlived(&fleet_key, segment, *sold_in, *vehicles);
            let middle = f64::from(*sold_in) + 0.5;
            let battery = scenario.series(&format!("{key}.battery")).map_or(0.0, |series| series.at(middle));
            for (place, share) in places.iter().zip(mix.at(middle)) {
                let vehicles = vehicles * share;
                if let (Some(k), true) = (place, vehicles > 0.0) {
                    let chemistry = ChemistryId::new(*k);
                    initial.push(InitialVehicles { chemistry, year, vehicles, energy: vehicles * battery });
                }
            }
        }
        initial
    }

    /// Nothing of a year can be in use if nothing of it lives so long.
    fn outlived(&mut self, key: &str, segment: SegmentId, sold_in: i32, vehicles: f64) {
        let life = format!("use.{}.vehicle", self.catalog.segment(segment));
        let lifetimes = self.lifetimes(&life, None, std::iter::once(f64::from(sold_in)));
        let start = self.horizon.start_year;
        // The last of them were sold when their year ended.
        let age = f64::from(start - 1 - sold_in);
        if vehicles > 0.0 && lifetimes.iter().all(|lifetime| lifetime.survival(age) < NEGLIGIBLE_SURVIVAL) {
            let title = format!("vehicles of {sold_in} are said to be in use in {start}");
            let label = format!("by `{life}` none of {sold_in} lives so long");
            self.report(key, "E0309", title, label, "leave that year out, or give longer lives");
        }
    }
}
