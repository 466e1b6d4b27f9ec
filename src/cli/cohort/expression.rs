//! `weibull(shape=3.5, scale=@p2)`: a distribution and its parameters, each a number or a column.

use crate::model::lifetime::{DISTRIBUTIONS, Distribution, Lifetime};
use crate::scenario::{FileId, Origin, Problem, suggestion};

/// A lifetime as it was written.
#[derive(Debug)]
pub struct Expression<'a> {
    pub distribution: Distribution,
    /// In the order of the distribution's parameters.
    pub parameters: Vec<Parameter<'a>>,
}

/// A parameter as it was written.
#[derive(Clone, Debug)]
pub struct Parameter<'a> {
    pub name: &'static str,
    pub value: Value<'a>,
    /// Where its value stands.
    pub origin: Origin,
}

/// Where a parameter's number comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    Number(f64),
    Column(&'a str),
}

impl Expression<'_> {
    /// The lifetime, if all parameters are numbers.
    pub fn constant(&self) -> Option<Lifetime> {
        let number = |parameter: &Parameter<'_>| match parameter.value {
            Value::Number(value) => Some(value),
            Value::Column(_) => None,
        };
        let values: Option<Vec<f64>> = self.parameters.iter().map(number).collect();
        self.distribution.lifetime(&values?)
    }
}

/// How a distribution is written.
pub fn usage(distribution: &Distribution) -> String {
    let parameters: Vec<String> = distribution.parameters.iter().map(|name| format!("{name}=..")).collect();
    format!("`{}({})`", distribution.name, parameters.join(", "))
}

/// What a parameter must be.
pub fn range(distribution: &Distribution, parameter: &str) -> &'static str {
    if distribution.accepts(parameter, -1.0) { "a finite number" } else { "a finite number above 0" }
}

/// A part of the text, and where it starts.
#[derive(Clone, Copy)]
struct Part<'a> {
    text: &'a str,
    start: usize,
}

impl Part<'_> {
    fn trimmed(self) -> Self {
        let start = self.start + (self.text.len() - self.text.trim_start().len());
        Self { text: self.text.trim(), start }
    }

    /// The parts before and after a byte position, without the character there.
    fn cut(self, at: usize) -> (Self, Self) {
        let (before, after) = self.text.split_at_checked(at).unwrap_or((self.text, ""));
        let mut rest = after.chars();
        let skipped = rest.next().map_or(0, char::len_utf8);
        let after = Self { text: rest.as_str(), start: self.start + at + skipped };
        (Self { text: before, start: self.start }.trimmed(), after.trimmed())
    }

    fn origin(self, file: FileId) -> Origin {
        // Something must stand above the caret, even where something is missing.
        Origin { file, start: self.start, end: self.start + self.text.len().max(1) }
    }
}

/// Reads an expression; `file` is the text as a pseudo-file.
pub fn read(text: &str, file: FileId) -> Result<Expression<'_>, Vec<Problem>> {
    let whole = Part { text, start: 0 }.trimmed();
    let example = "write e.g. `weibull(shape=3.5, scale=8.5)`";
    let syntax = |part: Part<'_>, title: String, label: &str, help: &str| {
        vec![Problem::error("E0101", title, part.origin(file), label, help)]
    };
    let (name, rest) = whole.text.find('(').map_or((whole, None), |at| {
        let (name, rest) = whole.cut(at);
        (name, Some(rest))
    });
    let forms: Vec<Distribution> = Distribution::forms(name.text).collect();
    let Some(usual) = forms.first() else {
        let known = DISTRIBUTIONS.iter().map(|known| known.name);
        let title = format!("unknown distribution `{}`", name.text);
        let help = if name.text.is_empty() { example.to_owned() } else { suggestion(name.text, known) };
        return Err(vec![Problem::error("E0204", title, name.origin(file), "not a lifetime distribution", help)]);
    };
    let Some(rest) = rest else {
        let title = format!("`{}` has no parameters", name.text);
        return Err(syntax(name, title, "expected `(` after the name", &format!("write {}", usage(usual))));
    };
    let Some(close) = rest.text.find(')') else {
        let end = Part { text: "", start: whole.start + whole.text.len() };
        return Err(syntax(end, format!("`{}(` is not closed", name.text), "expected `)`", example));
    };
    let (inside, after) = rest.cut(close);
    if !after.text.is_empty() {
        let title = format!("`{}` follows the lifetime", after.text);
        return Err(syntax(after, title, "nothing may stand here", example));
    }
    let given = arguments(inside, file, usual)?;
    choose(name, &given, &forms, file)
}

