//! Fleets, pools and lifetimes; and, since each fleet needs a place where its packs are collected, the lots.

use super::Builder;
use super::market::{SWAP_POOL, Trade};
use crate::base::ids::{ChemistryId, Id, LotId, RegionId, SegmentId, StepId, StreamId, Table, YearId, all};
use crate::model::collection::{CollectionRule, Lot};
use crate::model::hazard::CohortHazards;
use crate::model::market::Market;
use crate::model::stock::OnShortfall;
use crate::model::use_phase::{InitialStock, Members, PoolStream, Stream, UsePhase};

/// What the use phase needs.
pub(super) struct Usage {
    pub market: Market,
    pub streams: Vec<Stream>,
    pub initial: Vec<InitialStock>,
    pub pools: Vec<PoolStream>,
    pub phase: UsePhase,
    pub lots: Vec<Lot>,
    pub rules: Vec<CollectionRule>,
}

/// Lots and lifetimes while they are being collected.
struct Draft {
    lots: Vec<Lot>,
    rules: Vec<CollectionRule>,
    /// Rule of each region and segment.
    rule_of: Vec<usize>,
    battery: Vec<CohortHazards>,
    /// Lifetime of each segment and chemistry, once it is needed.
    battery_of: Vec<Option<usize>>,
    vehicle: Vec<CohortHazards>,
    /// Lifetime of the vehicles of each segment, once it is needed.
    vehicle_of: Vec<Option<usize>>,
}

