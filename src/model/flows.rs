//! The map of the system: which processes there are, and every flow between them and across the boundary.

use crate::base::ids::{FlowId, Id, PlantId, ProcessId, RegionId, SinkId, all};
use crate::model::plant::{FeedStream, Plant, SinkKind};
use crate::model::system::{Boundary, Chart, Material, Node, Stage};

/// Processes and flows of a region.
#[derive(Clone, Debug)]
#[allow(missing_docs)] // The names are the flows'; the map below says from where to where each runs.
pub struct RegionFlows {
    pub usage: ProcessId,
    pub hibernation: ProcessId,
    pub second_life: ProcessId,
    pub materials: ProcessId,
    pub virgin: FlowId,
    pub recycled: FlowId,
    pub surplus_sold: FlowId,
    pub packs_made: FlowId,
    pub packs_from_elsewhere: FlowId,
    pub packs_to_vehicles: FlowId,
    pub packs_to_replace: FlowId,
    pub packs_to_pool: FlowId,
    pub vehicles_sold: FlowId,
    pub vehicle_export: FlowId,
    pub worn: FlowId,
    pub scrapped: FlowId,
    pub informal: FlowId,
    pub used_export: FlowId,
    pub landfill: FlowId,
    pub hibernated: FlowId,
    pub released: FlowId,
    pub declined: FlowId,
    pub reused: FlowId,
    pub second_life_returns: FlowId,
    pub packs_elsewhere: FlowId,
    pub scrap_elsewhere: FlowId,
    /// To each plant's yard, by stream (packs of another region by the stream they are in their own; black mass does not
    /// pass the yard).
    pub to_yard: Vec<[FlowId; FeedStream::COUNT]>,
}

/// Flows of a sink.
#[derive(Clone, Copy, Debug)]
pub struct SinkFlows {
    /// Out of the system.
    pub out: FlowId,
    /// Back to materials; the same as `out` for what never returns.
    pub back: FlowId,
}

/// Processes and flows of a plant.
#[derive(Clone, Debug)]
pub struct PlantFlows {
    /// The yard.
    pub yard: ProcessId,
    /// The plant.
    pub plant: ProcessId,
    /// From the yard, by stream.
    pub feed: [FlowId; FeedStream::COUNT],
    /// Reagents, from outside.
    pub reagents: FlowId,
    /// From the yard to the other recyclers, when the plant has closed.
    pub cleared: FlowId,
    /// By sink.
    pub sinks: Vec<SinkFlows>,
}

/// The whole map.
#[derive(Clone, Debug)]
pub struct Flows {
    /// All processes and flows.
    pub chart: Chart,
    /// By region.
    pub regions: Vec<RegionFlows>,
    /// By plant.
    pub plants: Vec<PlantFlows>,
    /// New vehicles that find no buyer inside the system.
    pub vehicle_surplus: FlowId,
    /// New vehicles that are bought outside.
    pub vehicle_deficit: FlowId,
    /// What the other recyclers recover.
    pub elsewhere_sold: FlowId,
    /// What they lose.
    pub elsewhere_residue: FlowId,
}

impl Flows {
    /// Draws the map of a system with these plants. `supplier` names the region that makes what a region does not.
    pub fn new(regions: usize, plants: &[Plant], supplier: impl Fn(RegionId) -> Option<RegionId>) -> Self {
        let mut chart = Chart::default();
        let market = chart.process(Stage::VehicleMarket, None, None);
        let elsewhere = chart.process(Stage::OtherRecyclers, None, None);
        let makers: Vec<ProcessId> =
            all::<RegionId>(regions).map(|region| chart.process(Stage::Manufacture, Some(region), None)).collect();
        let plant_flows: Vec<(ProcessId, ProcessId)> = plants
            .iter()
            .enumerate()
            .map(|(index, plant)| {
                let id = Some(PlantId::new(index));
                (
                    chart.process(Stage::Yard, Some(plant.region), id),
                    chart.process(Stage::Plant, Some(plant.region), id),
                )
            })
            .collect();
        let places = Places { market, elsewhere, makers: &makers, yards: &plant_flows };
        let region_flows: Vec<RegionFlows> = all::<RegionId>(regions)
            .map(|region| region_flows(&mut chart, region, supplier(region), plants, &places))
            .collect();
        let plant_flows = plants
            .iter()
            .zip(&plant_flows)
            .map(|(plant, (yard, process))| {
                let materials = region_flows[plant.returns_to.index()].materials;
                self::plant_flows(&mut chart, plant, [*yard, *process, materials, elsewhere])
            })
            .collect();
        let (inside, outside) = (Node::Inside, Node::Outside);
        Self {
            vehicle_surplus: chart.flow(
                inside(market),
                outside(Boundary::VehicleExport),
                Material::NewVehiclePack,
                true,
            ),
            vehicle_deficit: chart.flow(
                outside(Boundary::VehicleImport),
                inside(market),
                Material::NewVehiclePack,
                true,
            ),
            elsewhere_sold: chart.flow(inside(elsewhere), outside(Boundary::SoldOutside), Material::Recovered, false),
            elsewhere_residue: chart.flow(inside(elsewhere), outside(Boundary::Residue), Material::Recovered, false),
            regions: region_flows,
            plants: plant_flows,
            chart,
        }
    }
}

/// Processes that regions share.
struct Places<'a> {
    market: ProcessId,
    elsewhere: ProcessId,
    makers: &'a [ProcessId],
    yards: &'a [(ProcessId, ProcessId)],
}

