//! Closed forms of the room.

use super::capital::{ScaleLaw, Subsidy, spending};
use super::cash_flow::{Asset, Loan, Operations, Terms, Year, cash_flow};
use super::price::{Commodity, Market, Process, factor, of_steps};
use super::worth::{cumulative, discounted_payback, internal_rates, net_present_value};
use crate::base::random::Events;
use approx::assert_relative_eq;

fn plain() -> Terms {
    Terms {
        discount_rate: 0.0,
        inflation: 0.0,
        tax_rate: 0.0,
        loss_years: 5,
        depreciation_years: 10,
        subsidy_lowers_base: true,
        salvage: 0.0,
        closure: 0.0,
        loan: None,
    }
}

#[test]
fn capital_follows_the_scale_law_and_two_halves_cost_more_than_a_whole() {
    let law = ScaleLaw { reference: 900e6, at: 50e3, exponent: 0.65 };
    assert_relative_eq!(law.capital(50e3), 900e6);
    assert_relative_eq!(law.capital(100e3), 900e6 * 2.0_f64.powf(0.65), max_relative = 1e-15);
    assert!(2.0 * law.capital(50e3) > law.capital(100e3));
}

#[test]
fn a_subsidy_has_a_cap() {
    let subsidy = Subsidy { equipment_share: 0.5, rate: 0.15, cap: 100e6 };
    assert_relative_eq!(subsidy.of(400e6), 30e6);
    assert_relative_eq!(subsidy.of(4e9), 100e6);
}

#[test]
fn capital_is_spent_while_building() {
    assert_eq!(spending(&[], 1.0, 5.0, 6), [0.0, 0.25, 0.25, 0.25, 0.25, 0.0]);
    assert_eq!(spending(&[0.1, 0.9], 1.0, 5.0, 6), [0.0, 0.05, 0.05, 0.45, 0.45, 0.0]);
    // What lies before the horizon falls into its first step, what lies after it into its last.
    assert_eq!(spending(&[], -3.0, 1.0, 3), [1.0, 0.0, 0.0]);
    assert_eq!(spending(&[], 2.0, 6.0, 4), [0.0, 0.0, 0.25, 0.75]);
    // Something that needs no time is paid at once.
    assert_eq!(spending(&[], 2.0, 2.0, 4), [0.0, 0.0, 1.0, 0.0]);
}

#[test]
fn value_at_rate_zero_is_the_plain_sum() {
    let flows = [-100.0, 30.0, 40.0, 50.0, 7.25];
    assert_eq!(net_present_value(&flows, 0.0), flows.iter().sum::<f64>());
    assert_relative_eq!(
        net_present_value(&flows, 0.08),
        -100.0 + 30.0 / 1.08 + 40.0 / 1.08_f64.powi(2) + 50.0 / 1.08_f64.powi(3) + 7.25 / 1.08_f64.powi(4),
        max_relative = 1e-14
    );
    assert_relative_eq!(
        *cumulative(&flows, 0.08).last().unwrap(),
        net_present_value(&flows, 0.08),
        max_relative = 1e-14
    );
}

#[test]
fn a_rate_of_return_is_one_none_or_several() {
    // One: a plain loan at 7 %.
    assert_relative_eq!(internal_rates(&[-100.0, 7.0, 7.0, 107.0])[..], [0.07][..], max_relative = 1e-12);
    // None: it never pays, or never costs.
    assert!(internal_rates(&[-100.0, -5.0, -5.0]).is_empty());
    assert!(
        internal_rates(&[100.0, 5.0]).is_empty() && internal_rates(&[]).is_empty() && internal_rates(&[0.0]).is_empty()
    );
    // x^2 - x + 1 changes its sign twice and has no real root.
    assert!(internal_rates(&[1.0, -1.0, 1.0]).is_empty());
    // Two: (x - 1/1.1) (x - 1/1.3), a mine that has to be filled in again.
    let mine = internal_rates(&[-1.0, 2.4, -1.43]);
    assert_relative_eq!(mine[..], [0.1, 0.3][..], max_relative = 1e-9);
    // Three, one of them negative: 1 + r = 0.5, 1.2, 2.
    let three = internal_rates(&[-1.0, 3.7, -4.0, 1.2]);
    assert_relative_eq!(three[..], [-0.5, 0.2, 1.0][..], max_relative = 1e-9);
    // Zero, and an early loss of nothing before it.
    assert_eq!(internal_rates(&[0.0, -10.0, 4.0, 6.0]), [0.0]);
    // A negative one: half is lost in a year.
    assert_relative_eq!(internal_rates(&[-100.0, 50.0])[..], [-0.5][..], max_relative = 1e-12);
}

