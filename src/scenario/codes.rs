//! The codes of messages and what they mean. A test finds every code of the sources here.

/// A code: what it is about, and what helps.
pub struct Code {
    /// Such as `E0305`.
    pub code: &'static str,
    /// What it says, in a few words.
    pub title: &'static str,
    /// Why it is said, and the way out.
    pub text: &'static str,
}

const fn code(code: &'static str, title: &'static str, text: &'static str) -> Code {
    Code { code, title, text }
}

/// All codes, in their order.
pub const CODES: &[Code] = &[
    code("E0001", "a fault of the program", "No model could be made of what passed all checks. Please report it."),
    code(
        "E0101",
        "a file cannot be read as TOML or CSV",
        "The text breaks the rules of its format: a quote that is not closed, a row that is too short, bytes that are not UTF-8. The caret stands where the reader gave up; the mistake is there or just before.",
    ),
    code(
        "E0201",
        "a value of the wrong type",
        "The key takes another kind of value: a number where there is a text, a list where there is a table. `urbanmine explain KEY` shows one as it would be written.",
    ),
    code(
        "E0202",
        "something that must be given is missing",
        "A key, a column or a destination without which the model cannot be built. The message names it; `urbanmine explain KEY` says what it means.",
    ),
    code(
        "E0203",
        "keys that do not go together",
        "Two keys say the same thing in different ways, or one makes no sense without another. Keep one of them.",
    ),
    code(
        "E0204",
        "an unknown key",
        "No key of this name exists at this place. The nearest known one is suggested; `urbanmine explain SECTION` lists those of a section.",
    ),
    code(
        "E0301",
        "a unit is missing",
        "Everything that has a unit is written with it: `\"100 kt/yr\"`, or `{ unit = \"kt/yr\", 2030 = 100 }`.",
    ),
    code(
        "E0302",
        "a unit of the wrong kind",
        "The unit measures something else than the key asks for, such as energy where a mass is wanted.",
    ),
    code("E0303", "a number that is not finite", "`nan` and `inf` mean nothing here."),
    code(
        "E0304",
        "a number out of range",
        "A share outside 0 to 1, a negative amount, a series that falls faster than it can.",
    ),
    code(
        "E0305",
        "shares that do not sum to 1",
        "Shares of a whole must add up to 1 within 1e-9 at all times. Name one of them `\"rest\"` to let it close the sum.",
    ),
    code(
        "E0306",
        "more than there is is given away",
        "Shares given to several takers add up to more than 1, or two of them take the rest.",
    ),
    code("E0307", "an unknown unit", "The text is no unit, or one this program does not know."),
    code(
        "E0308",
        "a substance without a destination",
        "A unit's transfer rows must say where every substance goes that reaches it. Nothing is assumed: add a row, or `default`.",
    ),
    code(
        "E0309",
        "a time that does not fit",
        "An opening before the beginning, a lag shorter than a step, an end before its start.",
    ),
    code("E0310", "a number that must not change", "The key takes one value for all times, and a series was given."),
    code("E0311", "the same thing said twice", "A key, a row or a year comes a second time. Keep one of the two."),
    code("E0312", "a cell that is no number", "A row of a CSV table holds a text where a number belongs."),
    code(
        "E0401",
        "an unknown name",
        "A region, segment, chemistry, substance, plant or unit that the scenario does not define.",
    ),
    code("E0402", "a file that is not there", "Paths are relative to the file that names them."),
    code(
        "E0403",
        "scenarios that extend each other in a circle",
        "Each file extends a more general one; the chain must end in one without `extends`.",
    ),
    code("E0404", "a table without a column", "The CSV file has no column of this name; its header is shown."),
    code(
        "E0405",
        "a path that leads outside",
        "A scenario reads files only below its own directory, and never through a link that leads out of it.",
    ),
    code(
        "E0406",
        "a table without a row",
        "The CSV file has no row for something the scenario uses, or none that fits its `where`.",
    ),
    code(
        "E0501",
        "a file that is too large",
        "There are limits on the size of scenarios and tables, so that no file can take the machine with it.",
    ),
    code("E0502", "nesting that is too deep", "No key of a scenario lies so deep."),
    code("E0503", "a number or a table beyond its limit", "Numbers are limited to 1e15 and tables to a million rows."),
    code(
        "E0504",
        "a date out of range",
        "Years from 1900 to 2300, the first of a month, a whole number of years from start to end.",
    ),
    code("E0505", "too many parents", "A scenario may stand on eight others, one above the other."),
    code("E0506", "too many names", "A dimension has more names than the model is made for."),
    code("E0507", "too many steps", "A run has at most 4,000 steps; `--allow-large` lifts the limit."),
    code(
        "E0508",
        "a run that is too large",
        "The memory or output it may need is beyond the limit; `--allow-large` lifts it.",
    ),
    code("E0509", "a time that is too short", "Something would happen more often than once a day."),
    code("E0510", "too many scenarios", "One command takes at most 10,000 scenarios."),
    code("E0601", "a directory that is not there", "The directory of the scenario does not exist."),
    code(
        "E0701",
        "mass is not conserved",
        "The audit of a run failed. This is a fault of the program, not of the scenario; nothing was written. Please report it with the scenario.",
    ),
    code(
        "E0702",
        "a pool's target out of reach",
        "The target falls faster than packs wear out. Lower it more slowly, or say what shall happen with `on_shortfall`.",
    ),
    code(
        "W0101",
        "a lifetime with a part below age 0",
        "The distribution is not cut off at 0: that part of a cohort is retired at once. `normal_trunc0` cuts it off.",
    ),
];

/// The entry of a code.
pub fn find(code: &str) -> Option<&'static Code> {
    CODES.iter().find(|known| known.code.eq_ignore_ascii_case(code))
}
