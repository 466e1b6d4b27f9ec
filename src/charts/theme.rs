//! How the charts look: sizes, colours, fonts. Nothing here knows what is drawn.

use serde::{Deserialize, Serialize};

/// Size of a chart in pixels of the SVG; the PNG has twice as many each way.
pub(super) const SIZE: (f64, f64) = (900.0, 540.0);

/// Space between the edge of the picture and anything in it.
pub(super) const MARGIN: f64 = 24.0;

/// Fonts to look for, best first. Only the first is shipped; the Chinese ones are the reader's own.
pub(super) const FONTS: &str =
    "DejaVu Sans, Noto Sans SC, PingFang SC, Microsoft YaHei, WenQuanYi Micro Hei, sans-serif";

/// Font sizes in pixels.
pub(super) const TITLE: f64 = 17.0;
pub(super) const SUBTITLE: f64 = 12.5;
pub(super) const BODY: f64 = 11.5;
pub(super) const TICK: f64 = 11.0;
pub(super) const SMALL: f64 = 10.0;

/// A colour of the screen, red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Rgb(pub u8, pub u8, pub u8);

pub(super) const PAPER: Rgb = Rgb(0xFF, 0xFF, 0xFF);
pub(super) const INK: Rgb = Rgb(0x1F, 0x25, 0x2B);
pub(super) const SOFT_INK: Rgb = Rgb(0x55, 0x5F, 0x69);
pub(super) const AXIS: Rgb = Rgb(0x8A, 0x93, 0x9B);
pub(super) const GRID: Rgb = Rgb(0xE3, 0xE6, 0xE9);

/// Paul Tol's muted scheme: nine hues that stay apart under the common kinds of colour blindness.
/// <https://personal.sron.nl/~pault/>
/// The order is ours: neighbours in a stack differ in lightness as well as in hue.
const HUES: [Rgb; 9] = [
    Rgb(0x44, 0xAA, 0x99),
    Rgb(0x33, 0x22, 0x88),
    Rgb(0xDD, 0xCC, 0x77),
    Rgb(0xCC, 0x66, 0x77),
    Rgb(0x88, 0xCC, 0xEE),
    Rgb(0x88, 0x22, 0x55),
    Rgb(0x99, 0x99, 0x33),
    Rgb(0x11, 0x77, 0x33),
    Rgb(0xAA, 0x44, 0x99),
];

/// Greys for losses, the outside, and "other".
const GREYS: [Rgb; 4] = [Rgb(0xBB, 0xBF, 0xC4), Rgb(0x8C, 0x93, 0x9A), Rgb(0xDA, 0xDD, 0xE0), Rgb(0x66, 0x6D, 0x74)];

/// Paul Tol's light scheme, for the strip of binding limits: paler, so that it never reads as one of the areas above it.
const STRIP: [Rgb; 5] =
    [Rgb(0xFF, 0xAA, 0xBB), Rgb(0xBB, 0xCC, 0x33), Rgb(0x99, 0xDD, 0xFF), Rgb(0xAA, 0xAA, 0x00), Rgb(0xCC, 0x99, 0xBB)];

/// Limits that every plant knows keep their colour in every chart.
const KNOWN_LIMITS: [(&str, Rgb); 5] = [
    ("feed", Rgb(0xEE, 0xDD, 0x88)),
    ("nameplate", Rgb(0x44, 0xBB, 0x99)),
    ("ramp-up", Rgb(0x77, 0xAA, 0xDD)),
    ("outage", Rgb(0xEE, 0x88, 0x66)),
    ("not built", Rgb(0xE3, 0xE6, 0xE9)),
];

/// Colours by name, so that a name looks the same in every chart of a report.
///
/// Build one from all the names a report will show and give it to every chart. Names a chart
/// shows that its palette does not hold get the colours not yet taken, in the order shown; an
/// empty palette therefore colours a chart by itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Palette {
    entries: Vec<(String, Rgb)>,
}

