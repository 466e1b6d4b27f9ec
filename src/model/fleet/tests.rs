use super::*;
use crate::base::ids::StepId;
use crate::model::hazard::CohortHazards;
use crate::model::lifetime::{Lifetime, SurvivalCurve};
use crate::model::stock::InflowAt;
use crate::model::time::Horizon;
use approx::assert_relative_eq;

const YEARS: usize = 20;

fn year(index: usize) -> YearId {
    YearId::new(index)
}

/// A fleet that lives through some years in steps of so many months, with lives of vehicles and packs.
struct Lived {
    fleet: Fleet,
    vehicle: Survivors,
    battery: Survivors,
    /// By year.
    retired: Vec<Retired>,
    reports: Vec<Steps<FleetReport>>,
    steps: usize,
}

impl Lived {
    fn new(months: u32, lives: [Lifetime; 2], on_failure: PackFailure, sold: impl Fn(usize) -> f64) -> Self {
        let horizon =
            Horizon { start_year: 2020, step_months: months, steps: YEARS * 12 / months as usize, history: 0 };
        let steps = horizon.steps_per_year();
        let hazards = lives.map(|life| CohortHazards::new(&horizon, InflowAt::End, |_| life.clone()));
        let (mut vehicle, mut battery) = (Survivors::new(YEARS), Survivors::new(YEARS));
        let (mut fleet, mut by_state) = (Fleet::new(YEARS), ByState::new(YEARS));
        let mut failed = Failed::new(YEARS);
        let (mut all, mut reports) = (Vec::new(), Vec::new());
        for y in 0..YEARS {
            let first = StepId::new(y * steps);
            vehicle.walk(&horizon, &hazards[0], first);
            battery.walk(&horizon, &hazards[1], first);
            by_state.turn(&vehicle, year(y));
            let mut entries = [Entry::default(); MOST_STEPS];
            for (phase, entry) in entries.iter_mut().enumerate().take(steps) {
                entry.energy = sold(y * steps + phase);
            }
            let (now, vehicle_by_state) = (year(y), &by_state);
            let passing = Passing { now, steps, vehicle: &vehicle, vehicle_by_state, battery: &battery, on_failure };
            let (mut retired, mut steps_of) = (Retired::new(YEARS), [FleetReport::default(); MOST_STEPS]);
            fleet.pass(pulp::Scalar::new(), passing, &entries, &mut retired, &mut failed, &mut steps_of);
            reports.push(steps_of);
            all.push(retired);
        }
        Self { fleet, vehicle, battery, retired: all, reports, steps }
    }

    /// Sums over the pack years in a step of a year: worn, scrapped, kept.
    fn sums(&self, y: usize, phase: usize) -> [f64; 3] {
        let retired = &self.retired[y];
        [&retired.worn, &retired.scrapped, &retired.kept]
            .map(|rows| rows.iter().map(|row| row[after(phase)]).sum::<f64>())
    }
}

fn sold_first(step: usize) -> f64 {
    if step == 0 { 100.0 } else { 0.0 }
}

fn table(shares: &[f64]) -> Lifetime {
    let points = shares.iter().enumerate().map(|(age, share)| (age as f64, *share)).collect();
    Lifetime::Tabulated(SurvivalCurve::new(points).unwrap().into())
}

/// Vehicles of year 0 with 100 kWh, a year on: a tenth of the vehicles and half of the packs fail.
fn a_year_on(on_failure: PackFailure) -> Lived {
    Lived::new(12, [table(&[1.0, 0.9, 0.0]), table(&[1.0, 0.5, 0.0])], on_failure, sold_first)
}

#[test]
fn a_worn_pack_in_a_living_car_is_replaced_by_one_of_the_year() {
    let lived = a_year_on(PackFailure::Replacement);
    // By hand: 10 leave with their vehicles, 45 of the 90 living are worn and replaced.
    let report = lived.reports[1][0];
    assert_relative_eq!(report.worn, 45.0);
    assert_relative_eq!(report.scrapped, 10.0);
    assert_relative_eq!(report.replaced, 45.0);
    let retired = &lived.retired[1];
    assert_relative_eq!(retired.scrapped[0][1], 10.0);
    assert_relative_eq!(retired.worn[0][1], 45.0);
    assert_relative_eq!(retired.kept[0][1], 45.0);
    assert_relative_eq!(retired.kept[1][1], 45.0);
}

#[test]
fn without_replacement_the_first_failure_ends_both() {
    let lived = a_year_on(PackFailure::Neither);
    assert_eq!(lived.reports[1][0].replaced, 0.0);
    assert_relative_eq!(lived.sums(1, 0)[2], 45.0);
    assert_eq!(lived.retired[1].kept[1][1], 0.0);
}

#[test]
fn what_is_kept_is_what_came_less_what_left_whatever_the_step() {
    let lives = || [Lifetime::Weibull { shape: 3.0, scale: 6.0 }, Lifetime::Weibull { shape: 2.0, scale: 3.0 }];
    for (months, on_failure) in
        [(1, PackFailure::Replacement), (3, PackFailure::Neither), (12, PackFailure::Replacement)]
    {
        let lived = Lived::new(months, lives(), on_failure, |step| if step < 60 { 7.0 + step as f64 } else { 0.0 });
        let mut held = 0.0;
        for (y, reports) in lived.reports.iter().enumerate() {
            for (phase, report) in reports.iter().enumerate().take(lived.steps) {
                held += report.sold + report.replaced - report.worn - report.scrapped;
                let [worn, scrapped, kept] = lived.sums(y, phase);
                assert_relative_eq!(kept, held, max_relative = 1e-12, epsilon = 1e-9);
                assert_relative_eq!(report.in_use, kept, max_relative = 1e-13, epsilon = 1e-12);
                assert_relative_eq!(report.worn, worn, max_relative = 1e-13, epsilon = 1e-12);
                assert_relative_eq!(report.scrapped, scrapped, max_relative = 1e-13, epsilon = 1e-12);
            }
        }
    }
}

#[test]
fn the_cells_hold_what_is_kept() {
    let lives = [Lifetime::Weibull { shape: 3.0, scale: 9.0 }, Lifetime::Weibull { shape: 2.0, scale: 5.0 }];
    let lived = Lived::new(1, lives, PackFailure::Replacement, |_| 10.0);
    let left = |shares: &Survivors, cohort: YearId| shares.alive()[cohort.index()][after(11)];
    let cells = lived.fleet.fitted().map(|(p, y, fitted)| {
        assert!(p <= y && fitted > 0.0);
        left(&lived.vehicle, p) * left(&lived.battery, y) * fitted
    });
    assert_relative_eq!(cells.sum::<f64>(), lived.sums(YEARS - 1, 11)[2], max_relative = 1e-13);
}

#[test]
fn lives_shorter_than_a_year_start_over() {
    let lives = [Lifetime::Fixed { life: 1e9 }, Lifetime::Fixed { life: 1.0 / 12.0 }];
    let lived = Lived::new(1, lives, PackFailure::Neither, |step| if step < 6 { 10.0 } else { 0.0 });
    for phase in 0..6 {
        let [worn, scrapped, kept] = lived.sums(0, phase);
        assert_eq!((worn, scrapped, kept), (if phase > 0 { 10.0 } else { 0.0 }, 0.0, 10.0));
    }
    assert_eq!(lived.sums(0, 6), [10.0, 0.0, 0.0]);
}