impl Builder<'_> {
    /// Fleets of everything that is ever sold.
    pub(super) fn usage(&mut self, trades: &[Trade]) -> Usage {
        let size = self.size;
        let (rules, rule_of) = self.collection_rules();
        let mut draft = Draft {
            lots: Vec::new(),
            rules,
            rule_of,
            battery: Vec::new(),
            battery_of: vec![None; size.segments * size.chemistries],
            vehicle: Vec::new(),
            vehicle_of: vec![None; size.segments],
        };
        let mut streams = Vec::new();
        let mut initial = Vec::new();
        let mut sold: Vec<(Vec<f64>, Vec<f64>)> = Vec::new();
        for trade in trades {
            let vehicle = self.vehicle(&mut draft, trade);
            for chemistry in all::<ChemistryId>(size.chemistries) {
                let vehicles: Vec<f64> = all::<StepId>(self.horizon.steps)
                    .map(|step| trade.sales[step.index()] * trade.chemistry[(step, chemistry)])
                    .collect();
                let before = || trade.initial.iter().filter(|vehicles| vehicles.chemistry == chemistry);
                if vehicles.iter().all(|sold| *sold == 0.0) && before().next().is_none() {
                    continue;
                }
                let energy = vehicles.iter().zip(&trade.battery).map(|(sold, battery)| sold * battery).collect();
                let battery = self.battery(&mut draft, trade.segment, chemistry);
                let lot = draft.lot(trade.region, trade.segment, chemistry, size.segments);
                let stream = StreamId::new(streams.len());
                initial.extend(before().map(|b| InitialStock { stream, year: b.year, energy: b.energy }));
                let (region, segment) = (trade.region, trade.segment);
                streams.push(Stream { region, segment, chemistry, lot, vehicle, battery });
                sold.push((energy, vehicles));
            }
        }
        let pools = self.pools(&mut draft);
        let phase = UsePhase {
            vehicle: draft.vehicle,
            battery: draft.battery,
            on_failure: self.on_failure(),
            reuse: self.reuse(),
            members: Members::by_lot(draft.lots.len(), &streams, &pools),
        };
        let market = self.lay_out(trades, &sold);
        Usage { market, streams, initial, pools, phase, lots: draft.lots, rules: draft.rules }
    }

    /// Sales, production and trade in kWh per step.
    fn lay_out(&self, trades: &[Trade], sold: &[(Vec<f64>, Vec<f64>)]) -> Market {
        let (steps, size) = (self.horizon.steps, self.size);
        let mut market = Market {
            sales: Table::filled(steps, sold.len(), 0.0),
            vehicles_sold: Table::filled(steps, sold.len(), 0.0),
            production: Table::filled(steps, size.regions * size.chemistries, 0.0),
            export: Table::filled(steps, size.regions * size.chemistries, 0.0),
            surplus: Table::filled(steps, size.chemistries, 0.0),
            deficit: Table::filled(steps, size.chemistries, 0.0),
        };
        for step in all::<StepId>(steps) {
            for (stream, (energy, vehicles)) in sold.iter().enumerate() {
                market.sales[(step, StreamId::new(stream))] = energy[step.index()];
                market.vehicles_sold[(step, StreamId::new(stream))] = vehicles[step.index()];
            }
            for chemistry in all::<ChemistryId>(size.chemistries) {
                let (mut net, mut scale) = (0.0f64, 0.0f64);
                for trade in trades {
                    let share = trade.chemistry[(step, chemistry)];
                    if share == 0.0 {
                        continue;
                    }
                    let energy = |vehicles: &[f64]| vehicles[step.index()] * trade.battery[step.index()] * share;
                    let output =
                        crate::base::ids::OutputId::new(trade.region.index() * size.chemistries + chemistry.index());
                    let (built, exported) = (energy(&trade.production), energy(&trade.export));
                    market.production[(step, output)] += built;
                    market.export[(step, output)] += exported;
                    net += built - exported - energy(&trade.sales);
                    scale = scale.max(built);
                }
                // Where production is what sales and exports need, the rounding of their sums is not trade.
                if net.abs() > 1e-14 * scale {
                    market.surplus[(step, chemistry)] = net.max(0.0);
                    market.deficit[(step, chemistry)] = (-net).max(0.0);
                }
            }
        }
        market
    }

    fn pools(&mut self, draft: &mut Draft) -> Vec<PoolStream> {
        let mut pools = Vec::new();
        for region in all::<RegionId>(self.size.regions) {
            let key = format!("swap.{}", self.catalog.region(region));
            if !self.scenario.has(&key) {
                continue;
            }
            let Some(segment) = self.catalog.segments.iter().position(|name| name == SWAP_POOL).map(SegmentId::new)
            else {
                let label = format!("swap stations need the segment `{SWAP_POOL}`");
                let help = "add \"swap_pool\" to `system.segments` and its lifetime under `[use.swap_pool.battery]`";
                self.report(&key, "E0401", "there is no segment for the pool", label, help);
                continue;
            };
            let part = |name: &str| self.state(&format!("{key}.{name}"), 0.0);
            let (stations, packs, energy) = (part("stations"), part("packs_per_station"), part("energy"));
            let mix = self.mix(&format!("{key}.chemistry"));
            let rule = self.scenario.text(&format!("{key}.on_shortfall"));
            let on_shortfall: OnShortfall = rule.and_then(|rule| rule.parse().ok()).unwrap_or_default();
            for chemistry in all::<ChemistryId>(self.size.chemistries) {
                let target: Vec<f64> = all::<StepId>(self.horizon.steps)
                    .map(|step| {
                        let t = step.index();
                        stations[t] * packs[t] * energy[t] * mix[(step, chemistry)]
                    })
                    .collect();
                if target.iter().all(|wanted| *wanted == 0.0) {
                    continue;
                }
                let battery = self.battery(draft, segment, chemistry);
                if draft.battery[battery].at_entry_in(StepId::new(0), YearId::new(0)) >= 1.0 {
                    let life = format!("use.{SWAP_POOL}.battery");
                    let help = "give a longer life, or shorter steps";
                    self.report(
                        &life,
                        "E0203",
                        "no pack of the pool outlives the step it enters in",
                        "too short",
                        help,
                    );
                    continue;
                }
                let lot = draft.lot(region, segment, chemistry, self.size.segments);
                pools.push(PoolStream { region, segment, chemistry, lot, battery, target, on_shortfall });
            }
        }
        pools
    }

    /// Index of the pack lifetime of a segment and chemistry.
    fn battery(&mut self, draft: &mut Draft, segment: SegmentId, chemistry: ChemistryId) -> usize {
        let place = segment.index() * self.size.chemistries + chemistry.index();
        if let Some(known) = draft.battery_of[place] {
            return known;
        }
        let name = self.catalog.chemistry(chemistry).to_owned();
        let hazards = self.hazards_in_use(segment, "battery", Some(&name));
        // Chemistries that live alike share their hazards.
        let known = draft.battery.iter().position(|known| *known == hazards).unwrap_or_else(|| {
            draft.battery.push(hazards);
            draft.battery.len() - 1
        });
        draft.battery_of[place] = Some(known);
        known
    }

    /// Index of the vehicle lifetime of a trade: that of its segment, unless its vehicles are retired early.
    fn vehicle(&mut self, draft: &mut Draft, trade: &Trade) -> usize {
        let segment = trade.segment.index();
        if let (Some(known), None) = (draft.vehicle_of[segment], &trade.early) {
            return known;
        }
        let hazards = self.hazards_in_use(trade.segment, "vehicle", None);
        if let Some(early) = &trade.early {
            draft.vehicle.push(hazards.with_early_retirement(early.clone()));
        } else {
            draft.vehicle.push(hazards);
            draft.vehicle_of[segment] = Some(draft.vehicle.len() - 1);
        }
        draft.vehicle.len() - 1
    }
}

impl Draft {
    /// The lot of a region, segment and chemistry: segments with the same rule share one.
    fn lot(&mut self, region: RegionId, segment: SegmentId, chemistry: ChemistryId, segments: usize) -> LotId {
        let rule = self.rule_of[region.index() * segments + segment.index()];
        let same = |lot: &Lot| lot.region == region && lot.chemistry == chemistry && lot.rule == rule;
        let known = self.lots.iter().position(same);
        LotId::new(known.unwrap_or_else(|| {
            self.lots.push(Lot { region, chemistry, rule });
            self.lots.len() - 1
        }))
    }
}
