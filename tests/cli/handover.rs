//! Reports, exports and comparisons: made from the files of finished runs, the same bytes every time.

use super::{column, rows};
use crate::common::TINY;
use crate::common::program::{Project, files};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// A project with two runs that differ in two groups of inputs.
fn two() -> &'static Project {
    static TWO: OnceLock<Project> = OnceLock::new();
    TWO.get_or_init(|| {
        let project = Project::new(TINY);
        for (id, sets) in
            [("tiny", vec![]), ("more", vec!["plant.p1.capacity=\"600 t/yr\"", "manufacture.city.cell_yield=0.8"])]
        {
            let id = format!("scenario.id={id}");
            let mut arguments = vec!["-q", "run", "tiny.toml", "-o", "out", "--set", &id];
            for set in &sets {
                arguments.extend(["--set", set]);
            }
            let said = project.say(&arguments);
            assert_eq!(said.code, 0, "{}", said.stderr);
        }
        project
    })
}

fn table(project: &Project, name: &str) -> Vec<Vec<String>> {
    rows(project.read(name).as_bytes())
}

#[test]
fn a_run_hands_over_its_page_and_its_forms() {
    let project = two();
    let page = project.read("out/tiny/report.html");
    assert!(page.contains("default-src 'none'") && page.matches("<script").count() == 1);
    for outside in ["http:", "https:", "src=", "@import", "url("] {
        let own = ["http://www.w3.org/2000/svg"].iter().fold(page.clone(), |page, name| page.replace(name, ""));
        assert!(!own.contains(outside), "{outside}");
    }
    for section in ["summary", "charts", "indicators", "assumptions", "warnings", "again"] {
        assert!(page.contains(&format!("<section id=\"{section}\"")), "{section}");
    }
    for file in ["iamc.csv", "sankey.csv", "datapackage.json", "figures/loop.svg", "figures/loop.json"] {
        assert!(project.path(&format!("out/tiny/{file}")).is_file(), "{file}");
    }
}

#[test]
fn a_page_says_what_the_tables_say() {
    let project = two();
    let page = project.read("out/tiny/report.html");
    let indicators = table(project, "out/tiny/tables/indicators.csv");
    let values = column(&indicators, "value");
    let shown: Vec<&str> =
        page.split("data-v=\"").skip(1).map(|rest| rest.split('"').next().unwrap_or_default()).collect();
    assert!(shown.len() > 100);
    let years = column(&indicators, "time");
    let of_2030 = values.iter().zip(&years).filter(|(_, year)| *year == "2030");
    for (value, _) in of_2030 {
        assert!(shown.contains(&value.as_str()), "{value} is not on the page");
    }
}

#[test]
fn a_report_is_made_again_in_another_language() {
    let project = Project::new(TINY);
    project.say(&["-q", "run", "tiny.toml", "-o", "out"]);
    let english = project.read("out/tiny/report.html");
    let said = project.say(&["report", "out/tiny", "--lang", "zh-CN"]);
    assert_eq!((said.code, said.stderr.trim()), (0, "out/tiny/report.html"));
    let chinese = project.read("out/tiny/report.html");
    assert!(
        chinese.contains("<html lang=\"zh-CN\">") && chinese.contains("小循环") && chinese.contains("退役电池包去向")
    );
    // The run is still complete, and the first page comes back byte for byte.
    assert!(project.say(&["run", "tiny.toml", "-o", "out"]).stderr.contains("up to date"));
    project.say(&["report", "out/tiny"]);
    assert_eq!(project.read("out/tiny/report.html"), english);
    project.say(&["report", "out/tiny", "-o", "elsewhere/page.html"]);
    assert_eq!(project.read("elsewhere/page.html"), english);
}