impl Palette {
    /// A palette that gives the names distinct colours in their order. A name given twice counts once.
    pub fn new<I, S>(names: I) -> Self
    where
        I: IntoIterator<Item = S>,
        S: AsRef<str>,
    {
        let mut palette = Self::default();
        for name in names {
            let name = name.as_ref();
            if palette.colour(name).is_none() {
                let colour = palette.next_free(&[], &HUES);
                palette.entries.push((name.to_owned(), colour));
            }
        }
        palette
    }

    /// The same palette with greys for these names: losses, the outside, "other".
    #[must_use]
    pub fn with_greys<I, S>(mut self, names: I) -> Self
    where
        I: IntoIterator<Item = S>,
        S: AsRef<str>,
    {
        for (name, grey) in names.into_iter().zip(GREYS.into_iter().cycle()) {
            self = self.with(name.as_ref(), grey);
        }
        self
    }

    /// The same palette with this colour for this name.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, colour: Rgb) -> Self {
        let name = name.into();
        self.entries.retain(|(known, _)| *known != name);
        self.entries.push((name, colour));
        self
    }

    /// The same palette with the colours of known limits under these names, for charts that will be renamed.
    pub(super) fn with_known_limits<'a>(self, names: impl Iterator<Item = &'a str>) -> Self {
        names.fold(self, |palette, name| {
            let known = KNOWN_LIMITS.iter().find(|(known, _)| *known == name.to_lowercase());
            match known.filter(|_| palette.colour(name).is_none()) {
                Some((_, colour)) => palette.with(name, *colour),
                None => palette,
            }
        })
    }

    /// The same colours for the same things under other names.
    pub(super) fn rename(&mut self, say: &dyn Fn(&str) -> String) {
        for (name, _) in &mut self.entries {
            *name = say(name);
        }
    }

    /// The colour of a name, if the palette holds it.
    #[must_use]
    pub fn colour(&self, name: &str) -> Option<Rgb> {
        self.entries.iter().find(|(known, _)| known == name).map(|(_, colour)| *colour)
    }

    /// A colour for each name of one chart.
    pub(super) fn resolve<'a>(&self, names: impl Iterator<Item = &'a str>) -> Vec<Rgb> {
        self.resolve_from(names, &HUES, &[])
    }

    /// A colour for each limit of a plant's strip.
    pub(super) fn resolve_limits<'a>(&self, names: impl Iterator<Item = &'a str>) -> Vec<Rgb> {
        self.resolve_from(names, &STRIP, &KNOWN_LIMITS)
    }

    fn resolve_from<'a>(&self, names: impl Iterator<Item = &'a str>, hues: &[Rgb], known: &[(&str, Rgb)]) -> Vec<Rgb> {
        let mut used: Vec<Rgb> = Vec::new();
        for name in names {
            let fixed = || {
                let lower = name.to_lowercase();
                known.iter().find(|(k, _)| *k == lower).map(|(_, c)| *c)
            };
            let colour = self.colour(name).or_else(fixed).unwrap_or_else(|| self.next_free(&used, hues));
            used.push(colour);
        }
        used
    }

    /// The first hue neither this palette nor the chart uses; past the last, ever lighter rounds of the same hues.
    fn next_free(&self, used: &[Rgb], hues: &[Rgb]) -> Rgb {
        let taken = |colour: Rgb| used.contains(&colour) || self.entries.iter().any(|e| e.1 == colour);
        let mut round = hues.to_vec();
        for _ in 0..4 {
            if let Some(free) = round.iter().copied().find(|hue| !taken(*hue)) {
                return free;
            }
            round = round.into_iter().map(lighter).collect();
        }
        // Dozens of names in one chart cannot be told apart by any colour.
        GREYS[0]
    }
}

/// Halfway towards white.
fn lighter(Rgb(red, green, blue): Rgb) -> Rgb {
    let half = |channel: u8| channel / 2 + 127;
    Rgb(half(red), half(green), half(blue))
}
