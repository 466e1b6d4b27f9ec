//! What must hold of any input: it is accepted, or refused at a place with a way out, and never ends in a panic. Used by
//! the fuzz targets and by the bounded run of the test suite.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use urbanmine::base::units::{Quantity, Unit, parse_number};
use urbanmine::scenario::build::build;
use urbanmine::scenario::{Problems, Scenario};

/// The test data of the package.
fn data() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    [here.join("tests/data"), here.join("../tests/data")].into_iter().find(|path| path.is_dir()).unwrap()
}

/// The small scenario.
fn tiny() -> &'static str {
    static TEXT: OnceLock<String> = OnceLock::new();
    TEXT.get_or_init(|| std::fs::read_to_string(data().join("tiny.toml")).unwrap())
}

/// Looks at what is said; true if the input is accepted.
fn told(outcome: Result<(), Problems>) -> bool {
    let Err(problems) = outcome else { return true };
    let said = problems.render(false);
    assert!(said.contains("--> "), "no place: {said}");
    for found in problems.list() {
        assert!(!found.labels.is_empty() && !found.help.is_empty(), "no label or way out: {said}");
        assert!(found.code.starts_with(['E', 'W']), "no code: {said}");
    }
    assert!(said.chars().all(|c| c == '\n' || c == '\t' || !c.is_control()), "control characters: {said:?}");
    false
}

fn read(text: &str, root: &Path, sets: &[String]) -> bool {
    let read = Scenario::parse(text, "tiny.toml", root, sets);
    told(read.and_then(|scenario| scenario.within_limits().map(|_| scenario)).and_then(|scenario| {
        let shown = scenario.resolved_toml();
        assert!(Scenario::parse(&shown, "resolved.toml", root, &[]).is_ok(), "not read again: {shown}");
        build(&scenario).map(|_| ())
    }))
}

/// A scenario file.
pub fn scenario(input: &[u8]) -> bool {
    std::str::from_utf8(input).is_ok_and(|text| read(text, &data(), &[]))
}

/// A table a scenario reads.
pub fn table(input: &[u8]) -> bool {
    static ROOT: OnceLock<tempfile::TempDir> = OnceLock::new();
    let root = ROOT.get_or_init(|| {
        let root = tempfile::tempdir().unwrap();
        for entry in std::fs::read_dir(data()).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                std::fs::copy(&path, root.path().join(path.file_name().unwrap())).unwrap();
            }
        }
        root
    });
    std::fs::write(root.path().join("sales.csv"), input).unwrap();
    read(tiny(), root.path(), &[])
}

/// A number with a unit, a unit, a number.
pub fn unit(input: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(input) else { return false };
    if let Some(number) = parse_number(text) {
        assert!(!number.is_nan(), "{text:?}");
    }
    if let Ok(unit) = Unit::parse(text) {
        let again = Unit::parse(unit.text()).unwrap();
        assert!(again == unit, "{text:?} is {unit:?} and {again:?}");
    }
    match Quantity::parse(text) {
        Ok(quantity) => {
            assert!(!quantity.written.is_nan(), "{text:?}");
            true
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            false
        }
    }
}

/// What follows `--set`.
pub fn set(input: &[u8]) -> bool {
    std::str::from_utf8(input).is_ok_and(|text| read(tiny(), &data(), &[text.to_owned()]))
}
