//! What can be asked for on the command line.

pub mod handover;

use crate::base::words::Language;
use crate::model::stock::{InflowAt, OnShortfall};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Simulates the battery loop: material, battery, use, collection, recycling, material.
#[derive(Debug, Parser)]
#[command(name = "urbanmine", version, max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = "\
Examples:
  urbanmine run scenarios/hefei.toml -o output
  urbanmine run scenarios/*.toml -o output -k
  urbanmine run scenarios/hefei.toml -o output --set plant.p1.capacity='\"50 kt/yr\"'
  urbanmine show scenarios/hefei.toml plant.p1 --origin

Exit codes: 0 done, 1 internal error, 2 input refused, 3 result refused, 4 reading or writing failed,
5 some scenarios failed and the others are complete, 7 targets missed (with --require-targets).")]
pub struct Options {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Say nothing but errors.
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// One JSON document on stdout instead of text.
    #[arg(long, global = true)]
    pub json: bool,
    /// Colours in messages.
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, env = "URBANMINE_COLOR", hide_env = true)]
    pub color: Color,
    /// Language of figures and reports.
    #[arg(long, global = true, value_enum, default_value_t = Lang::En, env = "URBANMINE_LANG", hide_env = true)]
    pub lang: Lang,
}

/// Languages of figures and reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Lang {
    /// English.
    En,
    /// Chinese.
    #[value(name = "zh-CN")]
    ZhCn,
}

impl From<Lang> for Language {
    fn from(lang: Lang) -> Self {
        match lang {
            Lang::En => Self::English,
            Lang::ZhCn => Self::Chinese,
        }
    }
}

/// When messages are coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run scenarios and write a directory for each: tables, figures, summary.
    Run(Run),
    /// Run scenarios for many draws of their uncertain numbers.
    Ensemble(Ensemble),
    /// Find out which uncertain number matters.
    Sensitivity(Sensitivity),
    /// Check scenarios with all their data files; run and write nothing.
    Validate(Validate),
    /// Print a scenario as it is understood: parents, routes and --set merged in.
    Show(Show),
    /// Compare finished runs: what differs in inputs and results, and why.
    Compare(handover::Compare),
    /// Make the report of a finished run again, without running.
    Report(handover::Report),
    /// Write a finished run in a form that other programs read, without running.
    Export(handover::Export),
    /// Begin a project: a shipped scenario with its data, and a schema for the editor.
    New(handover::New),
    /// List, show, copy or run the shipped scenarios.
    Example(handover::Example),
    /// Print the flowsheet of a plant as Graphviz or Mermaid text or as SVG.
    Graph(Graph),
    /// Explain a scenario key, an indicator or the code of a message.
    Explain(Explain),
    /// Print a JSON Schema for editors.
    Schema(handover::Schema),
    /// Print completions for a shell.
    Completions(handover::Completions),
    /// Write manual pages.
    Man(handover::Man),
    /// Stock, inflow and outflow of one series with one lifetime, as CSV on stdout.
    Cohort(Cohort),
}

/// `run`.
#[derive(Debug, Args)]
pub struct Run {
    /// Scenario files.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Directory that gets a directory per scenario.
    #[arg(short, long, value_name = "DIR")]
    pub output: PathBuf,
    /// Change a value: a dotted key and a TOML value.
    #[arg(short, long = "set", value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Run the scenarios that can be run when others cannot.
    #[arg(short, long)]
    pub keep_going: bool,
    /// Run again even if nothing changed.
    #[arg(long)]
    pub force: bool,
    /// Overwrite a complete run of another scenario in the same place.
    #[arg(long)]
    pub replace: bool,
    /// Say what would be run and why; run and write nothing.
    #[arg(short = 'n', long)]
    pub dry_run: bool,
    /// End with exit code 7 if a target is missed.
    #[arg(long)]
    pub require_targets: bool,
    /// Allow a run that may need more than 4,000 steps, 4 GiB of memory or 10 GiB of output.
    #[arg(long)]
    pub allow_large: bool,
}

/// `ensemble`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
#[command(after_help = "\
Examples:
  urbanmine ensemble scenarios/hefei.toml -o output --draws 1000
  urbanmine ensemble scenarios/hefei.toml scenarios/hefei-late.toml -o output     draw by draw against each other
  urbanmine ensemble scenarios/hefei.toml -o output --shard 3/16                  a part, on this machine
  urbanmine ensemble status output                                                what is missing
  urbanmine ensemble merge output                                                 when all parts are there

The same command again continues where it was interrupted. A shard I/N computes every N-th block; count shards from 0
or from 1, I and N are the same. Exit codes: 0 done, 2 input refused or blocks missing, 3 no draw has a result, 4 reading
or writing failed, 130 and 143 interrupted.")]
pub struct Ensemble {
    /// Parts and what they add up to.
    #[command(subcommand)]
    pub action: Option<EnsembleAction>,
    /// Scenario files; of several, the others are compared with the first draw by draw.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Directory that gets a directory per scenario.
    #[arg(short, long, value_name = "DIR", required = true)]
    pub output: Option<PathBuf>,
    /// Change a value: a dotted key and a TOML value.
    #[arg(short, long = "set", value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// How many draws; `uncertainty.draws` of the scenario, or 1000, if left out.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    pub draws: Option<u64>,
    /// Seed of every random number; `uncertainty.seed`, or 1, if left out.
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Compute only a part: the blocks of shard I of N.
    #[arg(long, value_name = "I/N", value_parser = shard)]
    pub shard: Option<(u64, u64)>,
    /// Write parameters and results of every draw side by side.
    #[arg(long)]
    pub keep_draws: bool,
    /// Threads; all cores if left out. The bytes do not depend on it.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1024))]
    pub threads: Option<u64>,
    /// Overwrite an ensemble of another scenario in the same place.
    #[arg(long)]
    pub replace: bool,
    /// Say what would be computed; compute and write nothing.
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

/// What can be done with parts of an ensemble.
#[derive(Debug, Subcommand)]
pub enum EnsembleAction {
    /// Join all blocks; exit 2 and the list of those missing if there are any.
    Merge {
        /// Output directory, or the directory of one ensemble.
        #[arg(value_name = "DIR")]
        output: PathBuf,
        /// Write parameters and results of every draw side by side.
        #[arg(long)]
        keep_draws: bool,
        /// Remove the blocks afterwards.
        #[arg(long)]
        prune: bool,
    },
    /// Say which blocks are there and which are missing.
    Status {
        /// Output directory, or the directory of one ensemble.
        #[arg(value_name = "DIR")]
        output: PathBuf,
    },
}

/// `I/N`: a shard and how many there are. I = N is the same shard as I = 0.
fn shard(text: &str) -> Result<(u64, u64), String> {
    let parts = text.split_once('/').and_then(|(i, n)| Some((i.parse::<u64>().ok()?, n.parse::<u64>().ok()?)));
    parts
        .filter(|(i, n)| *n > 0 && i <= n)
        .ok_or_else(|| "expected e.g. 3/16: a shard and how many there are".to_owned())
}

/// `sensitivity`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  urbanmine sensitivity scenarios/hefei.toml -o output --method oat
  urbanmine sensitivity scenarios/hefei.toml -o output --method sobol
  urbanmine sensitivity scenarios/hefei.toml -o output --export-sample sample.csv    write the sample, run nothing
  urbanmine sensitivity scenarios/hefei.toml -o output --results-from results.csv    analyse results of another program

Samples are in the order of SALib: a column for each parameter, a row for each run; a file of results has further
columns. Exit codes: 0 done, 2 input refused, 3 a run has no result, 4 reading or writing failed, 130 and 143 interrupted.")]
pub struct Sensitivity {
    /// Scenario file.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Directory that gets a directory for the scenario.
    #[arg(short, long, value_name = "DIR")]
    pub output: PathBuf,
    /// Change a value: a dotted key and a TOML value.
    #[arg(short, long = "set", value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Method; `sensitivity.method` of the scenario, or oat, if left out.
    #[arg(long, value_enum)]
    pub method: Option<SensitivityMethod>,
    /// Seed of the sample and the bootstrap; `uncertainty.seed`, or 1, if left out.
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Write the sample to this file and run nothing.
    #[arg(long, value_name = "FILE.csv", conflicts_with = "results_from")]
    pub export_sample: Option<PathBuf>,
    /// Analyse the sample and results of this file and run nothing.
    #[arg(long, value_name = "FILE.csv")]
    pub results_from: Option<PathBuf>,
    /// Threads; all cores if left out. The bytes do not depend on it.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1024))]
    pub threads: Option<u64>,
}

/// Methods of `sensitivity`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SensitivityMethod {
    /// One parameter at a time.
    Oat,
    /// Elementary effects along random trajectories.
    Morris,
    /// Shares of variance.
    Sobol,
}

/// `validate`.
#[derive(Debug, Args)]
pub struct Validate {
    /// Scenario files.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Change a value: a dotted key and a TOML value.
    #[arg(short, long = "set", value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Allow a run that may need more than 4,000 steps, 4 GiB of memory or 10 GiB of output.
    #[arg(long)]
    pub allow_large: bool,
}

/// `show`.
#[derive(Debug, Args)]
pub struct Show {
    /// Scenario file.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Show only what lies at or below this dotted key.
    #[arg(value_name = "KEY")]
    pub key: Option<String>,
    /// Add the file and line each value came from.
    #[arg(long)]
    pub origin: bool,
    /// Change a value: a dotted key and a TOML value.
    #[arg(short, long = "set", value_name = "KEY=VALUE")]
    pub set: Vec<String>,
}

/// `graph`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  urbanmine graph scenarios/hefei.toml | dot -Tpng -o flowsheet.png
  urbanmine graph scenarios/hefei.toml --plant p1 --format svg --year 2035 > flowsheet.svg")]
pub struct Graph {
    /// Scenario file.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Which plant; the first if left out.
    #[arg(long, value_name = "NAME")]
    pub plant: Option<String>,
    /// In which form.
    #[arg(long, value_enum, default_value_t = GraphFormat::Dot)]
    pub format: GraphFormat,
    /// Run the scenario and write the tonnes of this calendar year at the arrows.
    #[arg(long, value_name = "YEAR", conflicts_with = "month")]
    pub year: Option<i32>,
    /// The same for the step that this month lies in.
    #[arg(long, value_name = "YYYY-MM", value_parser = month)]
    pub month: Option<(i32, u32)>,
    /// Change a value: a dotted key and a TOML value.
    #[arg(short, long = "set", value_name = "KEY=VALUE")]
    pub set: Vec<String>,
}

/// Reads a month.
fn month(text: &str) -> Result<(i32, u32), String> {
    let parts = text.split_once('-').and_then(|(year, month)| Some((year.parse().ok()?, month.parse().ok()?)));
    let month = parts.filter(|(_, month)| (1..=12).contains(month));
    month.ok_or_else(|| "expected a year and a month, e.g. 2035-07".to_owned())
}

/// Forms of a graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum GraphFormat {
    /// Text for Graphviz.
    Dot,
    /// Text for Mermaid.
    Mermaid,
    /// A picture.
    Svg,
}

/// `explain`.
#[derive(Debug, Args)]
pub struct Explain {
    /// A key, a section, the last part of a key, or an indicator: `plant.p1.capacity`, `collection`, `capacity`,
    /// `recycled_content`; `indicators` lists all of them; or a code such as `E0305`.
    #[arg(value_name = "KEY", required_unless_present = "all")]
    pub key: Option<String>,
    /// The reference of all keys, indicators and codes as a page in Markdown.
    #[arg(long, conflicts_with = "key")]
    pub all: bool,
}

/// `cohort`.
#[derive(Debug, Args)]
#[command(after_help = "\
Lifetimes, ages in steps of the series (a parameter written @NAME is read for each cohort from that column):
  fixed(life=)             weibull(shape=, scale=)     weibull(shape=, mean=)
  normal(mean=, sd=)       normal_trunc0(mean=, sd=)   foldednormal(mu=, sigma=)
  lognormal(mean=, sd=)    gamma(shape=, scale=)       gamma(mean=, sd=)
  logistic(location=, scale=)

Examples:
  urbanmine cohort --inflow sales.csv --column inflow --lifetime 'weibull(shape=3.5, scale=8.5)'
  urbanmine cohort --stock fleet.csv --column target_stock --lifetime 'weibull(shape=@p1, scale=@p2)' \
    --inflow-at spread:6 --on-shortfall early_retirement --chart fleet.svg
  cat sales.csv | urbanmine cohort --inflow - --lifetime 'lognormal(mean=12, sd=4)' --by-cohort

Exit codes: 0 done, 2 input refused, 3 the target cannot be held, 4 reading or writing failed.")]
pub struct Cohort {
    /// CSV file of what enters in each step; `-` reads standard input.
    #[arg(long, value_name = "CSV", required_unless_present = "stock")]
    pub inflow: Option<PathBuf>,
    /// CSV file of the stock to be held at the end of each step; `-` reads standard input.
    #[arg(long, value_name = "CSV", conflicts_with = "inflow")]
    pub stock: Option<PathBuf>,
    /// Column of the series; `inflow` or `target_stock` if left out.
    #[arg(long, value_name = "NAME")]
    pub column: Option<String>,
    /// Lifetime: a distribution with its parameters by name.
    #[arg(long, value_name = "DISTRIBUTION(..)")]
    pub lifetime: String,
    /// When in its step an inflow enters: `end` (age 0 at the step's end), `mid`, `start`, or `spread:N`, evenly by N
    /// Gauss-Lobatto nodes.
    #[arg(long, value_name = "WHEN", default_value = "end")]
    pub inflow_at: InflowAt,
    /// What to do when the stock is to fall faster than things retire: `error`, `early_retirement`, `allow_negative` or
    /// `overshoot`.
    #[arg(long, value_name = "RULE", default_value = "error", conflicts_with = "inflow")]
    pub on_shortfall: OnShortfall,
    /// Every cohort: `t,cohort,stock,outflow` instead of `t,inflow,outflow,stock`.
    #[arg(long)]
    pub by_cohort: bool,
    /// Draw the result.
    #[arg(long, value_name = "FILE.svg")]
    pub chart: Option<PathBuf>,
}
