//! Addresses: `recycled_content.Li.2035`, `plant.p1.utilisation.2032`, `collection_rate.hefei`.
//!
//! The parts between the points are the words of an indicator's name and the names of what it is asked for, in any order:
//! `plant.p1.utilisation.2032` and `plant_utilisation.p1.2032` are the same question. Without a year it is asked for the
//! whole run, without a region, plant or substance for all of them together.

use super::{By, INDICATORS, Indicator, Place, Span, View};
use crate::base::catalog::Catalog;
use crate::base::ids::{Id, PlantId, RegionId, SubstanceId};
use crate::model::Model;
use crate::results::Results;

/// An indicator with all that it is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// The indicator.
    pub indicator: &'static Indicator,
    /// What it is asked for.
    pub place: Place,
    /// The calendar year; none: the whole run.
    pub year: Option<i32>,
}

/// What of an address is not known, and what is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// No indicator has this name.
    Indicator {
        /// As written.
        name: String,
        /// All there are.
        known: Vec<String>,
    },
    /// The indicator is not asked by a dimension that has this name.
    Name {
        /// The indicator.
        indicator: &'static str,
        /// As written.
        name: String,
        /// What it can be asked for.
        known: Vec<String>,
    },
    /// The run does not reach this year.
    Year(i32),
    /// The indicator has one value for the whole run.
    NotYearly(&'static str),
}

/// The place of a name in a dimension.
fn find(by: By, name: &str, catalog: &Catalog) -> Option<usize> {
    match by {
        By::Region => catalog.regions.iter().position(|known| known == name),
        By::Plant => catalog.plants.iter().position(|known| known.name == name),
        By::Substance => catalog.substances.iter().position(|known| known == name),
    }
}

/// All names of a dimension.
pub fn names(by: By, catalog: &Catalog) -> Vec<String> {
    match by {
        By::Region => catalog.regions.clone(),
        By::Plant => catalog.plants.iter().map(|plant| plant.name.clone()).collect(),
        By::Substance => catalog.substances.clone(),
    }
}

impl Place {
    /// The place with one more dimension fixed.
    #[must_use]
    pub fn with(mut self, by: By, index: usize) -> Self {
        match by {
            By::Region => self.region = Some(RegionId::new(index)),
            By::Plant => self.plant = Some(PlantId::new(index)),
            By::Substance => self.substance = Some(SubstanceId::new(index)),
        }
        self
    }

    /// The name in a dimension.
    pub fn name(self, by: By, catalog: &Catalog) -> Option<&str> {
        match by {
            By::Region => self.region.map(|id| catalog.region(id)),
            By::Plant => self.plant.map(|id| catalog.plant(id)),
            By::Substance => self.substance.map(|id| catalog.substance(id)),
        }
    }
}

impl Question {
    /// Reads an address.
    ///
    /// # Errors
    /// What of it is not known.
    pub fn parse(address: &str, catalog: &Catalog, model: &Model) -> Result<Self, Unknown> {
        let mut parts: Vec<&str> = address.split('.').collect();
        let year = parts.last().and_then(|last| (last.len() == 4).then(|| last.parse::<i32>().ok())?);
        if year.is_some() {
            parts.pop();
        }
        // Which parts are the indicator's words: the least first, so that a name is a name where it can be one.
        let mut choices: Vec<u32> = (1..1_u32 << parts.len().min(8)).collect();
        choices.sort_by_key(|choice| choice.count_ones());
        let words = |choice: u32| (0..parts.len()).filter(move |at| choice & 1 << at != 0).map(|at| parts[at]);
        let rest = |choice: u32| (0..parts.len()).filter(move |at| choice & 1 << at == 0).map(|at| parts[at]);
        let mut near = None;
        for choice in choices {
            let id = words(choice).collect::<Vec<_>>().join("_");
            let Some(indicator) = Indicator::named(&id) else { continue };
            match place(indicator, rest(choice), catalog) {
                Ok(place) => return Self { indicator, place, year }.checked(model),
                Err(name) => near = Some((indicator, name)),
            }
        }
        let Some((indicator, name)) = near else {
            let is_name = |part: &&str| {
                ![By::Region, By::Plant, By::Substance].iter().any(|by| find(*by, part, catalog).is_some())
            };
            let name = parts.iter().filter(|part| is_name(part)).copied().collect::<Vec<_>>().join("_");
            let known = INDICATORS.iter().map(|indicator| indicator.id.to_owned()).collect();
            return Err(Unknown::Indicator { name, known });
        };
        let known = indicator.by.iter().flat_map(|by| names(*by, catalog)).collect();
        Err(Unknown::Name { indicator: indicator.id, name, known })
    }

