//! Designs: which numbers in (0, 1) draw `i` takes, one for each parameter. Each is a function of the seed, the parameter
//! and `i`, so that any draw can be made on any machine.
//!
//! | design | draw `i` depends on | standard error of a mean |
//! |---|---|---|
//! | Monte Carlo | seed, name of the parameter, `i` | from the spread of the draws |
//! | Latin hypercube | and the number of draws | from replicated hypercubes |
//! | Sobol, scrambled | and the place of the parameter among all, in the order of their names | from replicated scrambles |
//!
//! The draws of the last two are dealt out in turn to [`REPLICATES`] replicates, each a hypercube or a scrambled sequence
//! of its own: the spread of their means is an honest standard error, which the spread of single draws is not.

use super::digital_net::DigitalNet;
use super::permutation::Permutation;
use crate::base::random::{stream, unit};

/// How many replicates the draws of a Latin hypercube or of Sobol points are dealt out to.
pub const REPLICATES: u64 = 8;
/// Fewer draws than this make one Latin hypercube: dealt out they would be no hypercubes.
const FEW: u64 = 16 * REPLICATES;

/// A kind of design.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Design {
    /// Independent draws.
    MonteCarlo,
    /// Of all draws one in each slice of each parameter.
    LatinHypercube,
    /// Scrambled Sobol points.
    Sobol,
}

impl Design {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::MonteCarlo, Self::LatinHypercube, Self::Sobol];

    /// The name in scenarios.
    pub fn name(self) -> &'static str {
        match self {
            Self::MonteCarlo => "monte_carlo",
            Self::LatinHypercube => "latin_hypercube",
            Self::Sobol => "sobol",
        }
    }

    /// The design of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|design| design.name() == name)
    }

    /// How many replicates a number of draws is dealt out to: draw `i` belongs to replicate `i` modulo this.
    pub fn replicates(self, draws: u64) -> u64 {
        match self {
            Self::MonteCarlo => 1,
            Self::LatinHypercube if draws < FEW => 1,
            Self::LatinHypercube | Self::Sobol => REPLICATES,
        }
    }
}

/// A design for some parameters.
#[derive(Clone, Debug)]
pub struct Points {
    design: Design,
    seed: u64,
    names: Vec<String>,
    replicates: u64,
    net: Option<DigitalNet>,
    /// By parameter and replicate.
    keys: Vec<Vec<u64>>,
    /// By parameter and replicate.
    permutations: Vec<Vec<Permutation>>,
}

impl Points {
    /// The design of parameters by name.
    pub fn new(design: Design, seed: u64, draws: u64, names: &[String]) -> Self {
        Self::replicated(design, seed, draws, design.replicates(draws), names)
    }

    /// The design in one piece, where no standard error is wanted of it.
    pub fn whole(design: Design, seed: u64, draws: u64, names: &[String]) -> Self {
        Self::replicated(design, seed, draws, 1, names)
    }

    fn replicated(design: Design, seed: u64, draws: u64, replicates: u64, names: &[String]) -> Self {
        // Of its own kind, so that no parameter has the stream of an event that is called like it.
        let names: Vec<String> = names.iter().map(|name| format!("parameter {name}")).collect();
        let key = |name: &str, replicate| stream(seed, &format!("{} {name}", design.name()), replicate).next_u64();
        let keys: Vec<Vec<u64>> =
            names.iter().map(|name| (0..replicates).map(|replicate| key(name, replicate)).collect()).collect();
        let slices = |replicate: u64| (draws.saturating_sub(replicate)).div_ceil(replicates);
        let permutations = keys
            .iter()
            .map(|keys| (0..).zip(keys).map(|(replicate, key)| Permutation::new(slices(replicate), *key)).collect());
        let permutations = permutations.collect();
        let net = (design == Design::Sobol).then(|| DigitalNet::new(names.len()));
        Self { design, seed, names, replicates, net, keys, permutations }
    }

    /// The number that a draw takes for a parameter.
    pub fn unit(&self, parameter: usize, draw: u64) -> f64 {
        let (point, replicate) = (draw / self.replicates, (draw % self.replicates) as usize);
        match (self.design, &self.net) {
            (Design::Sobol, Some(net)) => net.unit(parameter, point, self.keys[parameter][replicate]),
            (Design::LatinHypercube, _) => {
                let permutation = &self.permutations[parameter][replicate];
                (permutation.at(point) as f64 + self.random(parameter, draw)) / permutation.count() as f64
            }
            _ => self.random(parameter, draw),
        }
    }

    fn random(&self, parameter: usize, draw: u64) -> f64 {
        unit(&mut stream(self.seed, &self.names[parameter], draw))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_draw_of_monte_carlo_is_the_same_whatever_runs_beside_it() {
        let alone = Points::new(Design::MonteCarlo, 7, 10, &names(&["b"]));
        let beside = Points::new(Design::MonteCarlo, 7, 1_000_000, &names(&["a", "b", "c"]));
        assert!((0..10).all(|draw| alone.unit(0, draw) == beside.unit(1, draw)));
        let sobol = |draws| Points::new(Design::Sobol, 7, draws, &names(&["a", "b"]));
        assert!((0..100).all(|draw| sobol(100).unit(1, draw) == sobol(100_000).unit(1, draw)));
    }

    #[test]
    fn a_latin_hypercube_has_one_draw_in_each_slice() {
        let points = Points::new(Design::LatinHypercube, 3, 100, &names(&["a", "b"]));
        for parameter in 0..2 {
            let mut slices: Vec<u64> = (0..100).map(|draw| (points.unit(parameter, draw) * 100.0) as u64).collect();
            slices.sort_unstable();
            assert_eq!(slices, (0..100).collect::<Vec<u64>>());
        }
        // 1000 draws are eight hypercubes of 125.
        let points = Points::new(Design::LatinHypercube, 3, 1000, &names(&["a"]));
        let mut slices: Vec<u64> = (0..125).map(|point| (points.unit(0, point * 8 + 5) * 125.0) as u64).collect();
        slices.sort_unstable();
        assert_eq!(slices, (0..125).collect::<Vec<u64>>());
    }
}
