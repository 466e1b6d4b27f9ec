//! `validate`, `show` and `explain`.

use super::done;
use crate::common::program::Project;
use crate::common::{TINY, patched};

#[test]
fn validate_checks_and_writes_nothing() {
    let project = Project::new(TINY);
    let before = project.files("");
    let said = project.say(&["validate", "tiny.toml"]);
    assert_eq!((said.code, said.stdout.as_str()), (0, ""));
    assert!(said.stderr.contains("tiny.toml: valid: 15 steps, 2 regions"), "{}", said.stderr);
    assert!(project.files("") == before);
    let said = project.say(&["validate", "tiny.toml", "--set", "plant.p1.capacity=0 t/yr"]);
    assert_eq!(said.code, 2);
    assert!(said.stderr.contains("--> --set:1:19"), "{}", said.stderr);
}

#[test]
fn show_prints_a_scenario_that_is_the_same() {
    let project = Project::new(TINY);
    let first = project.say(&["show", "tiny.toml"]);
    assert_eq!((first.code, first.stderr.as_str()), (0, ""));
    project.write("again.toml", &first.stdout);
    let second = project.say(&["show", "again.toml"]);
    assert_eq!(second.code, 0, "{}", second.stderr);
    assert_eq!(second.stdout, first.stdout);
}

#[test]
fn show_names_one_key_and_the_line_it_came_from() {
    let project = Project::new(
        "schema = 1\nextends = \"parent.toml\"\n[scenario]\nid = \"child\"\n[plant.p1]\ncapacity = \"2 kt/yr\"\n",
    );
    project.write("parent.toml", TINY);
    let line = |needle: &str| TINY.lines().position(|line| line.starts_with(needle)).unwrap() + 1;
    let show = |arguments: &[&str]| {
        let said = project.say(&[&["show", "tiny.toml"], arguments].concat());
        assert_eq!((said.code, said.stderr.as_str()), (0, ""), "{arguments:?}");
        said.stdout
    };
    assert_eq!(show(&["plant.p1.capacity"]), "plant.p1.capacity = \"2 kt/yr\"\n");
    assert_eq!(show(&["plant.p1.capacity", "--origin"]), "plant.p1.capacity = \"2 kt/yr\"   # tiny.toml:6\n");
    let limit = format!("yard.p1.limit = \"150 t\"   # parent.toml:{}\n", line("limit"));
    assert_eq!(show(&["yard.p1.limit", "--origin"]), limit);
    let set = show(&["yard.p1.limit", "--origin", "--set", "yard.p1.limit=9 kt"]);
    assert_eq!(set, "yard.p1.limit = \"9 kt\"   # --set:1\n");
    let all = show(&["--origin"]);
    assert!(all.contains("# parent.toml:") && all.contains("# tiny.toml:4"), "{all}");
    assert!(all.lines().all(|line| line.contains("   # ")), "{all}");
}

#[test]
fn show_refuses_a_key_that_is_not_set() {
    let said = done().0.say(&["show", "tiny.toml", "plant.p9"]);
    assert_eq!((said.code, said.stdout.as_str()), (2, ""));
    assert!(said.stderr.contains("`plant.p9` is not set"), "{}", said.stderr);
}

#[test]
fn show_of_a_broken_scenario_tells_what_is_wrong() {
    let project = Project::new(&patched(&[("cell_yield = 0.95", "cell_yield = nan")]));
    let said = project.say(&["show", "tiny.toml"]);
    assert_eq!((said.code, said.stdout.as_str()), (2, ""));
    assert!(said.stderr.contains("E0303"), "{}", said.stderr);
}

#[test]
fn explain_knows_keys_sections_and_indicators() {
    let explain = |word: &str| done().0.say(&["explain", word]);
    for (word, words) in [
        ("capacity", "plant.<plant>.capacity"),
        ("plant.p1.capacity", "Mass of feed per time at full rate."),
        ("collection", "collection.<region>.hibernation_delay"),
        ("recycled_content", "(R + N + B) / (P + R + N + B)"),
    ] {
        let said = explain(word);
        assert_eq!((said.code, said.stderr.as_str()), (0, ""), "{word}");
        assert!(said.stdout.contains(words), "{word}: {}", said.stdout);
    }
    let said = explain("nonsense");
    assert_eq!((said.code, said.stdout.as_str()), (2, ""));
    assert!(said.stderr.contains("no key, indicator or code `nonsense`"), "{}", said.stderr);
}

#[test]
fn an_example_can_be_written() {
    let key = urbanmine::scenario::schema::find("on_shortfall")[0];
    let set = format!("swap.city.on_shortfall={}", key.example);
    let said = done().0.say(&["validate", "tiny.toml", "--set", &set]);
    assert_eq!(said.code, 0, "{}", said.stderr);
}

#[test]
fn the_reference_page_of_the_indicators_is_the_list() {
    let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/indicators.md");
    let text = urbanmine::results::indicator::reference();
    if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        std::fs::write(&page, &text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(page).unwrap(), text, "INSTA_UPDATE=always cargo test reference");
}

#[test]
fn explain_tells_indicators_by_name_address_and_all() {
    let project = Project::new(TINY);
    let said = project.say(&["explain", "recycled_content"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert!(said.stdout.starts_with("recycled_content (1; by region, substance, year)\n"), "{}", said.stdout);
    let said = project.say(&["explain", "plant.p1.utilisation.2032"]);
    assert!(said.stdout.contains("plant_utilisation (1; by plant, year)"), "{}", said.stdout);
    let all = project.say(&["explain", "indicators"]).stdout;
    assert!(urbanmine::results::indicator::INDICATORS.iter().all(|indicator| all.contains(indicator.id)));
    let said = project.say(&["explain", "recycled_contnt"]);
    assert_eq!(said.code, 2);
    assert!(said.stderr.contains("did you mean `recycled_content`?"), "{}", said.stderr);
}
