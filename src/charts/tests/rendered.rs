//! What the pictures look like to a program: every text inside, none over another.

use resvg::usvg::{Group, Node};

use super::super::png::parse;
use super::*;

fn texts(group: &Group, out: &mut Vec<(f32, f32, f32, f32)>) {
    for node in group.children() {
        match node {
            Node::Group(inner) => texts(inner, out),
            Node::Text(text) => {
                let b = text.abs_bounding_box();
                out.push((b.left(), b.top(), b.right(), b.bottom()));
            }
            Node::Path(_) | Node::Image(_) => {}
        }
    }
}

#[test]
fn the_width_tables_are_the_fonts() {
    let text = "The quick brown fox, 1,234.5 kt/yr – ÄÖÜ éßø Δλ Привет ₂ € ≤ …";
    for bold in [false, true] {
        let weight = if bold { "bold" } else { "normal" };
        let svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"2000\" height=\"50\"><text x=\"0\" y=\"30\" \
                 font-size=\"20\" font-weight=\"{weight}\" style=\"font-variant-ligatures:none\">{text}</text></svg>"
        );
        let mut found = Vec::new();
        texts(parse(&svg).unwrap().root(), &mut found);
        let measured = f64::from(found[0].2 - found[0].0);
        let ours = width(text, 20.0, bold);
        assert!((ours - measured).abs() < 0.02 * ours, "{ours} against {measured}");
    }
}

#[test]
fn no_text_leaves_the_picture_or_meets_another() {
    let long = "a rather long name for a thing ".repeat(9);
    let pictures = [
        everywhere("name"),
        everywhere(&long),
        vec![stacked((2010..=2050).map(f64::from).collect(), &[("a", 1e9)]).svg().unwrap()],
    ];
    for svg in pictures.iter().flatten() {
        let tree = parse(svg).unwrap();
        let mut found = Vec::new();
        texts(tree.root(), &mut found);
        assert!(found.len() > 5);
        for (at, a) in found.iter().enumerate() {
            assert!(a.0 >= 0.0 && a.1 >= 0.0 && a.2 <= tree.size().width() && a.3 <= tree.size().height(), "{a:?}");
            for b in found.iter().skip(at + 1) {
                // The boxes are of the font, not of the ink: lines of a paragraph may share a pixel or two.
                let meets = a.0 < b.2 && b.0 < a.2 && a.1 + 3.5 < b.3 && b.1 + 3.5 < a.3;
                assert!(!meets, "{a:?} {b:?}\n{svg}");
            }
        }
    }
}

#[test]
fn a_png_has_twice_the_pixels_and_the_same_bytes() {
    let svg = stacked(vec![2020.0, 2021.0], &[("a", 1.0)]).svg().unwrap();
    let bytes = png(&svg).unwrap();
    assert_eq!(bytes.get(1..4), Some(b"PNG".as_slice()));
    assert_eq!(bytes.get(16..24), Some([0, 0, 7, 8, 0, 0, 4, 56].as_slice()));
    assert_eq!(bytes, png(&svg).unwrap());
    assert!(matches!(png("no picture"), Err(ChartError::Png(_))));
}

#[test]
fn missing_glyphs_are_told() {
    let mut chart = stacked(vec![2020.0, 2021.0], &[("a", 1.0)]);
    assert!(missing_glyphs(&chart.svg().unwrap()).unwrap().is_empty());
    // A character for private use, which no font at hand draws; a Chinese one depends on the machine.
    chart.title = "\u{e123} Li".into();
    assert_eq!(missing_glyphs(&chart.svg().unwrap()).unwrap(), ["\u{e123}"]);
}
