//! Widths in proportion, nodes that balance, nothing written over something else.

use super::layout::Layout;
use super::*;

/// A small loop: making, use with a growing stock, a plant, and back.
fn a_loop() -> Sankey {
    let node = |name: &str, kind, column, rank, change| SankeyNode {
        name: name.to_owned(),
        kind,
        column,
        rank,
        stock: (kind == SankeyKind::Stock).then_some(100.0),
        change,
    };
    let link = |from, to, value, carries: &str| SankeyLink {
        from,
        to,
        value,
        carries: carries.to_owned(),
        ..SankeyLink::default()
    };
    Sankey {
        title: "Loop".to_owned(),
        subtitle: "2035".to_owned(),
        unit: "kt/yr".to_owned(),
        stock_unit: "kt".to_owned(),
        nodes: vec![
            node("primary", SankeyKind::Source, 0, 0.0, 0.0),
            node("making", SankeyKind::Process, 1, 0.0, 0.0),
            node("use", SankeyKind::Stock, 2, 0.0, 40.0),
            node("plant", SankeyKind::Process, 3, 1.0, 0.0),
            node("lost", SankeyKind::Sink, 4, 0.0, 0.0),
            node("storage", SankeyKind::Stock, 3, -1.0, -2.0),
        ],
        links: vec![
            link(0, 1, 80.0, "new"),
            link(1, 2, 95.0, "new"),
            SankeyLink { rank: 2.0, ..link(1, 3, 5.0, "scrap") },
            link(2, 3, 49.0, "old"),
            link(2, 5, 8.0, "old"),
            SankeyLink { over: true, ..link(5, 2, 2.0, "old") },
            link(5, 4, 8.0, "old"),
            link(3, 4, 34.0, "old"),
            link(3, 1, 20.0, "recovered"),
        ],
        ..Sankey::default()
    }
}

#[test]
fn widths_are_in_proportion_to_half_a_pixel() {
    let chart = a_loop();
    let layout = Layout::new(&chart);
    assert_eq!(layout.bands.len(), chart.links.len());
    let scale = layout.boxes[0].scale;
    // The fullest column holds the use with what it keeps, and the scrap that passes: 97 + 5.
    assert!((scale - 330.0 / 102.0).abs() < 1e-12, "{scale}");
    for (link, band) in chart.links.iter().zip(&layout.bands) {
        assert!((band.width - link.value * scale).abs() <= 0.5, "{link:?}: {}", band.width);
        // The outline is that wide at both ends.
        let count = band.outline.len();
        for (a, b) in
            [(band.outline[0], band.outline[count - 1]), (band.outline[count / 2 - 1], band.outline[count / 2])]
        {
            let wide = (a.0 - b.0).hypot(a.1 - b.1);
            assert!((wide - link.value * scale).abs() <= 0.5, "{link:?}: {wide}");
        }
    }
}

#[test]
fn bands_fill_the_sides_of_a_box_and_do_not_overlap() {
    let chart = a_loop();
    let layout = Layout::new(&chart);
    for (at, place) in layout.boxes.iter().enumerate() {
        for leaves in [true, false] {
            let mut ends: Vec<(f64, f64)> = Vec::new();
            for (link, band) in chart.links.iter().zip(&layout.bands) {
                if (if leaves { link.from } else { link.to }) == at {
                    let y = if leaves { band.middle.first() } else { band.middle.last() }.unwrap().1;
                    ends.push((y - band.width / 2.0, y + band.width / 2.0));
                }
            }
            ends.sort_by(|a, b| a.0.total_cmp(&b.0));
            for pair in ends.windows(2) {
                assert!(pair[0].1 <= pair[1].0 + 1e-6, "node {at}: {ends:?}");
            }
            for (top, bottom) in &ends {
                assert!(*top >= place.rect.top - 1e-6 && *bottom <= place.rect.bottom + 1e-6, "node {at}: {ends:?}");
            }
            let filled: f64 = ends.iter().map(|(top, bottom)| bottom - top).sum();
            let change = chart.nodes[at].change * if leaves { 1.0 } else { -1.0 };
            let open = matches!(chart.nodes[at].kind, SankeyKind::Source | SankeyKind::Sink);
            if !open {
                let expected = place.rect.height() - change.max(0.0) * place.scale;
                assert!((filled - expected).abs() < 1e-6, "node {at}: {filled} of {expected}");
            }
        }
    }
}

#[test]
fn the_return_is_an_arc_below_and_what_comes_again_an_arc_above() {
    let layout = Layout::new(&a_loop());
    let lowest = layout.boxes.iter().map(|place| place.rect.bottom).fold(0.0, f64::max);
    let highest = layout.boxes.iter().map(|place| place.rect.top).fold(f64::INFINITY, f64::min);
    assert!(layout.bands[8].is_arc && layout.bands[8].middle.iter().any(|(_, y)| *y > lowest));
    assert!(layout.bands[5].is_arc && layout.bands[5].middle.iter().any(|(_, y)| *y < highest));
    assert!(
        layout
            .bands
            .iter()
            .flat_map(|band| &band.outline)
            .all(|(x, y)| { *x >= 0.0 && *x <= layout.size.0 && *y >= 0.0 && *y <= layout.size.1 })
    );
}

#[test]
fn no_text_lies_on_another() {
    let chart = a_loop();
    let layout = Layout::new(&chart);
    let labels = Labels::new(&chart, &layout);
    assert_eq!(labels.left_out, 0);
    let rects: Vec<_> = labels.placed.iter().map(labels::Label::rect).collect();
    for (at, rect) in rects.iter().enumerate() {
        assert!(rects[at + 1..].iter().all(|other| !rect.overlaps(other)), "{:?}", labels.placed[at]);
        assert!(layout.boxes.iter().all(|place| !rect.overlaps(&place.rect)), "{:?}", labels.placed[at]);
    }
}

#[test]
fn a_node_that_does_not_balance_is_refused() {
    let mut chart = a_loop();
    chart.nodes[2].change = 39.0;
    let error = chart.svg().unwrap_err();
    assert!(matches!(&error, ChartError::Unbalanced { node, .. } if node == "use"), "{error}");
    let mut chart = a_loop();
    chart.links[0].value = -1.0;
    assert!(matches!(chart.svg(), Err(ChartError::Value { .. })));
    let mut chart = a_loop();
    chart.links[0].to = 17;
    assert!(chart.svg().is_err());
}

#[test]
fn nothing_gives_a_picture() {
    assert!(Sankey::default().svg().unwrap().starts_with("<svg"));
}
