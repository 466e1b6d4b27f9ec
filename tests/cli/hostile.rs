//! Names from outside come out as text, wherever they go.

use crate::common::TINY;
use crate::common::program::{Project, files};

/// Titles, sources, notes and units that have acted somewhere before.
const HOSTILE: [&str; 12] = [
    "=HYPERLINK(\\\"http://example.org\\\")",
    "+1+1",
    "-1+1|cmd",
    "@SUM(A1)",
    "\\t=1+1",
    "<script>alert(1)</script>",
    "\\\"/><image href=\\\"http://example.org/x\\\"/>",
    "' onload='alert(1)",
    "]]> &amp; &#0;",
    "a\\u001B[31mred\\u0007",
    "abc\\u202Efed\\u2066x",
    "{{ 7 * 7 }}{% for x in y %}",
];

fn is_active(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}

#[test]
fn names_cannot_act() {
    for (at, name) in HOSTILE.iter().enumerate() {
        let title = "title = { en = \"A tiny loop\", zh-CN = \"小循环\" }";
        let tiny = TINY.replace(title, &format!("title = \"{name}\"\ndescription = \"{name}\""));
        let number = "battery = \"200 kWh/vehicle\"";
        let tiny = tiny.replace(
            number,
            &format!("battery = {{ value = 200, unit = \"kWh/vehicle\", source = \"{name}\", note = \"{name}\", confidence = \"C\" }}"),
        );
        assert!(tiny.matches(name).count() >= 4, "{at}");
        let project = Project::new(&tiny);
        let ran = project.say(&["run", "tiny.toml", "-o", "out"]);
        assert_eq!(ran.code, 0, "{name}: {}", ran.stderr);
        let other = project.say(&["run", "tiny.toml", "-o", "out", "--set", "scenario.id=other"]);
        let compared = project.say(&["compare", "out/tiny", "out/other", "-o", "compare"]);
        let explained = project.say(&["show", "tiny.toml"]);
        for said in [&ran, &other, &compared, &explained] {
            let text = format!("{}{}", said.stdout, said.stderr);
            assert!(!text.contains(is_active), "{name}: on the terminal {text:?}");
        }
        for (file, bytes) in files(&project.path("out/tiny")).into_iter().chain(files(&project.path("compare"))) {
            if file.starts_with("inputs/") {
                continue;
            }
            match file.rsplit('.').next() {
                Some("csv") => check_table(&file, &bytes),
                Some("svg") => check_picture(name, &file, &String::from_utf8(bytes).unwrap()),
                Some("html") => check_page(name, &file, &String::from_utf8(bytes).unwrap()),
                _ => {}
            }
        }
    }
}

/// No cell of text begins a formula.
fn check_table(file: &str, bytes: &[u8]) {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes);
    for row in reader.records() {
        for cell in &row.unwrap() {
            let begins = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
            assert!(!begins || cell.parse::<f64>().is_ok(), "{file}: {cell:?}");
            assert!(!cell.contains(is_active), "{file}: {cell:?}");
        }
    }
}

/// Only elements and attributes that draw.
fn check_picture(name: &str, file: &str, svg: &str) {
    let known = ["svg", "rect", "line", "polyline", "polygon", "circle", "text", "g", "title"];
    for tag in svg.split('<').skip(1).filter(|tag| !tag.starts_with('/')) {
        let element = tag.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        assert!(known.contains(&element), "{file} of {name}: <{element}");
        let inside = tag.split('>').next().unwrap_or_default();
        let outside_of_quotes: String = inside.split('"').step_by(2).collect();
        assert!(
            !outside_of_quotes.contains("on") || element == "polygon" || !outside_of_quotes.contains(" on"),
            "{file}: {inside}"
        );
        assert!(!outside_of_quotes.contains("href"), "{file}: {inside}");
    }
    assert!(!svg.contains(is_active), "{file} of {name}");
}

fn check_page(name: &str, file: &str, page: &str) {
    assert_eq!(page.matches("<script").count(), 1, "{file} of {name}");
    for bad in ["<image", "<img", "<iframe", "<object", "<link", "49{%", " onload=", " onclick="] {
        assert!(!page.contains(bad), "{file} of {name}: {bad}");
    }
    assert!(!page.contains(is_active), "{file} of {name}");
}
