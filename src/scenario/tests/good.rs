//! What a right scenario reads as.

use super::{BASE, Folder, good};

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-12 * a.abs().max(b.abs()).max(1.0)
}

#[test]
fn values_read_in_base_units() {
    let s = good(BASE, &[]);
    assert_eq!((s.id(), s.title(), s.title_in("zh-CN")), ("small", "Small", "小"));
    assert_eq!(s.integer("schema"), Some(1));
    assert_eq!(s.month("time.start"), Some((2015, 1)));
    assert_eq!(s.names("system.regions"), ["hefei", "rest_of_china"]);
    assert_eq!(s.number("plant.p1.capacity"), Some(100e3));
    assert_eq!(s.number("collection.hefei.hibernation_delay"), Some(3.0));
    assert_eq!(s.number("market.hefei.car.battery"), Some(50.0));
    assert_eq!(s.number("return.p1.closed_loop_share"), Some(0.8));
    assert_eq!(s.number("policy.subsidy.cap"), Some(100e6));
    assert_eq!(s.text("plant.p1.unit.shredding.outlets.casing"), Some("product:steel"));
    assert_eq!(s.children("plant.p1.unit"), ["shredding", "leaching"]);
    assert!(near(s.series("market.hefei.car.sales").unwrap().year_total(2025), 1.5e5));
    assert!(s.has("market.hefei") && !s.has("market.rest_of_china"));
    assert!(s.number("plant.p1.unit.leaching.capacity").is_none());
}

#[test]
fn shares_close() {
    let s = good(BASE, &[]);
    let mix = s.mix("market.hefei.car.chemistry").unwrap();
    assert_eq!(mix.names().collect::<Vec<_>>(), ["lfp", "nmc622"]);
    assert!(near(mix.at(2025.0)[0], 0.7) && near(mix.at(2025.0)[1], 0.3));
    assert_eq!(mix.at(2040.0), [1.0, 0.0]);
    assert!(s.is_rest("collection.hefei.landfill"));
    assert!(near(s.series("collection.hefei.landfill").unwrap().at(2030.0), 1.0 - 0.575 - 0.25));
    let row = s.mix("plant.p1.unit.shredding.transfer.default").unwrap();
    assert!(near(row.at(2030.0).iter().sum(), 1.0) && near(row.at(2030.0)[1], 0.1));
}

#[test]
fn by_name_falls_back() {
    let s = good(BASE, &[]);
    let scale = |name| s.by_name("use.car.battery.scale", name).unwrap().at(2030.0);
    assert!(near(scale("lfp"), 9.5) && near(scale("nmc622"), 8.0));
    assert!(near(s.by_name("use.car.battery.shape", "lfp").unwrap().at(2030.0), 3.5));
}

#[test]
fn name_first_mixes_with_series_and_rest() {
    let from = "chemistry = { 2020 = { lfp = 0.4, nmc622 = 0.6 }, 2030 = { lfp = 1.0 } }";
    let to = r#"chemistry = { nmc622 = { 2020 = 0.6, 2030 = 0.2 }, lfp = "rest", source = "X" }"#;
    let s = good(&BASE.replace(from, to), &[]);
    let mix = s.mix("market.hefei.car.chemistry").unwrap();
    assert!(near(mix.at(2025.0)[1], 0.6) && near(mix.at(2035.0)[1], 0.8));
}

#[test]
fn set_edits_one_number_and_says_so() {
    let s = good(
        BASE,
        &[
            "plant.p1.capacity=50 kt/yr",
            "market.hefei.car.sales.2030=3e5",
            "plant.p1.unit.leaching.transfer.Li.cake='rest'",
            "plant.p1.unit.shredding.capacity=\"60 kt/yr\"",
        ],
    );
    assert_eq!(s.number("plant.p1.capacity"), Some(50e3));
    assert_eq!(s.number("plant.p1.unit.shredding.capacity"), Some(60e3));
    assert!(near(s.series("market.hefei.car.sales").unwrap().year_total(2030), 3e5));
    assert_eq!(s.origin_of("plant.p1.capacity"), Some(("--set".into(), 1)));
    assert_eq!(s.origin_of("plant.p1.unit.shredding.capacity"), Some(("--set".into(), 4)));
}

