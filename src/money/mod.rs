//! Floor 1: money. Prices over time, what a plant costs and earns, and what that is worth.
//!
//! The room knows no model: it is given amounts by year or step and gives back cash flows. Money is constant-price CNY of
//! 2025 throughout; what is nominal (depreciation, losses carried forward, loans, working capital) is deflated by one rate
//! of inflation.
//!
//! | file | in short |
//! |---|---|
//! | [`capital`] | what a plant costs to build: scale law, equipment subsidy |
//! | [`price`] | price paths: given, or drawn about them (geometric Brownian, mean-reverting), with correlation |
//! | [`cash_flow`] | from operating surplus to free cash flow: depreciation, tax, working capital, loan, closure |
//! | [`worth`] | net present value, internal rates of return, payback |
//! | [`roots`] | all roots of a polynomial in (0, 1), counted before they are looked for |
//! | [`economics`] | the terms of a plant: what a scenario says about money, resolved to ids |

pub mod capital;
pub mod cash_flow;
pub mod economics;
pub mod price;
pub mod roots;
pub mod worth;

#[cfg(test)]
mod tests;
