//! How each region makes batteries.

use super::Builder;
use crate::base::ids::{Id, RegionId, all};
use crate::model::manufacture::ManufactureRule;

impl Builder<'_> {
    /// The rule of every region. A region without one makes nothing lossy: all its own cells, full yields, no limit.
    pub(super) fn manufacture(&mut self) -> Vec<ManufactureRule> {
        all::<RegionId>(self.size.regions).map(|region| self.manufacture_rule(region)).collect()
    }

    fn manufacture_rule(&mut self, region: RegionId) -> ManufactureRule {
        let key = format!("manufacture.{}", self.catalog.region(region));
        let mut yields = self.by_substance(&format!("{key}.electrode_yield"), 1.0);
        let zero = |values: &[f64]| values.iter().any(|value| *value <= 0.0);
        let no_electrodes = zero(yields.cells());
        yields.cells_mut().iter_mut().for_each(|share| *share = (1.0 / *share - 1.0).max(0.0));
        let rule = ManufactureRule {
            local_supply_share: self.state(&format!("{key}.local_supply_share"), 1.0),
            imports_from: self.supplier(&format!("{key}.imports_from"), region),
            cell_yield: self.state(&format!("{key}.cell_yield"), 1.0),
            cut_off: yields,
            max_recycled_share: self.by_substance(&format!("{key}.max_recycled_share"), 1.0),
            inventory_limit: self.scenario.number(&format!("{key}.inventory_limit")).unwrap_or(f64::INFINITY),
        };
        for (name, bad) in [("cell_yield", zero(&rule.cell_yield)), ("electrode_yield", no_electrodes)] {
            if bad {
                let title = format!("`{name}` falls to zero");
                self.report(&format!("{key}.{name}"), "E0203", title, "nothing could be made", "give a yield above 0");
            }
        }
        rule
    }

    /// The region that makes what a region does not, if it is one of the system and not the region itself.
    fn supplier(&mut self, key: &str, region: RegionId) -> Option<RegionId> {
        let name = self.scenario.text(key)?.to_owned();
        let supplier = self.catalog.regions.iter().position(|known| *known == name).map(RegionId::new)?;
        if supplier == region {
            let title = format!("`{name}` cannot import from itself");
            self.report(key, "E0203", title, "the same region", "name another region, or \"outside\"");
            return None;
        }
        Some(supplier)
    }
}