#[test]
fn extends_merges_tables_and_replaces_values() {
    let child = r#"schema = 1
extends = "base/parent.toml"
[scenario]
id = "child"
[market.hefei.car]
sales = { unit = "vehicle/yr", 2025 = 7e5 }
[use.car]
battery = { distribution = "fixed", life = "8 yr" }
vehicle = { shape = 2.0 }
[second_life]
reuse_share = { nmc622 = 0.1 }
[plant.p1.unit.leaching.transfer]
Li = { liquor = 0.5, cake = "rest" }
"#;
    let folder = Folder::new(&[("top.toml", child.as_bytes()), ("base/parent.toml", BASE.as_bytes())]);
    let s = folder.load("top.toml", &[]).unwrap();
    assert_eq!(s.id(), "child");
    // The series is the child's alone, the rest of the section is the parent's.
    assert_eq!(s.series("market.hefei.car.sales").unwrap().points(), [(2025, 7e5)]);
    assert_eq!(s.number("market.hefei.car.battery"), Some(50.0));
    // A lifetime that names its distribution takes the parent's place; one that does not is merged.
    assert_eq!(s.children("use.car.battery"), ["distribution", "life"]);
    assert_eq!(s.children("use.car.vehicle"), ["distribution", "mean", "shape"]);
    let reuse = |name| s.by_name("second_life.reuse_share", name).unwrap().at(2030.0);
    assert!(near(reuse("lfp"), 0.2) && near(reuse("nmc622"), 0.1));
    assert!(near(s.mix("plant.p1.unit.leaching.transfer.Li").unwrap().at(2030.0)[0], 0.5));
    assert!(s.mix("plant.p1.unit.leaching.transfer.default").is_some());
    let (file, line) = s.origin_of("market.hefei.car.battery").unwrap();
    assert!(file.ends_with("base/parent.toml") && line == 16, "{file}:{line}");
    assert_eq!(s.data_files().len(), 2);
}

#[test]
fn a_fleet_takes_the_place_of_the_sales_of_a_parent() {
    let child = "extends = \"base/parent.toml\"\n[market.hefei.car]\nfleet = \"1e5 vehicle\"\n";
    let folder = Folder::new(&[("top.toml", child.as_bytes()), ("base/parent.toml", BASE.as_bytes())]);
    let s = folder.load("top.toml", &[]).unwrap();
    assert!(s.has("market.hefei.car.fleet") && !s.has("market.hefei.car.sales"));
    let s = folder.load("top.toml", &["market.hefei.car.sales=\"5 vehicle/yr\""]).unwrap();
    assert!(s.has("market.hefei.car.sales") && !s.has("market.hefei.car.fleet"));
}

fn with_files() -> Folder {
    let top = BASE
        .split("[plant.p1.unit.shredding]")
        .next()
        .unwrap()
        .replace("[plant.p1]\n", "[plant.p1]\nroute = \"routes/hydro.toml\"\n")
        .replace(
            "battery = \"50 kWh/vehicle\"",
            "battery = { file = \"data/kwh.csv\", where = { segment = \"car\" }, multiply = 0.5 }",
        )
        .replace(
            "chemistry = { 2020 = { lfp = 0.4, nmc622 = 0.6 }, 2030 = { lfp = 1.0 } }",
            "chemistry = { file = \"data/mix.csv\" }",
        )
        + "[composition]\nfile = \"data/composition.csv\"\n";
    let route = "[unit.shredding]\ncapacity = \"9 kt/yr\"\noutlets = { black_mass = \"leaching\", casing = \"product:steel\" }\ntransfer = { default = { black_mass = 0.9, casing = \"rest\" } }\n[unit.leaching]\noutlets = { liquor = \"product:li\", cake = \"residue:cake\" }\ntransfer = { file = \"../data/leach.csv\" }\n";
    Folder::new(&[
        ("top.toml", top.as_bytes()),
        ("routes/hydro.toml", route.as_bytes()),
        ("data/kwh.csv", b"segment,year,value,unit,source_id,confidence,note\ncar,2020,50,kWh/vehicle,IEA25,A,\ncar,2030,0.06,MWh/vehicle,IEA25,B,\"a, b\"\nbus,2020,200,kWh/vehicle,IEA25,A,\n"),
        ("data/mix.csv", b"\xef\xbb\xbfchemistry,year,share\nlfp,2020,0.5\nnmc622,2020,0.5\nlfp,2030,1\n"),
        ("data/leach.csv", b"substance,outlet,value\nLi,liquor,0.9\nLi,cake,rest\ndefault,cake,1\n"),
        ("data/composition.csv", b"chemistry,layer,substance,year,value,unit,source_id,confidence,note\nlfp,electrode,Li,,0.09,kg/kWh,EB,A,\nlfp,pack,other,2015,1200,g/kWh,EB,A,\nlto,cell,Li,,0.3,kg/kWh,EB,A,\n"),
    ])
}

