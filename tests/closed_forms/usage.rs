//! Use: fleets against their closed forms.

use super::{STEPS, city};
use crate::common::{near, near_to, patched, run};
use std::sync::Arc;
use urbanmine::model::hazard::NEGLIGIBLE_SURVIVAL;
use urbanmine::model::lifetime::{Lifetime, SurvivalCurve};

/// Lifetimes as written and as the engine knows them.
fn lifetimes() -> Vec<(&'static str, Lifetime)> {
    vec![
        ("{ distribution = \"fixed\", life = \"4 yr\" }", Lifetime::Fixed { life: 4.0 }),
        ("{ distribution = \"weibull\", scale = \"8 yr\", shape = 3.5 }", Lifetime::Weibull { shape: 3.5, scale: 8.0 }),
        ("{ distribution = \"weibull\", scale = \"3 yr\", shape = 0.8 }", Lifetime::Weibull { shape: 0.8, scale: 3.0 }),
        ("{ distribution = \"weibull\", mean = \"6 yr\", shape = 2.0 }", Lifetime::weibull_with_mean(6.0, 2.0)),
        ("{ distribution = \"normal\", mean = \"7 yr\", sd = \"1 yr\" }", Lifetime::Normal { mean: 7.0, sd: 1.0 }),
        (
            "{ distribution = \"normal_trunc0\", mean = \"4 yr\", sd = \"3 yr\" }",
            Lifetime::NormalTrunc0 { mean: 4.0, sd: 3.0 },
        ),
        (
            "{ distribution = \"lognormal\", mean = \"5 yr\", sd = \"2 yr\" }",
            Lifetime::LogNormal { mean: 5.0, sd: 2.0 },
        ),
        (
            "{ distribution = \"foldednormal\", mu = \"4 yr\", sigma = \"2 yr\" }",
            Lifetime::FoldedNormal { mu: 4.0, sigma: 2.0 },
        ),
        ("{ distribution = \"gamma\", shape = 4.0, scale = \"1.5 yr\" }", Lifetime::Gamma { shape: 4.0, scale: 1.5 }),
        ("{ distribution = \"gamma\", mean = \"6 yr\", sd = \"3 yr\" }", Lifetime::Gamma { shape: 4.0, scale: 1.5 }),
        (
            "{ distribution = \"logistic\", location = \"6 yr\", scale = \"6 month\" }",
            Lifetime::Logistic { location: 6.0, scale: 0.5 },
        ),
        // The standard exponential distribution has mean and spread 1.
        (
            "{ distribution = \"weibull\", mean = \"5 yr\", sd = \"5 yr\" }",
            Lifetime::Weibull { shape: 1.0, scale: 5.0 },
        ),
        (
            "{ distribution = \"tabulated\", survival = { \"0 yr\" = 1, \"24 month\" = 0.9, \"5 yr\" = 0.3, \"8 yr\" = 0 } }",
            table(),
        ),
    ]
}

fn table() -> Lifetime {
    let points = vec![(0.0, 1.0), (2.0, 0.9), (5.0, 0.3), (8.0, 0.0)];
    Lifetime::Tabulated(Arc::new(SurvivalCurve::new(points).unwrap()))
}

/// A survival table may lie in a file, and differ by chemistry.
#[test]
fn survival_may_be_a_table_by_age() {
    let text = city(&[
        (
            VEHICLE,
            "vehicle = { distribution = \"tabulated\", survival = { file = \"survival.csv\", column = \"share\", where = { thing = \"car\" }, unit = \"month\" } }",
        ),
        (
            BATTERY,
            "battery = { distribution = \"tabulated\", survival = { default = { \"0 yr\" = 0 }, lfp = { file = \"survival.csv\", column = \"share\", where = { thing = \"pack\" }, unit = \"month\" } } }",
        ),
    ]);
    let ran = run(&text, &[]);
    let mut sum = 0.0;
    for period in 0..ran.periods() {
        sum += table().survival(period as f64);
        near(ran.in_use(period), 50_000.0 * sum);
    }
    assert_eq!(ran.total(ran.region("city").worn), 0.0);
}

/// Survival as the engine takes it: what is negligible is none.
fn survival(lifetime: &Lifetime, age: f64) -> f64 {
    let share = lifetime.survival(age);
    if share < NEGLIGIBLE_SURVIVAL { 0.0 } else { share }
}

const VEHICLE: &str = "vehicle = { distribution = \"fixed\", life = \"4 yr\" }";
const BATTERY: &str = "battery = { distribution = \"fixed\", life = \"100 yr\" }";
const AT: [(&str, f64); 3] = [("end", 0.0), ("mid", 0.5), ("start", 1.0)];