#[test]
fn every_rate_of_return_is_found_in_long_cash_flows() {
    // 40 years with known rates: the product of three factors and a positive polynomial.
    for (a, b, c) in [(0.05, 0.12, 0.4), (0.01, 0.011, 0.3), (-0.3, 0.08, 0.5)] {
        let mut flows = vec![1.0_f64; 38];
        for rate in [a, b, c] {
            let mut next = vec![0.0; flows.len() + 1];
            for (k, flow) in flows.iter().enumerate() {
                next[k] -= flow;
                next[k + 1] += flow * (1.0 + rate);
            }
            flows = next;
        }
        let rates = internal_rates(&flows);
        assert_eq!(rates.len(), 3, "{rates:?}");
        for (found, known) in rates.iter().zip([a, b, c]) {
            assert!((found - known).abs() < 1e-6, "{rates:?}");
        }
    }
}

#[test]
fn payback_is_when_the_discounted_sum_comes_back() {
    assert_relative_eq!(discounted_payback(&[-100.0, 40.0, 40.0, 40.0], 0.0).unwrap(), 2.5);
    assert_relative_eq!(discounted_payback(&[-100.0, 125.0], 0.25).unwrap(), 1.0, max_relative = 1e-12);
    assert!(discounted_payback(&[-100.0, 40.0, 40.0], 0.0).is_none());
    assert!(discounted_payback(&[5.0, 5.0], 0.0).is_none());
}

/// Ten years by hand, in cents: 1,000 spent over two years, 100 of subsidy, 9 years of running, 25 % tax.
#[test]
fn ten_years_to_the_last_cent() {
    let terms = Terms {
        discount_rate: 0.08,
        tax_rate: 0.25,
        loss_years: 3,
        depreciation_years: 5,
        salvage: 0.05,
        closure: 0.02,
        ..plain()
    };
    let asset = Asset { spent: vec![400.0, 600.0], opens: 1, subsidy: 100.0 };
    let operations = Operations {
        surplus: vec![0.0, 60.0, 150.0, 240.0, 300.0, 300.0, 320.0, 310.0, 300.0, 280.0],
        working_capital: vec![0.0, 20.0, 40.0, 50.0, 60.0, 60.0, 60.0, 60.0, 60.0, 60.0],
    };
    let years = cash_flow(&terms, &[asset], &operations);
    // Depreciation (1,000 - 100) / 5 = 180 in years 1 to 5.
    // Profit: 0, -120, -30, 60, 120, 120, 320, 310, 300, and 280 + 50 - 20 = 310 in the last year.
    let cents = |value: f64| (value * 100.0).round() as i64;
    let column = |pick: fn(&Year) -> f64| years.iter().map(|year| cents(pick(year))).collect::<Vec<_>>();
    assert_eq!(column(|y| y.depreciation), [0, 18_000, 18_000, 18_000, 18_000, 18_000, 0, 0, 0, 0]);
    // 120 of year 1 may be used until year 4: 60 in year 3, 60 in year 4; then the 30 of year 2 in year 4.
    assert_eq!(column(|y| y.losses_used), [0, 0, 0, 6_000, 9_000, 0, 0, 0, 0, 0]);
    assert_eq!(column(|y| y.tax), [0, 0, 0, 0, -750, -3_000, -8_000, -7_750, -7_500, -7_750]);
    assert_eq!(column(|y| y.working_capital), [0, -2_000, -2_000, -1_000, -1_000, 0, 0, 0, 0, 6_000]);
    assert_eq!(column(Year::free), [-40_000, -46_000, 13_000, 23_000, 28_250, 27_000, 24_000, 23_250, 22_500, 29_250]);
    let free: Vec<f64> = years.iter().map(Year::free).collect();
    assert_eq!(cents(net_present_value(&free, 0.0)), 104_250);
    // -400 - 460/1.08 + 130/1.08^2 + ... worked out by hand with ten decimals.
    assert_eq!(cents(net_present_value(&free, 0.08)), TEN_YEARS_AT_8_PERCENT);
}

/// See above; Python's decimal module gives the same.
const TEN_YEARS_AT_8_PERCENT: i64 = 41_430;

#[test]
fn losses_run_out_and_inflation_eats_them() {
    let terms = Terms { tax_rate: 0.5, loss_years: 1, ..plain() };
    let operations = Operations { surplus: vec![-10.0, 0.0, 20.0], working_capital: vec![0.0; 3] };
    let years = cash_flow(&terms, &[], &operations);
    assert_relative_eq!(years[2].tax, -10.0);
    let inflated = Terms { inflation: 1.0, loss_years: 2, ..terms };
    let years = cash_flow(&inflated, &[], &operations);
    // The loss of 10 is worth 10 / 2^2 two years later.
    assert_relative_eq!(years[2].losses_used, 2.5);
    assert_relative_eq!(years[2].tax, -0.5 * 17.5);
}

