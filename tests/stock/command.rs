//! `urbanmine cohort`: the reference problems from the command line, and what it says to mistakes.

use crate::stock::tables::{Table, Worst};
use assert_cmd::Command;
use std::path::PathBuf;

fn reference(path: &str) -> String {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/reference").join(path).to_string_lossy().into_owned()
}

/// Exit code, stdout, stderr of a call with some standard input.
fn say(arguments: &[&str], input: &str) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_urbanmine"));
    command.arg("cohort").args(arguments).env("NO_COLOR", "1").env_remove("URBANMINE_COLOR").write_stdin(input);
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (out, err) = (text(output.stdout), text(output.stderr));
    assert!(!err.contains("panicked") && !err.contains("internal error"), "{err}");
    (output.status.code().unwrap(), out, err)
}

fn done(arguments: &[&str]) -> Table {
    let (code, out, err) = say(arguments, "");
    assert_eq!(code, 0, "{err}");
    Table::parse("stdout", &out)
}

/// The lifetime of a reference case, its parameters from the columns.
fn expression(dist: &str) -> String {
    let names = match dist {
        "fixed" => "life=@p1",
        "weibull" | "gamma" => "shape=@p1, scale=@p2",
        "foldednormal" => "mu=@p1, sigma=@p2",
        "logistic" => "location=@p1, scale=@p2",
        _ => "mean=@p1, sd=@p2",
    };
    format!("{dist}({names})")
}

fn inflow_at(convention: &str) -> String {
    convention.replace("gl", "spread:")
}

#[test]
fn r1_from_the_command_line() {
    let mut worst = Worst::new("R1 by `cohort`", 1e-12);
    let cases = Table::read("reference/R1/cases.csv");
    for ((case, dist), at) in cases.text("case").into_iter().zip(cases.text("dist")).zip(cases.text("convention")) {
        let (file, lifetime, at) = (reference(&format!("R1/{case}_series.csv")), expression(dist), inflow_at(at));
        let call = ["--inflow", &file, "--lifetime", &lifetime, "--inflow-at", &at];
        let (found, known) = (done(&call), Table::read(&format!("reference/R1/{case}_series.csv")));
        assert_eq!(found.headers(), ["t", "inflow", "outflow", "stock"]);
        for column in ["t", "inflow", "outflow", "stock"] {
            worst.compare(case, column, &found.numbers(column), &known.numbers(column));
        }
        let found = done(&[&call[..], &["--by-cohort"]].concat());
        let known = Table::read(&format!("reference/R1/{case}_cohort.csv"));
        assert_eq!(found.headers(), ["t", "cohort", "stock", "outflow"]);
        for (column, name) in [("t", "t"), ("cohort", "c"), ("stock", "stock"), ("outflow", "outflow")] {
            worst.compare(case, column, &found.numbers(column), &known.numbers(name));
        }
    }
    worst.print();
}

#[test]
fn r2_from_the_command_line() {
    let mut worst = Worst::new("R2 by `cohort`", 1e-12);
    let cases = Table::read("reference/R2/cases.csv");
    let (dists, modes) = (cases.text("dist"), cases.text("mode"));
    for (i, (case, at)) in cases.text("case").into_iter().zip(cases.text("convention")).enumerate() {
        let (file, lifetime, at) = (reference(&format!("R2/{case}_series.csv")), expression(dists[i]), inflow_at(at));
        let rule = if modes[i] == "floor" { "early_retirement" } else { "allow_negative" };
        let call = ["--stock", &file, "--lifetime", &lifetime, "--inflow-at", &at, "--on-shortfall", rule];
        let (found, known) = (done(&call), Table::read(&format!("reference/R2/{case}_series.csv")));
        for column in ["inflow", "outflow", "stock"] {
            worst.compare(case, column, &found.numbers(column), &known.numbers(column));
        }
    }
    worst.print();
}

const WEIBULL: &str = "weibull(shape=3.5, scale=8.5)";
const SERIES: &str = "t,inflow,p1,p2\n2020,10,3.5,8.5\n2021,20,3.5,8.6\n";

/// Refused with this code; returns what was said.
fn refused(code: i32, arguments: &[&str], input: &str) -> String {
    let (found, out, err) = say(arguments, input);
    assert_eq!((found, out.as_str()), (code, ""), "{err}");
    err
}

