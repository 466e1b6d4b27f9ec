//! R0 to R3, R5 and R8.

use crate::stock::tables::{Table, Worst, convention, lifetime, lifetimes, tell};
use urbanmine::model::lifetime::Lifetime;
use urbanmine::model::stock::product::{Drive, Lives, Mode, Pairs, solve};
use urbanmine::model::stock::streams::{Content, Streams};
use urbanmine::model::stock::{Cohorts, InflowAt, OnShortfall, Past, Survival, inflow_driven, stock_driven};

fn read(path: &str) -> Table {
    Table::read(&format!("reference/{path}"))
}

/// Stock and outflow of each `(t, c)` row of a cohort table.
fn by_cohort(cohorts: &Cohorts, table: &Table) -> (Vec<f64>, Vec<f64>) {
    let mut all = vec![];
    cohorts.walk(|at| all.push((at.stock.to_vec(), at.outflow.to_vec())));
    let places = table.places("t").into_iter().zip(table.places("c"));
    places.map(|(t, c)| (all[t].0[c], all[t].1[c])).unzip()
}

#[test]
fn r0_survival_functions_to_fifty_digits() {
    let table = read("R0/survival.csv");
    let (p1, p2) = (table.numbers("p1"), table.numbers("p2"));
    let (ages, known) = (table.numbers("age"), table.numbers("survival"));
    let (mut worst, mut where_) = (0.0, String::new());
    for (i, dist) in table.text("dist").into_iter().enumerate() {
        let found = lifetime(dist, p1[i], p2[i]).survival(ages[i]);
        // In parts of what is allowed.
        let part = (found - known[i]).abs() / (1e-14 + 1e-11 * known[i]);
        assert!(part <= 1.0, "{dist}({}, {}) at {}: {found:e} instead of {:e}", p1[i], p2[i], ages[i], known[i]);
        if part > worst {
            (worst, where_) = (part, format!("{dist}({}, {}) at {}, {:.2e}", p1[i], p2[i], ages[i], found - known[i]));
        }
    }
    tell(&format!(
        "R0 worst difference {worst:.3} of the allowed 1e-14 + 1e-11 b ({where_}) in {} values",
        table.len()
    ));
}

#[test]
fn r1_inflow_driven() {
    let mut worst = Worst::new("R1", 1e-12);
    let cases = read("R1/cases.csv");
    for ((case, dist), at) in cases.text("case").into_iter().zip(cases.text("dist")).zip(cases.text("convention")) {
        let series = read(&format!("R1/{case}_series.csv"));
        let table = read(&format!("R1/{case}_cohort.csv"));
        let survival = Survival::new(&lifetimes(dist, &series), convention(at));
        let shares: Vec<f64> =
            table.places("t").iter().zip(table.places("c")).map(|(t, c)| survival.share(c, t - c)).collect();
        worst.compare(case, "sf", &shares, &table.numbers("sf"));
        let cohorts = inflow_driven(&series.numbers("inflow"), survival).unwrap();
        worst.compare(case, "stock", cohorts.stock(), &series.numbers("stock"));
        worst.compare(case, "outflow", cohorts.outflow(), &series.numbers("outflow"));
        let (stock, outflow) = by_cohort(&cohorts, &table);
        worst.compare(case, "stock by cohort", &stock, &table.numbers("stock"));
        worst.compare(case, "outflow by cohort", &outflow, &table.numbers("outflow"));
    }
    worst.print();
}

#[test]
fn r2_stock_driven() {
    let mut worst = Worst::new("R2", 1e-12);
    let cases = read("R2/cases.csv");
    let (dists, modes) = (cases.text("dist"), cases.text("mode"));
    for (i, (case, at)) in cases.text("case").into_iter().zip(cases.text("convention")).enumerate() {
        let series = read(&format!("R2/{case}_series.csv"));
        let table = read(&format!("R2/{case}_cohort.csv"));
        let rule = if modes[i] == "floor" { OnShortfall::EarlyRetirement } else { OnShortfall::AllowNegative };
        let run = |rule| {
            let survival = Survival::new(&lifetimes(dists[i], &series), convention(at));
            stock_driven(&series.numbers("target_stock"), survival, &Past::default(), rule)
        };
        let cohorts = run(rule).unwrap();
        worst.compare(case, "inflow", cohorts.inflow(), &series.numbers("inflow"));
        worst.compare(case, "outflow", cohorts.outflow(), &series.numbers("outflow"));
        worst.compare(case, "stock", cohorts.stock(), &series.numbers("stock"));
        let (stock, outflow) = by_cohort(&cohorts, &table);
        worst.compare(case, "stock by cohort", &stock, &table.numbers("stock"));
        worst.compare(case, "outflow by cohort", &outflow, &table.numbers("outflow"));

        // Where nothing goes negative the default rule gives the same; elsewhere it refuses.
        let falls = rule == OnShortfall::EarlyRetirement || cases.numbers("steps_with_negative_inflow")[i] > 0.0;
        match run(OnShortfall::Error) {
            Ok(same) => worst.compare(case, "inflow", same.inflow(), &series.numbers("inflow")),
            Err(error) => assert!(falls, "{case}: {error}"),
        }
    }
    worst.print();
}