#[test]
fn csv_files_and_routes() {
    let folder = with_files();
    let s = folder.load("top.toml", &["plant.p1.unit.shredding.transfer.default.black_mass=0.8"]).unwrap();
    let battery = s.series("market.hefei.car.battery").unwrap();
    assert!(near(battery.at(2020.0), 25.0) && near(battery.at(2030.0), 30.0));
    assert!(near(s.mix("market.hefei.car.chemistry").unwrap().at(2025.0)[0], 0.75));
    assert_eq!(s.children("plant.p1.unit.leaching.transfer"), ["Li", "default"]);
    assert!(near(s.mix("plant.p1.unit.leaching.transfer.Li").unwrap().at(2020.0)[1], 0.1));
    assert!(near(s.mix("plant.p1.unit.shredding.transfer.default").unwrap().at(2020.0)[1], 0.2));
    let table = s.csv("composition.file").unwrap();
    // The chemistry the scenario does not use is passed over.
    let rows: Vec<_> = table.rows().collect();
    assert_eq!(rows.len(), 2);
    assert!(near(rows[1].number("value").unwrap(), 1200e-6) && rows[1].year("year") == Some(2015));
    let problem = s.problem_in_csv(&rows[1], "value", "E0305", "too heavy", "expected less", "lower it");
    let text = s.render(&[problem], false);
    assert!(
        text.contains("data/composition.csv:3:21") && text.contains("row 3, column `value`: expected less"),
        "{text}"
    );
    assert_eq!(s.data_files().len(), 6);
}

#[test]
fn resolved_scenario_says_the_same() {
    let folder = with_files();
    let first = folder.load("top.toml", &["plant.p1.capacity=70 kt/yr"]).unwrap();
    let text = first.resolved_toml();
    std::fs::write(folder.0.join("again.toml"), &text).unwrap();
    let second = folder.load("again.toml", &[]).unwrap();
    assert_eq!(text, second.resolved_toml());
    let numbers = |s: &crate::scenario::Scenario| {
        s.assumptions()
            .into_iter()
            .map(|a| (a.key, a.value.to_bits(), a.unit))
            .collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(numbers(&first), numbers(&second));
    // What `show` prints is a scenario too.
    std::fs::write(folder.0.join("shown.toml"), first.show(None, true)).unwrap();
    assert_eq!(numbers(&first), numbers(&folder.load("shown.toml", &[]).unwrap()));
    assert!(!text.contains("route =") && !text.contains(".."), "{text}");
}

#[test]
fn every_number_is_in_the_register() {
    let folder = with_files();
    let all = folder.load("top.toml", &[]).unwrap().assumptions();
    let get = |key: &str| all.iter().find(|a| a.key == key).unwrap_or_else(|| panic!("{key}"));
    let sales = get("market.hefei.car.sales.2030");
    assert_eq!((sales.value, sales.unit.as_str(), sales.source.as_str()), (2e5, "vehicle/yr", "CAAM"));
    let battery = get("market.hefei.car.battery.2030");
    assert_eq!((battery.value, battery.unit.as_str(), battery.note.as_str()), (0.06, "MWh/vehicle", "a, b"));
    assert!(battery.file.ends_with("data/kwh.csv") && battery.line == 3 && battery.confidence == "B");
    assert_eq!(get("market.hefei.car.battery.multiply").value.to_bits(), 0.5_f64.to_bits());
    assert_eq!(get("plant.p1.capacity").note, "nameplate");
    assert_eq!(get("use.car.battery.scale.lfp").source, "not stated");
    assert_eq!(get("plant.p1.unit.leaching.transfer.Li.liquor").line, 2);
    assert_eq!(get("market.hefei.car.chemistry.lfp.2030").unit, "1");
    assert_eq!(get("composition.file.lfp.electrode.Li").source, "EB");
    assert_eq!(get("market.hefei.car.sales.then").unit, "yr");
}

#[test]
fn show_lists_values_with_their_lines() {
    let s = good(BASE, &[]);
    insta::assert_snapshot!(s.show(Some("plant.p1.unit.leaching"), true), @r#"
    plant.p1.unit.leaching.outlets.liquor = "product:li2co3"   # small.toml:37
    plant.p1.unit.leaching.outlets.cake = "residue:cake"   # small.toml:37
    plant.p1.unit.leaching.transfer.Li = { liquor = 0.93, cake = 0.07 }   # small.toml:39
    plant.p1.unit.leaching.transfer.default = { cake = 1.0 }   # small.toml:40
    "#);
    assert_eq!(s.show(Some("plant.p1.region"), false), "plant.p1.region = \"hefei\"\n");
}
