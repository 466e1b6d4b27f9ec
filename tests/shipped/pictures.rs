//! Pictures of the shipped scenarios: the loop balances and is readable, and every word has its Chinese.

use super::shipped;
use crate::common::Ran;
use urbanmine::base::words::{Language, translate};
use urbanmine::charts::Chart;
use urbanmine::export::sankey::LoopFlows;
use urbanmine::figures::sankey::{View, chart};
use urbanmine::figures::{self, Context, Figure, all};
use urbanmine::results::Every;
use urbanmine::results::archive::Archive;
use urbanmine::results::money::Accounts;
use urbanmine::results::run_dir::Manifest;
use urbanmine::results::tables::Run;

fn tables(ran: &Ran) -> Run<'_> {
    Run { model: &ran.built.model, catalog: &ran.built.catalog, results: &ran.results, every: Every::Year }
}

/// What a loop is drawn from.
fn loop_tables(run: &Run<'_>) -> Vec<(String, Vec<u8>)> {
    vec![("tables/flows.csv".to_owned(), run.flows()), ("tables/stocks.csv".to_owned(), run.stocks())]
}

#[test]
fn the_loop_balances_and_no_number_is_left_out() {
    for (name, shipped) in shipped() {
        let run = tables(&shipped.ran);
        let files = loop_tables(&run);
        let flows = LoopFlows::read(&Archive::of(Manifest::default(), &files)).unwrap();
        for (first, last) in [(2025, 2025), (2030, 2030), (2035, 2035), (2050, 2050), (2010, 2050)] {
            for substance in [None, Some("Li"), Some("Ni")] {
                let drawn = chart(&flows, &View { first, last, substance, title: name });
                // A node that does not balance is an error.
                let svg = drawn.svg().unwrap_or_else(|error| panic!("{name} {first}: {error}"));
                #[cfg(feature = "png")]
                assert_eq!(overlapping(&svg), Vec::<[String; 2]>::new(), "{name} {first} to {last} {substance:?}");
                assert_eq!(drawn.left_out(), 0, "{name} {first} to {last} {substance:?}: numbers without a place");
            }
        }
    }
}

/// Pairs of texts whose letters touch, as a renderer sets them.
#[cfg(feature = "png")]
fn overlapping(svg: &str) -> Vec<[String; 2]> {
    use resvg::usvg::{Group, Node, Options, Rect, Tree, fontdb::Database};
    use std::sync::{Arc, OnceLock};
    fn collect(group: &Group, texts: &mut Vec<(Rect, String)>) {
        for node in group.children() {
            match node {
                Node::Group(inner) => collect(inner, texts),
                Node::Text(text) => {
                    let said: String = text.chunks().iter().map(resvg::usvg::TextChunk::text).collect();
                    texts.push((text.flattened().abs_bounding_box(), said));
                }
                _ => {}
            }
        }
    }
    static FONTS: OnceLock<Arc<Database>> = OnceLock::new();
    let fonts = FONTS.get_or_init(|| {
        let mut fonts = Database::new();
        fonts.load_font_data(include_bytes!("../../assets/fonts/DejaVuSans.ttf").to_vec());
        fonts.load_font_data(include_bytes!("../../assets/fonts/DejaVuSans-Bold.ttf").to_vec());
        Arc::new(fonts)
    });
    let options = Options { font_family: "DejaVu Sans".to_owned(), fontdb: Arc::clone(fonts), ..Options::default() };
    let mut texts = Vec::new();
    collect(Tree::from_str(svg, &options).unwrap().root(), &mut texts);
    assert!(texts.len() > 10, "{} texts", texts.len());
    // Boxes of letters may share a line of pixels.
    let touch = |a: &Rect, b: &Rect| {
        a.right().min(b.right()) - a.left().max(b.left()) > 0.5
            && a.bottom().min(b.bottom()) - a.top().max(b.top()) > 0.5
    };
    let mut found = Vec::new();
    for (at, (place, said)) in texts.iter().enumerate() {
        found.extend(
            texts[at + 1..]
                .iter()
                .filter(|(other, _)| touch(place, other))
                .map(|(_, other)| [said.clone(), other.clone()]),
        );
    }
    found
}

/// Texts of a chart that hold letters and stay as they are in Chinese.
fn left_in_english(chart: Chart) -> Vec<String> {
    let seen = std::cell::RefCell::new(Vec::new());
    let _ = chart.in_words(&|text| {
        let said = translate(Language::Chinese, text);
        if said == text {
            seen.borrow_mut().push(text.to_owned());
        }
        said
    });
    seen.into_inner()
}

#[test]
fn every_word_of_a_figure_has_its_chinese() {
    for (scenario, shipped) in shipped() {
        let run = tables(&shipped.ran);
        let built = &shipped.ran.built;
        let context = Context { title: "", from: 2015, estimates: &[], targets: &built.targets };
        let accounts = Accounts::new(run, &built.economics);
        // Names that are the scenario's own, symbols, and units.
        let targets: Vec<String> = built.targets.iter().map(|target| target.name.replace('_', " ")).collect();
        let own = |text: &str| {
            text.is_empty()
                || targets.iter().any(|target| target == text)
                || text
                    .split_whitespace()
                    .all(|word| !word.contains(|c: char| c.is_ascii_lowercase()) || is_symbol(word))
        };
        let mut figures = all(&run, &context);
        figures.extend(figures::money::all(&accounts, &context));
        let flows = LoopFlows::read(&Archive::of(Manifest::default(), &loop_tables(&run))).unwrap();
        for substance in [None, Some("Li")] {
            let view = View { first: 2030, last: 2030, substance, title: "" };
            figures.push(Figure::new("loop", chart(&flows, &view)));
        }
        assert!(figures.len() > 8, "{scenario}: {} figures", figures.len());
        for figure in figures {
            let left: Vec<String> = left_in_english(figure.chart).into_iter().filter(|text| !own(text)).collect();
            assert!(left.is_empty(), "{scenario} {}: add to assets/words/zh-CN.toml: {left:?}", figure.name);
        }
    }
}

/// Symbols of elements, chemistries and units.
fn is_symbol(word: &str) -> bool {
    ["Li", "Ni", "Co", "Mn", "Fe", "Cu", "Al", "Na", "Na-ion", "kt/yr", "kt", "GWh", "Mt", "t", "CO2e/yr"]
        .contains(&word)
}