#[test]
fn r3_monthly_streams_and_their_elements() {
    let mut worst = Worst::new("R3", 1e-12);
    let cases = read("R3/cases.csv");
    for (case, at) in cases.text("case").into_iter().zip(cases.text("convention")) {
        let read = |part: &str| read(&format!("R3/{case}_{part}.csv"));
        let intensity = read("intensity").block(2);
        let (inflow, shape, scale) = (read("inflow").block(1), read("shape").block(1), read("scale").block(1));
        let content = Content { substances: 12, intensity: &intensity };
        let streams = Streams {
            kinds: 8,
            segments: 6,
            inflow: &inflow,
            shape: &shape,
            scale: &scale,
            inflow_at: convention(at),
            content: Some(content),
        };
        let totals = streams.solve().unwrap();
        assert_eq!(streams.solve_in_parallel().unwrap(), totals, "threads change no byte");
        for (part, width, found) in
            [("stock", 48, &totals.stock), ("outflow", 48, &totals.outflow), ("element_outflow", 12, &totals.content)]
        {
            let known = read(part);
            // The two long cases keep one month in twelve.
            let rows = known.places("t");
            let block = known.block(1);
            for column in 0..width {
                let found: Vec<f64> = rows.iter().map(|t| found[t * width + column]).collect();
                let known: Vec<f64> = block.iter().skip(column).step_by(width).copied().collect();
                worst.compare(case, part, &found, &known);
            }
        }
    }
    worst.print();
}

#[test]
fn r5_products_and_their_components() {
    let mut worst = Worst::new("R5", 1e-12);
    let cases = read("R5/cases.csv");
    let number = |column: &str, i: usize| cases.numbers(column)[i];
    for (i, case) in cases.text("case").into_iter().enumerate() {
        let (reuse, replacement) = (number("reuse_coeff", i), number("replacement_coeff", i));
        let mode = match cases.text("mode")[i] {
            "none" => Mode::Neither,
            "reuse" => Mode::Reuse { reuse },
            "replacement" => Mode::Replacement { replacement },
            _ => Mode::Both { reuse, replacement },
        };
        let weibull = |kind: &str| Lifetime::Weibull {
            shape: number(&format!("{kind}_shape"), i),
            scale: number(&format!("{kind}_scale"), i),
        };
        let series = read(&format!("R5/{case}_series.csv"));
        let target = series.numbers("stock");
        let lives = Lives::constant(&weibull("product"), &weibull("component"), target.len(), InflowAt::End);
        let pairs = solve(Drive::Stock(&target, OnShortfall::AllowNegative), &lives, mode).unwrap();
        let sum = |values: &Vec<f64>| values.iter().sum::<f64>();
        for (column, found) in [
            ("stock", pairs.steps.iter().map(|s| s.stock).collect::<Vec<_>>()),
            ("i_pr", pairs.steps.iter().map(|s| s.product_inflow).collect()),
            ("i_cm", pairs.steps.iter().map(|s| s.component_inflow).collect()),
            ("o_pr", pairs.steps.iter().map(|s| sum(&s.product_outflow)).collect()),
            ("o_cm", pairs.steps.iter().map(|s| sum(&s.component_outflow)).collect()),
            ("reused", pairs.steps.iter().map(|s| s.reused).collect()),
            ("replaced", pairs.steps.iter().map(|s| s.replaced).collect()),
            ("both_fail", pairs.steps.iter().map(|s| s.both_fail).collect()),
            ("product_fail", pairs.steps.iter().map(|s| s.product_fail).collect()),
            ("component_fail", pairs.steps.iter().map(|s| s.component_fail).collect()),
        ] {
            worst.compare(case, column, &found, &series.numbers(column));
        }
        let table = read(&format!("R5/{case}_stock_final.csv"));
        worst.compare(case, "final stock", &cells(&pairs, &table), &table.numbers("stock"));
    }
    worst.print();
}

