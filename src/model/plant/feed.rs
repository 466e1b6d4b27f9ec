//! What a plant is fed: streams by where they come from, forms by where they enter.

use crate::model::composition::Content;

/// Where a plant's feed comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedStream {
    /// Rejected cells of cell making.
    NewScrap,
    /// Retired packs of the plant's own region.
    Retired,
    /// Packs at the end of their second life.
    SecondLife,
    /// Packs collected in another region.
    Purchased,
    /// Electrode cuttings of cell making.
    ElectrodeScrap,
    /// Black mass bought outside the system; it never waits in the yard.
    BlackMass,
}

impl FeedStream {
    /// How many there are.
    pub const COUNT: usize = 6;

    /// All streams, each at its own position.
    pub const ALL: [Self; Self::COUNT] =
        [Self::NewScrap, Self::Retired, Self::SecondLife, Self::Purchased, Self::ElectrodeScrap, Self::BlackMass];

    /// The usual order of the streams that wait in a yard.
    pub const USUAL: [Self; 5] =
        [Self::NewScrap, Self::ElectrodeScrap, Self::Retired, Self::SecondLife, Self::Purchased];

    /// The name in scenarios and tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::NewScrap => "new_scrap",
            Self::Retired => "retired",
            Self::SecondLife => "second_life",
            Self::Purchased => "purchased",
            Self::ElectrodeScrap => "electrode_scrap",
            Self::BlackMass => "black_mass",
        }
    }

    /// In which form the stream enters, unless its packs were opened elsewhere.
    pub fn form(self) -> FeedForm {
        match self {
            Self::NewScrap => FeedForm::Scrap,
            Self::Retired | Self::Purchased => FeedForm::Pack,
            Self::SecondLife => FeedForm::SecondLife,
            Self::ElectrodeScrap => FeedForm::Electrode,
            Self::BlackMass => FeedForm::BlackMass,
        }
    }

    /// The stream whose shares a scenario gives for this one: all scrap of cell making goes the same way.
    #[must_use]
    pub fn shared_as(self) -> Self {
        if self == Self::ElectrodeScrap { Self::NewScrap } else { self }
    }

    /// Whether it is packs, or what is left of them: they may hold a charge.
    pub fn is_packs(self) -> bool {
        matches!(self.form(), FeedForm::Pack | FeedForm::SecondLife)
    }
}

/// The form in which feed enters a plant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedForm {
    /// Whole packs.
    Pack,
    /// Packs after a second life, or what comes of them where others have opened them; kept apart so that what is
    /// recovered of them can be told.
    SecondLife,
    /// Modules of packs that others have opened.
    Module,
    /// Cells of packs that others have opened.
    Cell,
    /// Rejected cells.
    Scrap,
    /// Electrode cuttings.
    Electrode,
    /// Black mass.
    BlackMass,
}

impl FeedForm {
    /// How many there are.
    pub const COUNT: usize = 7;

    /// All forms, each at its own position.
    pub const ALL: [Self; Self::COUNT] =
        [Self::Pack, Self::SecondLife, Self::Module, Self::Cell, Self::Scrap, Self::Electrode, Self::BlackMass];

    /// The name in scenarios.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pack => "pack",
            Self::SecondLife => "second_life",
            Self::Module => "module",
            Self::Cell => "cell",
            Self::Scrap => "scrap",
            Self::Electrode => "electrode",
            Self::BlackMass => "black_mass",
        }
    }

    /// The form of an entry of a plant's flowsheet.
    pub fn of_entry(entry: usize) -> Self {
        Self::ALL[entry % Self::COUNT]
    }

    /// What is recovered from it once was: the forms of feed are the origins, since a flowsheet is linear.
    pub fn origin(self) -> Origin {
        match self {
            Self::Scrap | Self::Electrode => Origin::NewScrap,
            Self::Pack | Self::Module | Self::Cell => Origin::OldScrap,
            Self::SecondLife => Origin::SecondLife,
            Self::BlackMass => Origin::Bought,
        }
    }
}

/// How the packs of a stream arrive where others have opened them: their housings stay there.
#[derive(Clone, Debug)]
pub struct Opened {
    /// As modules or as cells.
    pub form: FeedForm,
    /// The share of each substance that comes along, by chemistry and year of arrival.
    pub keeps: Content,
}

/// What a tonne that leaves a plant once was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Scrap of cell making: it never was in use.
    NewScrap,
    /// Packs of vehicles and pools.
    OldScrap,
    /// Packs after a second life.
    SecondLife,
    /// Black mass bought outside the system: whether it was ever in use nobody knows.
    Bought,
    /// What reagents brought: never recycled.
    Reagent,
}

impl Origin {
    /// All origins, each at its own position.
    pub const ALL: [Self; 5] = [Self::NewScrap, Self::OldScrap, Self::SecondLife, Self::Bought, Self::Reagent];
    /// Those of what is recovered, each at its own position.
    pub const RECOVERED: [Self; 4] = [Self::NewScrap, Self::OldScrap, Self::SecondLife, Self::Bought];

    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::NewScrap => "new_scrap",
            Self::OldScrap => "old_scrap",
            Self::SecondLife => "second_life",
            Self::Bought => "bought",
            Self::Reagent => "reagent",
        }
    }

    /// Whether it certainly was in use before: what end-of-life rates count.
    pub fn is_old(self) -> bool {
        matches!(self, Self::OldScrap | Self::SecondLife)
    }
}

crate::base::ids::ids! {
    /// A feed stream of one chemistry.
    FeedRow;
    /// A sink's part from one origin.
    OutputRow;
}
