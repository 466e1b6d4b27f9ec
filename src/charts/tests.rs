//! What every chart promises: well-formed, the same bytes, harmless, and readable whatever the data are.

use super::axis::{Axis, COARSE, FINE};
use super::text::{clean, elide, number, width, wrap};
use super::*;

/// Strings that have broken charts before, here or elsewhere.
const HOSTILE: [&str; 7] = [
    "<script>alert(1)</script>",
    "\"/><image href=\"http://example.org/x.png\"/>",
    "' onload='alert(1)",
    "]]> &amp; &#0; &undefined;",
    "a\u{0}b\u{1b}[31m\u{7f}c\u{ffff}\r\n\t d",
    "abc\u{202e}fed\u{2066}x\u{200b}\u{feff}",
    "\u{1}\u{2}",
];

fn stacked(x: Vec<f64>, layers: &[(&str, f64)]) -> StackedArea {
    let values = |top: f64| x.iter().map(|_| top).collect();
    StackedArea {
        title: "Title".into(),
        subtitle: "Subtitle".into(),
        x_label: "Year".into(),
        y_label: "Mass (kt)".into(),
        layers: layers.iter().map(|(name, top)| Series::new(*name, values(*top))).collect(),
        marks: vec![Mark { x: 2025.0, y: 1.0, low: None, high: Some(3.0), label: "source".into() }],
        marks_name: "published estimates".into(),
        footnote: "Source.".into(),
        x,
        ..StackedArea::default()
    }
}

fn plant(steps: u16, scale: f64, name: &str) -> PlantChart {
    let all = |value: f64| vec![value * scale; usize::from(steps)];
    PlantChart {
        title: name.into(),
        y_label: "kt/yr".into(),
        yard_label: "kt".into(),
        x: (0..steps).map(|k| 2026.0 + f64::from(k) / 12.0).collect(),
        throughput: vec![Series::new(name, all(20.0)), Series::new("b", all(30.0))],
        nameplate: Series::new("nameplate", all(100.0)),
        available: Series::new("available", all(90.0)),
        limits: Limits {
            name: name.into(),
            steps: (0..steps).map(|k| if k % 2 == 0 { "feed".into() } else { name.into() }).collect(),
        },
        yard: vec![Series::new("yard", all(5.0))],
        yard_limit: Some(Series::new("limit", all(8.0))),
        ..PlantChart::default()
    }
}

fn supply(panels: usize, name: &str) -> SupplyChart {
    let panel = SupplyPanel {
        title: name.into(),
        note: name.into(),
        x: vec![2025.0, 2026.0],
        layers: vec![Series::new(name, vec![1.0, 2.0]), Series::new("primary", vec![3.0, 2.0])],
        y_at_least: None,
    };
    SupplyChart { title: name.into(), y_label: "kt/yr".into(), panels: vec![panel; panels], ..SupplyChart::default() }
}

fn lines(values: Vec<f64>) -> Lines {
    Lines {
        x: (0..values.len()).map(|k| 2020.0 + f64::from(u16::try_from(k).unwrap())).collect(),
        lines: vec![Series::new("line", values).into()],
        ..Lines::default()
    }
}

fn heat_map(rows: usize, name: &str) -> HeatMap {
    let cells = (0..26).map(|k| if k < 6 { None } else { Some(f64::from(k - 6) / 40.0) }).collect();
    let row = HeatRow { name: name.into(), note: name.into(), cells };
    HeatMap {
        title: name.into(),
        subtitle: name.into(),
        notes: name.into(),
        x: (2025..2051).collect(),
        rows: vec![row; rows],
        footnote: name.into(),
        words: Vec::new(),
    }
}

#[test]
fn a_heat_map_tells_met_from_missed_and_refuses_what_does_not_fit() {
    let svg = heat_map(3, "a").svg().unwrap();
    for colour in ["#44AA99", "#F0C5CB", "#CC6677", "#882255", "#F1F3F4"] {
        assert!(svg.matches(colour).count() > 3, "{colour}");
    }
    let mut short = heat_map(1, "a");
    short.rows[0].cells.pop();
    assert!(matches!(short.svg(), Err(ChartError::Length { found: 25, expected: 26, .. })));
    let mut wrong = heat_map(1, "a");
    wrong.rows[0].cells[3] = Some(f64::NAN);
    assert!(matches!(wrong.svg(), Err(ChartError::Value { index: 3, .. })));
}

