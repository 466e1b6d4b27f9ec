//! The series and the parameters of each cohort, from a CSV file or standard input.

use super::expression::{Expression, Value, range};
use crate::model::lifetime::Lifetime;
use crate::scenario::{CsvFile, FileKind, Origin, Problem, Sources, suggestion};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// A series longer than this would need gigabytes: memory grows with its square.
const MOST_STEPS: usize = 10_000;
/// More than this is no series.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// Why there is no input.
pub enum Refusal {
    Problems(Vec<Problem>),
    /// The file is there but cannot be read.
    Io(String),
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Problems(vec![problem])
    }
}

/// A table and the column that holds the series.
pub struct Input {
    file: CsvFile,
    column: usize,
    pub values: Vec<f64>,
}

impl Input {
    /// Reads the file, or standard input for `-`, and its series.
    pub fn read(path: &Path, column: &str, sources: &mut Sources) -> Result<Self, Refusal> {
        let (name, bytes, kind) = if path.as_os_str() == "-" {
            (String::from("<stdin>"), limited(std::io::stdin().lock()), FileKind::Pseudo)
        } else {
            (path.display().to_string(), File::open(path).and_then(limited), FileKind::Data)
        };
        let bytes = bytes.map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => {
                let help = "give the path of a CSV file, or `-` for standard input";
                Refusal::from(Problem::without_place("E0402", format!("no file `{name}`"), help))
            }
            _ => Refusal::Io(format!("cannot read `{name}`: {error}")),
        })?;
        let too_large = bytes.len() as u64 > MOST_BYTES;
        let id = sources.add(name.clone(), String::new(), kind, bytes);
        let start = Origin { file: id, start: 0, end: 0 };
        if too_large {
            let help = "keep only the columns and rows that are needed";
            return Err(
                Problem::error("E0503", format!("`{name}` is too large"), start, "more than 64 MiB", help).into()
            );
        }
        let file = CsvFile::read(id, sources)?;
        let column = place(&file, column, sources)?;
        if file.row_count() == 0 {
            let title = format!("`{name}` has no rows");
            let help = "below the header, write one row for each step";
            return Err(Problem::error("E0404", title, header(&file, sources), "only a header", help).into());
        }
        if file.row_count() > MOST_STEPS {
            let origin = file.origin(MOST_STEPS, None, sources);
            let title = format!("`{name}` has more than {MOST_STEPS} steps");
            let help = "use longer steps, or cut the series";
            return Err(Problem::error("E0503", title, origin, "one step too many", help).into());
        }
        let values = numbers(&file, column, sources).map_err(Refusal::Problems)?;
        Ok(Self { file, column, values })
    }

    /// The place of a step's value.
    pub fn origin(&self, step: usize, sources: &Sources) -> Origin {
        self.file.origin(step, Some(self.column), sources)
    }

    /// What the steps are called: the column `t` if there is one, else 0, 1, 2 ...
    pub fn steps(&self) -> Vec<String> {
        let column = self.file.column("t");
        (0..self.values.len())
            .map(|step| column.map_or_else(|| step.to_string(), |t| self.file.cell(step, t).to_owned()))
            .collect()
    }

    /// The lifetime of every cohort.
    pub fn lifetimes(&self, expression: &Expression<'_>, sources: &Sources) -> Result<Vec<Lifetime>, Refusal> {
        if let Some(lifetime) = expression.constant() {
            return Ok(vec![lifetime; self.values.len()]);
        }
        let distribution = &expression.distribution;
        let mut problems = vec![];
        let mut columns: Vec<(Vec<f64>, Option<usize>)> = vec![];
        for parameter in &expression.parameters {
            match parameter.value {
                Value::Number(value) => columns.push((vec![value; self.values.len()], None)),
                Value::Column(name) => {
                    match place(&self.file, name, sources).map(|at| (at, numbers(&self.file, at, sources))) {
                        Ok((at, Ok(values))) => columns.push((values, Some(at))),
                        Ok((_, Err(list))) => problems.extend(list),
                        Err(problem) => problems.push(problem.also(parameter.origin, "asked for here")),
                    }
                }
            }
        }
        if !problems.is_empty() {
            return Err(Refusal::Problems(problems));
        }
        for (parameter, (values, at)) in expression.parameters.iter().zip(&columns) {
            for (step, value) in values.iter().enumerate() {
                if !distribution.accepts(parameter.name, *value) {
                    let origin = self.file.origin(step, *at, sources);
                    let title = format!("`{}` cannot be {value}", parameter.name);
                    let label = format!("must be {}", range(distribution, parameter.name));
                    problems.push(Problem::error("E0304", title, origin, label, "ages are in steps of the series"));
                }
            }
        }
        let lifetime = |step: usize| {
            let values: Vec<f64> = columns.iter().filter_map(|(values, _)| values.get(step).copied()).collect();
            distribution.lifetime(&values)
        };
        // Every value was accepted above, so none is missing.
        let lifetimes: Vec<Lifetime> = (0..self.values.len()).filter_map(lifetime).collect();
        if problems.is_empty() { Ok(lifetimes) } else { Err(Refusal::Problems(problems)) }
    }
}

fn limited(source: impl Read) -> std::io::Result<Vec<u8>> {
    let mut bytes = vec![];
    source.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The place of the header.
fn header(file: &CsvFile, sources: &Sources) -> Origin {
    let line = sources.get(file.file).map_or(0..0, |source| source.line_range(1));
    Origin { file: file.file, start: line.start, end: line.end }
}

/// The position of a column.
fn place(file: &CsvFile, name: &str, sources: &Sources) -> Result<usize, Problem> {
    file.column(name).ok_or_else(|| {
        let help = suggestion(name, file.headers.iter().map(String::as_str));
        Problem::error("E0406", format!("no column `{name}`"), header(file, sources), "no such column", help)
    })
}

/// A column of finite numbers.
fn numbers(file: &CsvFile, column: usize, sources: &Sources) -> Result<Vec<f64>, Vec<Problem>> {
    let mut problems = vec![];
    let mut values = Vec::with_capacity(file.row_count());
    for row in 0..file.row_count() {
        let text = file.cell(row, column);
        match text.parse::<f64>() {
            Ok(value) if value.is_finite() => values.push(value),
            read => {
                let (code, title, label) = match read {
                    _ if text.is_empty() => ("E0312", "an empty cell".to_owned(), "expected a number"),
                    Ok(_) => ("E0201", format!("`{text}` is not finite"), "expected a finite number"),
                    Err(_) => ("E0201", format!("`{text}` is not a number"), "expected a number"),
                };
                let name = file.headers.get(column).map_or("", String::as_str);
                let label = format!("row {}, column `{name}`: {label}", row + 2);
                let origin = file.origin(row, Some(column), sources);
                problems.push(Problem::error(code, title, origin, label, "write a number, e.g. `12.5`"));
            }
        }
    }
    if problems.is_empty() { Ok(values) } else { Err(problems) }
}
