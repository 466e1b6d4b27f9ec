//! `datapackage.json` (Data Package v2): what the tables are, what their columns hold, and how to know they are whole.

use crate::disk::sha256;
use crate::results::archive::{Archive, ArchiveError};
use serde_json::{Value, json};

/// What the columns of all tables hold and mean. A column that is not listed is looked at.
const FIELDS: [(&str, Kind, &str); 28] = [
    ("time", Kind::Text, "Beginning of the period: a year, or a month."),
    ("value", Kind::Number, "The value, in the unit of column `unit`."),
    ("unit", Kind::Text, "Unit of the values of the row."),
    ("region", Kind::Text, "Region; `all` for what belongs to none."),
    ("plant", Kind::Text, "Plant; `all` for what belongs to none."),
    ("source", Kind::Text, "Where a flow comes from, or who says a number."),
    ("target", Kind::Text, "Where a flow goes, or the name of a target."),
    ("material", Kind::Text, "The form in which the substances travel."),
    ("substance", Kind::Text, "Substance; `energy` for nameplate energy."),
    ("segment", Kind::Text, "Kind of vehicle, or pool."),
    ("chemistry", Kind::Text, "Cell chemistry."),
    ("stage", Kind::Text, "Stage of the loop."),
    ("indicator", Kind::Text, "Indicator; `urbanmine explain NAME` defines it."),
    ("bottleneck", Kind::Text, "What limited the plant."),
    ("utilisation", Kind::Number, "Feed treated, as far as nameplate counts it, over nameplate."),
    ("confidence", Kind::Text, "A seen at the source, B second hand, C assumption."),
    ("key", Kind::Text, "Dotted key of the scenario."),
    ("note", Kind::Text, "Remark."),
    ("file", Kind::Text, "File the number stands in."),
    ("line", Kind::Number, "Line it stands on."),
    ("in", Kind::Number, "What enters."),
    ("out", Kind::Number, "What leaves."),
    ("residual", Kind::Number, "In less out less change of stock."),
    ("relative", Kind::Number, "Residual over the larger of throughput, stock and 1 kg."),
    ("type", Kind::Text, "The form in which mass travels."),
    ("kind", Kind::Text, "Kind of the row."),
    ("name", Kind::Text, "Name."),
    ("stock_change", Kind::Number, "Stock at the end less stock at the beginning."),
];

/// What a column holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
}

/// The descriptor of a run's tables, as they lie below its directory.
///
/// # Errors
/// If the run cannot be read.
pub fn descriptor(archive: &Archive<'_>) -> Result<Vec<u8>, ArchiveError> {
    let mut resources = Vec::new();
    let listed = archive
        .names("tables/", ".csv")
        .into_iter()
        .chain(archive.names("sankey", ".csv"))
        .chain(archive.names("iamc", ".csv"));
    for path in listed {
        let Some(bytes) = archive.bytes(&path)? else { continue };
        let fields =
            fields(&bytes).map_err(|cause| ArchiveError::Read { path: path.clone(), cause: cause.to_string() })?;
        let name = path.trim_start_matches("tables/").trim_end_matches(".csv").replace('_', "-");
        resources.push(json!({
            "name": name,
            "path": path,
            "type": "table",
            "scheme": "file",
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "bytes": bytes.len(),
            "hash": format!("sha256:{}", sha256(&bytes)),
            "schema": { "fields": fields, "missingValues": [""] },
        }));
    }
    let manifest = &archive.manifest;
    let package = json!({
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": manifest.id.to_lowercase(),
        "title": manifest.title,
        "version": manifest.version,
        "description": format!("Results of urbanmine {} ({}), results key {}.", manifest.version, manifest.commit, manifest.results_key),
        "keywords": ["battery", "recycling", "material flow"],
        "resources": resources,
    });
    Ok(serde_json::to_vec_pretty(&package).unwrap_or_default())
}

/// The columns of a table. Only one with a column that is not listed is read to its end.
fn fields(bytes: &[u8]) -> Result<Vec<Value>, csv::Error> {
    let mut reader = csv::Reader::from_reader(bytes);
    let header = reader.headers()?.clone();
    let known = |name: &str| FIELDS.iter().find(|(known, ..)| *known == name);
    // A column of a year in the wide layout holds numbers, or nothing.
    let is_year = |name: &str| name.len() >= 4 && name.bytes().take(4).all(|byte| byte.is_ascii_digit());
    let mut kinds: Vec<Option<Kind>> = header
        .iter()
        .map(|name| known(name).map(|field| field.1).or_else(|| is_year(name).then_some(Kind::Number)))
        .collect();
    let open: Vec<usize> = (0..kinds.len()).filter(|at| kinds[*at].is_none()).collect();
    if !open.is_empty() {
        let mut row = csv::StringRecord::new();
        let mut any = false;
        let mut numeric = vec![true; open.len()];
        while reader.read_record(&mut row)? {
            any = true;
            for (numeric, at) in numeric.iter_mut().zip(&open) {
                *numeric = *numeric && row.get(*at).is_some_and(|cell| cell.parse::<f64>().is_ok_and(f64::is_finite));
            }
        }
        for (numeric, at) in numeric.iter().zip(&open) {
            kinds[*at] = Some(if any && *numeric { Kind::Number } else { Kind::Text });
        }
    }
    let field = |(name, kind): (&str, &Option<Kind>)| {
        let kind = if *kind == Some(Kind::Number) { "number" } else { "string" };
        match known(name) {
            Some((_, _, meaning)) => json!({ "name": name, "type": kind, "description": meaning }),
            None => json!({ "name": name, "type": kind }),
        }
    };
    Ok(header.iter().zip(&kinds).map(field).collect())
}