/// With a constant inflow the stock is inflow x sum of survival, in every step, whatever the step and the convention.
#[test]
fn a_constant_inflow_reaches_inflow_times_the_sum_of_survival() {
    for (written, lifetime) in lifetimes() {
        let text = city(&[(VEHICLE, &format!("vehicle = {written}"))]);
        for (step, per_year) in STEPS {
            let dt = 1.0 / per_year as f64;
            for (at, first) in AT {
                let ran = run(&text, &[&format!("time.step={step}"), &format!("use.inflow_at={at}")]);
                let mut sum = 0.0;
                for period in 0..ran.periods() {
                    sum += survival(&lifetime, (period as f64 + first) * dt);
                    near_to(ran.in_use(period), 50_000.0 * dt * sum, 1e-11);
                }
            }
        }
    }
}

/// Steady state: what leaves is what enters.
#[test]
fn in_the_steady_state_outflow_is_inflow() {
    for (step, per_year) in STEPS {
        let ran = run(&city(&[]), &[&format!("time.step={step}")]);
        let flows = ran.region("city");
        for period in 6 * per_year..ran.periods() {
            near_to(ran.mass(period, flows.scrapped), 250.0 / per_year as f64, 1e-10);
            assert_eq!(ran.mass(period, flows.worn), 0.0);
        }
    }
}

/// In yearly steps a cohort is a step: whichever of vehicle and pack fails first takes both.
#[test]
fn without_replacement_the_fleet_is_the_product_of_the_two_survivals() {
    let lives = lifetimes();
    for ((vehicle, sv), (battery, sb)) in lives.iter().zip(lives.iter().rev()) {
        let text = city(&[(VEHICLE, &format!("vehicle = {vehicle}")), (BATTERY, &format!("battery = {battery}"))]);
        for (at, first) in AT {
            let ran = run(&text, &[&format!("use.inflow_at={at}")]);
            let mut sum = 0.0;
            for period in 0..ran.periods() {
                let age = period as f64 + first;
                sum += survival(sv, age) * survival(sb, age);
                near_to(ran.in_use(period), 50_000.0 * sum, 1e-9);
            }
        }
    }
}

/// Months within a cohort year age together: the product of two hazards is then close to, not equal to, the product
/// of survivals. How close is what this test says.
#[test]
fn in_months_the_product_is_close() {
    let text = city(&[
        (VEHICLE, "vehicle = { distribution = \"weibull\", mean = \"9 yr\", shape = 3.5 }"),
        (BATTERY, "battery = { distribution = \"weibull\", scale = \"8 yr\", shape = 3.5 }"),
    ]);
    let (sv, sb) = (Lifetime::weibull_with_mean(9.0, 3.5), Lifetime::Weibull { shape: 3.5, scale: 8.0 });
    let ran = run(&text, &["time.step=1 month", "use.inflow_at=mid"]);
    let (mut sum, mut worst) = (0.0, 0.0f64);
    for period in 0..ran.periods() {
        let age = (period as f64 + 0.5) / 12.0;
        sum += sv.survival(age) * sb.survival(age);
        worst = worst.max((ran.in_use(period) / (50_000.0 / 12.0 * sum) - 1.0).abs());
    }
    println!("largest difference {worst:.1e}");
    assert!(worst < 2e-3, "{worst:e}");
}

/// A living vehicle has exactly one pack, however often packs wear out.
#[test]
fn replacement_keeps_one_pack_in_every_vehicle() {
    let lives = lifetimes();
    for ((vehicle, sv), (battery, _)) in lives.iter().zip(lives.iter().cycle().skip(1)) {
        let growing = "sales = { unit = \"vehicle/yr\", 2020 = 500, 2030 = 3000, 2031 = 100 }";
        let text = city(&[
            ("mode = \"neither\"", "mode = \"replacement\""),
            ("sales = \"1000 vehicle/yr\"", growing),
            (VEHICLE, &format!("vehicle = {vehicle}")),
            (BATTERY, &format!("battery = {battery}")),
        ]);
        for (at, first) in AT {
            let ran = run(&text, &[&format!("use.inflow_at={at}")]);
            let sold: Vec<f64> = (0..ran.periods()).map(|year| ran.results.fleets[year][0].vehicles_sold).collect();
            for year in 0..ran.periods() {
                let vehicles: f64 = (0..=year).map(|c| sold[c] * survival(sv, (year - c) as f64 + first)).sum();
                near_to(ran.in_use(year), 50.0 * vehicles, 1e-9);
            }
            let flows = ran.region("city");
            for year in 0..ran.periods() {
                let row = &ran.results.fleets[year][0];
                near_to(row.replaced, row.worn, 1e-12);
                near_to(ran.mass(year, flows.packs_to_replace), row.replaced * 0.005, 1e-12);
            }
        }
    }
}

