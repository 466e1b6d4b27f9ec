//! The names behind the ids: kept once, beside the engine, for everything that writes results.

use crate::base::ids::{ChemistryId, Id, PlantId, RegionId, SegmentId, SubstanceId};

/// Whether a plant uses something or gives it off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AmountKind {
    /// It is used: a reagent, energy, water, labour.
    Input,
    /// It is given off: wastewater, dissolved salt, gas of the process.
    Release,
}

impl AmountKind {
    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Release => "release",
        }
    }
}

/// The name of something a plant uses or gives off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AmountName {
    /// What it is.
    pub name: String,
    /// Used or given off.
    pub kind: AmountKind,
    /// The unit it is counted in.
    pub unit: &'static str,
}

/// What a product is sold as.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProductName {
    /// The compound; none: it is counted as it leaves.
    pub compound: Option<String>,
    /// Battery or technical grade, as the scenario says.
    pub grade: Option<String>,
}

/// Names of a plant's parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlantNames {
    /// The plant.
    pub name: String,
    /// Its lines.
    pub lines: Vec<String>,
    /// Its units.
    pub units: Vec<String>,
    /// The outlets of each unit.
    pub outlets: Vec<Vec<String>>,
    /// Its products, residues and emissions.
    pub sinks: Vec<String>,
    /// What each of them is sold as.
    pub products: Vec<ProductName>,
    /// What it uses and gives off.
    pub amounts: Vec<AmountName>,
}

/// The names of all dimensions, in the order of their ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalog {
    /// Regions.
    pub regions: Vec<String>,
    /// Segments.
    pub segments: Vec<String>,
    /// Chemistries.
    pub chemistries: Vec<String>,
    /// Substances.
    pub substances: Vec<String>,
    /// Plants.
    pub plants: Vec<PlantNames>,
}

fn name<I: Id>(names: &[String], id: I) -> &str {
    names.get(id.index()).map_or("?", String::as_str)
}

impl Catalog {
    /// Name of a region.
    pub fn region(&self, id: RegionId) -> &str {
        name(&self.regions, id)
    }

    /// Name of a segment.
    pub fn segment(&self, id: SegmentId) -> &str {
        name(&self.segments, id)
    }

    /// Name of a chemistry.
    pub fn chemistry(&self, id: ChemistryId) -> &str {
        name(&self.chemistries, id)
    }

    /// Name of a substance.
    pub fn substance(&self, id: SubstanceId) -> &str {
        name(&self.substances, id)
    }

    /// Name of a plant.
    pub fn plant(&self, id: PlantId) -> &str {
        self.plants.get(id.index()).map_or("?", |plant| plant.name.as_str())
    }
}
