//! The few lines on the terminal that tell an analyst what a run found, within 80 columns.

use crate::base::ids::{Id, PlantId, RegionId, SubstanceId, all};
use crate::base::inert;
use crate::base::number::readable;
use crate::model::plant::FeedStream;
use crate::results::indicator::By;
use crate::results::money::{Accounts, PlantMoney, SIGNS};
use crate::results::summary::{Heading, PlantYear};
use crate::results::tables::Run;
use crate::results::targets::{Bound, score};
use std::fmt::Write;

const WIDTH: usize = 80;
const LABEL: usize = 26;
const COLUMN: usize = 9;
const METALS: [&str; 3] = ["Li", "Ni", "Co"];

/// The headline of a run.
pub fn text(run: &Run<'_>, accounts: &Accounts<'_>, heading: &Heading) -> String {
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
    target_lines(&mut text, run, heading);
    for money in &accounts.plants {
        money_lines(&mut text, accounts, money, heading);
    }
    for (key, value, note) in &heading.named {
        let _ = writeln!(text, "rests on {key} = {value}");
        prose(&mut text, &inert::line(note));
    }
    let mut counts: Vec<String> = heading.confidence.iter().map(|(grade, count)| format!("{count} {grade}")).collect();
    if let Some(last) = counts.last_mut() {
        last.push_str(" (tables/assumptions.csv)");
    }
    list(&mut text, "numbers by confidence: ", &counts);
    text
}

/// Missed targets told by name; the others stand in the table.
const MOST_MISSED: usize = 6;

/// How many targets are met, and which are missed by how much.
fn target_lines(text: &mut String, run: &Run<'_>, heading: &Heading) {
    let verdicts = run.judge(&heading.targets);
    let score = score(&verdicts);
    if verdicts.is_empty() {
        return;
    }
    let idle =
        if score.not_applicable > 0 { format!(", {} do not apply", score.not_applicable) } else { String::new() };
    let _ = writeln!(text, "targets {} of {} met{idle} (tables/targets.csv)", score.met, score.judged);
    let missed: Vec<_> = verdicts.iter().filter_map(|verdict| Some((verdict, verdict.worst()?))).collect();
    for (verdict, worst) in missed.iter().take(MOST_MISSED) {
        let target = verdict.target;
        let name: String = target.name.chars().take(LABEL - 2).collect();
        let plant = worst.place.name(By::Plant, run.catalog).map_or(String::new(), |plant| format!(" ({plant})"));
        let (missing, unit) = if target.missing_unit() == "t" && worst.missing >= 1e3 {
            (worst.missing / 1e3, "kt")
        } else {
            (worst.missing, target.missing_unit())
        };
        let _ = writeln!(
            text,
            "  {name:<width$} {} of {} in {}{plant}, {} {unit} {wrong}",
            readable(worst.value),
            readable(target.required),
            worst.year,
            readable(missing),
            wrong = if target.bound == Bound::AtLeast { "missing" } else { "too much" },
            width = LABEL - 2
        );
    }
    if missed.len() > MOST_MISSED {
        let _ = writeln!(text, "  and {} more", missed.len() - MOST_MISSED);
    }
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

/// What a plant is worth, what decides it, and where it breaks even.
fn money_lines(text: &mut String, accounts: &Accounts<'_>, money: &PlantMoney, heading: &Heading) {
    let terms = accounts.terms(money);
    let millions = |value: f64| readable((value / 1e6).round());
    let whole = |value: f64| readable(value.round());
    let capital: f64 = terms.buildings.iter().map(|building| building.capital).sum();
    let subsidy: f64 = terms.buildings.iter().map(|building| building.subsidy).sum();
    let last = money.calendar_year(money.years.len().saturating_sub(1));
    let plant = accounts.run.catalog.plant(money.plant);
    let first = money.statement.first_year;
    let _ = writeln!(text, "money of {plant}, {first} to {last}, CNY of 2025 without VAT ({SIGNS})");
    let _ = writeln!(text, "  capital -{} million, subsidy {} million", millions(capital), millions(subsidy));
    let rates: Vec<String> = money.internal_rates.iter().map(|rate| format!("{:.1} %", rate * 100.0)).collect();
    let rates = match rates.as_slice() {
        [] => "no rate of return".to_owned(),
        [one] => format!("rate of return {one}"),
        several => format!("{} rates of return: {}", several.len(), several.join(", ")),
    };
    let payback = money.payback.map_or("never paid back".to_owned(), |years| format!("paid back in {years:.1} yr"));
    let rate = terms.terms.discount_rate * 100.0;
    let _ = writeln!(text, "  net present value at {rate} %: {} million; {rates}; {payback}", millions(money.npv));
    let tonne = &money.levelised;
    let _ = writeln!(
        text,
        "  per t of feed: revenue {}, feed {}, other running {}, fixed {},",
        whole(tonne.revenue),
        whole(tonne.feed),
        whole(tonne.variable),
        whole(tonne.fixed)
    );
    let worse = if tonne.contribution() < 0.0 { ": more throughput makes it worse" } else { "" };
    let _ = writeln!(
        text,
        "    capital {}, tax {}; cost in all {}; a tonne more brings {}{worse}",
        whole(tonne.capital),
        whole(tonne.tax),
        whole(tonne.cost()),
        whole(tonne.contribution())
    );
    let decides = accounts.decides(money);
    let mut shown = decides.iter().take(5).map(|(name, change, multiple)| {
        let multiple = multiple.map_or("no break-even".to_owned(), |times| format!("breaks even at x {times:.2}"));
        format!("    {:<24}{:>+9.0} million   {multiple}", name.replace('_', " "), change / 1e6)
    });
    let _ = writeln!(text, "  what 10 % more of it adds to the net present value");
    shown.by_ref().for_each(|line| {
        let _ = writeln!(text, "{line}");
    });
    let weak: Vec<String> =
        accounts.weak_prices(money, heading).iter().map(|(name, _)| name.replace('_', " ")).collect();
    list(text, "  weak prices (C): ", &weak);
}

/// A list after a label, wrapped to the width of a terminal.
fn list(text: &mut String, label: &str, names: &[String]) {
    let mut line = label.to_owned();
    for (index, name) in names.iter().enumerate() {
        let end = if index + 1 == names.len() { "" } else { ", " };
        if line.len() + name.len() + end.len() > WIDTH {
            let _ = writeln!(text, "{}", line.trim_end());
            "    ".clone_into(&mut line);
        }
        line += name;
        line += end;
    }
    if !names.is_empty() {
        let _ = writeln!(text, "{line}");
    }
}

/// A text, indented and wrapped to the width of a terminal.
fn prose(text: &mut String, said: &str) {
    let mut line = " ".to_owned();
    for word in said.split_whitespace() {
        if line.chars().count() + 1 + word.chars().count() > WIDTH && line != " " {
            let _ = writeln!(text, "{line}");
            " ".clone_into(&mut line);
        }
        line.push(' ');
        line.push_str(word);
    }
    let _ = writeln!(text, "{line}");
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
    let skip = fifth.len().saturating_sub((WIDTH - LABEL) / COLUMN);
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
