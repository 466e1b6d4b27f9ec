//! From what a plant spends and earns to its free cash flow, year by year.
//!
//! ```text
//! free cash flow = - capital + subsidy + operating surplus - tax - change of working capital + salvage - closure cost
//! tax            = rate x max(0, surplus - depreciation + salvage - closure - losses carried forward)
//! ```
//!
//! All is real money, as the plant sees it: in is positive, out negative in [`Year`]. Tax is assessed in nominal money:
//! depreciation is straight-line on what was paid at the time, from the year of opening on; a loss is carried forward for
//! some years and loses value with inflation, and no tax is ever paid back. In the last year the inventories are sold, what
//! is left is salvaged, its book value written off, and closing is paid for.

use std::collections::VecDeque;

/// The terms of an appraisal.
#[derive(Clone, Debug, PartialEq)]
pub struct Terms {
    /// Real, after tax, unlevered, 1/yr.
    pub discount_rate: f64,
    /// What nominal amounts lose, 1/yr.
    pub inflation: f64,
    /// Income tax over profit.
    pub tax_rate: f64,
    /// Years a loss can be carried forward.
    pub loss_years: usize,
    /// Years of straight-line depreciation.
    pub depreciation_years: usize,
    /// Whether the subsidy lowers what is depreciated; if not it comes free of tax on top.
    pub subsidy_lowers_base: bool,
    /// Worth of the plant when it closes, over its capital.
    pub salvage: f64,
    /// Cost of closing it, over its capital.
    pub closure: f64,
    /// A loan, if there is one.
    pub loan: Option<Loan>,
}

/// A loan on the capital, paid back in equal parts from the opening on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loan {
    /// Loan over capital.
    pub share: f64,
    /// Nominal interest, 1/yr.
    pub rate: f64,
    /// Years until it is paid back.
    pub years: usize,
}

/// Something that was built.
#[derive(Clone, Debug, PartialEq)]
pub struct Asset {
    /// Spent by year.
    pub spent: Vec<f64>,
    /// The year it opens in: depreciation begins and the subsidy is paid. Beyond the last year: it never does.
    pub opens: usize,
    /// Subsidy.
    pub subsidy: f64,
}

/// What the running of a plant brings, by year.
#[derive(Clone, Debug, PartialEq)]
pub struct Operations {
    /// Revenue less all costs of running.
    pub surplus: Vec<f64>,
    /// Inventories at the year's end.
    pub working_capital: Vec<f64>,
}

/// A year of a cash flow; in is positive, out negative.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Year {
    /// Capital spent.
    pub capital: f64,
    /// Subsidy received.
    pub subsidy: f64,
    /// Operating surplus.
    pub surplus: f64,
    /// Depreciation, an allowance against tax and no flow.
    pub depreciation: f64,
    /// Losses of earlier years set against this one's profit, no flow.
    pub losses_used: f64,
    /// Income tax.
    pub tax: f64,
    /// Put into inventories, or freed from them.
    pub working_capital: f64,
    /// Salvage.
    pub salvage: f64,
    /// Closure cost.
    pub closure: f64,
    /// Loan drawn.
    pub loan_drawn: f64,
    /// Loan paid back.
    pub loan_repaid: f64,
    /// Interest.
    pub interest: f64,
    /// Tax saved by interest.
    pub tax_shield: f64,
}

impl Year {
    /// Free cash flow, unlevered.
    pub fn free(&self) -> f64 {
        self.capital + self.subsidy + self.surplus + self.tax + self.working_capital + self.salvage + self.closure
    }

    /// What the owners put in or get.
    pub fn equity(&self) -> f64 {
        self.free() + self.loan_drawn + self.loan_repaid + self.interest + self.tax_shield
    }
}