fn bands(text: &str) -> Sankey {
    let node = |kind, column| SankeyNode { name: text.into(), kind, column, stock: Some(5.0), ..SankeyNode::default() };
    let link = |from, to| SankeyLink { from, to, value: 2.0, carries: text.into(), ..SankeyLink::default() };
    Sankey {
        title: text.into(),
        subtitle: text.into(),
        unit: text.into(),
        stock_unit: text.into(),
        nodes: vec![node(SankeyKind::Source, 0), node(SankeyKind::Stock, 1), node(SankeyKind::Sink, 2)],
        links: vec![link(0, 1), link(1, 2)],
        footnote: text.into(),
        ..Sankey::default()
    }
}

fn steps(text: &str) -> Waterfall {
    Waterfall {
        title: text.into(),
        subtitle: text.into(),
        unit: text.into(),
        from: (text.into(), 1.0),
        to: (text.into(), 3.0),
        steps: vec![WaterfallStep { name: text.into(), adds: 3.0 }, WaterfallStep { name: text.into(), adds: -1.0 }],
        footnote: text.into(),
    }
}

/// Every kind of chart with this text in every place that takes one.
fn everywhere(text: &str) -> Vec<String> {
    let mut area = stacked(vec![2020.0, 2030.0], &[(text, 2.0), ("b", 1.0)]);
    for place in [&mut area.title, &mut area.subtitle, &mut area.x_label, &mut area.y_label] {
        *place = text.into();
    }
    area.marks_name = text.into();
    area.footnote = text.into();
    area.marks[0].label = text.into();
    let mut line = lines(vec![1.0, 2.0, 3.0]);
    line.lines[0].series.name = text.into();
    line.title = text.into();
    line.footnote = text.into();
    let pictures = [
        area.svg(),
        plant(30, 1.0, text).svg(),
        supply(3, text).svg(),
        line.svg(),
        heat_map(3, text).svg(),
        bands(text).svg(),
        steps(text).svg(),
    ];
    pictures.into_iter().map(Result::unwrap).collect()
}

/// Well-formed, and of nothing but shapes and text with numbers that are numbers.
fn check(svg: &str) {
    assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    let exponent = |w: &[u8]| matches!(w, [a, b'e', c] if a.is_ascii_digit() && (c.is_ascii_digit() || *c == b'-'));
    assert!(!svg.as_bytes().windows(3).any(exponent), "{svg}");
    #[cfg(feature = "png")]
    {
        use resvg::usvg::roxmltree::{Document, Node};
        let document = Document::parse(svg).unwrap();
        for node in document.descendants().filter(Node::is_element) {
            let name = node.tag_name().name();
            let known = ["svg", "rect", "line", "polyline", "polygon", "circle", "text", "g", "title"];
            assert!(known.contains(&name), "element {name}");
            for attribute in node.attributes() {
                let name = attribute.name();
                assert!(!name.starts_with("on") && !name.contains("href"), "attribute {name}");
            }
        }
    }
}

#[test]
fn hostile_names_stay_text() {
    for text in HOSTILE {
        for svg in everywhere(text) {
            check(&svg);
            let bad = |c: char| c != '\n' && (c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c));
            assert!(!svg.contains(bad), "{text:?}");
        }
    }
}

#[test]
fn the_same_data_give_the_same_bytes() {
    assert_eq!(everywhere("name"), everywhere("name"));
}

