//! Uncertain numbers: what a draw does to a scenario, and what many draws say.

mod draws;
mod ensembles;
mod loop_model;
mod recorder;
mod reference;
mod sensitivities;

use crate::common::{TINY, patch};

/// What is uncertain in the small scenario, and what is asked of it.
const UNCERTAIN: &str = r#"
[uncertainty]
draws = 96
seed = 5

[uncertainty.parameter]
"plant.p1.capacity" = { op = "*", distribution = "uniform", min = 0.5, max = 2.0 }
"collection.city.formal" = { op = "*", distribution = "lognormal", median = 1.0, gsd = 1.03 }
"use.car.battery.scale" = { op = "*", distribution = "lognormal", median = 1.0, gsd = 1.1, at_least = 0.7 }

[money]
vat = 0.13

[price.salt]
path = "9 CNY_2025/kg"
vat = "excluded"

[price.copper]
path = "60 CNY_2025/kg"
vat = "excluded"

[price.pack]
path = "900 CNY_2025/t"
vat = "excluded"

[freight.road]
rate = "2 CNY_2025/t/km"

[disposal]
default = "50 CNY_2025/t"

[economics.p1]
discount_rate = 0.1
tax_rate = 0.25
depreciation = "10 yr"
loss_carry_forward = "5 yr"

[economics.p1.capital]
reference = "15e6 CNY_2025"
at = "1 kt/yr"
exponent = 0.6

[economics.p1.fixed_cost]
maintenance = "0.05 1/yr"

[economics.p1.feed]
pack = { default = { price = "pack" } }
scrap = { default = { price = "pack" } }
electrode = { default = { price = "pack" } }

[plant.p1.freight]
retired = { distance = "10 km", mode = "road" }

[sensitivity]
outputs = ["plant.p1.utilisation.2030", "recycled_content.city.Li.2034", "economics.p1.npv"]
trajectories = 6
base = 16
resamples = 100

[target.content]
indicator = "recycled_content"
select = { region = "city", substance = "Li" }
by = 2033-12-31
min = 0.2
"#;

/// The small scenario with uncertain numbers, money and a target.
fn uncertain() -> String {
    // A little is left that formal collection can take more of.
    patch(TINY, &[("landfill = 0.05", "landfill = 0.02")]) + UNCERTAIN
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
