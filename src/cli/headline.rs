//! The few lines on the terminal that tell an analyst what a run found, within 80 columns.

use crate::base::ids::{Id, PlantId, RegionId, SubstanceId, all};
use crate::base::inert;
use crate::base::number::readable;
use crate::model::plant::FeedStream;
use crate::results::summary::{Heading, PlantYear};
use crate::results::tables::Run;
use std::fmt::Write;

const LABEL: usize = 26;
const COLUMN: usize = 9;
const METALS: [&str; 3] = ["Li", "Ni", "Co"];

/// The headline of a run.
pub fn text(run: &Run<'_>, heading: &Heading) -> String {
    let years = years(run, heading.report_from);
    let mut text = format!("{}: {}\n", heading.id, inert::line(&heading.title));
    if years.is_empty() {
        return text;
    }
    row(&mut text, "", years.iter().map(ToString::to_string));
    let periods: Vec<Vec<usize>> =
        years.iter().map(|year| (0..run.results.periods.len()).filter(|p| run.year(*p) == *year).collect()).collect();
    let per_year = |value: &dyn Fn(usize) -> f64| -> Vec<String> {
        periods.iter().map(|periods| readable(periods.iter().map(|p| value(*p)).sum())).collect()
    };
    let in_use = periods.iter().map(|periods| readable(periods.last().map_or(0.0, |p| run.in_use(*p) / 1e6)));
    row(&mut text, "in use, GWh", in_use.collect::<Vec<_>>());
    row(&mut text, "retired packs, kt/yr", per_year(&|p| run.retired(p) / 1e3));
    for plant in all::<PlantId>(run.model.plants.len()) {
        plant_lines(&mut text, run, plant, &years);
    }
    for region in all::<RegionId>(run.model.size.regions) {
        let _ = writeln!(text, "recycled share of input, batteries made in {}, %", run.catalog.region(region));
        for name in METALS {
            let Some(s) = run.catalog.substances.iter().position(|known| known == name) else { continue };
            let s = SubstanceId::new(s);
            let shares = periods.iter().map(|periods| {
                let recycled: f64 = periods.iter().flat_map(|period| run.results.recycled_of(*period, region, s)).sum();
                percent(recycled, periods.iter().map(|period| run.results.input_of(*period, region, s)).sum())
            });
            row(&mut text, &format!("  {name}"), shares);
        }
    }
    for (key, value, note) in &heading.named {
        let _ = writeln!(text, "rests on {key} = {value}");
        let _ = writeln!(text, "  {}", inert::line(note));
    }
    let counts: Vec<String> = heading.confidence.iter().map(|(grade, count)| format!("{count} {grade}")).collect();
    let _ = writeln!(text, "numbers by confidence: {} (tables/assumptions.csv)", counts.join(", "));
    text
}

fn plant_lines(text: &mut String, run: &Run<'_>, plant: PlantId, years: &[i32]) {
    let model = &run.model.plants[plant.index()];
    let opening = model.running.iter().position(|running| running.rate > 0.0);
    let opening = opening.map_or("never runs".to_owned(), |step| {
        format!("runs from {}", run.model.horizon.label(crate::base::ids::StepId::new(step)))
    });
    let _ = writeln!(
        text,
        "plant {} in {}: {} kt/yr, {opening}",
        run.catalog.plant(plant),
        run.catalog.region(model.region),
        readable(model.nameplate.last().copied().unwrap_or(0.0) / 1e3)
    );
    let all_years = run.plant_years(plant);
    let told: Vec<&PlantYear> =
        years.iter().filter_map(|year| all_years.iter().find(|row| row.year == *year)).collect();
    if told.iter().all(|row| row.utilisation == 0.0) {
        return;
    }
    row(text, "  utilisation, %", told.iter().map(|row| readable((row.utilisation * 1000.0).round() / 10.0)));
    for stream in FeedStream::ALL {
        if told.iter().any(|row| row.feed[stream as usize] > 0.0) {
            let label = format!("  {}, kt/yr", stream.name().replace('_', " "));
            row(text, &label, told.iter().map(|row| readable(row.feed[stream as usize] / 1e3)));
        }
    }
    let binding = told.iter().map(|row| {
        let most = row.binding.iter().max_by_key(|(_, count)| *count);
        most.map_or(String::new(), |(name, _)| short(name).to_owned())
    });
    row(text, "  limited by", binding);
}

/// What limits a plant, in a word that fits a column.
fn short(name: &str) -> &str {
    match name {
        "not built" => "no plant",
        "construction" => "building",
        "nameplate" => "capacity",
        other => other,
    }
}

/// The years of the columns: every fifth, as many as fit.
fn years(run: &Run<'_>, from: i32) -> Vec<i32> {
    let end = run.model.horizon.end_year();
    let fifth: Vec<i32> = (from.max(run.model.horizon.start_year)..end).filter(|year| year % 5 == 0).collect();
    let skip = fifth.len().saturating_sub((80 - LABEL) / COLUMN);
    let chosen = fifth[skip..].to_vec();
    if chosen.is_empty() { vec![end - 1] } else { chosen }
}

fn percent(part: f64, whole: f64) -> String {
    if whole > 0.0 { readable((part / whole * 1000.0).round() / 10.0) } else { "-".to_owned() }
}

/// A row of right-aligned columns.
fn row(text: &mut String, label: &str, cells: impl IntoIterator<Item = String>) {
    let _ = write!(text, "{label:<LABEL$}");
    for cell in cells {
        let short: String =
            if cell.chars().count() > COLUMN - 1 { cell.chars().take(COLUMN - 1).collect() } else { cell };
        let _ = write!(text, "{short:>COLUMN$}");
    }
    text.push('\n');
}
