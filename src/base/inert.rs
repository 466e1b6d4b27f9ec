//! Text of unknown origin made harmless, one function for each place it may go to. Pictures have their own
//! (`charts::text::clean`), and pages escape in their template engine.

use std::borrow::Cow;

/// For a line on a terminal or in a page: without control characters and without what turns the direction of text.
/// Line breaks and tabs become spaces.
pub fn line(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_active) {
        return Cow::Borrowed(text);
    }
    let shown = |c: char| if c.is_whitespace() { Some(' ') } else { (!is_active(c)).then_some(c) };
    Cow::Owned(text.chars().filter_map(shown).collect())
}

/// For a cell of a table: as a line, and never the beginning of a formula.
pub fn cell(text: &str) -> Cow<'_, str> {
    let text = line(text);
    if text.starts_with(['=', '+', '-', '@']) { Cow::Owned(format!("'{text}")) } else { text }
}

/// Control characters, marks and overrides of text direction, separators of lines that are no line break.
pub fn is_active(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}'
            | '\u{2066}'..='\u{2069}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_is_taken_away() {
        assert_eq!(line("a\u{1b}[31mb\u{202e}c\td\ne"), "a[31mbc d e");
        assert_eq!(line("合肥 Li₂CO₃"), "合肥 Li₂CO₃");
        for formula in ["=1+1", "+1", "-1", "@x", "\t=1"] {
            assert!(!cell(formula).starts_with(['=', '+', '-', '@', '\t', '\r']), "{formula}");
        }
        assert_eq!(cell("a=b"), "a=b");
    }
}