    fn checked(self, model: &Model) -> Result<Self, Unknown> {
        match self.year {
            Some(_) if self.indicator.span == Span::Run => Err(Unknown::NotYearly(self.indicator.id)),
            Some(year) if !(model.horizon.start_year..model.horizon.end_year()).contains(&year) => {
                Err(Unknown::Year(year))
            }
            _ => Ok(self),
        }
    }

    /// The answer; nothing where there is nothing to compare with.
    pub fn ask(&self, model: &Model, results: &Results) -> Option<f64> {
        let view = match self.year {
            Some(year) => View::year(model, results, year)?,
            None => View::run(model, results),
        };
        self.indicator.ask(&view, self.place)
    }

    /// The address.
    pub fn address(&self, catalog: &Catalog) -> String {
        let names: Vec<&str> =
            [By::Plant, By::Region, By::Substance].iter().filter_map(|by| self.place.name(*by, catalog)).collect();
        let year = self.year.map(|year| year.to_string());
        let id = self.indicator.id;
        let mut parts: Vec<&str> = match (id.split_once('_'), self.place.plant) {
            (Some((family @ ("plant" | "economics"), rest)), Some(_)) => vec![family, names[0], rest],
            _ => std::iter::once(id).chain(names.first().copied()).collect(),
        };
        parts.extend(names.iter().skip(1));
        parts.extend(year.as_deref());
        parts.join(".")
    }
}

/// What the names say; the first that says nothing here.
fn place<'a>(indicator: &Indicator, names: impl Iterator<Item = &'a str>, catalog: &Catalog) -> Result<Place, String> {
    let mut open: Vec<By> = indicator.by.to_vec();
    let mut place = Place::default();
    for name in names {
        let found = open.iter().enumerate().find_map(|(at, by)| Some((at, *by, find(*by, name, catalog)?)));
        let Some((at, by, index)) = found else { return Err(name.to_owned()) };
        open.remove(at);
        place = place.with(by, index);
    }
    Ok(place)
}

/// Everything that can be asked of each year, and of the run, one dimension's names after the other: what a table of
/// indicators or an ensemble holds. `all together` is asked as well where there is more than one name.
pub fn questions(catalog: &Catalog, years: std::ops::Range<i32>) -> Vec<Question> {
    let mut questions = Vec::new();
    for indicator in INDICATORS {
        let years: Vec<Option<i32>> =
            if indicator.span == Span::Run { vec![None] } else { years.clone().map(Some).collect() };
        for year in years {
            let places = places(indicator, catalog);
            questions.extend(places.into_iter().map(|place| Question { indicator, place, year }));
        }
    }
    questions
}

/// Every place an indicator can be asked for, all together last in each dimension.
pub(crate) fn places(indicator: &Indicator, catalog: &Catalog) -> Vec<Place> {
    let mut places = vec![Place::default()];
    for by in indicator.by {
        let count = names(*by, catalog).len();
        let each = |place: Place| {
            let together = (count != 1).then_some(place);
            (0..count).map(move |index| place.with(*by, index)).chain(together)
        };
        places = places.into_iter().flat_map(each).collect();
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::catalog::PlantNames;

    fn catalog() -> Catalog {
        let names = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let plant = PlantNames { name: "p1".into(), ..PlantNames::default() };
        Catalog {
            regions: names(&["city", "rest"]),
            segments: Vec::new(),
            chemistries: Vec::new(),
            substances: names(&["Li", "Ni"]),
            plants: vec![plant],
        }
    }

    #[test]
    fn places_are_each_name_and_all_together() {
        let by = |id: &str| places(Indicator::named(id).unwrap(), &catalog()).len();
        assert_eq!([by("recycled_content"), by("plant_utilisation"), by("plant_recovery_rate")], [9, 1, 3]);
        assert_eq!(by("balance_error"), 1);
    }

    #[test]
    fn names_are_found_in_their_dimension() {
        let catalog = catalog();
        assert_eq!(find(By::Region, "rest", &catalog), Some(1));
        assert_eq!(find(By::Plant, "rest", &catalog), None);
        let place = Place::default().with(By::Substance, 1).with(By::Region, 0);
        let question = Question { indicator: Indicator::named("recycled_content").unwrap(), place, year: Some(2035) };
        assert_eq!(question.address(&catalog), "recycled_content.city.Ni.2035");
        let place = Place::default().with(By::Plant, 0).with(By::Substance, 0);
        let question = Question { indicator: Indicator::named("plant_recovery_rate").unwrap(), place, year: None };
        assert_eq!(question.address(&catalog), "plant.p1.recovery_rate.Li");
    }
}
