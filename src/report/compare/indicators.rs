//! All indicators of several runs, a column for each run.

use crate::base::number::text;
use crate::results::archive::{Sheet, year_of};
use indexmap::IndexMap;

/// What tells one row from another, and the unit that follows from them.
const NAMES: [&str; 6] = ["indicator", "region", "plant", "substance", "time", "unit"];

/// Values by what they are of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wide {
    rows: IndexMap<[String; 6], Vec<Option<f64>>>,
}

/// A value that differs.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference<'a> {
    /// Which run.
    pub side: usize,
    /// Indicator, region, plant, substance, time and unit.
    pub name: &'a [String; 6],
    /// There.
    pub value: Option<f64>,
    /// In the baseline.
    pub baseline: Option<f64>,
}

impl Difference<'_> {
    /// Relative to the larger of both; infinite where one of them is missing.
    pub fn relative(&self) -> f64 {
        match (self.value, self.baseline) {
            (Some(a), Some(b)) if a == b => 0.0,
            (Some(a), Some(b)) => (a - b).abs() / a.abs().max(b.abs()),
            _ => f64::INFINITY,
        }
    }
}

impl Wide {
    /// Joins the tables, and what else each run says of itself.
    pub fn of(tables: &[(Sheet, Vec<([String; 6], f64)>)]) -> Self {
        let mut rows: IndexMap<[String; 6], Vec<Option<f64>>> = IndexMap::new();
        for (side, (table, more)) in tables.iter().enumerate() {
            let columns = NAMES.map(|name| table.column(name).unwrap_or(usize::MAX));
            let value_at = table.column("value").unwrap_or(usize::MAX);
            // Runs have their rows in one order: what follows in one mostly follows in the next.
            let mut next = 0;
            for row in &table.rows {
                let name = columns.map(|at| row.get(at).unwrap_or_default());
                let value = row.get(value_at).and_then(|cell| cell.parse().ok());
                let same = rows.get_index_mut(next).filter(|(known, _)| known.iter().zip(name).all(|(a, b)| a == b));
                if let Some((_, values)) = same {
                    values[side] = value;
                } else {
                    let entry = rows.entry(name.map(str::to_owned));
                    next = entry.index();
                    entry.or_insert_with(|| vec![None; tables.len()])[side] = value;
                }
                next += 1;
            }
            for (name, value) in more {
                rows.entry(name.clone()).or_insert_with(|| vec![None; tables.len()])[side] = Some(*value);
            }
        }
        Self { rows }
    }

    /// `indicators_wide.csv`.
    pub fn table(&self, labels: &[&str]) -> Vec<u8> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        // Writing to memory does not fail, and all rows have as many cells as the header.
        let _ = writer.write_record(NAMES.into_iter().chain(labels.iter().copied()));
        for (name, values) in &self.rows {
            for cell in name {
                let _ = writer.write_field(cell);
            }
            for value in values {
                let _ = match value {
                    Some(value) => writer.write_field(text(*value)),
                    None => writer.write_field("not there"),
                };
            }
            let _ = writer.write_record(None::<&[u8]>);
        }
        writer.into_inner().unwrap_or_default()
    }

    /// Every value that is not that of the baseline.
    pub fn differences(&self, baseline: usize) -> impl Iterator<Item = Difference<'_>> + '_ {
        self.rows.iter().flat_map(move |(name, values)| {
            let base = values.get(baseline).copied().flatten();
            let other = move |(side, value): &(usize, &Option<f64>)| *side != baseline && **value != base;
            let values = values.iter().enumerate().filter(other);
            values.map(move |(side, value)| Difference { side, name, value: *value, baseline: base })
        })
    }

    /// `differences.csv`.
    pub fn differences_table(&self, labels: &[&str], baseline: usize) -> Vec<u8> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let header = ["scenario", "indicator", "region", "plant", "substance", "time", "value", "baseline"];
        let _ = writer.write_record(header.into_iter().chain(["absolute", "relative", "unit"]));
        for difference in self.differences(baseline) {
            let [indicator, region, plant, substance, time, unit] = difference.name;
            let (value, base) = (difference.value, difference.baseline);
            let number = |value: Option<f64>| value.map_or("not there".to_owned(), text);
            let absolute = value.zip(base).map(|(value, base)| value - base);
            let relative =
                value.zip(base).filter(|(_, base)| *base != 0.0).map(|(value, base)| (value - base) / base.abs());
            let relative = relative.map_or("not defined".to_owned(), text);
            let absolute = absolute.map_or("not defined".to_owned(), text);
            let label = labels.get(difference.side).copied().unwrap_or_default();
            let _ = writer.write_record([
                label,
                indicator,
                region,
                plant,
                substance,
                time,
                &number(value),
                &number(base),
                &absolute,
                &relative,
                unit,
            ]);
        }
        writer.into_inner().unwrap_or_default()
    }

    /// The largest differences beyond a tolerance, the largest first, and how many there are.
    pub fn beyond(&self, tolerance: f64, baseline: usize) -> (usize, Vec<Difference<'_>>) {
        let mut found: Vec<Difference<'_>> =
            self.differences(baseline).filter(|difference| difference.relative() > tolerance).collect();
        let count = found.len();
        found.sort_by(|a, b| b.relative().total_cmp(&a.relative()));
        found.truncate(10);
        (count, found)
    }

    /// The values of a result of the whole run, such as what a plant is worth.
    pub fn of_run(&self, indicator: &str, plant: &str) -> Option<(&[Option<f64>], &str)> {
        let fits = |name: &[String; 6]| name[0] == indicator && name[2] == plant;
        self.rows.iter().find(|(name, _)| fits(name)).map(|(name, values)| (values.as_slice(), name[5].as_str()))
    }

    /// Values of one indicator by year: for each run, of rows that `fits` accepts.
    pub fn series(&self, indicator: &str, region: &str, plant: &str, substance: &str) -> Vec<(i32, Vec<Option<f64>>)> {
        let fits = |name: &&[String; 6]| {
            [indicator, region, plant, substance].iter().zip(name.iter()).all(|(wanted, known)| wanted == known)
        };
        let rows = self.rows.iter().filter(|(name, _)| fits(name));
        let mut series: Vec<(i32, Vec<Option<f64>>)> = Vec::new();
        for (name, values) in rows {
            let Some(year) = year_of(&name[4]) else { continue };
            // Within a year the last period stands for it.
            match series.last_mut().filter(|last| last.0 == year) {
                Some(last) => last.1.clone_from(values),
                None => series.push((year, values.clone())),
            }
        }
        series.sort_by_key(|(year, _)| *year);
        series
    }

    /// Every distinct indicator, region, plant and substance with its unit, in the order of the tables.
    pub fn names(&self) -> Vec<[&str; 5]> {
        let mut names: IndexMap<[&str; 5], ()> = IndexMap::new();
        for name in self.rows.keys() {
            names.insert([&name[0], &name[1], &name[2], &name[3], &name[5]], ());
        }
        names.into_keys().collect()
    }
}

