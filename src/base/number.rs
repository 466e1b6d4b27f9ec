//! Numbers as text: the shortest decimal that reads back to the same double.

/// The shortest text of a finite number; `-0` is written `0`.
pub fn text(value: f64) -> String {
    let value = if value == 0.0 { 0.0 } else { value };
    let mut buffer = ryu::Buffer::new();
    let text = buffer.format(value);
    text.strip_suffix(".0").unwrap_or(text).to_owned()
}

/// A number for people: three significant digits, thousands apart, never an exponent.
pub fn readable(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return if value == 0.0 { "0".to_owned() } else { "-".to_owned() };
    }
    let digits = (2 - value.abs().log10().floor() as i32).clamp(0, 12) as usize;
    let rounded = format!("{value:.digits$}");
    if !rounded.contains(|digit| matches!(digit, '1'..='9')) {
        return "0".to_owned();
    }
    let (whole, fraction) = rounded.split_once('.').unwrap_or((&rounded, ""));
    let (sign, whole) = whole.strip_prefix('-').map_or(("", whole), |whole| ("-", whole));
    let mut grouped = String::new();
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{grouped}{point}{fraction}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_back() {
        for value in [0.1, 1.0, 123_456.789, 1e-12, 2.5e20, -0.0] {
            assert_eq!(text(value).parse::<f64>().unwrap(), value);
        }
        assert_eq!((text(5.0).as_str(), text(-0.0).as_str()), ("5", "0"));
    }

    #[test]
    fn people_get_three_digits() {
        assert_eq!(readable(1_234_567.0), "1,234,567");
        assert_eq!(readable(12.3456), "12.3");
        assert_eq!(readable(0.012_345), "0.0123");
        assert_eq!(readable(-1234.0), "-1,234");
        assert_eq!(readable(0.5), "0.5");
        assert_eq!(readable(-1.1e-16), "0");
    }
}
