//! «Did you mean»: the known name nearest to a wrong one.

/// The known name within reach of a slip of the fingers.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = 1 + name.chars().count() / 3;
    // A hostile name of a megabyte must not cost a megabyte squared.
    let short = name.len() <= 128;
    let near = known.into_iter().filter(|_| short).map(|k| (strsim::damerau_levenshtein(name, k), k));
    near.filter(|(distance, _)| *distance <= limit).min_by_key(|(distance, _)| *distance).map(|(_, k)| k)
}

/// The help line for a wrong name: the nearest known one, else the known ones.
pub fn help<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    const MOST: usize = 24;
    let known: Vec<&str> = known.into_iter().collect();
    if let Some(near) = nearest(name, known.iter().copied()) {
        return format!("did you mean `{near}`?");
    }
    if known.is_empty() {
        return "nothing can be named here".into();
    }
    let listed = known.iter().take(MOST).copied().collect::<Vec<_>>().join(", ");
    let more = if known.len() > MOST { format!(", and {} more", known.len() - MOST) } else { String::new() };
    format!("known here: {listed}{more}")
}
