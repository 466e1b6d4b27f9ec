//! Burdens: what material, energy and freight cost the environment, as factors by calendar year.
//!
//! The step loop knows nothing of them: what was used follows from what was fed, and what it cost from these factors,
//! after the run. Factors are from cradle to gate, those of fuels with their combustion.

use crate::model::plant::FeedStream;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Burden {
    /// Greenhouse gases, t `CO2e`.
    Ghg,
    /// Primary energy, kWh.
    Energy,
    /// Water consumed, t.
    Water,
}

impl Burden {
    /// How many there are.
    pub const COUNT: usize = 3;

    /// All, each at its own position.
    pub const ALL: [Self; Self::COUNT] = [Self::Ghg, Self::Energy, Self::Water];

    /// The name in scenarios and tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ghg => "ghg",
            Self::Energy => "energy",
            Self::Water => "water",
        }
    }

    /// The unit in tables, and how many of it make a base unit (t, kWh, t).
    pub fn unit(self) -> (&'static str, f64) {
        match self {
            Self::Ghg => ("tCO2e", 1.0),
            Self::Energy => ("GJ", 0.0036),
            Self::Water => ("t", 1.0),
        }
    }
}

/// Why a burden arises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Mining and refining of primary material.
    PrimaryMaterial,
    /// Electricity.
    Electricity,
    /// Fuels, with their combustion.
    Heat,
    /// Reagents and process water.
    Reagents,
    /// Transport to the plant.
    Freight,
    /// Treatment of residues and wastewater.
    Waste,
    /// What a process itself gives off.
    Direct,
}

impl Cause {
    /// How many there are.
    pub const COUNT: usize = 7;

    /// All, each at its own position.
    pub const ALL: [Self; Self::COUNT] = [
        Self::PrimaryMaterial,
        Self::Electricity,
        Self::Heat,
        Self::Reagents,
        Self::Freight,
        Self::Waste,
        Self::Direct,
    ];

    /// The name in data and tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::PrimaryMaterial => "primary_material",
            Self::Electricity => "electricity",
            Self::Heat => "heat",
            Self::Reagents => "reagents",
            Self::Freight => "freight",
            Self::Waste => "waste",
            Self::Direct => "direct",
        }
    }
}

/// Burdens per unit of something, `[burden]` in base units, by calendar year of the run.
#[derive(Clone, Debug, PartialEq)]
pub struct Factor(pub Vec<[f64; Burden::COUNT]>);

impl Factor {
    /// No burden in any year.
    pub fn none(years: usize) -> Self {
        Self(vec![[0.0; Burden::COUNT]; years])
    }

    /// The factor in a year, counted from the first of the run.
    pub fn of(&self, year: usize) -> [f64; Burden::COUNT] {
        self.0.get(year).copied().unwrap_or_default()
    }
}

/// The factors of one plant.
#[derive(Clone, Debug)]
pub struct PlantBurdens {
    /// Of each amount used or given off, per unit it is counted in; none: it carries no burden (labour).
    pub amounts: Vec<Option<(Cause, Factor)>>,
    /// Of each residue, per t; none for products and emissions, whose burdens stand with what is used and given off.
    pub residues: Vec<Option<Factor>>,
    /// Of the way of each stream to the plant, per t.
    pub freight: [Factor; FeedStream::COUNT],
}

/// All factors of a scenario.
#[derive(Clone, Debug)]
pub struct Burdens {
    /// Of primary material, per t, by substance.
    pub primary: Vec<Factor>,
    /// Of electricity, per kWh.
    pub electricity: Factor,
    /// Electricity that makes a kWh of cells, kWh by chemistry.
    pub cell_making: Vec<f64>,
    /// By plant.
    pub plants: Vec<PlantBurdens>,
}
