//! Text before it is drawn: made harmless, measured, shortened, wrapped; and numbers as text.

use super::metrics::advance;

/// No text of a chart is longer than this, whatever the data say; layout work stays bounded.
const LONGEST: usize = 2_000;

/// Drops what must not reach a picture: control characters, text-direction overrides, invisible
/// and non-characters. Line breaks and tabs become spaces, runs of spaces become one.
///
/// Escaping for XML is done by plotters when it writes the text.
pub(super) fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(LONGEST));
    for character in text.chars().take(LONGEST) {
        if character.is_whitespace() || matches!(character, '\u{2028}' | '\u{2029}') {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
        } else if !is_dropped(character) {
            out.push(character);
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// Characters that are invisible, change the direction of their neighbours, or are illegal in XML 1.0.
fn is_dropped(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{00AD}'
                | '\u{061C}'
                | '\u{180E}'
                | '\u{200B}'..='\u{200F}'
                | '\u{202A}'..='\u{202E}'
                | '\u{2060}'..='\u{206F}'
                | '\u{FDD0}'..='\u{FDEF}'
                | '\u{FEFF}'
                | '\u{FFF9}'..='\u{FFFB}'
                | '\u{E0000}'..='\u{E007F}'
        )
        // The last two code points of every plane are not characters.
        || u32::from(character) & 0xFFFE == 0xFFFE
}

/// Width of a text in pixels at a font size in pixels.
pub(super) fn width(text: &str, size: f64, bold: bool) -> f64 {
    text.chars().map(|c| advance(c, bold)).sum::<f64>() * size
}

/// The text, or as much of its beginning as fits followed by an ellipsis.
pub(super) fn elide(text: &str, size: f64, bold: bool, room: f64) -> String {
    if width(text, size, bold) <= room {
        return text.to_owned();
    }
    let mut left = room - advance('…', bold) * size;
    let mut out = String::new();
    for character in text.chars() {
        left -= advance(character, bold) * size;
        if left < 0.0 {
            break;
        }
        out.push(character);
    }
    out.truncate(out.trim_end().len());
    out.push('…');
    out
}

/// Breaks a text into at most `most` lines no wider than `room`; what does not fit ends in an ellipsis.
///
/// Lines break at spaces and between full-width characters, and inside a word only if it is wider than a line.
pub(super) fn wrap(text: &str, size: f64, room: f64, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() && lines.len() < most {
        if lines.len() + 1 == most {
            lines.push(elide(rest, size, false, room));
            break;
        }
        let end = line_end(rest, size, room);
        let (line, tail) = rest.split_at_checked(end).unwrap_or((rest, ""));
        lines.push(line.trim_end().to_owned());
        rest = tail.trim_start();
    }
    lines
}

/// Byte at which the first line of `text` ends.
fn line_end(text: &str, size: f64, room: f64) -> usize {
    let mut used = 0.0;
    let mut break_at = None;
    for (at, character) in text.char_indices() {
        // Full-width scripts have no spaces: a line may end before any of their characters.
        if at > 0 && (character == ' ' || u32::from(character) >= 0x2E80) {
            break_at = Some(at);
        }
        used += advance(character, false) * size;
        if used > room {
            // At least one character a line, so that wrapping always ends.
            return break_at.unwrap_or(at.max(character.len_utf8()));
        }
    }
    text.len()
}

/// A number with thousands separators and a fixed number of decimals; never in scientific notation.
pub(super) fn number(value: f64, decimals: usize) -> String {
    let plain = format!("{:.*}", decimals, value.abs());
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let mut out = String::new();
    if value < 0.0 && plain.bytes().any(|b| (b'1'..=b'9').contains(&b)) {
        out.push('−');
    }
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// An amount for people: three significant digits, never in scientific notation.
pub(super) fn amount(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let decimals = (2 - value.abs().log10().floor() as i32).clamp(0, 9);
    let text = number(value, decimals as usize);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}
