//! Units as they are written in scenario and data files, and their base units.
//!
//! Inside the program every number is in base units: t, kWh, yr, vehicle, pack, station, CNY of 2025 and km.
//! A unit expression is a product or quotient of known names (`kt/yr`, `kg/kWh`, `1/yr`). Its scale is kept as
//! a multiplier and a divisor, so that 1 kg becomes exactly 1 / 1000 t instead of a rounded 0.001 multiplied on.

use std::fmt;

/// What a quantity measures: the exponents of the base units. `mass/time` is `{ mass: 1, time: -1, .. }`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Dimension([i8; 8]);

/// Name of each exponent for messages, and its base unit, in the order of [`Dimension`].
const BASES: [(&str, &str); 8] = [
    ("mass", "t"),
    ("energy", "kWh"),
    ("vehicle", "vehicle"),
    ("pack", "pack"),
    ("station", "station"),
    ("money", "CNY_2025"),
    ("time", "yr"),
    ("distance", "km"),
];

impl Dimension {
    /// A plain number: share, factor or count.
    pub const NONE: Self = Self([0; 8]);
    /// Mass, base unit t.
    pub const MASS: Self = Self([1, 0, 0, 0, 0, 0, 0, 0]);
    /// Energy, base unit kWh.
    pub const ENERGY: Self = Self([0, 1, 0, 0, 0, 0, 0, 0]);
    /// Vehicles, base unit vehicle.
    pub const VEHICLE: Self = Self([0, 0, 1, 0, 0, 0, 0, 0]);
    /// Battery packs, base unit pack.
    pub const PACK: Self = Self([0, 0, 0, 1, 0, 0, 0, 0]);
    /// Swap stations, base unit station.
    pub const STATION: Self = Self([0, 0, 0, 0, 1, 0, 0, 0]);
    /// Money at constant prices, base unit `CNY_2025`.
    pub const MONEY: Self = Self([0, 0, 0, 0, 0, 1, 0, 0]);
    /// Time, base unit yr.
    pub const TIME: Self = Self([0, 0, 0, 0, 0, 0, 1, 0]);
    /// Distance, base unit km.
    pub const DISTANCE: Self = Self([0, 0, 0, 0, 0, 0, 0, 1]);

    /// The dimension of a quotient, for example `MASS.per(TIME)`.
    #[must_use]
    pub const fn per(self, other: Self) -> Self {
        self.combine(other, -1)
    }

    /// The dimension of a product.
    #[must_use]
    pub const fn times(self, other: Self) -> Self {
        self.combine(other, 1)
    }

    const fn combine(self, other: Self, sign: i8) -> Self {
        let [mass, energy, vehicle, pack, station, money, time, distance] = self.0;
        let [m, e, v, p, s, c, t, d] = other.0;
        Self([
            mass.saturating_add(m.saturating_mul(sign)),
            energy.saturating_add(e.saturating_mul(sign)),
            vehicle.saturating_add(v.saturating_mul(sign)),
            pack.saturating_add(p.saturating_mul(sign)),
            station.saturating_add(s.saturating_mul(sign)),
            money.saturating_add(c.saturating_mul(sign)),
            time.saturating_add(t.saturating_mul(sign)),
            distance.saturating_add(d.saturating_mul(sign)),
        ])
    }

    /// True for a plain number.
    #[must_use]
    pub fn is_none(self) -> bool {
        self == Self::NONE
    }

    /// The base unit in which values of this dimension are held, for example `t/yr`; empty for a plain number.
    #[must_use]
    pub fn base_unit(self) -> String {
        self.spell(|(_, unit)| unit).unwrap_or_default()
    }

    fn spell(self, pick: impl Fn((&'static str, &'static str)) -> &'static str) -> Option<String> {
        let mut over = Vec::new();
        let mut under = String::new();
        for (exponent, base) in self.0.iter().zip(BASES) {
            for _ in 0..exponent.unsigned_abs() {
                if *exponent > 0 {
                    over.push(pick(base));
                } else {
                    under.push('/');
                    under.push_str(pick(base));
                }
            }
        }
        match (over.is_empty(), under.is_empty()) {
            (true, true) => None,
            (true, false) => Some(format!("1{under}")),
            _ => Some(over.join("*") + &under),
        }
    }
}

impl fmt::Display for Dimension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.spell(|(name, _)| name).as_deref().unwrap_or("a plain number"))
    }
}

