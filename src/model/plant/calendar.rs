//! When a plant runs: construction, ramp-up, planned shutdowns, what failures leave of the rest.

use super::failures::Failures;
use crate::model::time::Horizon;

/// What state a plant is in during a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Not begun, or never to be.
    NotBuilt,
    /// Under construction.
    Construction,
    /// Running below full rate after commissioning.
    RampUp,
    /// In a planned shutdown, for the whole step or part of it.
    Outage,
    /// Running at full rate.
    Full,
    /// Retired.
    Closed,
}

/// Rate of a plant over the time since it was commissioned, as a share of nameplate.
#[derive(Clone, Debug, PartialEq)]
pub enum RampUp {
    /// Full rate at once.
    None,
    /// From `initial` to 1 in a straight line over `duration` (yr).
    Linear {
        /// Rate at commissioning.
        initial: f64,
        /// Time to full rate, yr.
        duration: f64,
    },
    /// From `initial` to 1 along a logistic curve over `duration` (yr), scaled to meet both ends.
    Logistic {
        /// Rate at commissioning.
        initial: f64,
        /// Time to full rate, yr.
        duration: f64,
    },
    /// A rate for each month since commissioning, 1 afterwards.
    Table(Vec<f64>),
}

/// Steepness of the logistic ramp: the plain curve runs from 1/(1+e^5) to 1/(1+e^-5) over its duration, so that
/// scaling it to meet both ends changes its shape by less than 2 %.
const LOGISTIC_STEEPNESS: f64 = 10.0;

impl RampUp {
    /// Rate at a time (yr) after commissioning.
    pub fn rate(&self, time: f64) -> f64 {
        match self {
            Self::None => 1.0,
            Self::Linear { initial, duration } => initial + (1.0 - initial) * (time / duration).clamp(0.0, 1.0),
            Self::Logistic { initial, duration } => {
                let curve = |x: f64| 1.0 / (1.0 + (-LOGISTIC_STEEPNESS * (x - 0.5)).exp());
                let x = (time / duration).clamp(0.0, 1.0);
                initial + (1.0 - initial) * (curve(x) - curve(0.0)) / (curve(1.0) - curve(0.0))
            }
            Self::Table(rates) => rates.get((time * 12.0).floor() as usize).copied().unwrap_or(1.0),
        }
    }
}

/// The calendar of a plant.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// First month of construction, counted in months from the horizon's start (may be before it).
    pub construction_start: f64,
    /// Construction time, months.
    pub lead: f64,
    /// When the plant closes for good, months from the horizon's start.
    pub closes: f64,
    /// Ramp-up.
    pub ramp_up: RampUp,
    /// Planned shutdowns: every so many months since commissioning, for so many months.
    pub planned_outage: Option<(f64, f64)>,
    /// What failures leave of the time between shutdowns.
    pub failures: Failures,
}

/// A step of a plant's life.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Running {
    /// Share of nameplate that can be run in this step.
    pub rate: f64,
    /// Why it is not more.
    pub phase: Phase,
}

impl Running {
    /// Whether the plant stands: it is built and has not closed.
    pub fn is_standing(&self) -> bool {
        !matches!(self.phase, Phase::NotBuilt | Phase::Construction | Phase::Closed)
    }
}

impl Calendar {
    /// The plant's state in every step of a horizon. Shares of a step count: a plant commissioned in mid-quarter
    /// runs half of it.
    pub fn steps(&self, horizon: &Horizon) -> Vec<Running> {
        let length = f64::from(horizon.step_months);
        let open = self.construction_start + self.lead;
        (0..horizon.steps)
            .map(|step| {
                let (start, end) = (step as f64 * length, (step + 1) as f64 * length);
                let until = end.min(self.closes);
                let running = (until - start.max(open)).max(0.0) / length;
                if running <= 0.0 {
                    let begun = end > self.construction_start;
                    let phase = if start >= self.closes {
                        Phase::Closed
                    } else if begun {
                        Phase::Construction
                    } else {
                        Phase::NotBuilt
                    };
                    return Running { rate: 0.0, phase };
                }
                let middle = f64::midpoint(start.max(open), until) - open;
                let ramp = self.ramp_up.rate(middle / 12.0);
                let (from, to) = (self.running_time(start.max(open) - open), self.running_time(until - open));
                let phase = if self.outage_within(start.max(open) - open, until - open) > 0.0 {
                    Phase::Outage
                } else if ramp < 1.0 {
                    Phase::RampUp
                } else {
                    Phase::Full
                };
                Running { rate: self.failures.time_up(from, to) / length * ramp, phase }
            })
            .collect()
    }

    /// Months between shutdowns from commissioning to a time after it (months): what stands does not fail.
    pub fn running_time(&self, time: f64) -> f64 {
        time - self.outage_within(0.0, time)
    }