fn refused_lifetime(lifetime: &str) -> String {
    refused(2, &["--inflow", "-", "--lifetime", lifetime], SERIES)
}

fn refused_series(series: &str) -> String {
    refused(2, &["--inflow", "-", "--lifetime", WEIBULL], series)
}

#[test]
fn the_steps_keep_their_names() {
    let (code, out, err) = say(&["--inflow", "-", "--lifetime", "fixed(life=1)"], SERIES);
    assert_eq!((code, err.as_str()), (0, ""));
    assert_eq!(out, "t,inflow,outflow,stock\n2020,10,0,10\n2021,20,10,20\n");
    let (_, out, _) = say(&["--inflow", "-", "--lifetime", "fixed(life=1)"], "inflow\n10\n0.1\n");
    assert_eq!(out, "t,inflow,outflow,stock\n0,10,0,10\n1,0.1,10,0.1\n");
}

#[test]
fn a_mistake_in_the_lifetime_is_shown_in_it() {
    assert_eq!(
        refused_lifetime("weibul(shape=3.5, scale=8.5)"),
        "error[E0204]: unknown distribution `weibul`
 --> --lifetime:1:1
  |
1 | weibul(shape=3.5, scale=8.5)
  | ^^^^^^ not a lifetime distribution
  |
  = help: did you mean `weibull`?\n"
    );
    assert_eq!(
        refused_lifetime("weibull(shape=3.5, scale=-8.5)"),
        "error[E0304]: `scale` cannot be -8.5
 --> --lifetime:1:26
  |
1 | weibull(shape=3.5, scale=-8.5)
  |                          ^^^^ must be a finite number above 0
  |
  = help: ages are in steps of the series\n"
    );
    for (lifetime, place, title) in [
        ("", "1:1", "unknown distribution ``"),
        ("weibull", "1:1", "`weibull` has no parameters"),
        ("weibull(shape=1", "1:16", "`weibull(` is not closed"),
        ("weibull()", "1:1", "`weibull` needs `shape` and `scale`"),
        ("weibull(shape=3.5)", "1:1", "`weibull` needs `scale`"),
        ("weibull(3.5, scale=2)", "1:9", "`3.5` has no name"),
        ("weibull(shape=3.5, scal=2)", "1:20", "`weibull` has no parameter `scal`"),
        ("weibull(shape=x, scale=2)", "1:15", "`x` is not a number"),
        ("weibull(shape=@, scale=2)", "1:15", "`@` is not a number"),
        ("weibull(shape=, scale=2)", "1:15", "`` is not a number"),
        ("weibull(shape=1, shape=2, scale=2)", "1:18", "`shape` is given twice"),
        ("weibull(shape=0, scale=2)", "1:15", "`shape` cannot be 0"),
        ("fixed(life=inf)", "1:12", "`life` cannot be inf"),
        ("normal(mean=nan, sd=1)", "1:13", "`mean` cannot be NaN"),
        ("weibull(shape=1, scale=2) x", "1:27", "`x` follows the lifetime"),
        ("寿命(平均=1)", "1:1", "unknown distribution `寿命`"),
    ] {
        let said = refused_lifetime(lifetime);
        assert!(said.contains(title) && said.contains(&format!("--lifetime:{place}\n")), "{lifetime}: {said}");
    }
}

#[test]
fn a_mistake_in_the_series_is_shown_in_it() {
    assert_eq!(
        refused_series("t,inflow\n0,10\n1,abc\n"),
        "error[E0201]: `abc` is not a number
 --> <stdin>:3:3
  |
3 | 1,abc
  |   ^^^ row 3, column `inflow`: expected a number
  |
  = help: write a number, e.g. `12.5`\n"
    );
    for (series, place, title) in [
        ("", "1:1", "`<stdin>` is empty"),
        ("t,inflow\n", "1:1", "`<stdin>` has no rows"),
        ("t,inflow\n0,10\n1\n", "3:1", "`<stdin>` has a ragged row"),
        ("t,inflow\n0,10\n1,\n", "3:3", "an empty cell"),
        ("t,inflow\n0,inf\n", "2:3", "`inf` is not finite"),
        ("t,inflow\n0,NaN\n", "2:3", "`NaN` is not finite"),
        ("t,inflows\n0,1\n", "1:1", "no column `inflow`"),
        ("t,inflow\n0,\"1\n", "2:1", "`<stdin>` has an open quote in row 2"),
    ] {
        let said = refused_series(series);
        assert!(said.contains(title) && said.contains(&format!("<stdin>:{place}\n")), "{series:?}: {said}");
    }
    let binary = String::from_utf8_lossy(&[0xff, 0xfe, 0x00]).into_owned();
    assert!(refused_series(&binary).starts_with("error[E0406]: no column `inflow`"));
}