#[test]
fn inflation_lowers_what_depreciation_and_inventories_are_worth() {
    let terms = Terms { inflation: 0.1, depreciation_years: 2, tax_rate: 0.2, ..plain() };
    let asset = Asset { spent: vec![100.0], opens: 1, subsidy: 0.0 };
    let operations = Operations { surplus: vec![0.0, 80.0, 80.0, 80.0], working_capital: vec![0.0, 11.0, 11.0, 0.0] };
    let years = cash_flow(&terms, &[asset], &operations);
    // 100 was spent at the price level of year 0: 50 a year nominal.
    assert_relative_eq!(years[1].depreciation, 50.0 / 1.1, max_relative = 1e-14);
    assert_relative_eq!(years[2].depreciation, 50.0 / 1.21, max_relative = 1e-14);
    assert_relative_eq!(years[2].working_capital, 11.0 / 1.1 - 11.0, max_relative = 1e-14);
    assert_relative_eq!(years[3].working_capital, 11.0 / 1.1, max_relative = 1e-14);
}

#[test]
fn what_is_not_yet_written_off_is_written_off_at_the_end() {
    let terms = Terms { depreciation_years: 10, tax_rate: 0.5, ..plain() };
    let asset = Asset { spent: vec![100.0], opens: 0, subsidy: 0.0 };
    let years = cash_flow(&terms, &[asset], &Operations { surplus: vec![30.0, 200.0], working_capital: vec![0.0; 2] });
    assert_relative_eq!(years[1].tax, -0.5 * (200.0 - 10.0 - 80.0));
}

