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
            Self::Retired | Self::SecondLife | Self::Purchased => FeedForm::Pack,
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
        self.form() == FeedForm::Pack
    }
}

/// The form in which feed enters a plant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedForm {
    /// Whole packs.
    Pack,
    /// Modules of retired packs.
    Module,
    /// Cells of retired packs.
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
    pub const COUNT: usize = 6;

    /// All forms, each at its own position.
    pub const ALL: [Self; Self::COUNT] =
        [Self::Pack, Self::Module, Self::Cell, Self::Scrap, Self::Electrode, Self::BlackMass];

    /// The name in scenarios.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pack => "pack",
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

    /// What is recovered from it once was. Bought black mass counts as new scrap: whether it was ever in use, and that
    /// in this system, nobody knows.
    pub fn origin(self) -> Origin {
        match self {
            Self::Pack | Self::Module | Self::Cell => Origin::OldScrap,
            Self::Scrap | Self::Electrode | Self::BlackMass => Origin::NewScrap,
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
    /// Batteries that were in use.
    OldScrap,
    /// What reagents brought: never recycled.
    Reagent,
}

impl Origin {
    /// All origins.
    pub const ALL: [Self; 3] = [Self::NewScrap, Self::OldScrap, Self::Reagent];
    /// Those of what is recovered.
    pub const RECOVERED: [Self; 2] = [Self::NewScrap, Self::OldScrap];
}

crate::base::ids::ids! {
    /// A feed stream of one chemistry.
    FeedRow;
    /// A sink's part from one origin.
    OutputRow;
}