#[test]
fn packs_and_vehicles_that_fail_together_count_as_scrapped_vehicles() {
    let ran =
        run(&city(&[(BATTERY, "battery = { distribution = \"fixed\", life = \"4 yr\" }")]), &["use.mode=replacement"]);
    let flows = ran.region("city");
    assert_eq!(ran.total(flows.worn), 0.0);
    assert_eq!(ran.total(flows.packs_to_replace), 0.0);
    near(ran.mass(9, flows.scrapped), 250.0);
}

/// A policy from 2025 to 2030 changes the cars that are in use, whatever the step: the rate of a shape of 1 is constant.
#[test]
fn a_policy_changes_the_hazard_of_what_is_in_use() {
    let text = city(&[
        (VEHICLE, "vehicle = { distribution = \"weibull\", shape = 1.0, scale = \"4 yr\" }"),
        ("sales = \"1000 vehicle/yr\"", "sales = { unit = \"vehicle/yr\", 2020 = 1000, then = \"zero\" }"),
        (
            "[collection.city]",
            "[use.hazard_policy.scrappage]\nof = \"vehicle\"\nfrom = 2025-01-01\nuntil = 2030-01-01\nfactor = 3\n\n[collection.city]",
        ),
    ]);
    for (step, per_year) in STEPS {
        let at = |set: &[&str], year: usize| {
            let ran = run(&text, &[&[&*format!("time.step={step}")], set].concat());
            ran.in_use(year * per_year - 1)
        };
        let left = |from: usize, to: usize| at(&[], to) / at(&[], from);
        near(left(1, 5), (-4.0f64 / 4.0).exp());
        near(left(5, 10), (-15.0f64 / 4.0).exp());
        near(left(10, 12), (-2.0f64 / 4.0).exp());
        let other = "use.hazard_policy.scrappage.of=battery";
        near(at(&[other], 10) / at(&[other], 5), (-5.0f64 / 4.0).exp());
        // A second policy at the same time multiplies; one of another segment does nothing.
        let second = |factor: &str, more: &[&str]| {
            let set = format!("use.hazard_policy.second={{ of = \"vehicle\", from = 2026-01-01, factor = {factor} }}");
            at(&[&[&*set], more].concat(), 8) / at(&[&[&*set], more].concat(), 6)
        };
        near(second("0.5", &[]), (-3.0f64 / 4.0).exp());
        near(second("0", &[]), 1.0);
    }
}

/// The loop with the chemistry whose nickel falls from 0.6 in 2020 to 0.5 kg/kWh in 2030.
const NICKEL: [(&str, &str); 2] =
    [("chemistries = [\"lfp\"]", "chemistries = [\"nmc\"]"), ("{ lfp = 1.0 }", "{ nmc = 1.0 }")];

/// A pack gives back what it took in, not what packs hold on the day it retires.
#[test]
fn composition_travels_with_the_cohort() {
    let ran = run(&city(&NICKEL), &[]);
    let flows = ran.region("city");
    for year in 4..20 {
        near(ran.content(year, flows.scrapped, "Ni"), ran.content(year - 4, flows.packs_made, "Ni"));
    }
    near(ran.content(12, flows.packs_made, "Ni"), 50_000.0 * 0.5 / 1000.0);
    assert!(ran.content(7, flows.scrapped, "Ni") > ran.content(7, flows.packs_made, "Ni"));
}

/// A year's packs are on average made in its middle, and shares are read there too.
#[test]
fn a_cohort_has_the_content_of_the_middle_of_its_year() {
    let ran = run(&city(&NICKEL), &[]);
    for year in 0..10 {
        let nickel = 50_000.0 * (0.6 - 0.01 * (year as f64 + 0.5)) / 1000.0;
        near(ran.content(year, ran.region("city").packs_made, "Ni"), nickel);
    }
}

/// The life of a cohort is the one that stands under its year: 4 years for the cars of 2020, 5 for those of 2021.
#[test]
fn a_cohort_has_the_life_that_stands_under_its_year() {
    let ran = run(
        &city(&[(VEHICLE, "vehicle = { distribution = \"fixed\", life = { unit = \"yr\", 2020 = 4, 2024 = 8 } }")]),
        &[],
    );
    let scrapped = ran.region("city").scrapped;
    assert_eq!([3, 4, 5, 6].map(|year| ran.mass(year, scrapped) > 0.0), [false, true, false, true]);
}