#[test]
fn what_is_no_run_gives_no_report() {
    let project = Project::new(TINY);
    for arguments in [["report", "nowhere"], ["report", "."]] {
        let said = project.say(&arguments);
        assert_eq!(said.code, 2);
        assert!(said.stderr.contains("holds no run") && said.stderr.contains("manifest.json"), "{}", said.stderr);
    }
    project.say(&["-q", "run", "tiny.toml", "-o", "out"]);
    project.write("out/tiny/tables/plant.csv", "cut short");
    let said = project.say(&["report", "out/tiny"]);
    assert!(said.code == 2 && said.stderr.contains("not complete"), "{}", said.stderr);
}

#[test]
fn exports_are_the_same_bytes_every_time() {
    let project = two();
    let mut forms = vec!["iamc", "sankey", "datapackage"];
    if cfg!(feature = "xlsx") {
        forms.push("xlsx");
    }
    if cfg!(feature = "parquet") {
        forms.push("parquet");
    }
    let export = |folder: &str| {
        for form in &forms {
            let said = project.say(&["export", "out/tiny", "--to", form, "-o", folder]);
            assert_eq!(said.code, 0, "{form}: {}", said.stderr);
        }
        files(&project.path(folder))
    };
    let first = export("export1");
    assert_eq!(first, export("export2"));
    assert!(first.contains_key("datapackage.json") && first.contains_key("tables/flows.csv"));
    assert_eq!(first["iamc.csv"], project.files("out/tiny")["iamc.csv"]);
    let series = rows(&first["iamc.csv"]);
    assert_eq!(series[0][..6], ["Model", "Scenario", "Region", "Variable", "Unit", "2020"]);
    // Every row of a scenario is another one.
    let names: Vec<_> = series[1..].iter().map(|row| row[..5].to_vec()).collect();
    assert!(names.iter().enumerate().all(|(at, name)| !names[at + 1..].contains(name)));
}

#[test]
fn a_form_that_is_not_built_says_how() {
    let said = two().say(&["export", "out/tiny", "--to", "parquet", "-o", "export3"]);
    if cfg!(feature = "parquet") {
        assert_eq!(said.code, 0);
    } else {
        assert_eq!(said.code, 2);
        assert!(said.stderr.contains("--features parquet"), "{}", said.stderr);
    }
}