/// The cash flow of a plant over as many years as operations are given for.
pub fn cash_flow(terms: &Terms, assets: &[Asset], operations: &Operations) -> Vec<Year> {
    let count = operations.surplus.len();
    let mut years = vec![Year::default(); count];
    let Some(last) = count.checked_sub(1) else { return years };
    let level = |t: usize| (1.0 + terms.inflation).powi(t as i32);
    let book_value_left = build(terms, assets, &mut years);
    for (t, year) in years.iter_mut().enumerate() {
        year.surplus = operations.surplus[t];
        let before = if t == 0 { 0.0 } else { operations.working_capital[t - 1] / (1.0 + terms.inflation) };
        let after = if t == last { 0.0 } else { operations.working_capital[t] };
        year.working_capital = before - after;
    }
    let capital: f64 = assets.iter().filter(|asset| asset.opens < count).flat_map(|asset| &asset.spent).sum();
    years[last].salvage = terms.salvage * capital;
    years[last].closure = -terms.closure * capital;

    let profits: Vec<f64> = years
        .iter()
        .enumerate()
        .map(|(t, year)| {
            let written_off = if t == last { book_value_left } else { 0.0 };
            (year.surplus + year.salvage + year.closure - year.depreciation) * level(t) - written_off
        })
        .collect();
    let taxed = tax(terms, &profits);
    for (t, year) in years.iter_mut().enumerate() {
        // 0 less, so that no tax is 0 and not -0.
        year.tax = 0.0 - taxed[t].0 / level(t);
        year.losses_used = taxed[t].1 / level(t);
    }
    if let Some(loan) = &terms.loan {
        borrow(terms, loan, assets, &profits, &mut years);
    }
    years
}

/// Capital, subsidy and depreciation; gives back the nominal book value that is left after the last year.
fn build(terms: &Terms, assets: &[Asset], years: &mut [Year]) -> f64 {
    let level = |t: usize| (1.0 + terms.inflation).powi(t as i32);
    let mut left = 0.0;
    for asset in assets {
        let mut base = 0.0;
        for (t, (spent, year)) in asset.spent.iter().zip(years.iter_mut()).enumerate() {
            year.capital -= spent;
            base += spent * level(t);
        }
        if asset.opens >= years.len() {
            continue;
        }
        years[asset.opens].subsidy += asset.subsidy;
        if terms.subsidy_lowers_base {
            base -= asset.subsidy * level(asset.opens);
        }
        let life = terms.depreciation_years.max(1);
        let yearly = base / life as f64;
        for (t, year) in years.iter_mut().enumerate().skip(asset.opens).take(life) {
            year.depreciation += yearly / level(t);
            base -= yearly;
        }
        left += base;
    }
    // What rounding leaves of a base that is written off is nothing.
    if left.abs() < 1e-6 { 0.0 } else { left }
}

/// Tax and losses used by year, nominal, from nominal profits before losses carried forward; the oldest loss first.
fn tax(terms: &Terms, profits: &[f64]) -> Vec<(f64, f64)> {
    let mut losses: VecDeque<(usize, f64)> = VecDeque::new();
    let mut taxed = Vec::with_capacity(profits.len());
    for (t, profit) in profits.iter().enumerate() {
        losses.retain(|(year, _)| t - year <= terms.loss_years);
        if *profit <= 0.0 {
            losses.push_back((t, -profit));
            taxed.push((0.0, 0.0));
            continue;
        }
        let mut rest = *profit;
        while let Some((_, loss)) = losses.front_mut() {
            let used = loss.min(rest);
            *loss -= used;
            rest -= used;
            if *loss > 0.0 {
                break;
            }
            losses.pop_front();
        }
        taxed.push((terms.tax_rate * rest, profit - rest));
    }
    taxed
}

/// The loan: drawn as capital is spent, interest on what was owed when the year began.
fn borrow(terms: &Terms, loan: &Loan, assets: &[Asset], profits: &[f64], years: &mut [Year]) {
    let level = |t: usize| (1.0 + terms.inflation).powi(t as i32);
    let count = years.len();
    let mut interests = vec![0.0; count];
    for asset in assets {
        let (mut owed, mut part) = (0.0, 0.0);
        for t in 0..count {
            let interest = owed * loan.rate;
            interests[t] += interest;
            years[t].interest -= interest / level(t);
            let drawn = loan.share * asset.spent.get(t).copied().unwrap_or(0.0) * level(t);
            owed += drawn;
            years[t].loan_drawn += drawn / level(t);
            if t == asset.opens {
                part = owed / loan.years.max(1) as f64;
            }
            // What is still owed when the plant closes is paid back then.
            let repaid = if t + 1 == count { owed } else { part.min(owed) };
            owed -= repaid;
            years[t].loan_repaid -= repaid / level(t);
        }
    }
    let after_interest: Vec<f64> = profits.iter().zip(&interests).map(|(profit, interest)| profit - interest).collect();
    for (t, (levered, _)) in tax(terms, &after_interest).into_iter().enumerate() {
        years[t].tax_shield = -years[t].tax - levered / level(t);
    }
}
