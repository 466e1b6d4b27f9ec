//! One broken scenario for each way to be wrong: code, place and way out.

use super::{BASE, Folder, faults, parse};

/// Asserts that the text names the code, the place and the way out, and that there is one header for each finding.
fn says(text: &str, code: &str, place: &str, help: &str) {
    let header = format!("error[{code}]");
    assert!(text.contains(&header), "no {header} in\n{text}");
    assert!(text.contains(&format!("--> {place}\n")), "no {place} in\n{text}");
    assert!(text.contains("= help: "), "no help in\n{text}");
    assert!(text.contains(help), "no {help:?} in\n{text}");
    assert_eq!(text.matches("--> ").count(), text.matches("error[").count(), "{text}");
}

const CASES: &[(&str, &str, &str, &str, &str)] = &[
    ("id = \"small\"", "id = \"small", "E0101", "small.toml:3:12", "text stands in double quotes"),
    ("region = \"hefei\"", "region = \"hefei\"\nregion = \"hefei\"", "E0101", "small.toml:30:1", "keep one of the two"),
    ("step = \"1 month\"", "step = 1", "E0201", "small.toml:8:8", "write e.g. `step = \"1 month\"`"),
    ("[second_life]", "second_life = 3\n[policy.x]", "E0204", "small.toml:26:1", "known here"),
    ("region = \"hefei\"", "", "E0202", "small.toml:28:1", "write e.g. `region = \"hefei\"`"),
    ("end = 2041-01-01", "", "E0202", "small.toml:5:1", "write e.g. `end = 2051-01-01`"),
    ("shape = 3.5 }\nbattery", "}\nbattery", "E0202", "small.toml:24:11", "takes shape and scale, or shape and mean"),
    ("step = \"1 month\"", "step = \"1 week\"", "E0203", "small.toml:8:8", "did you mean `1 year`"),
    ("\"car\", \"bus\"", "\"car\", \"Bus\"", "E0203", "small.toml:11:20", "write e.g."),
    ("start = 2015-01-01", "start = 2015-01-15", "E0203", "small.toml:6:9", "write 2015-01-01"),
    ("\"fade 10 yr\"", "\"fade\"", "E0203", "small.toml:15:63", "write e.g. `then"),
    ("confidence = \"A\"", "confidence = \"high\"", "E0203", "small.toml:15:107", "A: read in the source"),
    ("lag = \"1 month\"", "lag = \"1 day\"", "E0203", "small.toml:42:7", "set a longer lag"),
    ("schema = 1", "schema = 2", "E0203", "small.toml:1:10", "schema = 1"),
    ("[collection.hefei]", "[colection.hefei]", "E0204", "small.toml:18:2", "did you mean `collection`?"),
    ("informal =", "infromal =", "E0204", "small.toml:20:1", "did you mean `informal`?"),
    ("battery = \"50", "batery = \"50", "E0204", "small.toml:16:1", "did you mean `battery`?"),
    ("value = 100,", "vlaue = 100,", "E0204", "small.toml:30:14", "did you mean `value`?"),
    (
        "shape = 3.5 }\n[second",
        "shape = 3.5, life = \"8 yr\" }\n[second",
        "E0204",
        "small.toml:25:98",
        "weibull distribution takes",
    ),
    ("\"50 kWh/vehicle\"", "50", "E0301", "small.toml:16:11", "write e.g. \"50 kWh/vehicle\""),
    ("\"50 kWh/vehicle\"", "\"50\"", "E0301", "small.toml:16:11", "write e.g."),
    ("\"kt/yr\"", "\"GWh/yr\"", "E0302", "small.toml:30:22", "write e.g. `capacity = \"100 kt/yr\"`"),
    ("value = 100,", "value = nan,", "E0303", "small.toml:30:22", "write e.g."),
    ("value = 100,", "value = 1e400,", "E0303", "small.toml:30:22", "write e.g."),
    ("value = 100,", "value = -100,", "E0304", "small.toml:30:22", "write e.g."),
    ("cake = 0.07", "cake = 0.05", "E0305", "small.toml:39:6", "0.02 has no name; set one share to \"rest\""),
    ("2030 = { lfp = 1.0 }", "2030 = { lfp = 1.0, nmc622 = 0.2 }", "E0305", "small.toml:17:13", "take away 0.2"),
    ("2035 = 0.1 }", "2035 = 0.3 }", "E0305", "small.toml:18:1", "take away 0.05"),
    ("landfill = \"rest\"", "landfill = 0.1", "E0305", "small.toml:18:1", "0.1 has no name"),
    ("formal = { 2025 = 0.4, 2035", "formal = { 2025 = 40, 2035", "E0306", "small.toml:19:19", "write 0.4 or \"40 %\""),
    ("\"kt/yr\"", "\"kt/year\"", "E0307", "small.toml:30:34", "did you mean `yr`?"),
    ("black_mass = \"leaching\"", "black_mass = \"leeching\"", "E0308", "small.toml:34:26", "did you mean `leaching`?"),
    (
        "casing = \"product:steel\"",
        "casing = \"steel\"",
        "E0308",
        "small.toml:34:47",
        "product:, residue: or emission:",
    ),
    ("end = 2041-01-01", "end = 2014-01-01", "E0309", "small.toml:7:7", "set it later than `start`"),
    ("value = 100,", "value = 0,", "E0310", "small.toml:30:12", "leave the plant out"),
    ("2030 = 2e5", "2020 = 2e5", "E0311", "small.toml:15:44", "keep one of the two values"),
    ("accepts = [\"lfp\"]", "accepts = [\"lfo\"]", "E0401", "small.toml:32:12", "did you mean `lfp`?"),
    ("[market.hefei.car]", "[market.hefei.cars]", "E0401", "small.toml:14:15", "did you mean `car`?"),
    ("[collection.hefei]", "[collection.hefie]", "E0401", "small.toml:18:13", "did you mean `hefei`?"),
    ("Li = { liquor", "Lu = { liquor", "E0401", "small.toml:39:1", "did you mean `Li`?"),
    ("Li = { liquor", "Li = { liqour", "E0401", "small.toml:39:8", "did you mean `liquor`?"),
    ("2030 = { lfp = 1.0 }", "2030 = { lpf = 1.0 }", "E0401", "small.toml:17:60", "did you mean `lfp`?"),
    ("pack = \"shredding\"", "pack = \"shreding\"", "E0401", "small.toml:31:17", "did you mean `shredding`?"),
    (
        "{ lfp = 0.2, default = 0.03 }",
        "{ lfo = 0.2, default = 0.03 }",
        "E0401",
        "small.toml:27:17",
        "did you mean `lfp`?",
    ),
    ("[return.p1]", "[return.p2]", "E0401", "small.toml:41:9", "did you mean `p1`?"),
    ("\"50 kWh/vehicle\"", "{ file = \"no.csv\" }", "E0402", "small.toml:16:20", "check the spelling"),
    (
        "\"50 kWh/vehicle\"",
        "{ file = \"../no.csv\" }",
        "E0405",
        "small.toml:16:20",
        "below the directory of the scenario",
    ),
    (
        "\"50 kWh/vehicle\"",
        "{ file = \"/etc/passwd\" }",
        "E0405",
        "small.toml:16:20",
        "below the directory of the scenario",
    ),
    ("2020 = 1e5,", "1820 = 1e5,", "E0504", "small.toml:15:32", "check the year"),
    ("value = 100,", "value = 1e14,", "E0504", "small.toml:30:22", "check the unit"),
];