/// Days in a mean year.
pub const DAYS_PER_YEAR: f64 = 365.25;

/// A name the reader knows: multiplier and divisor to the base unit, and the dimension.
struct Atom(&'static str, f64, f64, Dimension);

const ATOMS: &[Atom] = &[
    Atom("t", 1.0, 1.0, Dimension::MASS),
    Atom("kg", 1.0, 1e3, Dimension::MASS),
    Atom("g", 1.0, 1e6, Dimension::MASS),
    Atom("kt", 1e3, 1.0, Dimension::MASS),
    Atom("Mt", 1e6, 1.0, Dimension::MASS),
    Atom("tCO2e", 1.0, 1.0, Dimension::MASS),
    Atom("kgCO2e", 1.0, 1e3, Dimension::MASS),
    Atom("gCO2e", 1.0, 1e6, Dimension::MASS),
    Atom("Wh", 1.0, 1e3, Dimension::ENERGY),
    Atom("kWh", 1.0, 1.0, Dimension::ENERGY),
    Atom("MWh", 1e3, 1.0, Dimension::ENERGY),
    Atom("GWh", 1e6, 1.0, Dimension::ENERGY),
    Atom("TWh", 1e9, 1.0, Dimension::ENERGY),
    Atom("MJ", 1.0, 3.6, Dimension::ENERGY),
    Atom("GJ", 1e3, 3.6, Dimension::ENERGY),
    Atom("TJ", 1e6, 3.6, Dimension::ENERGY),
    Atom("yr", 1.0, 1.0, Dimension::TIME),
    Atom("month", 1.0, 12.0, Dimension::TIME),
    Atom("day", 1.0, DAYS_PER_YEAR, Dimension::TIME),
    Atom("h", 1.0, 8766.0, Dimension::TIME),
    Atom("min", 1.0, 525_960.0, Dimension::TIME),
    Atom("vehicle", 1.0, 1.0, Dimension::VEHICLE),
    Atom("pack", 1.0, 1.0, Dimension::PACK),
    Atom("station", 1.0, 1.0, Dimension::STATION),
    Atom("CNY_2025", 1.0, 1.0, Dimension::MONEY),
    Atom("km", 1.0, 1.0, Dimension::DISTANCE),
    Atom("%", 1.0, 100.0, Dimension::NONE),
    Atom("count", 1.0, 1.0, Dimension::NONE),
    Atom("share", 1.0, 1.0, Dimension::NONE),
    Atom("fraction", 1.0, 1.0, Dimension::NONE),
    Atom("1", 1.0, 1.0, Dimension::NONE),
];

/// Spellings people write, and the one the reader takes; edit distance alone would not find them.
const ALIASES: &[(&str, &str)] = &[
    ("year", "yr"),
    ("years", "yr"),
    ("a", "yr"),
    ("y", "yr"),
    ("hour", "h"),
    ("hours", "h"),
    ("tonne", "t"),
    ("tonnes", "t"),
    ("ton", "t"),
    ("tons", "t"),
    ("CNY", "CNY_2025"),
    ("RMB", "CNY_2025"),
    ("percent", "%"),
];

/// Why a unit or a quantity could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnitError {
    /// A name in the expression is not a unit; with the nearest known name, if one is near.
    #[error("unknown unit `{name}`")]
    Unknown {
        /// The name as written.
        name: String,
        /// The known name it most resembles.
        near: Option<&'static str>,
    },
    /// The text is not a product or quotient of names.
    #[error("`{0}` is not a unit expression")]
    Malformed(String),
    /// The text does not begin with a number.
    #[error("`{0}` does not begin with a number")]
    NoNumber(String),
    /// A number with nothing behind it.
    #[error("`{0}` has no unit")]
    NoUnit(String),
}

/// Whether a name is money of another currency or year: `USD_2020`, `EUR`, `CNY_2019`.
#[must_use]
pub fn is_other_money(name: &str) -> bool {
    let (code, year) = name.split_once('_').map_or((name, None), |(code, year)| (code, Some(year)));
    let is_code = code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase());
    is_code
        && match year {
            Some(year) => year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit()),
            None => matches!(code, "USD" | "EUR" | "JPY" | "KRW" | "GBP"),
        }
}

/// All unit names the reader knows, for help texts.
#[must_use]
pub fn unit_names() -> String {
    let names: Vec<&str> = ATOMS.iter().map(|a| a.0).filter(|n| *n != "1").collect();
    names.join(", ")
}

