//! The names behind the ids: kept once, beside the engine, for everything that writes results.

use crate::base::ids::{ChemistryId, Id, PlantId, RegionId, SegmentId, SubstanceId};

/// Names of a plant's parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlantNames {
    /// The plant.
    pub name: String,
    /// Its units.
    pub units: Vec<String>,
    /// Its products, residues and emissions.
    pub sinks: Vec<String>,
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
