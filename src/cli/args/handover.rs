//! The verbs that turn finished runs into something to hand over, and those that help to begin.

use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

/// `compare`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  urbanmine compare output/hefei output/hefei-late -o output/compare
  urbanmine compare output/* -o output/compare --baseline hefei
  urbanmine compare output/hefei output/hefei-late -o output/compare --bridge plant_utilisation.p1.2030
  urbanmine compare output/hefei old/hefei -o output/compare --tolerance 1e-9

Exit codes: 0 done, 2 input refused, 3 a difference beyond --tolerance, 4 reading or writing failed.")]
pub struct Compare {
    /// Directories of finished runs.
    #[arg(required = true, num_args = 2.., value_name = "RUN")]
    pub runs: Vec<PathBuf>,
    /// Directory for the comparison.
    #[arg(short, long, value_name = "DIR")]
    pub output: PathBuf,
    /// Scenario that the others are compared with; the first if left out.
    #[arg(long, value_name = "ID")]
    pub baseline: Option<String>,
    /// Explain which inputs make the difference in this indicator, by running the scenarios between each and the
    /// baseline: the name in `indicators.csv` with region, plant, substance and year, joined by dots.
    #[arg(long, value_name = "INDICATOR")]
    pub bridge: Option<String>,
    /// Exit with 3 if an indicator differs by more than this part of its larger value.
    #[arg(long, value_name = "R")]
    pub tolerance: Option<f64>,
}

/// `report`.
#[derive(Debug, Args)]
pub struct Report {
    /// Directory of a finished run.
    #[arg(value_name = "RUN")]
    pub run: PathBuf,
    /// File to write; `report.html` in the run's directory if left out.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// `export`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  urbanmine export output/hefei --to xlsx
  urbanmine export output/hefei --to sankey --year 2035 --substance Li -o lithium")]
pub struct Export {
    /// Directory of a finished run.
    #[arg(value_name = "RUN")]
    pub run: PathBuf,
    /// In which form.
    #[arg(long, value_enum, value_name = "FORM")]
    pub to: Form,
    /// Directory to write in; `export` in the run's directory if left out.
    #[arg(short, long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// For sankey: the calendar year; the whole horizon if left out.
    #[arg(long, value_name = "YEAR")]
    pub year: Option<i32>,
    /// For sankey: one substance; all mass if left out.
    #[arg(long, value_name = "NAME")]
    pub substance: Option<String>,
}

/// Forms of [`Export`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// Time series in the layout of the integrated assessment community, for pyam.
    Iamc,
    /// One workbook with a sheet for each table.
    Xlsx,
    /// A Parquet file for each table.
    Parquet,
    /// The flows between the stages of the loop as a table and a picture.
    Sankey,
    /// The tables with a `datapackage.json`.
    Datapackage,
}

/// `new`.
#[derive(Debug, Args)]
pub struct New {
    /// Directory to make; it must not exist, or be empty.
    #[arg(value_name = "DIR")]
    pub directory: PathBuf,
    /// Which shipped scenario to start from; `urbanmine example list` names them.
    #[arg(long, value_name = "NAME", default_value = "hefei")]
    pub template: String,
}

/// `example`.
#[derive(Debug, Args)]
pub struct Example {
    /// What to do.
    #[command(subcommand)]
    pub action: ExampleAction,
}

/// Actions of [`Example`].
#[derive(Debug, Subcommand)]
pub enum ExampleAction {
    /// Name the shipped scenarios.
    List,
    /// Print one.
    Show {
        /// Its name.
        name: String,
    },
    /// Copy one with all files it reads.
    Copy {
        /// Its name.
        name: String,
        /// Directory to make; it must not exist, or be empty.
        directory: PathBuf,
    },
    /// Run one.
    Run {
        /// Its name.
        name: String,
        /// Directory that gets a directory for the run.
        #[arg(short, long, value_name = "DIR")]
        output: PathBuf,
    },
}

/// `schema`.
#[derive(Debug, Args)]
pub struct Schema {
    /// Of what.
    #[arg(value_enum)]
    pub of: SchemaOf,
}

/// What a schema describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SchemaOf {
    /// A scenario file.
    Scenario,
}

/// `completions`.
#[derive(Debug, Args)]
pub struct Completions {
    /// For which shell.
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// `man`.
#[derive(Debug, Args)]
pub struct Man {
    /// Directory for the pages.
    #[arg(value_name = "DIR")]
    pub directory: PathBuf,
}