#[test]
fn a_mistake_in_a_parameter_column_is_shown_in_it() {
    let call = ["--inflow", "-", "--lifetime", "weibull(shape=@p1, scale=@p2)"];
    let said = refused(2, &call, &SERIES.replace("8.6", "-8.6"));
    assert!(said.contains("<stdin>:3:13\n") && said.contains("`scale` cannot be -8.6"), "{said}");
    let said = refused(2, &call, &SERIES.replace("8.6", "long"));
    assert!(said.contains("<stdin>:3:13\n") && said.contains("`long` is not a number"), "{said}");
    let said = refused(2, &call, &SERIES.replace("p2", "scale"));
    assert!(said.contains("no column `p2`") && said.contains("did you mean `p1`?"), "{said}");
}

#[test]
fn a_target_out_of_reach_is_a_refused_result() {
    let call = ["--stock", "-", "--lifetime", WEIBULL];
    let crash = "t,target_stock\n0,5\n1,1\n";
    let said = refused(3, &call, crash);
    assert!(said.contains("<stdin>:3:3\n") && said.contains("3.99720821165218 too much is still in stock"), "{said}");
    let (code, out, err) = say(&[&call[..], &["--on-shortfall", "allow_negative"]].concat(), crash);
    assert!(code == 0 && out.ends_with("1,-3.99720821165218,0.0027917883478201233,1\n"), "{out}");
    assert_eq!(err, "warning: the inflow is negative in 1 steps, first in t = 1\n");
    let (_, out, err) = say(&[&call[..], &["--on-shortfall", "overshoot"]].concat(), crash);
    assert!(err.is_empty() && out.ends_with("1,0,0.0027917883478201233,4.99720821165218\n"), "{out}{err}");
    let said = refused(2, &call, "t,target_stock\n0,5\n1,-1\n");
    assert!(said.contains("a stock cannot be -1"), "{said}");
    assert!(refused(3, &["--inflow", "-", "--lifetime", WEIBULL], "inflow\n1e308\n1e308\n").contains("too large"));
}

#[test]
fn wrong_calls_are_refused() {
    for arguments in [
        &["--lifetime", WEIBULL][..],
        &["--inflow", "-"],
        &["--inflow", "-", "--stock", "-", "--lifetime", WEIBULL],
        &["--inflow", "-", "--lifetime", WEIBULL, "--inflow-at", "spread:1"],
        &["--inflow", "-", "--lifetime", WEIBULL, "--on-shortfall", "error"],
        &["--stock", "-", "--lifetime", WEIBULL, "--on-shortfall", "floor"],
        &["--inflow", "there_is_none.csv", "--lifetime", WEIBULL],
        &["--inflow", "-", "--lifetime", WEIBULL, "--chart", "chart.png"],
    ] {
        refused(2, arguments, SERIES);
    }
}

#[test]
fn the_chart_and_the_document_show_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("chart.svg").to_string_lossy().into_owned();
    let (code, out, err) = say(&["--inflow", "-", "--lifetime", WEIBULL, "--chart", &file, "--json"], SERIES);
    assert_eq!((code, err.as_str()), (0, ""));
    let svg = std::fs::read_to_string(&file).unwrap();
    assert!(svg.starts_with("<svg") && ["stock", "inflow", "outflow"].iter().all(|name| svg.contains(name)));
    let document: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(document["inflow"], serde_json::json!([10.0, 20.0]));
    let (code, out, _) = say(&["--inflow", "-", "--lifetime", "x()", "--json"], SERIES);
    let document: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &document["diagnostics"][0]["code"]), (2, &serde_json::json!("E0204")));
}