#[test]
fn every_fault_has_code_place_and_way_out() {
    for (from, to, code, place, help) in CASES {
        says(&faults(from, to), code, place, help);
    }
}

#[test]
fn a_finding_reads_like_this() {
    insta::assert_snapshot!(faults("\"kt/yr\"", "\"GWh/yr\""), @r#"
    error[E0302]: `capacity` needs mass/time, got energy/time
      --> small.toml:30:22
       |
    30 | capacity = { value = 100, unit = "GWh/yr", source = "EIA", confidence = "B", note = "nameplate" }
       |                      ^^^ `GWh/yr` is energy/time
       |
       = help: write e.g. `capacity = "100 kt/yr"`; see `urbanmine explain plant.<plant>.capacity`
    "#);
    insta::assert_snapshot!(faults("cake = 0.07", "cake = 0.05"), @r#"
    error[E0305]: `plant.p1.unit.leaching.transfer.Li`: shares sum to 0.98, must be 1
      --> small.toml:39:6
       |
    39 | Li = { liquor = 0.93, cake = 0.05 }
       |      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ expected a sum of 1
       |
       = help: 0.02 has no name; set one share to "rest"
    "#);
    insta::assert_snapshot!(faults("[collection.hefei]", "[colection.hefei]"), @r#"
    error[E0204]: unknown key `colection`
      --> small.toml:18:2
       |
    18 | [colection.hefei]
       |  ^^^^^^^^^ not a section
       |
       = help: did you mean `collection`?
    "#);
}

#[test]
fn too_many_names_are_refused() {
    let units: String = (0..300).fold(String::new(), |text, i| {
        text + &format!(
            "[plant.p1.unit.q{i}]\noutlets = {{ a = \"residue:x\" }}\ntransfer = {{ default = {{ a = 1 }} }}\n"
        )
    });
    let text = parse(&format!("{BASE}{units}"), &[]).map(|_| ()).unwrap_err().render(false);
    says(&text, "E0506", "small.toml:28:1", "join those");
    let names: Vec<String> = (0..65).map(|i| format!("\"c{i}\"")).collect();
    let text = faults("\"lfp\", \"nmc622\"]", &format!("\"lfp\", \"nmc622\", {}]", names.join(", ")));
    says(&text, "E0506", "small.toml:12:15", "write e.g.");
}

#[test]
fn long_text_is_cut_in_messages() {
    let text = parse(&format!("{BASE}[{}]\n", "k".repeat(100_000)), &[]).map(|_| ()).unwrap_err().render(false);
    assert!(text.len() < 10_000, "{}", text.len());
}

#[test]
fn all_faults_are_reported_sorted_and_counted() {
    let text = BASE
        .replace("[collection.hefei]", "[colection.hefei]")
        .replace("\"50 kWh/vehicle\"", "50")
        .replace("step = \"1 month\"", "step = \"1 week\"");
    let problems = parse(&text, &[]).unwrap_err();
    let codes: Vec<&str> = problems.list().iter().map(|p| p.code).collect();
    assert_eq!(codes, ["E0203", "E0301", "E0204"]);

    let many: String = (0..33).fold(String::new(), |text, i| text + &format!("zzzzzzzzzz{i} = 1\n"));
    let text = parse(&(many + BASE), &[]).unwrap_err().render(false);
    assert!(text.ends_with("13 more not shown; 33 in all") && text.matches("error[").count() == 20, "{text}");
}

#[test]
fn json_has_the_agreed_keys() {
    let problems = parse(&BASE.replace("\"kt/yr\"", "\"GWh/yr\""), &[]).unwrap_err();
    let json = problems.to_json();
    let first = &json[0];
    assert_eq!(first["code"], "E0302");
    assert_eq!(first["level"], "error");
    assert_eq!(first["key"], "plant.p1.capacity");
    let span = &first["spans"][0];
    assert_eq!((span["line_start"].as_u64(), span["column_start"].as_u64()), (Some(30), Some(22)));
    assert_eq!((span["line_end"].as_u64(), span["column_end"].as_u64()), (Some(30), Some(25)));
    assert_eq!(span["file_name"], "small.toml");
    for key in ["message", "help", "rendered"] {
        assert!(first[key].as_str().is_some_and(|text| !text.is_empty()), "{key}");
    }
}

#[test]
fn set_is_located_too() {
    let fault = |set: &str| parse(BASE, &["plant.p1.region=hefei", set]).map(|_| ()).unwrap_err().render(false);
    says(&fault("plant.p1.capasity=3"), "E0204", "--set:2:1", "did you mean `capacity`?");
    says(&fault("plant.p1.capacity=3"), "E0301", "--set:2:19", "write e.g. \"3 t/yr\"");
    says(&fault("plant.p1.capacity=3 kt"), "E0302", "--set:2:19", "write e.g.");
    says(&fault("plant.p1.capacity"), "E0101", "--set:2:1", "write e.g. `--set");
    says(&fault("extends=\"x.toml\""), "E0203", "--set:2:9", "write a small scenario");
    says(&fault("\"plant\".p1.capacity = -1"), "E0101", "--set:2:1", "write e.g. `--set");
    says(&fault("\"plant\".p1.capacity='-1 t/yr'"), "E0304", "--set:2:21", "write e.g.");
}

#[test]
fn parents_form_no_cycle_and_no_tower() {
    let one = |parent: &str| format!("schema = 1\nextends = \"{parent}\"\n");
    let (a, b, c) = (one("b.toml"), one("sub/c.toml"), one("../a.toml"));
    let folder = Folder::new(&[("a.toml", a.as_bytes()), ("b.toml", b.as_bytes()), ("sub/c.toml", c.as_bytes())]);
    let text = folder.faults("a.toml", &[]);
    says(&text, "E0403", "sub/c.toml:2:11", "the chain must end");
    assert!(text.contains("a.toml -> b.toml -> sub/c.toml -> a.toml"), "{text}");

    let files: Vec<(String, String)> =
        (0..12).map(|i| (format!("{i}.toml"), one(&format!("{}.toml", i + 1)))).collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    assert!(Folder::new(&files).faults("0.toml", &[]).contains("error[E0505]"));
}

#[test]
fn files_that_cannot_be_read() {
    let huge = "#".repeat((1 << 20) + 1);
    let deep = format!("{BASE}[policy.deep]\nx = {}1{}\n", "[".repeat(40), "]".repeat(40));
    let up = format!("extends = \"../x.toml\"\n{BASE}");
    let folder = Folder::new(&[
        ("huge.toml", huge.as_bytes()),
        ("latin.toml", b"schema = 1\n# caf\xe9\n"),
        ("deep.toml", deep.as_bytes()),
        ("up.toml", up.as_bytes()),
    ]);
    assert!(folder.faults("none.toml", &[]).contains("error[E0402]: cannot read `none.toml`"));
    assert!(folder.faults("huge.toml", &[]).contains("error[E0501]"));
    says(&folder.faults("latin.toml", &[]), "E0101", "latin.toml:2:6", "UTF-8");
    says(&folder.faults("deep.toml", &[]), "E0502", "deep.toml:48:35", "no key of a scenario");
    says(&folder.faults("up.toml", &[]), "E0405", "up.toml:1:11", "below the directory");
}

#[cfg(unix)]
#[test]
fn links_and_devices_are_refused() {
    let folder =
        Folder::new(&[("x.toml", b"extends = \"link.toml\"\n"), ("y.toml", b"extends = \"sub\"\n"), ("sub/z", b"")]);
    std::os::unix::fs::symlink("/etc/hostname", folder.0.join("link.toml")).unwrap();
    assert!(folder.faults("x.toml", &[]).contains("error[E0405]"));
    assert!(folder.faults("y.toml", &[]).contains("not a regular file"));
}

#[test]
fn control_characters_do_not_reach_the_terminal() {
    let text = faults("region = \"hefei\"", "region = \"he\\u001b[31mfei\\u202e\" # \u{1b}[2J \u{202e}\u{9b}");
    assert!(text.contains("error[") && !text.contains(['\u{1b}', '\u{202e}', '\u{9b}']), "{text}");
    let title = parse(BASE, &["scenario.title=\"a\u{1b}[31mb\""]).unwrap_err().render(false);
    assert!(!title.contains('\u{1b}'), "{title}");
}

#[test]
fn nothing_read_makes_the_reader_panic() {
    for cut in 0..BASE.len() {
        if BASE.is_char_boundary(cut) {
            let _ = parse(&BASE[..cut], &[]).map_err(|p| p.render(true));
        }
    }
    for junk in [
        "",
        "=",
        "a.b.c",
        "'",
        "\"a",
        ".=1",
        "a..b=1",
        "plant=1",
        "system.regions=3",
        "time=[[]]",
        "use.car.battery=[1]",
    ] {
        let _ = parse(BASE, &[junk]).map_err(|p| (p.render(false), p.to_json()));
    }
    for value in [
        "1",
        "\"x\"",
        "true",
        "[]",
        "{}",
        "[[1]]",
        "2020-01-01",
        "{ 2020 = {} }",
        "{ file = 3 }",
        "{ value = {} }",
        "{ unit = 3 }",
        "-1.5",
        "\"rest\"",
    ] {
        for key in crate::scenario::schema::keys() {
            let path = key.path.replace("<region>", "hefei").replace("<segment>", "car").replace("<plant>", "p1");
            let path = path.replace("<substance|default>", "Li").replace("<chemistry|default>", "lfp");
            let path = path.replace("<unit>", "leaching").replace("<outlet>", "cake").replace(['<', '>'], "");
            let _ = parse(BASE, &[&format!("{path}={value}")]).map_err(|p| p.render(false));
        }
    }
}