/// The one row that a dotted name means; otherwise up to five that come near.
pub fn find<'a>(rows: impl Iterator<Item = &'a [String; 6]>, dotted: &str) -> Result<usize, Vec<String>> {
    let mut parts = dotted.split('.');
    let indicator = parts.next().unwrap_or_default();
    let wanted: Vec<&str> = parts.collect();
    let (mut fits, mut near) = (Vec::new(), Vec::new());
    for (at, name) in rows.enumerate() {
        if name[0] != indicator {
            continue;
        }
        let own = &name[1..5];
        let missing = wanted.iter().filter(|part| !own.iter().any(|own| own == *part)).count();
        if missing == 0 {
            fits.push((at, dotted_name(name)));
        } else if missing == 1 {
            near.push(dotted_name(name));
        }
    }
    match fits.as_slice() {
        [(only, _)] => Ok(*only),
        [] => Err(near.into_iter().take(5).collect()),
        several => Err(several.iter().map(|(_, name)| name.clone()).take(5).collect()),
    }
}

/// A row's name with dots.
pub fn dotted_name(name: &[String; 6]) -> String {
    let parts = name[..5].iter().filter(|part| part.as_str() != "all");
    parts.map(String::as_str).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wide() -> Wide {
        let table = |value: &str| {
            let text = format!(
                "time,indicator,region,plant,substance,value,unit\n2030,rate,a,all,Li,{value},1\n2030,rate,b,all,Li,3,1\n2031,rate,a,all,Li,4,1\n"
            );
            (Sheet::read(text.as_bytes()).unwrap(), Vec::new())
        };
        Wide::of(&[table("2"), table("2.5")])
    }

    #[test]
    fn only_what_differs_is_a_difference() {
        let wide = wide();
        let differences: Vec<Difference<'_>> = wide.differences(0).collect();
        assert_eq!(differences.len(), 1);
        assert_eq!((differences[0].side, differences[0].value, differences[0].baseline), (1, Some(2.5), Some(2.0)));
        assert!((differences[0].relative() - 0.2).abs() < 1e-15);
        assert_eq!((wide.beyond(0.19, 0).0, wide.beyond(0.21, 0).0), (1, 0));
        let table = String::from_utf8(wide.differences_table(&["x", "y"], 0)).unwrap();
        assert!(table.ends_with("y,rate,a,all,Li,2030,2.5,2,0.5,0.25,1\n"), "{table}");
    }

    #[test]
    fn a_missing_row_is_a_difference_beyond_all() {
        let short = Sheet::read(b"time,indicator,region,plant,substance,value,unit\n").unwrap();
        let full = Sheet::read(b"time,indicator,region,plant,substance,value,unit\n2030,rate,a,all,Li,1,1\n").unwrap();
        assert_eq!(Wide::of(&[(full, Vec::new()), (short, Vec::new())]).beyond(1e300, 0).0, 1);
    }

    #[test]
    fn a_dotted_name_means_one_row() {
        let wide = wide();
        let find = |dotted| find(wide.rows.keys(), dotted);
        assert_eq!((find("rate.a.Li.2030"), find("rate.2031")), (Ok(0), Ok(2)));
        assert_eq!(find("rate.2030").unwrap_err(), ["rate.a.Li.2030", "rate.b.Li.2030"]);
        assert!(find("ratio").unwrap_err().is_empty());
    }
}
