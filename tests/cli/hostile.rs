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
    // All of them in the title, and each as who says a number, what is remarked on it, and what a measure is.
    let title = "title = { en = \"A tiny loop\", zh-CN = \"小循环\" }";
    // What turns the direction of text or steers a terminal is refused in titles, and a title has a limit.
    let all = HOSTILE.iter().filter(|name| !name.contains("\\u")).copied().collect::<Vec<_>>().join(" ");
    let short = [HOSTILE[0], HOSTILE[5], HOSTILE[7]].join(" ");
    let mut tiny = TINY.replace(title, &format!("title = \"{short}\"\ndescription = \"{all}\""));
    let measures = HOSTILE.iter().enumerate().map(|(at, name)| {
        format!(
            "\n[policy.p{at}]\ntext = \"x\"\nlever = {{ value = 1, unit = \"t\", source = \"{name}\", note = \"{name}\", confidence = \"C\" }}\n"
        )
    });
    tiny.extend(measures);
    let project = Project::new(&tiny);
    let ran = project.say(&["run", "tiny.toml", "-o", "out"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let other =
        project.say(&["run", "tiny.toml", "-o", "out", "--set", "scenario.id=other", "--set", "policy.p0.lever=2"]);
    let compared = project.say(&["compare", "out/tiny", "out/other", "-o", "compare"]);
    assert_eq!((other.code, compared.code), (0, 0), "{}{}", other.stderr, compared.stderr);
    let shown = project.say(&["show", "tiny.toml"]);
    for said in [&ran, &other, &compared, &shown] {
        let text = format!("{}{}", said.stdout, said.stderr);
        assert!(!text.contains(is_active), "on the terminal: {text:?}");
    }
    #[cfg(feature = "xlsx")]
    {
        let exported = project.say(&["export", "out/tiny", "--to", "xlsx", "-o", "book"]);
        assert_eq!(exported.code, 0, "{}", exported.stderr);
        check_book(&files(&project.path("book"))["tiny.xlsx"]);
    }
    let written = files(&project.path("out/tiny")).into_iter().chain(files(&project.path("compare")));
    let mut kinds = [0; 3];
    // What looks like a template is text.
    let mut untouched = false;
    for (file, bytes) in written.filter(|(file, _)| !file.starts_with("inputs/")) {
        match file.rsplit('.').next() {
            Some("csv") => {
                kinds[0] += 1;
                check_table(&file, &bytes);
            }
            Some("svg") => {
                kinds[1] += 1;
                check_marks(&file, &String::from_utf8(bytes).unwrap(), &PICTURE);
            }
            Some("html") => {
                kinds[2] += 1;
                let page = String::from_utf8(bytes).unwrap();
                // Style and script are ours, and the policy knows them by their hashes.
                let body = page.split("</style>").nth(1).and_then(|rest| rest.split("<script>").next()).unwrap();
                assert_eq!(page.matches("<script").count(), 1);
                assert!(page.contains("&lt;script&gt;alert(1)"));
                untouched |= page.contains("{{ 7 * 7 }}");
                check_marks(&file, body, &PAGE);
            }
            _ => {}
        }
    }
    assert!(untouched);
    assert!(kinds[0] > 10 && kinds[1] > 8 && kinds[2] == 2, "{kinds:?}");
    let names = HOSTILE.len();
    println!("P14 {names} hostile names in {kinds:?} tables, figures and pages and on the terminal: none acts");
}

/// No cell of a workbook is a formula or a link, and what was said is there as text.
#[cfg(feature = "xlsx")]
fn check_book(bytes: &[u8]) {
    use std::io::Read;
    let mut book = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let (mut sheets, mut strings) = (0, String::new());
    for at in 0..book.len() {
        let mut file = book.by_index(at).unwrap();
        let (name, mut text) = (file.name().unwrap().into_owned(), String::new());
        file.read_to_string(&mut text).unwrap();
        assert!(!text.contains(is_active), "{name}");
        assert!(!text.contains("TargetMode=\"External\""), "{name} leads outside");
        if name.starts_with("xl/worksheets/sheet") {
            sheets += 1;
            for formula in ["<f>", "<f ", "<hyperlink", "t=\"str\""] {
                assert!(!text.contains(formula), "{name}: {formula}");
            }
        }
        if name == "xl/sharedStrings.xml" {
            strings = text;
        }
    }
    assert!(sheets > 8 && strings.contains("HYPERLINK") && strings.contains("&lt;script&gt;"), "{sheets} sheets");
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

const PICTURE: [&str; 10] = ["svg", "rect", "line", "polyline", "polygon", "circle", "text", "g", "title", "?xml"];
const PAGE: [&str; 39] = [
    "svg", "rect", "line", "polyline", "polygon", "circle", "text", "g", "title", "body", "header", "p", "h1", "h2",
    "nav", "ul", "li", "a", "main", "section", "div", "table", "caption", "thead", "tbody", "tr", "th", "td", "figure",
    "label", "input", "span", "pre", "code", "footer", "html", "head", "meta", "style",
];

/// Only elements that are ours, with attributes that cannot act.
fn check_marks(file: &str, text: &str, known: &[&str]) {
    assert!(!text.contains(is_active), "{file}");
    for tag in text.split('<').skip(1) {
        let inside = tag.trim_start_matches('/').split('>').next().unwrap_or_default();
        let element = inside.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        assert!(known.contains(&element), "{file}: <{tag:.80}");
        // What stands outside of quotes: the names of the attributes.
        for attribute in inside.split('"').step_by(2).flat_map(str::split_whitespace).skip(1) {
            assert!(!attribute.starts_with("on") && !attribute.contains("src="), "{file}: {inside:.200}");
            assert!(!attribute.contains("href") || element == "a", "{file}: {inside:.200}");
        }
    }
    assert!(!text.contains("href=\"http") && !text.contains("href=\"javascript"), "{file}");
}
