//! Keys about money: prices, freight, disposal, and the terms of each plant. All is CNY of 2025.

use super::{Key, Takes};
use crate::base::units::Dimension;

const MONEY: Takes = Takes::Quantity(Dimension::MONEY);
const TIME: Takes = Takes::Quantity(Dimension::TIME);
const DISTANCE: Takes = Takes::Quantity(Dimension::DISTANCE);
const PER_TONNE: Takes = Takes::Quantity(Dimension::MONEY.per(Dimension::MASS));
const FACTOR: Takes = Takes::Quantity(Dimension::NONE);
const MASS_RATE: Takes = Takes::Quantity(Dimension::MASS.per(Dimension::TIME));
/// What has a price: mass, energy, time of labour.
const PRICE: Takes = Takes::SeriesOf(&[
    Dimension::MONEY.per(Dimension::MASS),
    Dimension::MONEY.per(Dimension::ENERGY),
    Dimension::MONEY.per(Dimension::TIME),
]);
/// A cost per year, or per capital and year.
const FIXED: Takes = Takes::SeriesOf(&[Dimension::NONE.per(Dimension::TIME), Dimension::MONEY.per(Dimension::TIME)]);

macro_rules! feed {
    ($form:literal) => {
        [
            Key::new(
                concat!("economics.<plant>.feed.", $form, ".<chemistry|default>.price"),
                Takes::Text,
                r#""pack_lfp""#,
                "What the plant pays per tonne: a name in `[price]`.",
            ),
            Key::new(
                concat!("economics.<plant>.feed.", $form, ".<chemistry|default>.gate_fee"),
                Takes::Text,
                r#""pack_fee""#,
                "What the plant is paid per tonne: a name in `[price]`.",
            ),
            Key::new(
                concat!("economics.<plant>.feed.", $form, ".<chemistry|default>.payable.<substance>"),
                FACTOR,
                "0.70",
                "What the plant pays of the value of the substance in it, at the price of its `payable_reference`.",
            ),
        ]
    };
}

macro_rules! freight {
    ($stream:literal) => {
        [
            Key::new(
                concat!("plant.<plant>.freight.", $stream, ".distance"),
                DISTANCE,
                r#""500 km""#,
                "How far this feed is carried; the plant pays, and answers for what the truck gives off.",
            )
            .with_table(),
            Key::new(
                concat!("plant.<plant>.freight.", $stream, ".mode"),
                Takes::Text,
                r#""truck""#,
                "How it is carried: a name in `[freight]`; without it the way costs nothing.",
            ),
        ]
    };
}

const PACK: [Key; 3] = feed!("pack");
const SCRAP: [Key; 3] = feed!("scrap");
const ELECTRODE: [Key; 3] = feed!("electrode");
const BLACK_MASS: [Key; 3] = feed!("black_mass");
const RETIRED: [Key; 2] = freight!("retired");
const SECOND_LIFE: [Key; 2] = freight!("second_life");
const PURCHASED: [Key; 2] = freight!("purchased");
const NEW_SCRAP: [Key; 2] = freight!("new_scrap");
const ELECTRODE_SCRAP: [Key; 2] = freight!("electrode_scrap");
const BOUGHT: [Key; 2] = freight!("black_mass");