#[test]
fn a_loan_at_no_interest_moves_flows_and_adds_nothing() {
    let loan = |rate| Some(Loan { share: 0.6, rate, years: 4 });
    let terms = Terms { tax_rate: 0.25, loan: loan(0.0), ..plain() };
    let asset = Asset { spent: vec![50.0, 50.0], opens: 2, subsidy: 0.0 };
    let operations =
        Operations { surplus: vec![0.0, 0.0, 40.0, 40.0, 40.0, 40.0, 40.0], working_capital: vec![0.0; 7] };
    let years = cash_flow(&terms, std::slice::from_ref(&asset), &operations);
    let sum = |pick: fn(&Year) -> f64| years.iter().map(pick).sum::<f64>();
    assert_relative_eq!(sum(Year::equity), sum(Year::free), max_relative = 1e-12);
    assert_eq!(years.iter().map(|y| y.loan_drawn).collect::<Vec<_>>(), [30.0, 30.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    assert_eq!(years.iter().map(|y| y.loan_repaid).collect::<Vec<_>>(), [0.0, 0.0, -15.0, -15.0, -15.0, -15.0, 0.0]);
    // With interest the owners pay it less the tax it saves.
    let years = cash_flow(&Terms { loan: loan(0.1), ..terms }, &[asset], &operations);
    assert_relative_eq!(years[1].interest, -3.0);
    assert_relative_eq!(years[2].interest, -6.0);
    // 3 of year 1 are carried forward: 9 in all lower the tax of year 2.
    assert_relative_eq!(years[2].tax_shield, 0.25 * 9.0, max_relative = 1e-12);
}

fn market(processes: &[Process], factor: Vec<Vec<f64>>, keeps_mean: bool) -> Market {
    let commodity = |(i, process): (usize, &Process)| Commodity {
        name: format!("c{i}"),
        unit: "CNY_2025/t".to_owned(),
        central: vec![100.0; 121],
        process: *process,
    };
    let commodities = processes.iter().enumerate().map(commodity).collect();
    Market { commodities, factor, drawn_from: 1, keeps_mean, dt: 1.0 / 12.0 }
}

/// Mean and standard error of a statistic over draws.
fn over_draws(market: &Market, statistic: impl Fn(&super::price::Prices) -> f64) -> (f64, f64) {
    let draws = 4_000;
    let values: Vec<f64> = (0..draws).map(|draw| statistic(&market.prices(Events::Drawn { seed: 7, draw }))).collect();
    let mean = values.iter().sum::<f64>() / draws as f64;
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (draws - 1) as f64;
    (mean, (variance / draws as f64).sqrt())
}

#[test]
fn drawn_prices_keep_the_mean_or_the_median() {
    for process in [Process::Brownian(0.3), Process::Reverting(0.3, 0.5)] {
        let (mean, error) = over_draws(&market(&[process], Vec::new(), true), |p| p[0][120]);
        assert!((mean - 100.0).abs() < 4.0 * error, "{process:?}: {mean} +- {error}");
        let (below, error) = over_draws(&market(&[process], Vec::new(), false), |p| f64::from(p[0][120] < 100.0));
        assert!((below - 0.5).abs() < 4.0 * error, "{process:?}: {below}");
    }
}

#[test]
fn the_variance_of_log_prices_is_that_of_the_process() {
    let variance = |process, expected: f64| {
        let (mean, error) = over_draws(&market(&[process], Vec::new(), false), |p| (p[0][120] / 100.0).ln().powi(2));
        assert!((mean - expected).abs() < 4.0 * error, "{process:?}: {mean}, not {expected}");
    };
    variance(Process::Brownian(0.3), 0.09 * 10.0);
    variance(Process::Reverting(0.3, 0.5), 0.09 * (1.0 - (-10.0_f64).exp()));
}

#[test]
fn prices_move_together_as_asked() {
    let factor = factor(&[vec![1.0, 0.6], vec![0.6, 1.0]]).unwrap();
    let market = market(&[Process::Brownian(0.2), Process::Brownian(0.4)], factor, false);
    let change = |p: &[f64]| (p[1] / p[0]).ln() / (1.0_f64 / 12.0).sqrt();
    let (product, error) = over_draws(&market, |p| change(&p[0]) / 0.2 * change(&p[1]) / 0.4);
    assert!((product - 0.6).abs() < 4.0 * error, "{product} +- {error}");
}

#[test]
fn prices_that_revert_at_their_own_speeds_are_correlated_exactly_in_any_step() {
    let processes = [Process::Reverting(0.3, 0.2), Process::Reverting(0.5, 12.0), Process::Brownian(0.4)];
    let given = [vec![1.0, 0.6, -0.3], vec![0.6, 1.0, 0.2], vec![-0.3, 0.2, 1.0]];
    // Covariance of what a step adds, from its correlation and the variances of the processes.
    let added = |dt: f64, i: usize, j: usize| {
        let scale = |at: usize| match processes[at] {
            Process::Reverting(s, k) => s * s * (1.0 - (-2.0 * k * dt).exp()) / (2.0 * k),
            Process::Brownian(s) => s * s * dt,
            Process::Given => 0.0,
        };
        of_steps(&given, &processes, dt)[i][j] * (scale(i) * scale(j)).sqrt()
    };
    let speed = [0.2, 12.0, 0.0];
    for (i, j) in [(0, 1), (0, 2), (1, 2), (0, 0), (1, 1)] {
        // A year is twelve months: what a month adds has faded by the time that is left.
        let months: f64 =
            (0..12).map(|m| (-(speed[i] + speed[j]) * f64::from(m) / 12.0).exp() * added(1.0 / 12.0, i, j)).sum();
        assert_relative_eq!(added(1.0, i, j), months, max_relative = 1e-12);
    }
    // By hand: 0.6 x 0.3 x 0.5 (1 - e^-12.2) / 12.2.
    assert_relative_eq!(added(1.0, 0, 1), 0.09 * (1.0 - (-12.2_f64).exp()) / 12.2, max_relative = 1e-12);
    let equal = [Process::Reverting(0.3, 2.0), Process::Reverting(0.6, 2.0)];
    let two = [vec![1.0, 0.6], vec![0.6, 1.0]];
    assert_eq!(of_steps(&two, &equal, 0.25), two);
}

#[test]
fn expected_prices_are_the_central_path_and_draws_are_named() {
    let one = market(&[Process::Brownian(0.3)], Vec::new(), true);
    assert_eq!(one.prices(Events::Expected)[0], vec![100.0; 121]);
    let two = market(&[Process::Brownian(0.3), Process::Brownian(0.3)], Vec::new(), true);
    let events = Events::Drawn { seed: 1, draw: 3 };
    let (alone, beside) = (one.prices(events), two.prices(events));
    assert_eq!(alone[0], beside[0]);
    assert_ne!(beside[0], beside[1]);
    assert_eq!(alone[0][0], 100.0);
}

#[test]
fn a_matrix_that_is_no_correlation_gives_its_smallest_eigenvalue() {
    let impossible = [vec![1.0, 0.9, 0.9], vec![0.9, 1.0, -0.9], vec![0.9, -0.9, 1.0]];
    // 1 - 2 x 0.9 for the vector (-1, 1, 1).
    assert_relative_eq!(factor(&impossible).unwrap_err(), -0.8, max_relative = 1e-12);
}
