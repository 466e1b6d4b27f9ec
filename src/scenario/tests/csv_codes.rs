//! CSV files that are wrong, and how that is said: file, row, column.

use super::{BASE, Folder};

/// The findings when the pack energy of cars comes from this CSV file.
fn battery(csv: &[u8], reference: &str) -> String {
    let text = BASE.replace("\"50 kWh/vehicle\"", reference);
    Folder::new(&[("top.toml", text.as_bytes()), ("data/x.csv", csv)]).faults("top.toml", &[])
}

const PLAIN: &str = "{ file = \"data/x.csv\" }";
const UNIT: &str = "{ file = \"data/x.csv\", unit = \"kWh/vehicle\" }";

#[test]
fn faults_of_csv_files_name_row_and_column() {
    let cases: &[(&[u8], &str, &str, &str, &str)] = &[
        (b"year,value\n2020,1\n2021\n", UNIT, "E0404", "data/x.csv:3:1", "row 3 has 1 cells, the header has 2"),
        (b"year,value\n2020,1\n2021,\xff\n", UNIT, "E0404", "data/x.csv:3:1", "row 3, cell 2 is not UTF-8"),
        (b"note,year,value\na,2020,1\n\"b,2021,1\nc,2022,1\n", UNIT, "E0404", "data/x.csv:3:1", "never closed"),
        (b"year,value\n\n\r\n2020,-1\n", UNIT, "E0304", "data/x.csv:4:6", "expected zero"),
        (b"", UNIT, "E0404", "data/x.csv:1:1", "no header row"),
        (b"year,year\n2020,1\n", UNIT, "E0404", "data/x.csv:1:1", "named twice"),
        (b"year,valu\n2020,1\n", UNIT, "E0406", "top.toml:16:20", "did you mean `valu`?"),
        (b"year,value\n2020,1\n2021,\n", UNIT, "E0312", "data/x.csv:3:6", "row 3, column `value`: empty"),
        (b"year,value\n2020,1\n,2\n", UNIT, "E0312", "data/x.csv:3:1", "row 3, column `year`: empty"),
        (b"year,value\n2020,1\n2020,2\n", UNIT, "E0311", "data/x.csv:3:1", "row 3, column `year`: repeated"),
        (b"year,value\n2020,many\n", UNIT, "E0201", "data/x.csv:2:6", "row 2, column `value`: expected a number"),
        (b"year,value\n2020,nan\n", UNIT, "E0303", "data/x.csv:2:6", "row 2, column `value`: expected a finite"),
        (b"year,value\n2020,-1\n", UNIT, "E0304", "data/x.csv:2:6", "row 2, column `value`: expected zero"),
        (b"year,value\n2020,1\n", PLAIN, "E0301", "data/x.csv:2:6", "row 2, column `value`: no unit"),
        (b"year,value,unit\n2020,1,kg\n", PLAIN, "E0302", "data/x.csv:2:6", "`kg` is mass"),
        (b"year,value,unit\n2020,1,kwh/vehicle\n", PLAIN, "E0307", "data/x.csv:2:8", "did you mean `kWh`?"),
        (b"year,value\n20x0,1\n", UNIT, "E0201", "data/x.csv:2:1", "row 2, column `year`"),
        (b"s,year,value\n\"a,b\",2020,-7\r\n", UNIT, "E0304", "data/x.csv:2:12", "row 2, column `value`"),
        (
            b"s,year,value\ncar,2020,1\n",
            "{ file = \"data/x.csv\", where = { s = \"cars\" }, unit = \"kWh/vehicle\" }",
            "E0406",
            "top.toml:16:48",
            "did you mean `car`?",
        ),
        (
            b"s,year,value\ncar,2020,1\n",
            "{ file = \"data/x.csv\", where = { seg = \"car\" }, unit = \"kWh/vehicle\" }",
            "E0406",
            "top.toml:16:44",
            "no such column",
        ),
        (
            b"s,r,value\ncar,a,1\nbus,b,2\n",
            "{ file = \"data/x.csv\", where = { s = \"car\", r = \"b\" }, unit = \"kWh/vehicle\" }",
            "E0406",
            "top.toml:16:42",
            "drop one condition",
        ),
    ];
    for (csv, reference, code, place, words) in cases {
        let text = battery(csv, reference);
        assert!(text.contains(&format!("error[{code}]")), "{code} not in\n{text}");
        assert!(text.contains(&format!("--> {place}\n")), "{place} not in\n{text}");
        assert!(text.contains(words) && text.contains("= help: "), "{words} not in\n{text}");
    }
}