#[test]
fn nothing_and_zeros_give_a_chart() {
    let empty = [
        StackedArea::default().svg(),
        PlantChart::default().svg(),
        SupplyChart::default().svg(),
        Lines::default().svg(),
        HeatMap::default().svg(),
        SupplyChart { panels: vec![SupplyPanel::default()], ..SupplyChart::default() }.svg(),
    ];
    for svg in empty {
        let svg = svg.unwrap();
        check(&svg);
        assert!(svg.contains("no data"));
    }
    check(&stacked(vec![2020.0, 2021.0], &[("a", 0.0), ("b", 0.0)]).svg().unwrap());
    check(&plant(24, 0.0, "a").svg().unwrap());
    check(&lines(vec![0.0; 5]).svg().unwrap());
    check(&lines(vec![f64::NAN; 5]).svg().unwrap());
}

#[test]
fn one_point_and_one_step_give_a_chart() {
    check(&stacked(vec![2025.0], &[("a", 2.0)]).svg().unwrap());
    check(&plant(1, 1.0, "a").svg().unwrap());
    check(&lines(vec![3.0]).svg().unwrap());
}

#[test]
fn any_size_of_number_is_written_out() {
    for top in [1e-9, 0.3, 7.0, 1e9, 1e15] {
        let svg = stacked(vec![2020.0, 2021.0], &[("a", top)]).svg().unwrap();
        check(&svg);
        check(&lines(vec![0.0, top, -top]).svg().unwrap());
    }
    let svg = stacked(vec![2020.0, 2021.0], &[("a", 1e9)]).svg().unwrap();
    assert!(svg.contains("1,000,000,000"));
    check(&stacked(vec![2020.0, 2021.0], &[("a", 0.0), ("b", 5e-324)]).svg().unwrap());
}

#[test]
fn wrong_data_are_named() {
    let area = |values: Vec<f64>, x: Vec<f64>| {
        StackedArea { x, layers: vec![Series::new("LFP", values)], ..StackedArea::default() }.svg()
    };
    let error = area(vec![1.0], vec![1.0, 2.0]).unwrap_err();
    assert_eq!(error.to_string(), "series `LFP` has 1 values, the x axis has 2");
    for bad in [f64::NAN, f64::INFINITY, -1.0, 1e16] {
        assert!(matches!(area(vec![1.0, bad], vec![1.0, 2.0]), Err(ChartError::Value { index: 1, .. })), "{bad}");
    }
    assert_eq!(area(vec![1.0, 1.0], vec![2.0, 2.0]), Err(ChartError::X { index: 1 }));
    assert_eq!(area(vec![1.0], vec![f64::NAN]), Err(ChartError::X { index: 0 }));
    // What a sum of floats leaves below zero is not negative.
    area(vec![1.0, -1e-13], vec![1.0, 2.0]).unwrap();
    let mut area = stacked(vec![2020.0, 2021.0], &[("a", 1.0)]);
    area.marks[0].low = Some(f64::NAN);
    assert!(matches!(area.svg(), Err(ChartError::Value { .. })));
}

#[test]
fn long_names_end_in_an_ellipsis() {
    let long = "a name nobody can read ".repeat(200);
    for svg in everywhere(&long) {
        check(&svg);
        assert!(svg.contains('…'));
    }
    let short = elide("abcdefghij", 10.0, false, 40.0);
    assert!(short.ends_with('…') && width(&short, 10.0, false) <= 40.0);
    assert_eq!(elide("abc", 10.0, false, 100.0), "abc");
    assert_eq!(elide("abc", 10.0, false, 0.0), "…");
}

#[test]
fn many_names_end_in_a_count() {
    let names: Vec<String> = (0..80).map(|k| format!("layer {k}")).collect();
    let layers: Vec<(&str, f64)> = names.iter().map(|n| (n.as_str(), 1.0)).collect();
    let svg = stacked(vec![2020.0, 2021.0], &layers).svg().unwrap();
    check(&svg);
    assert!(svg.contains(" more\n"));
    let mut chart = supply(3, "a");
    chart.panels[0].layers = layers.iter().map(|(n, _)| Series::new(*n, vec![1.0, 1.0])).collect();
    assert!(chart.svg().unwrap().contains(" more\n"));
}

