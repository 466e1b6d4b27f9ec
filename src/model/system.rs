//! The words of the system: the stages that hold mass, the boundary it crosses, and the flows in between.

use crate::base::ids::{FlowId, Id, PlantId, ProcessId, RegionId, SinkId};

/// The named ways across the system boundary. There is no other way in or out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Boundary {
    /// Primary material.
    VirginSupply,
    /// Cells and packs made outside the system.
    ImportedCells,
    /// New vehicles brought in with their packs.
    VehicleImport,
    /// New vehicles sold outside.
    VehicleExport,
    /// Used vehicles and packs sold outside.
    UsedExport,
    /// Small workshops outside the formal channel.
    Informal,
    /// Landfilled or lost.
    Landfill,
    /// Solid residues of recycling.
    Residue,
    /// Emissions and what is burnt.
    Emission,
    /// Recovered material sold outside the system.
    SoldOutside,
    /// Black mass bought outside the system.
    FeedImport,
    /// Reagents of the plants, as far as their composition is known.
    ReagentSupply,
}

impl Boundary {
    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::VirginSupply => "virgin_supply",
            Self::ImportedCells => "imported_cells",
            Self::VehicleImport => "vehicle_import",
            Self::VehicleExport => "vehicle_export",
            Self::UsedExport => "used_export",
            Self::Informal => "informal",
            Self::Landfill => "landfill",
            Self::Residue => "residue",
            Self::Emission => "emission",
            Self::SoldOutside => "sold_outside",
            Self::FeedImport => "feed_import",
            Self::ReagentSupply => "reagent_supply",
        }
    }
}

/// A stage of the loop that holds or passes on mass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Cell and pack making.
    Manufacture,
    /// Packs on their way to vehicles, pools and replacement.
    PackSupply,
    /// New vehicles traded between regions.
    VehicleMarket,
    /// Vehicles and swap pools in use.
    Use,
    /// Retired packs being collected.
    Collection,
    /// Retired packs kept by their holders.
    Hibernation,
    /// Packs in stationary storage.
    SecondLife,
    /// Feed in front of a plant.
    Yard,
    /// A recycling plant.
    Plant,
    /// Recovered material waiting for manufacture.
    Materials,
    /// Recyclers that are not modelled as plants.
    OtherRecyclers,
}

impl Stage {
    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Manufacture => "manufacture",
            Self::PackSupply => "pack_supply",
            Self::VehicleMarket => "vehicle_market",
            Self::Use => "use",
            Self::Collection => "collection",
            Self::Hibernation => "hibernation",
            Self::SecondLife => "second_life",
            Self::Yard => "yard",
            Self::Plant => "plant",
            Self::Materials => "materials",
            Self::OtherRecyclers => "other_recyclers",
        }
    }
}

/// A stage of one region or plant: what is audited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Process {
    /// Which stage.
    pub stage: Stage,
    /// Its region; none for stages of the whole system.
    pub region: Option<RegionId>,
    /// Its plant.
    pub plant: Option<PlantId>,
}

/// One end of a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Node {
    /// A process of the system.
    Inside(ProcessId),
    /// The world outside.
    Outside(Boundary),
}

/// What moves: the form in which the substances travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Material {
    /// Battery materials before they are a battery.
    BatteryMaterial,
    /// Packs on their way to any use.
    Pack,
    /// Packs in new vehicles.
    NewVehiclePack,
    /// Packs that replace worn ones.
    ReplacementPack,
    /// Packs for swap pools.
    PoolPack,
    /// Packs that are worn out.
    WornPack,
    /// Packs of scrapped vehicles.
    ScrappedVehiclePack,
    /// Retired packs, whatever the cause.
    RetiredPack,
    /// Packs in or from a second life.
    SecondLifePack,
    /// Packs bought from another region.
    PurchasedPack,
    /// Rejected cells of cell making.
    NewScrap,
    /// Electrode cuttings of cell making.
    ElectrodeScrap,
    /// What shredded cells leave of their electrodes.
    BlackMass,
    /// What is waiting in a yard, whatever it is.
    Feed,
    /// A product, residue or emission of a plant; its name is the sink's.
    Sink(SinkId),
    /// Recovered material.
    Recovered,
    /// Reagents of a plant.
    Reagents,
}

/// A flow, fixed while the model is built.
#[derive(Clone, Copy, Debug)]
pub struct Flow {
    /// Where it comes from.
    pub source: Node,
    /// Where it goes.
    pub target: Node,
    /// What moves.
    pub material: Material,
    /// Whether its chemistry is known.
    pub by_chemistry: bool,
}

/// The processes and flows of a model.
#[derive(Clone, Debug, Default)]
pub struct Chart {
    /// All processes.
    pub processes: Vec<Process>,
    /// All flows.
    pub flows: Vec<Flow>,
}

impl Chart {
    /// Adds a process.
    pub fn process(&mut self, stage: Stage, region: Option<RegionId>, plant: Option<PlantId>) -> ProcessId {
        self.processes.push(Process { stage, region, plant });
        ProcessId::new(self.processes.len() - 1)
    }

    /// Adds a flow.
    pub fn flow(&mut self, source: Node, target: Node, material: Material, by_chemistry: bool) -> FlowId {
        self.flows.push(Flow { source, target, material, by_chemistry });
        FlowId::new(self.flows.len() - 1)
    }
}
