//! How large a run would be, said before anything is built: a scenario of a few lines can ask for more than any machine has.
//!
//! The estimates lie above what is used, by design: dimensions are counted as if every combination occurred.

use super::{Problem, Problems, Scenario};
use std::collections::BTreeSet;

/// Most steps.
pub const MOST_STEPS: u64 = 4_000;
/// Most cells of state times steps: minutes of work.
pub const MOST_CELL_STEPS: u64 = 1_000_000_000;
/// Most memory, bytes.
pub const MOST_MEMORY: u64 = 4 << 30;
/// Most output, bytes.
pub const MOST_OUTPUT: u64 = 10 << 30;

/// Bytes of a row of a table, about.
const ROW: u64 = 120;

/// What a run is expected to need at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Steps.
    pub steps: u64,
    /// Cells of state times steps.
    pub cell_steps: u64,
    /// Memory, bytes.
    pub memory: u64,
    /// Tables and inputs, bytes.
    pub output: u64,
}

impl Scenario {
    /// What a run of this scenario needs at most.
    #[must_use]
    pub fn size(&self) -> Size {
        Estimate::new(self).size()
    }

    /// Refuses a scenario that asks for more than is allowed without being told so.
    ///
    /// # Errors
    /// What is too large, and the way out.
    pub fn within_limits(&self) -> Result<Size, Problems> {
        let size = self.size();
        let mega = |bytes: u64| format!("{} MiB", bytes >> 20);
        let count = |number: u64| number.to_string();
        let checks: [(&str, u64, u64, &dyn Fn(u64) -> String, &str); 4] = [
            ("steps", size.steps, MOST_STEPS, &count, "E0507"),
            ("cells of state times steps", size.cell_steps, MOST_CELL_STEPS, &count, "E0508"),
            ("of memory", size.memory, MOST_MEMORY, &mega, "E0508"),
            ("of output", size.output, MOST_OUTPUT, &mega, "E0508"),
        ];
        let problems: Vec<Problem> = checks
            .into_iter()
            .filter(|(_, needed, most, ..)| needed > most)
            .map(|(what, needed, most, write, code)| {
                let title = format!("the run may need {} {what}", write(needed));
                let label = format!("at most {} {what} without --allow-large", write(most));
                let help = "take longer steps, fewer years or fewer names; or add --allow-large if the machine is large enough";
                self.problem_at("time", code, title, label, help)
            })
            .collect();
        if problems.is_empty() { Ok(size) } else { Err(self.problems(problems)) }
    }
}

/// The counts that decide.
struct Estimate {
    steps: u64,
    years: u64,
    per_year: u64,
    periods: u64,
    regions: u64,
    chemistries: u64,
    substances: u64,
    fleets: u64,
    hazards: u64,
    plants: u64,
    fifo: u64,
    sinks: u64,
    files: u64,
}

/// A count as a number that may be multiplied.
fn wide(count: usize) -> u64 {
    count as u64
}

impl Estimate {
    fn new(scenario: &Scenario) -> Self {
        let (start, end) = (scenario.month("time.start"), scenario.month("time.end"));
        let months = |date: Option<(i32, u32)>| date.map_or(0, |(year, month)| i64::from(year) * 12 + i64::from(month));
        let per_year = match scenario.text("time.step") {
            Some("1 year") => 1,
            Some("1 quarter") => 4,
            _ => 12,
        };
        let months_run = u64::try_from(months(end) - months(start)).unwrap_or(0);
        let (steps, years_run) = ((months_run * per_year).div_ceil(12), months_run.div_ceil(12));
        let chemistries = wide(scenario.names("system.chemistries").len());
        let (mut fleets, mut oldest, mut segments) = (0, 0, BTreeSet::new());
        for region in scenario.children("market") {
            for segment in scenario.children(&format!("market.{region}")) {
                let key = format!("market.{region}.{segment}");
                if scenario.has(&format!("{key}.sales")) || scenario.has(&format!("{key}.fleet")) {
                    let names = |mix: &str| scenario.mix(&format!("{key}.{mix}")).map_or(0, |mix| mix.names().count());
                    fleets += wide(names("chemistry") + names("initial_chemistry"));
                    segments.insert(segment);
                }
                let before = scenario.series(&format!("{key}.initial_fleet")).and_then(|s| s.points().first().copied());
                if let (Some((first, _)), Some((year, _))) = (before, start) {
                    oldest = oldest.max(if first > 0 { u64::try_from(year - first).unwrap_or(0) } else { 0 });
                }
            }
        }
        let pools = scenario.children("swap");
        let mixes = pools.iter().filter_map(|region| scenario.mix(&format!("swap.{region}.chemistry")));
        fleets += mixes.map(|mix| wide(mix.names().count())).sum::<u64>();
        let years = years_run + oldest;
        // A lifetime that changes has a table for each year; a policy one more for each time it begins or ends, in steps.
        let tables = |key: &str| if scenario.changes_below(key) { years } else { 1 };
        let eras = (2 * wide(scenario.children("use.hazard_policy").len()) + 1).min(steps + 1);
        segments.insert("swap_pool");
        let of_segments: u64 = segments
            .iter()
            .map(|segment| {
                tables(&format!("use.{segment}.vehicle")) + chemistries * tables(&format!("use.{segment}.battery"))
            })
            .sum();
        let plants = scenario.children("plant");
        let text = |plant: &&&str| scenario.text(&format!("yard.{plant}.discipline")) == Some("fifo");
        let outlets = |plant: &&str| {
            let units = scenario.children(&format!("plant.{plant}.unit"));
            units
                .iter()
                .map(|unit| wide(scenario.children(&format!("plant.{plant}.unit.{unit}.outlets")).len()))
                .sum::<u64>()
        };
        Self {
            steps,
            years,
            per_year,
            periods: if scenario.text("outputs.every") == Some("step") { steps } else { years_run },
            regions: wide(scenario.names("system.regions").len()),
            chemistries,
            substances: wide(scenario.names("system.substances").len().next_multiple_of(8)),
            fleets,
            hazards: of_segments * eras + chemistries * tables("second_life.lifetime"),
            plants: wide(plants.len()),
            fifo: wide(plants.iter().filter(text).count()),
            sinks: plants.iter().map(outlets).sum(),
            files: scenario.data_files().iter().map(|file| wide(file.bytes.len())).sum(),
        }
    }

    fn size(&self) -> Size {
        let Self { steps, years, per_year, periods, regions, chemistries, substances, fleets, plants, sinks, .. } =
            *self;
        let flows = regions * 26 * chemistries + plants * 6 * chemistries * (regions + 1) + 2 * sinks;
        let processes = 8 * regions + 3 * plants + 1;
        let packs = fleets * years * years;
        let stores = 2 * fleets * years * substances;
        let lots = self.fifo * steps * 5 * chemistries * substances;
        let model = chemistries * years * substances
            + self.hazards * per_year * years
            + steps * (2 * fleets + 4 * regions * chemistries + 3 * regions * substances + plants * (5 * regions + 8));
        let world = packs + stores + lots + flows * substances + 6 * processes * substances;
        let recorded = periods * (flows + processes + 5 * regions) * substances
            + periods * (9 * fleets + plants * 8 * substances)
            + steps * (5 * processes * substances + 60 * plants);
        let rows = steps * (processes * substances + plants) + periods * (flows + processes) * substances;
        let output = rows * ROW + self.files;
        Size {
            steps,
            cell_steps: steps * (packs / 2 + stores / 2 + flows * substances),
            memory: 8 * (model + world + recorded) + output,
            output,
        }
    }
}