/// A name and its value, with the place of the whole.
struct Argument<'a> {
    name: Part<'a>,
    value: Value<'a>,
    origin: Origin,
}

/// Splits `a=1, b=@c`.
fn arguments<'a>(inside: Part<'a>, file: FileId, usual: &Distribution) -> Result<Vec<Argument<'a>>, Vec<Problem>> {
    let (mut found, mut problems) = (vec![], vec![]);
    let mut rest = Some(inside).filter(|part| !part.text.is_empty());
    while let Some(part) = rest {
        let (one, others) = match part.text.find(',') {
            Some(at) => {
                let (one, others) = part.cut(at);
                (one, Some(others))
            }
            None => (part, None),
        };
        // A comma at the end is no mistake.
        rest = others.filter(|part| !part.text.is_empty());
        let Some(at) = one.text.find('=') else {
            let title = format!("`{}` has no name", one.text);
            let help = format!("name every parameter: {}", usage(usual));
            problems.push(Problem::error("E0101", title, one.origin(file), "expected `name=value`", help));
            continue;
        };
        let (name, value) = one.cut(at);
        let number = match value.text.strip_prefix('@') {
            Some(column) => Some(Value::Column(column.trim())).filter(|_| !column.trim().is_empty()),
            None => value.text.parse().ok().map(Value::Number),
        };
        if let Some(number) = number {
            found.push(Argument { name, value: number, origin: value.origin(file) });
        } else {
            let title = format!("`{}` is not a number", value.text);
            let label = format!("expected a number, or `@` and the name of a column, for `{}`", name.text);
            problems.push(Problem::error("E0201", title, value.origin(file), label, "write e.g. `8.5` or `@scale`"));
        }
    }
    if problems.is_empty() { Ok(found) } else { Err(problems) }
}

/// The form of the distribution that has the parameters that were given.
fn choose<'a>(
    name: Part<'_>,
    given: &[Argument<'a>],
    forms: &[Distribution],
    file: FileId,
) -> Result<Expression<'a>, Vec<Problem>> {
    let fits = |form: &Distribution| given.iter().filter(|a| form.parameters.contains(&a.name.text)).count();
    // The first of the best: the usual form if none fits better.
    let best = forms.iter().rev().max_by_key(|form| fits(form));
    let Some(form) = best else { return Err(vec![]) };
    let mut problems = vec![];
    for (i, argument) in given.iter().enumerate() {
        let text = argument.name.text;
        if !form.parameters.contains(&text) {
            let all = forms.iter().flat_map(|form| form.parameters.iter().copied());
            let title = format!("`{}` has no parameter `{text}`", form.name);
            let help = suggestion(text, all);
            problems.push(Problem::error("E0204", title, argument.name.origin(file), "not a parameter of it", help));
        } else if given.iter().take(i).any(|earlier| earlier.name.text == text) {
            let title = format!("`{text}` is given twice");
            problems.push(Problem::error("E0203", title, argument.name.origin(file), "repeated", "keep one of them"));
        }
    }
    let missing: Vec<String> = form
        .parameters
        .iter()
        .filter(|parameter| given.iter().all(|argument| argument.name.text != **parameter))
        .map(|parameter| format!("`{parameter}`"))
        .collect();
    // A misspelt name is one mistake, not two.
    if problems.is_empty() && !missing.is_empty() {
        let title = format!("`{}` needs {}", form.name, missing.join(" and "));
        problems.push(Problem::error("E0202", title, name.origin(file), "incomplete", usages(forms)));
    }
    let mut parameters = vec![];
    for parameter in form.parameters {
        let Some(argument) = given.iter().find(|argument| argument.name.text == *parameter) else { continue };
        if let Value::Number(value) = argument.value
            && !form.accepts(parameter, value)
        {
            let title = format!("`{parameter}` cannot be {value}");
            let label = format!("must be {}", range(form, parameter));
            problems.push(Problem::error("E0304", title, argument.origin, label, "ages are in steps of the series"));
        }
        parameters.push(Parameter { name: parameter, value: argument.value, origin: argument.origin });
    }
    if problems.is_empty() { Ok(Expression { distribution: *form, parameters }) } else { Err(problems) }
}

fn usages(forms: &[Distribution]) -> String {
    let all: Vec<String> = forms.iter().map(usage).collect();
    format!("write {}", all.join(" or "))
}
