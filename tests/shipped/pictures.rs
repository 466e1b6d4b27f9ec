//! Pictures of the shipped scenarios: the loop balances and is readable, and every word has its Chinese.

use super::shipped;
use crate::common::Ran;
use urbanmine::base::words::{Language, translate};
use urbanmine::charts::Chart;
use urbanmine::export::sankey::LoopFlows;
use urbanmine::figures::sankey::{View, chart};
use urbanmine::figures::{Context, all};
use urbanmine::results::Every;
use urbanmine::results::archive::Archive;
use urbanmine::results::run_dir::Manifest;
use urbanmine::results::tables::Run;

fn tables(ran: &Ran) -> Run<'_> {
    Run { model: &ran.built.model, catalog: &ran.built.catalog, results: &ran.results, every: Every::Year }
}

#[test]
fn the_loop_balances_and_no_number_is_left_out() {
    for (name, shipped) in shipped() {
        let run = tables(&shipped.ran);
        let files = vec![("tables/flows.csv".to_owned(), run.flows()), ("tables/stocks.csv".to_owned(), run.stocks())];
        let flows = LoopFlows::read(&Archive::of(Manifest::default(), &files)).unwrap();
        for (first, last) in [(2025, 2025), (2030, 2030), (2035, 2035), (2050, 2050), (2010, 2050)] {
            for substance in [None, Some("Li"), Some("Ni")] {
                let drawn = chart(&flows, &View { first, last, substance, title: name });
                // A node that does not balance is an error.
                drawn.svg().unwrap_or_else(|error| panic!("{name} {first}: {error}"));
                assert_eq!(drawn.left_out(), 0, "{name} {first} to {last} {substance:?}: numbers without a place");
            }
        }
    }
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
    // Symbols, names that are the scenario's own, and units.
    let own = |text: &str| {
        let is_name = text.len() <= 7 || text.starts_with("NMC") || text.contains('/') || text == "Na-ion";
        is_name || text.split_whitespace().all(|word| word.chars().all(|c| !c.is_ascii_lowercase()))
    };
    for name in ["hefei", "hefei-lfp-line", "china"] {
        let run = tables(&shipped()[name].ran);
        // Flowsheets name units, and figures of burdens are not translated yet.
        let untold = |name: &str| name.starts_with("flowsheet_") || name == "ghg_by_cause" || name == "targets";
        let context = Context { title: "", from: 2015, estimates: &[], targets: &[] };
        for figure in all(&run, &context).into_iter().filter(|figure| !untold(&figure.name)) {
            let left: Vec<String> = left_in_english(figure.chart).into_iter().filter(|text| !own(text)).collect();
            assert!(left.is_empty(), "{name} {}: add to assets/words/zh-CN.toml: {left:?}", figure.name);
        }
    }
}
