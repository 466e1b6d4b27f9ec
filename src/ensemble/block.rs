//! A block: some draws in a row, summed up. Whoever computes it writes the same bytes.

use super::codec::{Damaged, Reader, Writer};
use super::plan::Plan;
use crate::sampling::estimate::Moments;
use crate::sampling::estimate::order::sketch;
use crate::scenario::Fault;
use sketches_ddsketch::DDSketch;

/// A draw without a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The draw.
    pub draw: u64,
    /// Code of the message.
    pub code: String,
    /// The key it is about; may be empty.
    pub key: String,
    /// What is wrong.
    pub message: String,
}

/// What is kept of a result whose values are not.
#[derive(Clone)]
pub struct Summary {
    /// Moments.
    pub moments: Moments,
    /// Number and mean in each replicate, if there are several.
    pub replicates: Vec<(u64, f64)>,
    /// Quantiles.
    pub sketch: DDSketch,
}

/// In how many draws a condition was met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Draws in which the result had a value, by year.
    pub asked: Vec<u64>,
    /// Draws in which it met the condition, by year.
    pub met: Vec<u64>,
    /// Draws in which a year was the first to meet it.
    pub first: Vec<u64>,
    /// Draws in which none did.
    pub never: u64,
}

/// The draws of a block.
#[derive(Clone)]
pub struct Block {
    /// Its number.
    pub index: u64,
    /// Its draws.
    pub draws: std::ops::Range<u64>,
    /// Parameters, draw by draw.
    pub parameters: Vec<f64>,
    /// Draws without a result.
    pub failures: Vec<Failure>,
    /// Values of the results that are kept in full, result by result, a value for each draw; NaN where there is none.
    pub exact: Vec<Vec<f64>>,
    /// What is kept of the others.
    pub summaries: Vec<Summary>,
    /// Answers to the plan's questions.
    pub answers: Vec<Answer>,
    /// The largest relative residual of the mass balance.
    pub worst_residual: f64,
}

impl Block {
    /// A block without draws.
    pub fn new(plan: &Plan, sketched: usize, index: u64) -> Self {
        let draws = plan.draws_of(index);
        let count = (draws.end - draws.start) as usize;
        let replicates = if plan.replicates > 1 { plan.replicates as usize } else { 0 };
        let summary =
            || Summary { moments: Moments::default(), replicates: vec![(0, 0.0); replicates], sketch: sketch() };
        let answer =
            |years: usize| Answer { asked: vec![0; years], met: vec![0; years], first: vec![0; years], never: 0 };
        Self {
            index,
            draws,
            parameters: Vec::with_capacity(count * plan.parameters.len()),
            failures: Vec::new(),
            exact: plan.exact.iter().map(|_| Vec::with_capacity(count)).collect(),
            summaries: (0..sketched).map(|_| summary()).collect(),
            answers: plan.questions.iter().map(|question| answer(question.outputs.len())).collect(),
            worst_residual: 0.0,
        }
    }

    /// Takes in a draw: its parameters, and its results or why there are none. `sketched` are the positions of the results
    /// that are not kept in full.
    pub fn push(
        &mut self,
        plan: &Plan,
        sketched: &[usize],
        draw: u64,
        parameters: &[f64],
        results: Result<&[f64], Fault>,
    ) {
        self.parameters.extend(parameters);
        let results = match results {
            Ok(results) => results,
            Err(Fault { code, key, message }) => {
                self.failures.push(Failure { draw, code: code.to_owned(), key, message });
                self.exact.iter_mut().for_each(|values| values.push(f64::NAN));
                return;
            }
        };
        for (values, place) in self.exact.iter_mut().zip(&plan.exact) {
            values.push(results[*place]);
        }
        let replicate = (draw % plan.replicates.max(1)) as usize;
        for (summary, place) in self.summaries.iter_mut().zip(sketched) {
            let value = results[*place];
            if !value.is_nan() {
                summary.push(value, replicate);
            }
        }
        for (answer, question) in self.answers.iter_mut().zip(&plan.questions) {
            answer.push(question.outputs.iter().map(|place| results[*place]), |value| question.test.holds(value));
        }
    }