pub const KEYS: &[Key] = &[
    Key::new("money.vat", Takes::Share, "0.13", "Value-added tax in the prices that include it; the model computes without."),
    Key::new("money.inflation", Takes::Number, "0.02", "Per year: what nominal amounts lose (depreciation, losses carried forward, interest, inventories); 0 by default."),
    Key::new("money.prices_drawn_from", Takes::Date, "2026-01-01", "Prices before it are known, later ones are drawn where events are; the start of the run by default."),
    Key::new("money.drawn_prices_keep", Takes::OneOf(&["mean", "median"]), r#""mean""#, "Whether the mean of drawn prices is the given path (the default), or their median."),
    Key::new("price.<name>.path", PRICE, r#"{ unit = "CNY_2025/t", 2025 = 75e3, 2035 = 95e3 }"#, "The price over time, per mass, energy or time of labour, at 1 January and linear between; what drawn prices wander about.").with_table(),
    Key::new("price.<name>.vat", Takes::OneOf(&["included", "excluded"]), r#""included""#, "Whether the path includes value-added tax.").with_table(),
    Key::new("price.<name>.compound", Takes::Text, r#""nickel_sulfate_hexahydrate""#, "What a tonne of it is, a name in `compounds.file`: payables go by the element in it. Without it, it is the element itself."),
    Key::new("price.<name>.process", Takes::OneOf(&["constant", "geometric_brownian", "mean_reverting"]), r#""mean_reverting""#, "How the log price wanders about its path where events are drawn; constant, by default, is not at all."),
    Key::new("price.<name>.volatility", FACTOR, "0.30", "Standard deviation of the log price after a year without reversion, per square root of a year."),
    Key::new("price.<name>.reversion", Takes::Quantity(Dimension::NONE.per(Dimension::TIME)), r#""0.2 1/yr""#, "How fast a mean-reverting price comes back to its path."),
    Key::new("price_correlation.<name>.<name>", Takes::Number, "0.5", "Correlation of the changes of two prices in a step."),
    Key::new("payable_reference.<substance>", Takes::Text, r#""lithium_carbonate""#, "The price that payables for this substance go by: a name in `[price]`."),
    Key::new("freight.<name>.rate", Takes::Quantity(Dimension::MONEY.per(Dimension::MASS).per(Dimension::DISTANCE)), r#""1.0 CNY_2025/t/km""#, "Cost of carrying a tonne so far, without VAT.").with_table(),
    Key::new("disposal.<name>", PER_TONNE, r#""140 CNY_2025/t""#, "Cost of getting rid of a tonne of a residue, emission or release, without VAT; `default` stands for all other residues."),
    Key::new("economics.<plant>.discount_rate", Takes::Number, "0.08", "Per year: real, after tax, unlevered.").with_table(),
    Key::new("economics.<plant>.tax_rate", Takes::Share, "0.25", "Income tax over profit; none if left out."),
    Key::new("economics.<plant>.loss_carry_forward", TIME, r#""5 yr""#, "How long a loss can be set against later profit; not at all if left out."),
    Key::new("economics.<plant>.depreciation", TIME, r#""10 yr""#, "Time of straight-line depreciation, in whole years from the year of opening.").with_table(),
    Key::new("economics.<plant>.capital.reference", MONEY, r#""530e6 CNY_2025""#, "Capital of the reference plant of the scale law `reference x (capacity / at)^exponent`; its `source` names the plant.").with_table(),
    Key::new("economics.<plant>.capital.at", MASS_RATE, r#""50 kt/yr""#, "Capacity of the reference plant.").with_table(),
    Key::new("economics.<plant>.capital.exponent", FACTOR, "0.6", "Exponent of the scale law.").with_table(),
    Key::new("economics.<plant>.capital.spread", Takes::Numbers, "[0.08, 0.60, 0.32]", "Shares of the capital by equal parts of the building time; even if left out."),
    Key::new("economics.<plant>.capital.equipment_share", Takes::Share, "0.43", "Equipment over capital, which a subsidy counts."),
    Key::new("economics.<plant>.equipment_subsidy.rate", Takes::Share, "0.15", "Subsidy over equipment cost, paid when the plant opens.").with_table(),
    Key::new("economics.<plant>.equipment_subsidy.cap", MONEY, r#""100e6 CNY_2025""#, "The most that is paid; no limit if left out."),
    Key::new("economics.<plant>.equipment_subsidy.lowers_depreciable_base", Takes::Bool, "true", "Whether less is depreciated for it, the default; else it comes free of tax on top."),
    Key::new("economics.<plant>.loan.share", Takes::Share, "0.6", "Loan over capital; the rest is equity.").with_table(),
    Key::new("economics.<plant>.loan.rate", Takes::Number, "0.04", "Nominal interest per year.").with_table(),
    Key::new("economics.<plant>.loan.term", TIME, r#""10 yr""#, "Time from the opening until it is paid back in equal parts.").with_table(),
    Key::new("economics.<plant>.salvage", Takes::Share, "0.05", "Worth of the plant when it closes or the run ends, over its capital."),
    Key::new("economics.<plant>.closure", Takes::Share, "0.03", "Cost of closing it then, over its capital."),
    Key::new("economics.<plant>.labour_overhead", FACTOR, "1.5", "Supervision, social insurance and administration over the cost of `labour`."),
    Key::new("economics.<plant>.fixed_cost.<name>", FIXED, r#"{ value = 0.03, unit = "1/yr" }"#, "A cost of every year from opening to closing: of the capital (`1/yr`), or `CNY_2025/yr`."),
    Key::new("economics.<plant>.cost_per_tonne.<name>", PER_TONNE, r#""100 CNY_2025/t""#, "A cost of every tonne of feed treated, beside the route's own inputs, without VAT."),
    Key::new("economics.<plant>.cost_of_revenue.<name>", Takes::Share, "0.03", "A cost in proportion to revenue, such as research."),
    Key::new("economics.<plant>.product.<name>.price", Takes::Text, r#""copper_scrap""#, "What the product is sold at: a name in `[price]`; the product's own name, or its compound's, by default."),
    Key::new("economics.<plant>.product.<name>.price.<chemistry|default>", Takes::Text, r#""lfp_cathode""#, "The same by the chemistry of the feed it came from."),
    Key::new("economics.<plant>.product.<name>.factor", FACTOR, "0.9", "What this grade fetches of the price; 1 by default."),
    Key::new("economics.<plant>.product.<name>.as_feed", Takes::OneOf(&["electrode", "black_mass"]), r#""black_mass""#, "The product is sold for what is in it, by the payables of this form of feed."),
    PACK[0], PACK[1], PACK[2], SCRAP[0], SCRAP[1], SCRAP[2], ELECTRODE[0], ELECTRODE[1], ELECTRODE[2], BLACK_MASS[0], BLACK_MASS[1], BLACK_MASS[2],
    RETIRED[0], RETIRED[1], SECOND_LIFE[0], SECOND_LIFE[1], PURCHASED[0], PURCHASED[1], NEW_SCRAP[0], NEW_SCRAP[1],
    ELECTRODE_SCRAP[0], ELECTRODE_SCRAP[1], BOUGHT[0], BOUGHT[1],
    Key::new("economics.<plant>.working_capital.products", TIME, r#""15 day""#, "Revenue that is not yet paid for: products in store and on the way."),
    Key::new("economics.<plant>.working_capital.inputs", TIME, r#""30 day""#, "Reagents in store, in time of use. Feed in the yard is counted as it lies there."),
    Key::new("collection.<region>.competition.elasticity", FACTOR, "1.5", "How the odds of an informal against a formal sale of a pack respond to the ratio of what they pay; 0, by default, keeps the given shares."),
    Key::new("collection.<region>.competition.informal_pays", Takes::Series(Dimension::MONEY.per(Dimension::MASS)), r#"{ unit = "CNY_2025/t", 2025 = 8400 }"#, "What small workshops pay for packs.").with_table(),
    Key::new("collection.<region>.competition.formal_pays", Takes::Series(Dimension::MONEY.per(Dimension::MASS)), r#"{ unit = "CNY_2025/t", 2025 = 7500 }"#, "What permitted recyclers pay for packs.").with_table(),
    Key::new("collection.<region>.competition.usual_ratio", FACTOR, "1.125", "The ratio of the two at which the given shares hold.").with_table(),
];
