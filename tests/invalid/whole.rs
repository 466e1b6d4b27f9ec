//! All that is wrong with a file in one go.

use super::refused;
use crate::common::patched;
use crate::common::program::Project;

fn five_problems() -> Project {
    Project::new(&patched(&[
        ("step = \"1 year\"", "step = \"1 week\""),
        ("battery = \"200 kWh/vehicle\"", "batery = \"200 kWh/vehicle\""),
        ("cell_yield = 0.95", "cell_yield = nan"),
        ("landfill = 0.05", "landfill = 5"),
        ("capacity = \"800 t/yr\"", "capacity = \"800 GWh/yr\""),
    ]))
}

#[test]
fn five_problems_are_told_together_in_order() {
    let text = refused(&five_problems(), "E0203");
    let codes: Vec<&str> = text.match_indices("error[").map(|(at, _)| &text[at + 6..at + 11]).collect();
    // The misspelt key is also a missing one.
    assert_eq!(codes, ["E0203", "E0202", "E0204", "E0303", "E0306", "E0302"]);
    insta::assert_snapshot!(text);
}

#[test]
fn json_holds_all_of_them_and_nothing_else_is_said() {
    let project = five_problems();
    let said = project.say(&["run", "tiny.toml", "-o", "out", "--json"]);
    assert_eq!((said.code, said.stderr.as_str()), (2, ""));
    let document: serde_json::Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!((document["ok"].as_bool(), document["exit_code"].as_u64()), (Some(false), Some(2)));
    let diagnostics = document["diagnostics"].as_array().unwrap();
    assert_eq!(diagnostics.len(), 6);
    for one in diagnostics {
        let span = &one["spans"][0];
        assert!(span["file_name"].as_str().is_some_and(|name| name.ends_with("tiny.toml")), "{one}");
        assert!(span["line_start"].as_u64() > Some(0) && span["column_start"].as_u64() > Some(0), "{one}");
        assert!(one["rendered"].as_str().is_some_and(|text| text.contains("error[")), "{one}");
    }
}

#[test]
fn problems_of_several_files_are_all_told() {
    let project = Project::new(&patched(&[("cell_yield = 0.95", "cell_yield = nan")]));
    project.write("other.toml", patched(&[("landfill = 0.05", "landfill = 5")]));
    let said = project.say(&["validate", "tiny.toml", "other.toml"]);
    assert_eq!(said.code, 2);
    assert!(said.stderr.contains("E0303") && said.stderr.contains("E0306"), "{}", said.stderr);
}

#[test]
fn what_does_not_fit_together_is_told_in_one_go_too() {
    let project = Project::new(&patched(&[
        ("start = 2020-01-01\nend", "start = 2020-03-01\nend"),
        ("hibernation_delay = \"2 yr\"\n", ""),
        ("imports_from = \"rest\"", "imports_from = \"city\""),
        ("mttr = \"36 h\"", "mttr = \"60 day\""),
        ("life = \"5 yr\"", "life = \"0 yr\""),
    ]));
    let text = refused(&project, "E0203");
    // The lifetime is told for each of the two chemistries of the pool.
    assert_eq!(text.matches("error[").count(), 6, "{text}");
    insta::assert_snapshot!(text);
}
