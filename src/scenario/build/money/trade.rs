//! What a plant's feed, products, inputs and residues cost or bring.

use super::Builder;
use crate::base::catalog::{AmountKind, PlantNames};
use crate::base::ids::{ChemistryId, Id, SubstanceId};
use crate::base::units::Unit;
use crate::model::plant::{FeedForm, FeedStream, Plant};
use crate::money::economics::{AmountPrice, FeedTerms, Outlet, Payable, Quote};
use crate::money::price::{CommodityId, Market};

/// The base unit in which a price is held, by that of what it is the price of.
fn price_unit(counted: &str) -> &'static str {
    match counted {
        "h" => "CNY_2025/yr",
        "MWh" | "GJ" => "CNY_2025/kWh",
        _ => "CNY_2025/t",
    }
}

impl Builder<'_> {
    /// A price per tonne named under a key.
    fn per_tonne(&mut self, key: &str) -> Option<Quote> {
        let commodity = self.commodity_at(key)?;
        let name = self.scenario.text(key).unwrap_or_default().to_owned();
        self.in_unit(key, &name, "t").then_some(Quote { commodity, factor: 1.0 })
    }

    /// Whether a price is one of what is counted so; if not it is reported.
    fn in_unit(&mut self, key: &str, name: &str, counted: &str) -> bool {
        let held = self.scenario.text(&format!("price.{name}.path.unit")).unwrap_or_default().to_owned();
        if held.is_empty() || held == price_unit(counted) {
            return true;
        }
        let title = format!("`price.{name}` is in {held}, but it is counted in {counted}");
        let help = format!("write the price per {counted}, e.g. \"100 CNY_2025/{counted}\"");
        let label = format!("priced by `price.{name}`, needs {}", price_unit(counted));
        self.report(key, "E0302", title, label, &help);
        false
    }

    /// What feed costs, form x chemistry. What a plant may be fed with must have a price.
    pub(super) fn feed_terms(&mut self, key: &str, names: &PlantNames, plant: &Plant) -> Vec<FeedTerms> {
        let mut terms = Vec::new();
        for form in FeedForm::ALL {
            // Packs cost the same after a second life; opened ones do too, and their cells what cells cost.
            let opened = plant.opened[FeedStream::SecondLife as usize].as_ref().map(|opened| opened.form);
            let comes_as = if form == FeedForm::SecondLife { opened.unwrap_or(FeedForm::Pack) } else { form };
            let priced_as = match comes_as {
                FeedForm::SecondLife | FeedForm::Module => FeedForm::Pack,
                FeedForm::Cell => FeedForm::Scrap,
                form => form,
            };
            let places = [form, comes_as, priced_as].map(|form| format!("{key}.feed.{}", form.name()));
            let [.., last] = &places;
            let section = places.iter().find(|place| self.scenario.has(place)).unwrap_or(last).clone();
            let bought = match form {
                FeedForm::BlackMass => !plant.purchases.is_empty(),
                form => form == priced_as,
            };
            let mut missing: Vec<String> = Vec::new();
            for (index, chemistry) in self.catalog.chemistries.clone().into_iter().enumerate() {
                let own = format!("{section}.{chemistry}");
                let place = if self.scenario.has(&own) { own } else { format!("{section}.default") };
                if bought && plant.accepts(ChemistryId::new(index)) && !self.scenario.has(&place) {
                    missing.push(chemistry);
                }
                terms.push(self.feed_of(&place));
            }
            if let Some(first) = missing.first() {
                let title = format!("what feed costs as {} is not said for {}", form.name(), missing.join(", "));
                let label = format!("plant `{}` accepts it", names.name);
                let help = format!(
                    "write `[{section}.{first}]` or `[{section}.default]` with `price`, `gate_fee` or `payable`"
                );
                self.report(key, "E0202", title, label, &help);
            }
        }
        terms
    }

    fn feed_of(&mut self, place: &str) -> FeedTerms {
        let price = self.per_tonne(&format!("{place}.price"));
        let gate_fee = self.per_tonne(&format!("{place}.gate_fee"));
        let mut payables = Vec::new();
        for (index, substance) in self.catalog.substances.clone().iter().enumerate() {
            let key = format!("{place}.payable.{substance}");
            let Some(share) = self.scenario.number(&key) else { continue };
            let reference = format!("payable_reference.{substance}");
            if self.scenario.text(&reference).is_none() {
                let title = format!("`{reference}` is missing");
                let help = format!("write `[payable_reference]` with `{substance} = \"<a name in [price]>\"`");
                self.report(&key, "E0202", title, "a payable goes by a price", &help);
                continue;
            }
            let Some(quote) = self.per_tonne(&reference) else { continue };
            let content = self.content(&reference, substance);
            payables.push(Payable {
                substance: SubstanceId::new(index),
                quote: Quote { factor: share / content, ..quote },
            });
        }
        FeedTerms { price, gate_fee, payables }
    }

    /// How much of a substance is in a tonne of what the price under a key is for.
    fn content(&mut self, reference: &str, substance: &str) -> f64 {
        let name = self.scenario.text(reference).unwrap_or_default();
        let compound_key = format!("price.{name}.compound");
        let Some(compound) = self.scenario.text(&compound_key) else { return 1.0 };
        let table = self.scenario.csv("compounds.file");
        let mut rows = table.into_iter().flat_map(crate::scenario::CsvTable::rows);
        let found = rows.find(|row| row.text("compound") == compound && row.text("element") == substance);
        if let Some(Ok(content)) = found.map(|row| row.number("fraction"))
            && content > 0.0
        {
            return content;
        }
        let title = format!("`{compound}` holds no {substance}");
        let help = "name a compound of `compounds.file` that does, or another `payable_reference`";
        self.report(&compound_key, "E0406", title, format!("asked for by `{reference}`"), help);
        1.0
    }

    /// What happens to what leaves the plant: products are sold, residues disposed of.
    pub(super) fn outlets(&mut self, key: &str, names: &PlantNames, feed: &[FeedTerms]) -> Vec<Outlet> {
        let mut outlets = Vec::new();
        for (index, sink) in names.sinks.iter().enumerate() {
            let (kind, name) = sink.split_once(':').unwrap_or(("", sink));
            let cost = |name: &str| self.scenario.number(&format!("disposal.{name}"));
            outlets.push(match kind {
                "product" => self.sale(key, name, names.products[index].compound.as_deref(), feed),
                "residue" => {
                    let cost = cost(name).or(cost("default"));
                    if cost.is_none() {
                        let title = format!("what disposal of `{name}` costs is not said");
                        let help = format!("write `[disposal]` with e.g. `{name} = \"80 CNY_2025/t\"`, or `default`");
                        self.report(key, "E0202", title, format!("plant `{}` leaves it", names.name), &help);
                    }
                    Outlet::Disposed(cost.unwrap_or(0.0))
                }
                _ => cost(name).map_or(Outlet::Free, Outlet::Disposed),
            });
        }
        outlets
    }

    fn sale(&mut self, key: &str, name: &str, compound: Option<&str>, feed: &[FeedTerms]) -> Outlet {
        let place = format!("{key}.product.{name}");
        let factor = self.scenario.number(&format!("{place}.factor")).unwrap_or(1.0);
        let chemistries = self.catalog.chemistries.clone();
        if let Some(form) = self.scenario.text(&format!("{place}.as_feed")) {
            let form = FeedForm::ALL.iter().position(|known| known.name() == form).unwrap_or(0);
            let of = &feed[form * chemistries.len()..(form + 1) * chemistries.len()];
            let scaled = |payable: &Payable| Payable {
                quote: Quote { factor: factor * payable.quote.factor, ..payable.quote },
                ..*payable
            };
            return Outlet::SoldByContent(of.iter().map(|terms| terms.payables.iter().map(scaled).collect()).collect());
        }
        let price = format!("{place}.price");
        let mut quotes = Vec::new();
        for chemistry in &chemistries {
            let by_chemistry = [format!("{price}.{chemistry}"), format!("{price}.default"), price.clone()];
            let given = by_chemistry.into_iter().find(|key| self.scenario.text(key).is_some());
            let commodity = match &given {
                Some(key) => self.per_tonne(key).map(|quote| quote.commodity),
                None => self.own_price(key, name, compound),
            };
            let Some(commodity) = commodity else { return Outlet::Free };
            self.same_compound(given.as_ref().unwrap_or(&place), commodity, compound);
            quotes.push(Quote { commodity, factor });
        }
        Outlet::Sold(quotes)
    }

    /// The price of a product's own name, or of its compound's.
    fn own_price(&mut self, key: &str, name: &str, compound: Option<&str>) -> Option<CommodityId> {
        let known = [Some(name), compound].into_iter().flatten().find(|name| self.commodity(name).is_some());
        let Some(known) = known else {
            let title = format!("there is no price of `{name}`, which is sold");
            let label = "sold, at no price";
            let help = format!(
                "write `[price.{name}]` with `path` and `vat`, or `[{key}.product.{name}]` with the `price` it goes by"
            );
            let place = format!("plant.{}.product.{name}", key.trim_start_matches("economics."));
            self.report(&place, "E0202", title, label, &help);
            return None;
        };
        let known = known.to_owned();
        if self.in_unit(&format!("price.{known}.path"), &known, "t") { self.commodity(&known) } else { None }
    }

    /// A product is weighed as one compound: its price must be of the same.
    fn same_compound(&mut self, key: &str, commodity: CommodityId, sold_as: Option<&str>) {
        let name = self.scenario.children("price")[commodity.index()].to_owned();
        let priced = self.scenario.text(&format!("price.{name}.compound"));
        if let (Some(priced), Some(sold_as)) = (priced, sold_as)
            && priced != sold_as
        {
            let title = format!("it is sold as `{sold_as}`, but `price.{name}` is that of `{priced}`");
            let help = "give both the same compound, or another price";
            self.report(key, "E0305", title, "weighed as one, priced as the other", help);
        }
    }

    /// Prices of what a plant uses, and costs of what it gives off beside its outlets.
    pub(super) fn amount_prices(&mut self, key: &str, names: &PlantNames, market: &Market) -> Vec<Option<AmountPrice>> {
        let mut prices = Vec::new();
        for amount in &names.amounts {
            if amount.kind == AmountKind::Release {
                prices.push(self.scenario.number(&format!("disposal.{}", amount.name)).map(AmountPrice::Disposed));
                continue;
            }
            let found = market.commodities.iter().position(|commodity| commodity.name == amount.name);
            let Some(commodity) = found.map(CommodityId::new) else {
                let title = format!("there is no price of `{}`, which is used", amount.name);
                let help = format!("write `[price.{}]` with `path` per {} and `vat`", amount.name, amount.unit);
                self.report(key, "E0202", title, format!("plant `{}` uses it", names.name), &help);
                prices.push(None);
                continue;
            };
            let at = format!("price.{}.path", amount.name);
            let factor = Unit::parse(amount.unit).map_or(1.0, |unit| unit.to_base(1.0));
            let fits = self.in_unit(&at, &amount.name, amount.unit);
            prices.push(fits.then_some(AmountPrice::Bought(Quote { commodity, factor })));
        }
        prices
    }

    /// Freight by stream, CNY/t.
    pub(super) fn freight(&mut self, plant: &str) -> Vec<f64> {
        let mut freight = Vec::new();
        for stream in FeedStream::ALL {
            let place = format!("{plant}.freight.{}", stream.name());
            let mode = format!("{place}.mode");
            let rate = self.scenario.text(&mode).map(|name| (name.to_owned(), format!("freight.{name}.rate")));
            let per_km = rate.and_then(|(name, rate)| {
                let per_km = self.scenario.number(&rate);
                if per_km.is_none() {
                    let title = format!("there is no freight `{name}`");
                    let help = format!("write `[freight.{name}]` with e.g. `rate = \"1.0 CNY_2025/t/km\"`");
                    self.report(&mode, "E0401", title, "not a section `[freight.<name>]`", &help);
                }
                per_km
            });
            freight.push(per_km.unwrap_or(0.0) * self.scenario.number(&format!("{place}.distance")).unwrap_or(0.0));
        }
        freight
    }
}