/// An old pack that is replaced leaves with its own content; the new one has that of its year.
#[test]
fn a_replacement_pack_has_the_content_of_its_own_year() {
    let once = city(&[
        NICKEL[0],
        NICKEL[1],
        ("mode = \"neither\"", "mode = \"replacement\""),
        (VEHICLE, "vehicle = { distribution = \"fixed\", life = \"5 yr\" }"),
        (BATTERY, "battery = { distribution = \"fixed\", life = \"3 yr\" }"),
        ("sales = \"1000 vehicle/yr\"", "sales = { unit = \"vehicle/yr\", 2020 = 1000, then = \"zero\" }"),
    ]);
    let ran = run(&once, &[]);
    let flows = ran.region("city");
    let nickel = |year: usize, flow| ran.content(year, flow, "Ni");
    // Sold in 2020, worn and replaced in 2023, scrapped with the car in 2025.
    near(nickel(3, flows.worn), nickel(0, flows.packs_made));
    near(nickel(3, flows.packs_to_replace), nickel(0, flows.packs_made) - 50_000.0 * 0.03 / 1000.0);
    near(nickel(5, flows.scrapped), nickel(3, flows.packs_to_replace));
    for year in 0..20 {
        let moves = [flows.worn, flows.scrapped].map(|flow| nickel(year, flow) > 0.0);
        assert_eq!(moves, [year == 3, year == 5], "{year}");
    }
}

#[test]
fn a_pool_stands_at_its_target_and_renews_itself() {
    let ran = run(&patched(&[("2020 = 10, 2025 = 30", "2020 = 20")]), &[]);
    let pools = |year: usize| ran.results.pools[year].clone();
    for year in 0..ran.periods() {
        near(pools(year).iter().map(|row| row.in_use).sum(), 20.0 * 10.0 * 75.0);
    }
    // Half a year old when their first year ends, packs of 2020 are 5.5 years old when 2025 ends: they leave then.
    for row in pools(0).iter().chain(&pools(5)).chain(&pools(10)) {
        near(row.replaced, 7500.0);
    }
    assert!(pools(1).iter().chain(&pools(4)).all(|row| row.replaced == 0.0));
}

/// Steps that a constant monthly inflow with a fixed life stays in use.
fn months_in_use(life: &str) -> f64 {
    let text = city(&[(VEHICLE, &format!("vehicle = {{ distribution = \"fixed\", life = \"{life}\" }}"))]);
    let ran = run(&text, &["time.step=1 month"]);
    ran.in_use(ran.periods() - 1) / (50_000.0 / 12.0)
}

#[test]
fn a_fixed_life_of_whole_years_ends_on_time() {
    for years in [1, 2, 3, 5, 7, 11, 13, 19] {
        near_to(months_in_use(&format!("{years} yr")), 12.0 * f64::from(years), 1e-9);
    }
}

#[test]
fn a_fixed_life_of_whole_months_ends_on_time() {
    let late: Vec<usize> = (1..=30).filter(|n| months_in_use(&format!("{n} month")).round() as usize != *n).collect();
    assert_eq!(late, Vec::<usize>::new());
}

/// Halving the step brings the stock closer to the integral of survival: second order for the middle, first for the end.
#[test]
fn smaller_steps_converge() {
    let lifetime = Lifetime::Weibull { shape: 2.0, scale: 5.0 };
    // Integral over 20 years by a fine midpoint rule; S(20) is 1e-7.
    let exact: f64 =
        (0..2_000_000).map(|i| lifetime.survival((f64::from(i) + 0.5) * 1e-5) * 1e-5).sum::<f64>() * 50_000.0;
    let text = city(&[(VEHICLE, "vehicle = { distribution = \"weibull\", scale = \"5 yr\", shape = 2.0 }")]);
    for (at, order) in [("mid", 2.0), ("end", 1.0), ("start", 1.0)] {
        let errors: Vec<f64> = STEPS
            .iter()
            .map(|(step, _)| {
                let ran = run(&text, &[&format!("time.step={step}"), &format!("use.inflow_at={at}")]);
                (ran.in_use(ran.periods() - 1) - exact).abs()
            })
            .collect();
        let seen = [(errors[0] / errors[1]).log(4.0), (errors[1] / errors[2]).log(3.0)];
        println!("{at}: errors {errors:?}, orders {seen:?}");
        assert!(seen.iter().all(|seen| (seen - order).abs() < 0.1), "{at}: {seen:?}");
    }
}