fn cells(pairs: &Pairs, table: &Table) -> Vec<f64> {
    let places = table.places("product_cohort").into_iter().zip(table.places("component_cohort"));
    places.map(|(p, c)| pairs.stock[p][c]).collect()
}

#[test]
fn r8_numbers_of_the_peers_own_tests() {
    // The digits that the peers' tests state.
    let mut worst = Worst::new("R8", 5e-9);
    for case in ["odym_fixed5", "odym_normal5_1p5"] {
        let table = read(&format!("R8/{case}.csv"));
        let survival = Survival::new(&lifetimes(table.text("dist")[0], &table), InflowAt::End);
        let cohorts = inflow_driven(&table.numbers("inflow"), survival.clone()).unwrap();
        worst.compare(case, "stock", cohorts.stock(), &table.numbers("stock_asserted"));
        worst.compare(case, "outflow", cohorts.outflow(), &table.numbers("outflow_asserted"));
        let back = stock_driven(cohorts.stock(), survival, &Past::default(), OnShortfall::Error).unwrap();
        worst.compare(case, "inflow", back.inflow(), &table.numbers("inflow"));
    }

    let normal = Lifetime::Normal { mean: 8.0, sd: 3.0 };
    let table = read("R8/odym_negative_inflow.csv");
    for (rule, column) in
        [(OnShortfall::AllowNegative, "inflow_plain_asserted"), (OnShortfall::EarlyRetirement, "inflow_floor_asserted")]
    {
        let survival = Survival::constant(&normal, table.len(), InflowAt::End);
        let cohorts = stock_driven(&table.numbers("target_stock"), survival, &Past::default(), rule).unwrap();
        worst.compare("odym_negative_inflow", column, cohorts.inflow(), &table.numbers(column));
    }

    let table = read("R8/odym_initial_stock_plain.csv");
    let stock: Vec<f64> = table.numbers("initial_cohort_stock").into_iter().filter(|stock| !stock.is_nan()).collect();
    let first = stock.len();
    let survival = Survival::constant(&normal, table.len(), InflowAt::End);
    let target = &table.numbers("target_stock")[first..];
    let cohorts = stock_driven(target, survival, &Past { stock }, OnShortfall::AllowNegative).unwrap();
    let inflow: Vec<f64> = cohorts.past_inflow().iter().chain(cohorts.inflow()).copied().collect();
    worst.compare("odym_initial_stock_plain", "inflow", &inflow, &table.numbers("inflow_asserted"));

    let table = read("R8/odym_single_values.csv");
    for (i, case) in table.text("case").into_iter().enumerate() {
        let mut inflow: Vec<f64> = table.text("inflow_first_20")[i].split(' ').map(|v| v.parse().unwrap()).collect();
        inflow.resize(61, 0.0);
        let lifetime = lifetime(table.text("dist")[i], table.numbers("mean")[i], table.numbers("sd")[i]);
        let cohorts = inflow_driven(&inflow, Survival::constant(&lifetime, 61, InflowAt::End)).unwrap();
        worst.compare(case, "stock", &cohorts.stock()[60..], &table.numbers("stock_at_t60_asserted")[i..=i]);
    }
    worst.print();

    let mut worst = Worst::new("R8 stationary", 1e-12);
    let table = read("R8/flodym_stationary_stock.csv");
    for (i, case) in table.text("case").into_iter().enumerate() {
        let (mean, sd) = case.trim_start_matches("flodym_lognormal").split_once('_').unwrap();
        let lifetime = Lifetime::LogNormal { mean: mean.parse().unwrap(), sd: sd.parse().unwrap() };
        let at = table.text("convention")[i];
        let cohorts = inflow_driven(&[1.0; 201], Survival::constant(&lifetime, 201, convention(at))).unwrap();
        let stock = &cohorts.stock()[200..];
        worst.compare(&format!("{case} {at}"), "stock", stock, &table.numbers("baseline_value")[i..=i]);
        if let Ok(asserted) = table.text("asserted")[i].parse::<f64>() {
            assert!((stock[0] - asserted).abs() <= table.numbers("tolerance")[i]);
        }
    }
    worst.print();
}