#[test]
fn text_is_cleaned_and_wrapped() {
    assert_eq!(clean("  a\tb\u{0}\n\n c\u{202e} "), "a b c");
    assert_eq!(clean("Li₂CO₃ 碳酸锂"), "Li₂CO₃ 碳酸锂");
    let lines = wrap("one two three four five", 10.0, 60.0, 9);
    assert!(lines.len() > 1 && lines.iter().all(|l| width(l, 10.0, false) <= 60.0), "{lines:?}");
    assert_eq!(lines.join(" "), "one two three four five");
    assert_eq!(wrap("碳酸锂碳酸锂", 10.0, 30.0, 9), ["碳酸锂", "碳酸锂"]);
    assert_eq!(wrap("碳酸", 10.0, 1.0, 9), ["碳", "酸"]);
    assert_eq!(wrap("one two three", 10.0, 20.0, 2).len(), 2);
    assert!(wrap("", 10.0, 20.0, 2).is_empty());
}

#[test]
fn numbers_have_separators_and_no_exponent() {
    let cases = [
        (0.0, 0, "0"),
        (-0.0, 0, "0"),
        (999.0, 0, "999"),
        (-1234.5, 1, "−1,234.5"),
        (1e15, 0, "1,000,000,000,000,000"),
        (1e-9, 9, "0.000000001"),
        (-0.001, 1, "0.0"),
    ];
    for (value, decimals, text) in cases {
        assert_eq!(number(value, decimals), text);
    }
}

#[test]
fn axes_hold_the_data_and_have_round_ticks() {
    for top in [1e-9, 0.07, 0.99, 1.0, 3.3, 7_950.0, 8_000.0, 4_000.0, 1e9, 9.99e14] {
        for intervals in [FINE, COARSE] {
            let axis = Axis::amounts(0.0, top, &intervals);
            assert!(axis.from == 0.0 && axis.to >= top && axis.to <= 1.25 * top, "{top}: {axis:?}");
            assert!((3..=8).contains(&axis.ticks.len()), "{top}: {axis:?}");
        }
    }
    let texts = |axis: Axis| axis.ticks.into_iter().map(|t| t.text).collect::<Vec<_>>();
    assert_eq!(texts(Axis::amounts(0.0, 7_950.0, &FINE)), ["0", "2,000", "4,000", "6,000", "8,000"]);
    assert_eq!(texts(Axis::amounts(0.0, 1.0, &FINE)), ["0.00", "0.25", "0.50", "0.75", "1.00"]);
    assert_eq!(texts(Axis::amounts(-3.0, 3.0, &FINE)), ["−3", "−2", "−1", "0", "1", "2", "3"]);
    let years = [2010.0, 2050.0].into_iter();
    assert_eq!(texts(Axis::years(years, 300.0, 28.0)), ["2010", "2020", "2030", "2040", "2050"]);
    assert_eq!(texts(Axis::years([2030.5].into_iter(), 300.0, 28.0)), ["2029", "2030", "2031", "2032"]);
}

#[test]
fn a_name_has_one_colour() {
    let palette = Palette::new(["LFP", "NMC", "LFP"]).with_greys(["lost", "outside"]);
    let resolved = palette.resolve(["new", "NMC", "lost", "other new"].into_iter());
    assert_eq!(resolved[1], palette.colour("NMC").unwrap());
    assert_eq!(resolved[2], palette.colour("lost").unwrap());
    let mut distinct = resolved.clone();
    distinct.sort_by_key(|Rgb(r, g, b)| (*r, *g, *b));
    distinct.dedup();
    assert_eq!(distinct.len(), 4);
    assert_eq!(palette.colour("unknown"), None);
    assert_eq!(Palette::default().with("a", Rgb(1, 2, 3)).colour("a"), Some(Rgb(1, 2, 3)));
}

#[test]
fn a_legend_reads_like_the_stack_from_the_top() {
    let svg = stacked(vec![2020.0, 2021.0], &[("bottom", 1.0), ("middle", 1.0), ("top", 1.0)]).svg().unwrap();
    let at = |name: &str| svg.find(&format!(">\n{name}\n")).unwrap();
    assert!(at("top") < at("middle") && at("middle") < at("bottom") && at("bottom") < at("published estimates"));
}

#[cfg(feature = "png")]
mod rendered;
