//! `datapackage.json` (Data Package v2): what the tables are, what their columns hold, and how to know they are whole.

use super::is_numeric;
use crate::results::archive::{Archive, ArchiveError, Sheet};
use crate::results::run_dir::sha256_of;
use serde_json::{Value, json};

/// What the columns of all tables mean.
const FIELDS: [(&str, &str); 24] = [
    ("time", "Beginning of the period: a year, or a month."),
    ("value", "The value, in the unit of column `unit`."),
    ("unit", "Unit of the values of the row."),
    ("region", "Region; `all` for what belongs to none."),
    ("plant", "Plant; `all` for what belongs to none."),
    ("source", "Where a flow comes from, or who says a number."),
    ("target", "Where a flow goes, or the name of a target."),
    ("material", "The form in which the substances travel."),
    ("substance", "Substance; `energy` for nameplate energy."),
    ("segment", "Kind of vehicle, or pool."),
    ("chemistry", "Cell chemistry."),
    ("stage", "Stage of the loop."),
    ("indicator", "Indicator; `urbanmine explain NAME` defines it."),
    ("bottleneck", "What limited the plant."),
    ("utilisation", "Feed treated, as far as nameplate counts it, over nameplate."),
    ("confidence", "A seen at the source, B second hand, C assumption."),
    ("key", "Dotted key of the scenario."),
    ("note", "Remark."),
    ("file", "File the number stands in."),
    ("line", "Line it stands on."),
    ("residual", "In less out less change of stock."),
    ("relative", "Residual over the larger of throughput, stock and 1 kg."),
    ("type", "The form in which mass travels."),
    ("stock_change", "Stock at the end less stock at the beginning."),
];

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
        let read = |cause: csv::Error| ArchiveError::Read { path: path.clone(), cause: cause.to_string() };
        let sheet = Sheet::read(&bytes).map_err(read)?;
        let name = path.trim_start_matches("tables/").trim_end_matches(".csv").replace('_', "-");
        let fields: Vec<Value> = (0..sheet.header.len()).map(|column| field(&sheet, column)).collect();
        resources.push(json!({
            "name": name,
            "path": path,
            "type": "table",
            "scheme": "file",
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "bytes": bytes.len(),
            "hash": format!("sha256:{}", sha256_of(&bytes)),
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

fn field(sheet: &Sheet, column: usize) -> Value {
    let name = sheet.header.get(column).map_or("", String::as_str);
    // A column of a year in the wide layout holds numbers, or nothing.
    let year = name.len() >= 4 && name.bytes().take(4).all(|byte| byte.is_ascii_digit());
    let kind = if year || is_numeric(sheet, column) { "number" } else { "string" };
    match FIELDS.iter().find(|(known, _)| *known == name) {
        Some((_, meaning)) => json!({ "name": name, "type": kind, "description": meaning }),
        None => json!({ "name": name, "type": kind }),
    }
}