    /// The file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.count(self.index);
        writer.count(self.draws.start);
        writer.count(self.draws.end);
        writer.number(self.worst_residual);
        writer.count(self.parameters.len() as u64);
        writer.numbers(&self.parameters);
        writer.count(self.failures.len() as u64);
        for failure in &self.failures {
            writer.count(failure.draw);
            for text in [&failure.code, &failure.key, &failure.message] {
                writer.bytes(text.as_bytes());
            }
        }
        writer.count(self.exact.len() as u64);
        self.exact.iter().for_each(|values| writer.numbers(values));
        writer.count(self.summaries.len() as u64);
        for summary in &self.summaries {
            summary.write(&mut writer);
        }
        for answer in &self.answers {
            [&answer.asked, &answer.met, &answer.first].into_iter().flatten().for_each(|n| writer.count(*n));
            writer.count(answer.never);
        }
        writer.finish()
    }

    /// Reads a file.
    ///
    /// # Errors
    /// If it is not a whole block of this plan.
    pub fn from_bytes(plan: &Plan, bytes: &[u8]) -> Result<Self, Damaged> {
        let mut reader = Reader::new(bytes)?;
        let index = reader.count()?;
        let draws = reader.count()?..reader.count()?;
        if index >= plan.blocks() || draws != plan.draws_of(index) {
            return Err(Damaged);
        }
        let worst_residual = reader.number()?;
        let count = (draws.end - draws.start) as usize;
        let expected = |found: u64, wanted: usize| if found == wanted as u64 { Ok(wanted) } else { Err(Damaged) };
        let parameters = expected(reader.count()?, count * plan.parameters.len())?;
        let parameters = reader.numbers(parameters)?;
        let failures = reader.count()?;
        let mut block = Self { parameters, worst_residual, ..Self::new(plan, 0, index) };
        for _ in 0..failures {
            let draw = reader.count()?;
            let failure = Failure { draw, code: reader.text()?, key: reader.text()?, message: reader.text()? };
            block.failures.push(failure);
        }
        expected(reader.count()?, plan.exact.len())?;
        for values in &mut block.exact {
            *values = reader.numbers(count)?;
        }
        let sketched = expected(reader.count()?, plan.outputs.len() - plan.exact.len())?;
        let replicates = if plan.replicates > 1 { plan.replicates as usize } else { 0 };
        block.summaries = (0..sketched).map(|_| Summary::read(&mut reader, replicates)).collect::<Result<_, _>>()?;
        for answer in &mut block.answers {
            for n in [&mut answer.asked, &mut answer.met, &mut answer.first].into_iter().flatten() {
                *n = reader.count()?;
            }
            answer.never = reader.count()?;
        }
        reader.end()?;
        Ok(block)
    }
}

impl Summary {
    fn push(&mut self, value: f64, replicate: usize) {
        self.moments.push(value);
        if let Some((n, mean)) = self.replicates.get_mut(replicate) {
            *n += 1;
            *mean += (value - *mean) / *n as f64;
        }
        self.sketch.add(value);
    }

    /// Takes another block in.
    pub fn merge(&mut self, other: &Self) {
        self.moments.merge(&other.moments);
        for ((n, mean), (others, of_them)) in self.replicates.iter_mut().zip(&other.replicates) {
            if *others > 0 {
                *n += others;
                *mean += (of_them - *mean) * (*others as f64 / *n as f64);
            }
        }
        // All sketches are made alike.
        let _ = self.sketch.merge(&other.sketch);
    }

    fn write(&self, writer: &mut Writer) {
        writer.count(self.moments.n);
        writer.numbers(&[self.moments.mean, self.moments.squares, self.moments.min, self.moments.max]);
        for (n, mean) in &self.replicates {
            writer.count(*n);
            writer.number(*mean);
        }
        writer.bytes(&self.sketch.to_java_bytes());
    }

    fn read(reader: &mut Reader<'_>, replicates: usize) -> Result<Self, Damaged> {
        let n = reader.count()?;
        let mut number = || reader.number();
        let moments = Moments { n, mean: number()?, squares: number()?, min: number()?, max: number()? };
        let replicates =
            (0..replicates).map(|_| Ok((reader.count()?, reader.number()?))).collect::<Result<_, Damaged>>()?;
        let sketch = DDSketch::from_java_bytes(reader.bytes()?).map_err(|_| Damaged)?;
        Ok(Self { moments, replicates, sketch })
    }
}

impl Answer {
    fn push(&mut self, values: impl Iterator<Item = f64>, holds: impl Fn(f64) -> bool) {
        let mut already = false;
        for (year, value) in values.enumerate() {
            if value.is_nan() {
                continue;
            }
            self.asked[year] += 1;
            if holds(value) {
                self.met[year] += 1;
                self.first[year] += u64::from(!already);
                already = true;
            }
        }
        self.never += u64::from(!already);
    }

    /// Takes another block in.
    pub fn merge(&mut self, other: &Self) {
        for (own, other) in
            [(&mut self.asked, &other.asked), (&mut self.met, &other.met), (&mut self.first, &other.first)]
        {
            for (own, other) in own.iter_mut().zip(other) {
                *own += other;
            }
        }
        self.never += other.never;
    }
}