fn region_flows(
    chart: &mut Chart,
    region: RegionId,
    supplier: Option<RegionId>,
    plants: &[Plant],
    places: &Places<'_>,
) -> RegionFlows {
    use Boundary as To;
    let (inside, outside) = (Node::Inside, Node::Outside);
    let mut process = |stage| chart.process(stage, Some(region), None);
    let supply = process(Stage::PackSupply);
    let usage = process(Stage::Use);
    let collection = process(Stage::Collection);
    let hibernation = process(Stage::Hibernation);
    let second_life = process(Stage::SecondLife);
    let materials = process(Stage::Materials);
    let maker = places.makers[region.index()];
    let elsewhere = inside(places.elsewhere);
    let from_elsewhere =
        supplier.map_or(outside(Boundary::ImportedCells), |supplier| inside(places.makers[supplier.index()]));
    let to_yard = plants
        .iter()
        .zip(places.yards)
        .map(|(plant, (yard, _))| {
            let at_home = plant.region == region;
            let mut enters = |source, material| chart.flow(inside(source), inside(*yard), material, true);
            let [retired, second_life] = [Material::RetiredPack, Material::SecondLifePack]
                .map(|material| enters(collection, if at_home { material } else { Material::PurchasedPack }));
            let [scrap, cuttings] =
                [Material::NewScrap, Material::ElectrodeScrap].map(|material| enters(maker, material));
            FeedStream::ALL.map(|stream| match stream {
                FeedStream::NewScrap => scrap,
                FeedStream::ElectrodeScrap => cuttings,
                FeedStream::Retired | FeedStream::Purchased | FeedStream::BlackMass => retired,
                FeedStream::SecondLife => second_life,
            })
        })
        .collect();
    let mut flow = |source, target, material| chart.flow(source, target, material, true);
    let recycling = RegionFlows {
        usage,
        hibernation,
        second_life,
        materials,
        packs_made: flow(inside(maker), inside(supply), Material::Pack),
        packs_from_elsewhere: flow(from_elsewhere, inside(supply), Material::Pack),
        packs_to_vehicles: flow(inside(supply), inside(places.market), Material::NewVehiclePack),
        packs_to_replace: flow(inside(supply), inside(usage), Material::ReplacementPack),
        packs_to_pool: flow(inside(supply), inside(usage), Material::PoolPack),
        vehicles_sold: flow(inside(places.market), inside(usage), Material::NewVehiclePack),
        vehicle_export: flow(inside(places.market), outside(To::VehicleExport), Material::NewVehiclePack),
        worn: flow(inside(usage), inside(collection), Material::WornPack),
        scrapped: flow(inside(usage), inside(collection), Material::ScrappedVehiclePack),
        informal: flow(inside(collection), outside(To::Informal), Material::RetiredPack),
        used_export: flow(inside(collection), outside(To::UsedExport), Material::RetiredPack),
        landfill: flow(inside(collection), outside(To::Landfill), Material::RetiredPack),
        hibernated: flow(inside(collection), inside(hibernation), Material::RetiredPack),
        released: flow(inside(hibernation), inside(collection), Material::RetiredPack),
        declined: flow(inside(collection), inside(hibernation), Material::PurchasedPack),
        reused: flow(inside(collection), inside(second_life), Material::SecondLifePack),
        second_life_returns: flow(inside(second_life), inside(collection), Material::SecondLifePack),
        packs_elsewhere: flow(inside(collection), elsewhere, Material::RetiredPack),
        scrap_elsewhere: flow(inside(maker), elsewhere, Material::NewScrap),
        to_yard,
        virgin: FlowId::new(0),
        recycled: FlowId::new(0),
        surplus_sold: FlowId::new(0),
    };
    let mut mixed = |source, target, material| chart.flow(source, target, material, false);
    RegionFlows {
        virgin: mixed(outside(To::VirginSupply), inside(maker), Material::BatteryMaterial),
        recycled: mixed(inside(materials), inside(maker), Material::BatteryMaterial),
        surplus_sold: mixed(inside(materials), outside(To::SoldOutside), Material::Recovered),
        ..recycling
    }
}

fn plant_flows(chart: &mut Chart, plant: &Plant, [yard, process, materials, elsewhere]: [ProcessId; 4]) -> PlantFlows {
    let feed = FeedStream::ALL.map(|stream| {
        let material = match stream {
            FeedStream::NewScrap => Material::NewScrap,
            FeedStream::ElectrodeScrap => Material::ElectrodeScrap,
            FeedStream::Retired => Material::RetiredPack,
            FeedStream::SecondLife => Material::SecondLifePack,
            FeedStream::Purchased => Material::PurchasedPack,
            FeedStream::BlackMass => Material::BlackMass,
        };
        let source =
            if stream == FeedStream::BlackMass { Node::Outside(Boundary::FeedImport) } else { Node::Inside(yard) };
        chart.flow(source, Node::Inside(process), material, true)
    });
    let supply = Node::Outside(Boundary::ReagentSupply);
    let reagents = chart.flow(supply, Node::Inside(process), Material::Reagents, false);
    let cleared = chart.flow(Node::Inside(yard), Node::Inside(elsewhere), Material::Feed, true);
    let sinks = plant
        .sinks
        .iter()
        .enumerate()
        .map(|(index, kind)| {
            let material = Material::Sink(SinkId::new(index));
            let boundary = match kind {
                SinkKind::ReturningProduct | SinkKind::SoldProduct => Boundary::SoldOutside,
                SinkKind::Residue => Boundary::Residue,
                SinkKind::Emission => Boundary::Emission,
            };
            let out = chart.flow(Node::Inside(process), Node::Outside(boundary), material, false);
            let back = match kind {
                SinkKind::ReturningProduct => {
                    chart.flow(Node::Inside(process), Node::Inside(materials), material, false)
                }
                _ => out,
            };
            SinkFlows { out, back }
        })
        .collect();
    PlantFlows { yard, plant: process, feed, reagents, cleared, sinks }
}