    /// Months of planned shutdown between two times since commissioning (months). The first comes one interval
    /// after commissioning.
    fn outage_within(&self, from: f64, to: f64) -> f64 {
        let Some((every, length)) = self.planned_outage else { return 0.0 };
        let first = (from / every).floor().max(1.0) as u64;
        let last = (to / every).floor() as u64;
        (first.saturating_sub(1).max(1)..=last)
            .map(|turn| {
                let begin = turn as f64 * every;
                ((begin + length).min(to) - begin.max(from)).max(0.0)
            })
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use super::super::failures::Renewal;
    use super::*;
    use crate::base::random::stream;
    use approx::assert_relative_eq;

    fn calendar() -> Calendar {
        Calendar {
            construction_start: 12.0,
            lead: 12.0,
            closes: f64::INFINITY,
            ramp_up: RampUp::None,
            planned_outage: None,
            failures: Failures::Expected(1.0),
        }
    }

    const MONTHLY: Horizon = Horizon { start_year: 2025, step_months: 1, steps: 60, history: 0 };

    #[test]
    fn lead_time_moves_the_opening() {
        let open = |lead| Calendar { lead, ..calendar() }.steps(&MONTHLY).iter().position(|s| s.rate > 0.0);
        assert_eq!((open(12.0), open(18.0)), (Some(24), Some(30)));
        let steps = calendar().steps(&MONTHLY);
        assert_eq!((steps[11].phase, steps[12].phase), (Phase::NotBuilt, Phase::Construction));
    }

    #[test]
    fn a_linear_ramp_adds_up_to_its_integral() {
        let ramp_up = RampUp::Linear { initial: 0.2, duration: 2.0 };
        let steps = Calendar { ramp_up, ..calendar() }.steps(&MONTHLY);
        let year_one: f64 = steps[24..36].iter().map(|step| step.rate).sum();
        assert_relative_eq!(year_one, 12.0 * (0.2 + 0.8 * 0.25), epsilon = 1e-12);
    }

    #[test]
    fn other_ramps_add_up_to_their_integrals() {
        let year_one = |ramp_up| -> f64 {
            let steps = Calendar { ramp_up, ..calendar() }.steps(&MONTHLY);
            steps[24..36].iter().map(|step| step.rate).sum()
        };
        // The logistic curve is symmetric about its middle, so its mean is that of its ends.
        assert_relative_eq!(year_one(RampUp::Logistic { initial: 0.2, duration: 1.0 }), 12.0 * 0.6, epsilon = 1e-12);
        assert_relative_eq!(year_one(RampUp::Table(vec![0.2, 0.5, 0.8])), 1.5 + 9.0, epsilon = 1e-12);
        assert_eq!(year_one(RampUp::None), 12.0);
    }

    #[test]
    fn a_shutdown_takes_its_days_once_a_year() {
        let days = 21.0 / 365.25 * 12.0;
        let steps = Calendar { planned_outage: Some((12.0, days)), ..calendar() }.steps(&MONTHLY);
        let year = |n: usize| steps[24 + 12 * n..36 + 12 * n].iter().map(|step| step.rate).sum::<f64>();
        assert_relative_eq!(year(0), 12.0);
        assert_relative_eq!(year(1), 12.0 - days, epsilon = 1e-12);
        assert_eq!(steps[36].phase, Phase::Outage);
    }

    #[test]
    fn one_failure_takes_its_time_from_the_steps_it_falls_into() {
        // Three weeks down from mid-April 2027 on: half a month, then a quarter.
        let failures = Failures::Drawn(vec![(3.5, 4.25)]);
        let steps = Calendar { failures, ..calendar() }.steps(&MONTHLY);
        let rates: Vec<f64> = steps[24..32].iter().map(|step| step.rate).collect();
        assert_eq!(rates, [1.0, 1.0, 1.0, 0.5, 0.75, 1.0, 1.0, 1.0]);
        assert!(steps[24..32].iter().all(|step| step.phase == Phase::Full));
    }

    #[test]
    fn what_stands_does_not_fail() {
        // The plant is shut for the whole of its 13th month; the repair begins half a month of running before it.
        let failures = Failures::Drawn(vec![(11.5, 12.5)]);
        let steps = Calendar { planned_outage: Some((12.0, 1.0)), failures, ..calendar() }.steps(&MONTHLY);
        let rates: Vec<f64> = steps[34..39].iter().map(|step| step.rate).collect();
        assert_eq!(rates, [1.0, 0.5, 0.0, 0.5, 1.0]);
    }

    #[test]
    fn months_quarters_and_years_see_the_same_failures() {
        let renewal = Renewal { mtbf: 1.5, mttr: 0.3, shape: 2.0, repair_shape: 1.0 };
        let failures = Failures::Drawn(renewal.draw(36.0, &mut stream(5, "plant.p1.failures", 2)));
        let plan = Some((12.0, 0.7));
        let calendar = Calendar { lead: 16.5, planned_outage: plan, failures, ..calendar() };
        let by = |step_months: u32| {
            let steps = calendar.steps(&Horizon { step_months, steps: 60 / step_months as usize, ..MONTHLY });
            let months: Vec<f64> = steps.iter().map(|step| step.rate * f64::from(step_months)).collect();
            months.chunks(12 / step_months as usize).map(|year| year.iter().sum()).collect::<Vec<f64>>()
        };
        for (years, others) in [by(12), by(12)].iter().zip([by(1), by(3)]) {
            for (year, other) in years.iter().zip(others) {
                assert_relative_eq!(*year, other, epsilon = 1e-12);
            }
        }
        assert!(by(12)[4] > 6.0 && by(12)[4] < 11.3);
    }

    #[test]
    fn yearly_steps_see_the_same_running_time() {
        let yearly = Horizon { start_year: 2025, step_months: 12, steps: 5, history: 0 };
        let calendar = Calendar { lead: 18.0, ..calendar() };
        let months: f64 = calendar.steps(&MONTHLY).iter().map(|step| step.rate).sum();
        let years: f64 = calendar.steps(&yearly).iter().map(|step| step.rate * 12.0).sum();
        assert_relative_eq!(months, years, epsilon = 1e-12);
    }
}