/// A unit as written, with its scale to the base unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    text: String,
    multiply: f64,
    divide: f64,
    dimension: Dimension,
}

impl Unit {
    /// The unit of a plain number; its text is empty.
    #[must_use]
    pub fn none() -> Self {
        Self { text: String::new(), multiply: 1.0, divide: 1.0, dimension: Dimension::NONE }
    }

    /// Reads an expression such as `kg/kWh`, `kt/yr` or `1/yr`. Factors are taken from left to right.
    ///
    /// # Errors
    /// A name that is no unit, or text that is no product or quotient of names.
    pub fn parse(text: &str) -> Result<Self, UnitError> {
        let text = text.trim();
        let malformed = || UnitError::Malformed(text.to_owned());
        // Longer than any sensible unit: refuse before splitting hostile text into pieces.
        if text.is_empty() || text.len() > 64 {
            return Err(malformed());
        }
        let mut unit = Self { text: text.to_owned(), ..Self::none() };
        let mut rest = text;
        let mut divides = false;
        loop {
            let end = rest.find(['/', '*']).unwrap_or(rest.len());
            let (name, tail) = rest.split_at(end);
            let name = name.trim();
            if name.is_empty() {
                return Err(malformed());
            }
            unit.apply(atom(name)?, divides);
            let mut tail = tail.chars();
            match tail.next() {
                None => break,
                Some(sign) => divides = sign == '/',
            }
            rest = tail.as_str();
        }
        unit.cancel();
        Ok(unit)
    }

    fn apply(&mut self, atom: &Atom, divides: bool) {
        let Atom(_, up, down, dimension) = *atom;
        if divides {
            self.multiply *= down;
            self.divide *= up;
            self.dimension = self.dimension.per(dimension);
        } else {
            self.multiply *= up;
            self.divide *= down;
            self.dimension = self.dimension.times(dimension);
        }
    }

    /// `kg/kg` must scale by one, not by 1000 and back, which could round.
    fn cancel(&mut self) {
        if self.multiply % self.divide == 0.0 {
            self.multiply /= self.divide;
            self.divide = 1.0;
        } else if self.divide % self.multiply == 0.0 {
            self.divide /= self.multiply;
            self.multiply = 1.0;
        }
    }

    /// The unit as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What the unit measures.
    #[must_use]
    pub fn dimension(&self) -> Dimension {
        self.dimension
    }

    /// A value in this unit, converted to base units.
    #[must_use]
    pub fn to_base(&self, value: f64) -> f64 {
        value * self.multiply / self.divide
    }
}

fn atom(name: &str) -> Result<&'static Atom, UnitError> {
    ATOMS.iter().find(|a| a.0 == name).ok_or_else(|| {
        let alias = ALIASES.iter().find(|(from, _)| from.eq_ignore_ascii_case(name)).map(|(_, to)| *to);
        let near = alias
            .or_else(|| ATOMS.iter().map(|a| a.0).find(|a| a.eq_ignore_ascii_case(name)))
            .or_else(|| name.strip_suffix('s').and_then(|one| ATOMS.iter().map(|a| a.0).find(|a| *a == one)))
            .or_else(|| nearest(name));
        UnitError::Unknown { name: name.to_owned(), near }
    })
}

/// The known name within a small edit distance of a name that has no alias.
fn nearest(name: &str) -> Option<&'static str> {
    let limit = 1 + name.len() / 3;
    let distance = |a: &Atom| strsim::damerau_levenshtein(name, a.0);
    // One-letter units are near to everything, so they are never a guess.
    let candidates = ATOMS.iter().filter(|a| a.0.len() > 1);
    candidates
        .map(|a| (distance(a), a.0))
        .filter(|(d, _)| *d <= limit)
        .min_by_key(|(d, n)| (*d, !n.starts_with(name)))
        .map(|(_, n)| n)
}

/// A number with its unit: `100 kt/yr`.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantity {
    /// The number as written, in `unit`.
    pub written: f64,
    /// The unit as written.
    pub unit: Unit,
}

impl Quantity {
    /// Reads `100 kt/yr`, `1e3 t`, `1_000 vehicle/yr`: a number as TOML writes it, then a unit.
    ///
    /// # Errors
    /// No number in front, no unit behind it, or a unit that is not known.
    pub fn parse(text: &str) -> Result<Self, UnitError> {
        let text = text.trim();
        let no_number = || UnitError::NoNumber(text.to_owned());
        let end = number_end(text);
        let (number, unit) = text.split_at(end);
        let written = parse_number(number).ok_or_else(no_number)?;
        if unit.trim().is_empty() {
            return Err(UnitError::NoUnit(text.to_owned()));
        }
        Ok(Self { written, unit: Unit::parse(unit)? })
    }

