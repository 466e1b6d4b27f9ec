//! The list of keys as a JSON Schema, for completion and hints in editors. Draft 4, which is what editors for TOML read.

use super::{Place, Takes};
use serde_json::{Map, Value, json};

/// The name under which `new` writes the schema beside a scenario.
pub const FILE: &str = "urbanmine-scenario.schema.json";

/// What may stand beside values in a section: the unit of its bare numbers, and who says them.
const BESIDE: [(&str, &str); 4] = [
    ("unit", "Unit of the section's bare numbers."),
    ("source", "Who says the numbers of this section."),
    ("confidence", "A seen at the source, B second hand, C assumption."),
    ("note", "Remark."),
];

/// The schema of a scenario file.
pub fn schema() -> Value {
    let mut schema = section(Place::root());
    let described = json!({
        "$schema": "http://json-schema.org/draft-04/schema#",
        "title": "urbanmine scenario",
        "description": "Made from the program's list of keys; `urbanmine explain KEY` says more.",
    });
    if let (Value::Object(schema), Value::Object(described)) = (&mut schema, described) {
        for (name, value) in described {
            schema.insert(name, value);
        }
    }
    schema
}

/// What may stand at a place.
fn at(place: Place) -> Value {
    let value = place.key().map(|key| {
        let mut value = takes(&key.takes);
        if key.rest {
            value = json!({ "anyOf": [value, { "enum": ["rest"] }] });
        }
        value["description"] = format!("{} e.g. {}", key.doc, key.example).into();
        value
    });
    match value {
        Some(value) if place.is_end() => value,
        // A value, or a table of more.
        Some(value) => {
            let description = value["description"].clone();
            json!({ "description": description, "anyOf": [value, section(place)] })
        }
        None => section(place),
    }
}

fn section(place: Place) -> Value {
    let mut properties: Map<String, Value> =
        place.literals().map(|(name, below)| (name.to_owned(), at(below))).collect();
    for (name, description) in BESIDE {
        properties.entry(name).or_insert_with(|| json!({ "type": "string", "description": description }));
    }
    // Any name of a family may stand where one does.
    let others = match place.wildcard() {
        Some((dim, _)) => place.child(&format!("<{}>", dim.word())).map_or(json!({}), at),
        None => json!(false),
    };
    json!({ "type": "object", "properties": properties, "additionalProperties": others })
}

fn takes(takes: &Takes) -> Value {
    let text = || json!({ "type": "string" });
    let any_of = |kinds: &[&str]| json!({ "type": kinds });
    match takes {
        Takes::Integer => json!({ "type": "integer" }),
        Takes::Number => json!({ "type": "number" }),
        Takes::Bool => json!({ "type": "boolean" }),
        Takes::Text | Takes::NameOf(..) | Takes::Path => text(),
        Takes::LocalisedText => any_of(&["string", "object"]),
        Takes::OneOf(words) => json!({ "enum": words }),
        Takes::SomeOf(words) => json!({ "type": "array", "items": { "enum": words } }),
        Takes::Id => json!({ "type": "string", "pattern": "^[a-z0-9][a-z0-9_-]{0,63}$" }),
        Takes::Defines(_) | Takes::Names(_) | Takes::SomeText => json!({ "type": "array", "items": text() }),
        // A date of TOML reads differently in different editors.
        Takes::Date | Takes::Day | Takes::Anything => json!({}),
        Takes::Quantity(_)
        | Takes::Series(_)
        | Takes::SeriesOf(_)
        | Takes::Limit
        | Takes::Share
        | Takes::ShareSeries => any_of(&["number", "string", "object"]),
        Takes::Mix(_) | Takes::Survival | Takes::Csv(_) | Takes::TransferCsv | Takes::Destination => {
            any_of(&["string", "object"])
        }
        Takes::ByName(_, inner) => {
            let inner = self::takes(inner);
            json!({ "anyOf": [inner, { "type": "object" }] })
        }
        Takes::Paths => any_of(&["string", "array"]),
        Takes::Parameter => json!({ "type": "object" }),
        Takes::Numbers => json!({ "type": "array", "items": { "type": "number" } }),
        Takes::Rates => any_of(&["number", "string", "array", "object"]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_where_they_are_said() {
        let schema = schema();
        let plant = &schema["properties"]["plant"]["additionalProperties"];
        assert!(plant["properties"]["capacity"]["description"].as_str().unwrap().contains("e.g."), "{plant}");
        assert_eq!(schema["additionalProperties"], false);
        // What draft 4 does not know must not be there.
        let text = schema.to_string();
        for word in ["\"const\"", "\"$defs\"", "\"if\""] {
            assert!(!text.contains(word), "{word}");
        }
    }
}
