//! A result that fails its checks is never presented as a result.

use super::*;
use crate::base::ids::ProcessId;
use crate::disk::System;
use crate::model::ledger::tamper::{Harm, PLAN, STRUCK};
use std::collections::BTreeSet;

fn arguments(out: &Path) -> args::Run {
    use clap::Parser;
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/tiny.toml");
    let words = ["urbanmine", "run", file.to_str().unwrap(), "-o", out.to_str().unwrap()];
    match args::Options::parse_from(words).command {
        args::Command::Run(arguments) => arguments,
        _ => unreachable!(),
    }
}

#[test]
fn a_fault_in_any_stage_is_found_named_and_never_written() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = arguments(&folder.path().join("out"));
    let silent = Terminal { quiet: true, json: true, styled: false, progress: false };
    let (ready, _, refused) = prepare(&arguments, &silent);
    assert_eq!(refused, 0);
    let ready = &ready[0];
    let (catalog, model) = (&ready.built.catalog, &ready.built.model);
    let (mut found, mut stages) = (0, BTreeSet::new());
    for (process, said) in model.flows.chart.processes.iter().enumerate() {
        for harm in [Harm::Leak, Harm::NotANumber, Harm::Negative] {
            PLAN.set(Some((ProcessId::new(process), harm)));
            let outcome = run_one(ready, &arguments, &System);
            let Some(struck) = STRUCK.take() else {
                // Nothing passes here in this scenario.
                PLAN.set(None);
                continue;
            };
            let text = outcome.text;
            assert_eq!((outcome.code, outcome.state), (exit::RESULT, "failed"), "{harm:?} in {said:?}: {text}");
            assert!(text.contains("error[E0701]") && text.contains("nothing was written"), "{text}");
            // A flow that is wrong is told at one of its two ends.
            let ends = model.flows.chart.flows.iter().filter_map(|flow| {
                let at = |node| matches!(node, crate::model::system::Node::Inside(p) if p == ProcessId::new(process));
                (at(flow.source) || at(flow.target)).then_some([flow.source, flow.target])
            });
            let names: BTreeSet<&str> = ends
                .flatten()
                .filter_map(|node| match node {
                    crate::model::system::Node::Inside(p) => Some(model.flows.chart.processes[p.index()].stage.name()),
                    crate::model::system::Node::Outside(_) => None,
                })
                .chain([said.stage.name()])
                .collect();
            assert!(names.iter().any(|name| text.contains(name)), "{harm:?} in {said:?}: {text}");
            let substance = format!("substance {}", catalog.substance(struck.substance));
            assert!(text.contains(&substance), "{substance} in {text}");
            assert!(text.contains(&model.horizon.label(struck.step)), "{text}");
            assert!(!folder.path().join("out").exists(), "{harm:?} in {said:?}: something was written");
            found += 1;
            stages.insert(said.stage.name());
        }
    }
    assert!(stages.len() >= 7, "{stages:?}");
    println!(
        "P2 {found} of {found} leaks of 1e-8, NaN and negative masses: exit 3, nothing written, named; in {stages:?}"
    );
    // Without a fault the same scenario is a result.
    assert_eq!(run_one(ready, &arguments, &System).code, exit::DONE);
}