    /// The value in base units.
    #[must_use]
    pub fn base(&self) -> f64 {
        self.unit.to_base(self.written)
    }
}

/// Reads a number as TOML writes it: underscores between digits, no bare leading or trailing point.
#[must_use]
pub fn parse_number(text: &str) -> Option<f64> {
    if text.is_empty() || number_end(text) != text.len() {
        return None;
    }
    text.replace('_', "").parse().ok()
}

/// How many bytes at the front of `text` form a number.
fn number_end(text: &str) -> usize {
    let bytes = text.as_bytes();
    let at = |i: usize| bytes.get(i).copied().unwrap_or(b' ');
    let digits = |mut i: usize| {
        while at(i).is_ascii_digit() || (at(i) == b'_' && at(i + 1).is_ascii_digit()) {
            i += 1;
        }
        i
    };
    let start = usize::from(matches!(at(0), b'+' | b'-'));
    if !at(start).is_ascii_digit() {
        return 0;
    }
    let mut end = digits(start);
    if at(end) == b'.' && at(end + 1).is_ascii_digit() {
        end = digits(end + 1);
    }
    let sign = usize::from(matches!(at(end + 1), b'+' | b'-'));
    if matches!(at(end), b'e' | b'E') && at(end + 1 + sign).is_ascii_digit() {
        end = digits(end + 1 + sign);
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn converts_to_base_units() {
        for (text, base, dimension) in [
            ("100 kt/yr", 100e3, "mass/time"),
            ("1 kg", 0.001, "mass"),
            ("0.3 kg/kWh", 0.3 / 1000.0, "mass/energy"),
            ("48 kWh/vehicle", 48.0, "energy/vehicle"),
            ("13 pack/station", 13.0, "pack/station"),
            ("0.02 1/yr", 0.02, "1/time"),
            ("7 t/t", 7.0, "a plain number"),
            ("7 kg/kg", 7.0, "a plain number"),
            ("36 h", 36.0 / 8766.0, "time"),
            ("18 month", 1.5, "time"),
            ("5 kt/month", 60e3, "mass/time"),
            ("25 %", 0.25, "a plain number"),
            ("900e6 CNY_2025", 900e6, "money"),
            ("1_000 vehicle/yr", 1000.0, "vehicle/time"),
            ("2 GWh/yr", 2e6, "energy/time"),
            ("7.2 MJ/kg", 2000.0, "energy/mass"),
            ("1e3kg", 1.0, "mass"),
        ] {
            let q = Quantity::parse(text).unwrap();
            assert_eq!(q.base().to_bits(), f64::to_bits(base), "{text}");
            assert_eq!(q.unit.dimension().to_string(), dimension, "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_quantity() {
        assert_eq!(Quantity::parse("100"), Err(UnitError::NoUnit("100".into())));
        assert!(matches!(Quantity::parse("rest"), Err(UnitError::NoNumber(_))));
        assert!(matches!(Quantity::parse("5 kg//h"), Err(UnitError::Malformed(_))));
        for (text, hint) in
            [("5 kwh", "kWh"), ("5 vehicles/yr", "vehicle"), ("5 years", "yr"), ("5 kt/yaer", "yr"), ("5 tonnes", "t")]
        {
            match Quantity::parse(text) {
                Err(UnitError::Unknown { near, .. }) => assert_eq!(near, Some(hint), "{text}"),
                other => panic!("{text}: {other:?}"),
            }
        }
    }

    #[test]
    fn numbers_follow_toml() {
        assert_eq!(parse_number("1_000.5e-3"), Some(1.0005));
        for bad in ["", ".5", "5.", "1__0", "nan", "inf", "1e", "0x10", "_1"] {
            assert_eq!(parse_number(bad), None, "{bad}");
        }
    }

    #[test]
    fn base_unit_is_spelled() {
        assert_eq!(Dimension::MASS.per(Dimension::TIME).base_unit(), "t/yr");
        assert_eq!(Dimension::NONE.per(Dimension::TIME).base_unit(), "1/yr");
        assert_eq!(Dimension::NONE.base_unit(), "");
    }
}
