//! Paths in scenario files: relative, `/`-separated, never out of the project root.

/// Why a path is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathFault {
    /// Nothing is written.
    Empty,
    /// It begins with `/` or a drive letter.
    Absolute,
    /// It has a backslash, a control character or NUL.
    Character,
    /// `..` climbs above the project root.
    Leaves,
}

impl PathFault {
    /// What to say at the place.
    pub fn label(self) -> &'static str {
        match self {
            Self::Empty => "no path given",
            Self::Absolute => "paths are relative to the file that names them",
            Self::Character => "paths are separated by `/` and hold no control characters",
            Self::Leaves => "leads out of the directory of the scenario file",
        }
    }
}

/// The path from the project root to what `text` names, seen from a file at `from` (itself relative to the root).
pub fn resolve(from: &str, text: &str) -> Result<String, PathFault> {
    if text.is_empty() {
        return Err(PathFault::Empty);
    }
    if text.chars().any(|c| c.is_control() || c == '\\') {
        return Err(PathFault::Character);
    }
    let drive = text.as_bytes().get(1) == Some(&b':');
    if text.starts_with('/') || drive {
        return Err(PathFault::Absolute);
    }
    let directory = from.rsplit_once('/').map_or("", |(directory, _)| directory);
    let mut parts: Vec<&str> = directory.split('/').filter(|p| !p.is_empty()).collect();
    for part in text.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop().ok_or(PathFault::Leaves)?;
            }
            name => parts.push(name),
        }
    }
    if parts.is_empty() { Err(PathFault::Empty) } else { Ok(parts.join("/")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stays_inside_the_root() {
        assert_eq!(resolve("top.toml", "data/x.csv"), Ok("data/x.csv".into()));
        assert_eq!(resolve("plants/hydro.toml", "../data/./x.csv"), Ok("data/x.csv".into()));
        assert_eq!(resolve("top.toml", "../x.csv"), Err(PathFault::Leaves));
        assert_eq!(resolve("plants/hydro.toml", "../../x.csv"), Err(PathFault::Leaves));
        assert_eq!(resolve("top.toml", "/etc/passwd"), Err(PathFault::Absolute));
        assert_eq!(resolve("top.toml", "C:/x"), Err(PathFault::Absolute));
        assert_eq!(resolve("top.toml", "a\\b"), Err(PathFault::Character));
        assert_eq!(resolve("top.toml", ""), Err(PathFault::Empty));
    }
}