#[test]
fn a_fault_of_a_csv_file_reads_like_this() {
    insta::assert_snapshot!(battery(b"year,value\n2020,1\n2021,many\n2022,3\n", UNIT), @r#"
    error[E0201]: `battery`: "many" is not a number
     --> data/x.csv:3:6
      |
    3 | 2021,many
      |      ^^^^ row 3, column `value`: expected a number
      |
      = help: write a number, or leave the whole row out: values between given years are interpolated
    "#);
}

#[test]
fn a_broken_file_is_reported_once() {
    let text = BASE
        .replace("\"50 kWh/vehicle\"", PLAIN)
        .replace("hibernation_delay = \"3 yr\"", "hibernation_delay = { file = \"data/x.csv\" }");
    let folder = Folder::new(&[("top.toml", text.as_bytes()), ("data/x.csv", b"a,b\n1\n")]);
    assert_eq!(folder.faults("top.toml", &[]).matches("E0404").count(), 1);
}

#[test]
fn names_in_csv_files_are_checked() {
    let text = BASE.replace(
        "chemistry = { 2020 = { lfp = 0.4, nmc622 = 0.6 }, 2030 = { lfp = 1.0 } }",
        "chemistry = { file = \"data/x.csv\" }",
    );
    let mix = |csv: &str| {
        Folder::new(&[("top.toml", text.as_bytes()), ("data/x.csv", csv.as_bytes())]).faults("top.toml", &[])
    };
    let unknown = mix("chemistry,year,share\nlfp,2020,0.5\nnmc,2020,0.5\n");
    assert!(unknown.contains("E0401") && unknown.contains("data/x.csv:3:1") && unknown.contains("column `chemistry`"));
    let sum = mix("chemistry,year,share\nlfp,2020,0.5\nnmc622,2020,0.4\n");
    assert!(sum.contains("E0305") && sum.contains("sum to 0.9 in 2020"), "{sum}");
    let twice = mix("chemistry,year,share\nlfp,2020,0.5\nlfp,2020,0.5\n");
    assert!(twice.contains("E0311") && twice.contains("data/x.csv:3:1"), "{twice}");

    let text = format!("{BASE}[composition]\nfile = \"data/x.csv\"\n");
    let composition = |csv: &str| {
        Folder::new(&[("top.toml", text.as_bytes()), ("data/x.csv", csv.as_bytes())]).faults("top.toml", &[])
    };
    let head = "chemistry,layer,substance,year,value,unit\n";
    let wrong = composition(&format!("{head}lfp,anode,Lo,,1,kg/kWh\nlfp,cell,Li,,1,kg/kWh\nlfp,cell,Li,,2,kg/kWh\n"));
    assert!(wrong.contains("E0203") && wrong.contains("data/x.csv:2:5"), "{wrong}");
    assert!(wrong.contains("E0401") && wrong.contains("data/x.csv:2:11"), "{wrong}");
    assert!(wrong.contains("E0311") && wrong.contains("row 4: repeated"), "{wrong}");
    assert!(composition("chemistry,substance,value\n").contains("no column `layer`"));
}

/// The budget is for a release build; here only a gross slip would show.
#[test]
fn ten_files_of_two_thousand_rows_load_quickly() {
    let row = |i: i32| format!("r{},{},{i}\n", i / 50, 2000 + i % 50);
    let rows = (0..2000).map(row).collect::<Vec<_>>().concat();
    let csv = format!("region,year,value\n{rows}");
    let names: Vec<String> = (0..10).map(|i| format!("data/{i}.csv")).collect();
    let regions: Vec<String> = (0..40).map(|i| format!("r{i}")).collect();
    let mut text = BASE.replace(
        "\"hefei\", ",
        &format!("\"hefei\", {}, ", regions.iter().map(|r| format!("{r:?}")).collect::<Vec<_>>().join(", ")),
    );
    for region in &regions {
        for segment in ["car", "bus"] {
            let file = |i: usize| format!("{{ file = {:?}, where = {{ region = {region:?} }}, unit = \"", names[i]);
            let n = region[1..].parse::<usize>().unwrap() % 5 * 2;
            let section = format!(
                "[market.{region}.{segment}]\nsales = {}vehicle/yr\" }}\nbattery = {}kWh/vehicle\" }}\nchemistry = {{ lfp = 1.0 }}\n",
                file(n),
                file(n + 1)
            );
            text.push_str(&section);
        }
    }
    let mut files: Vec<(&str, &[u8])> = names.iter().map(|n| (n.as_str(), csv.as_bytes())).collect();
    files.push(("top.toml", text.as_bytes()));
    let folder = Folder::new(&files);
    let start = std::time::Instant::now();
    let scenario = folder.load("top.toml", &[]);
    let spent = start.elapsed();
    if let Err(problems) = scenario {
        panic!("{}", problems.render(false));
    }
    println!("loaded in {spent:?}");
    assert!(spent.as_millis() < 1000, "{spent:?}");
}