#[test]
fn the_loop_balances_at_every_stage() {
    let project = two();
    let sankey = table(project, "out/tiny/sankey.csv");
    let mut sums: BTreeMap<(String, String), [f64; 2]> = BTreeMap::new();
    for row in &sankey[1..] {
        let value: f64 = row[4].parse().unwrap();
        for (side, stage) in [(1, &row[1]), (0, &row[2])] {
            sums.entry((row[0].clone(), stage.clone())).or_default()[side] += value;
        }
    }
    let inside = ["manufacture", "use", "collection", "yard:p1", "plant:p1", "materials", "hibernation", "second_life"];
    for ((year, stage), [enters, leaves]) in &sums {
        let both = *enters > 0.0 && *leaves > 0.0;
        if both && !stage.starts_with("stock:") {
            assert!((enters - leaves).abs() <= 1e-9 * enters.max(*leaves), "{year} {stage}: {enters} and {leaves}");
        }
    }
    for stage in inside {
        assert!(sums.keys().any(|(_, known)| known == stage), "{stage} is not there");
    }
    let said =
        project.say(&["export", "out/tiny", "--to", "sankey", "--year", "2030", "--substance", "Li", "-o", "lithium"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert!(project.read("lithium/sankey.svg").contains("The loop, 2030: LI content"));
}

#[test]
fn a_year_or_substance_that_is_not_there_is_refused() {
    let say = |extra: &[&str]| two().say(&[&["export", "out/tiny", "--to", "sankey", "-o", "x"], extra].concat());
    let said = say(&["--year", "1999"]);
    assert!(said.code == 2 && said.stderr.contains("2020 to 2034"), "{}", said.stderr);
    let said = say(&["--substance", "Lu"]);
    assert!(said.code == 2 && said.stderr.contains("did you mean `Li`"), "{}", said.stderr);
}

#[test]
fn a_comparison_shows_what_differs_and_nothing_else() {
    let project = two();
    let said = project.say(&["compare", "out/tiny", "out/more", "-o", "compare"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    let parameters = table(project, "compare/parameters.csv");
    assert_eq!(parameters[0], ["key", "tiny", "more"]);
    assert_eq!(column(&parameters, "key"), ["manufacture.city.cell_yield", "plant.p1.capacity"]);
    assert_eq!(column(&parameters, "more"), ["0.8", "600 t/yr"]);
    // The wide table holds every value of both, the differences only those that differ.
    let wide = table(project, "compare/indicators_wide.csv");
    let (ours, theirs) = (column(&wide, "tiny"), column(&wide, "more"));
    let differing = ours.iter().zip(&theirs).filter(|(a, b)| a != b).count();
    let differences = table(project, "compare/differences.csv");
    assert!(differing > 10);
    assert_eq!(differences.len() - 1, differing);
    for row in &differences[1..] {
        if let (Ok(value), Ok(base), Ok(absolute)) =
            (row[6].parse::<f64>(), row[7].parse::<f64>(), row[8].parse::<f64>())
        {
            assert_eq!(value - base, absolute);
        }
    }
    let series = table(project, "compare/iamc.csv");
    let scenarios = column(&series, "Scenario");
    assert!(scenarios.iter().any(|name| name == "tiny") && scenarios.iter().any(|name| name == "more"));
    let page = project.read("compare/report.html");
    assert!(page.contains("plant.p1.capacity") && page.contains("default-src 'none'"));
    assert!(project.path("compare/manifest.json").is_file());
    // Again into the same place, but never over something else.
    assert_eq!(project.say(&["-q", "compare", "out/more", "out/tiny", "-o", "compare", "--baseline", "tiny"]).code, 0);
    let said = project.say(&["compare", "out/tiny", "out/more", "-o", "out/tiny"]);
    assert!(said.code == 4 && said.stderr.contains("something else"), "{}", said.stderr);
}

#[test]
fn charts_of_a_comparison_have_one_scale() {
    let project = two();
    project.say(&["-q", "compare", "out/tiny", "out/more", "-o", "scales"]);
    let top = |id: &str| {
        let svg = project.read(&format!("scales/figures/plant_p1-{id}.svg"));
        let texts = svg.split("<text").filter(|text| text.contains("text-anchor=\"end\""));
        texts.filter_map(|text| text.lines().nth(1)?.replace(',', "").parse::<f64>().ok()).fold(0.0, f64::max)
    };
    assert!(top("tiny") > 0.0);
    assert_eq!(top("tiny"), top("more"));
}

#[test]
fn a_difference_beyond_the_tolerance_is_exit_code_3() {
    let project = two();
    let said = project.say(&["compare", "out/tiny", "out/more", "-o", "strict", "--tolerance", "1e-6"]);
    assert_eq!(said.code, 3);
    assert!(said.stderr.contains("values differ by more than 1e-6"), "{}", said.stderr);
    let said = project.say(&["compare", "out/tiny", "out/tiny", "-o", "same", "--tolerance", "0"]);
    assert_eq!((said.code, said.stderr.contains("no value differs")), (0, true), "{}", said.stderr);
    assert_eq!(project.say(&["compare", "out/tiny", "out/tiny", "-o", "same", "--tolerance", "nan"]).code, 2);
}

#[test]
fn a_bridge_adds_up() {
    let project = two();
    let arguments = ["compare", "out/tiny", "out/more", "-o", "bridge", "--bridge", "recycled_content.city.Li.2030"];
    let said = project.say(&arguments);
    assert_eq!(said.code, 0, "{}", said.stderr);
    let bridge = table(project, "bridge/bridge.csv");
    let (parts, values) = (column(&bridge, "part"), column(&bridge, "value"));
    assert_eq!(parts.len(), 4);
    assert_eq!((parts[0].as_str(), parts[3].as_str()), ("baseline", "result"));
    let values: Vec<f64> = values.iter().map(|value| value.parse().unwrap()).collect();
    assert!((values[0] + values[1] + values[2] - values[3]).abs() <= 1e-12, "{values:?}");
    assert!(values[0] != values[3]);
    // Both ends are those of the runs.
    let wide = table(project, "bridge/indicators_wide.csv");
    let row = wide.iter().find(|row| row[..5] == ["recycled_content", "city", "all", "Li", "2030"]).unwrap();
    assert_eq!([values[0], values[3]], [&row[6], &row[7]].map(|cell| cell.parse::<f64>().unwrap()));
    let again = project.read("bridge/bridge.csv");
    project.say(&arguments);
    assert_eq!(project.read("bridge/bridge.csv"), again);
}

#[test]
fn a_bridge_tells_money_and_takes_a_route_as_a_whole() {
    let project = Project::new(TINY);
    let scenarios = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios");
    for id in ["hefei", "hefei-pyro"] {
        let said = project.say(&["-q", "run", &format!("{scenarios}/{id}.toml"), "-o", "out"]);
        assert_eq!(said.code, 0, "{}", said.stderr);
    }
    let arguments = ["compare", "out/hefei", "out/hefei-pyro", "-o", "money", "--bridge", "economics.p1.npv"];
    let said = project.say(&arguments);
    assert_eq!(said.code, 0, "{}", said.stderr);
    let bridge = table(&project, "money/bridge.csv");
    let (parts, values) = (column(&bridge, "part"), column(&bridge, "value"));
    assert!(parts.iter().any(|part| part == "plant.p1.route"), "{parts:?}");
    assert!(column(&bridge, "unit").iter().all(|unit| unit == "CNY_2025"));
    let values: Vec<f64> = values.iter().map(|value| value.parse().unwrap()).collect();
    let (first, last) = (values[0], values[values.len() - 1]);
    let sum: f64 = values[..values.len() - 1].iter().sum();
    assert!((sum - last).abs() <= 1e-9 * first.abs().max(last.abs()), "{values:?}");
    // Both ends are what the runs say, here and in the comparison.
    let worth = |id: &str| {
        let money = table(&project, &format!("out/{id}/tables/money.csv"));
        let row = money.iter().find(|row| row[..3] == ["p1", "net_present_value", "free_cash_flow"]).unwrap();
        row[3].parse::<f64>().unwrap()
    };
    assert_eq!([first, last], [worth("hefei"), worth("hefei-pyro")]);
    let wide = table(&project, "money/indicators_wide.csv");
    let row = wide.iter().find(|row| row[..5] == ["economics_npv", "all", "p1", "all", "run"]).unwrap();
    assert_eq!([first, last], [&row[6], &row[7]].map(|cell| cell.parse::<f64>().unwrap()));
    // The page tells worth, targets and cash flow of both.
    let page = project.read("money/report.html");
    for section in ["worth", "targets", "bridge"] {
        assert!(page.contains(&format!("<section id=\"{section}\"")), "{section}");
    }
    for figure in ["net_present_value_p1", "cash_flow_p1", "targets-hefei", "targets-hefei-pyro"] {
        assert!(project.path(&format!("money/figures/{figure}.svg")).is_file(), "{figure}");
    }
}

#[test]
fn an_indicator_or_baseline_that_is_not_there_is_refused() {
    let say = |extra: &[&str]| two().say(&[&["compare", "out/tiny", "out/more", "-o", "refused"], extra].concat());
    let said = say(&["--bridge", "recycled_content.city.Lu.2030"]);
    assert!(said.code == 2 && said.stderr.contains("one of: recycled_content.city."), "{}", said.stderr);
    let said = say(&["--bridge", "happiness"]);
    assert!(said.code == 2 && said.stderr.contains("plant_utilisation.p1.2030"), "{}", said.stderr);
    let said = say(&["--baseline", "tinny"]);
    assert!(said.code == 2 && said.stderr.contains("did you mean `tiny`"), "{}", said.stderr);
    assert!(!two().path("refused").exists());
}
