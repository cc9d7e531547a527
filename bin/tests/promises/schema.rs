//! JSON against a JSON Schema: as much of that language as the schemas of the tools speak.

use serde_json::Value;

/// Returns what a value has that its schema does not allow, each with its place; a word of the language that is not
/// known here is a mistake, too.
pub(crate) fn mistakes(value: &Value, schema: &Value) -> Vec<String> {
    let mut mistakes = Vec::new();
    check(value, schema, schema, "$", &mut mistakes);
    mistakes
}

fn check(value: &Value, schema: &Value, root: &Value, place: &str, mistakes: &mut Vec<String>) {
    for (word, wanted) in schema.as_object().unwrap() {
        let number = || wanted.as_u64().unwrap();
        let length = || value.as_array().map_or(0, Vec::len) as u64;
        let listed = || wanted.as_array().unwrap();
        let fits = match word.as_str() {
            "$schema" | "$defs" | "title" | "description" => true,
            "$ref" => {
                let target = root.pointer(wanted.as_str().unwrap().trim_start_matches('#')).unwrap();
                check(value, target, root, place, mistakes);
                true
            }
            "const" => value == wanted,
            "enum" => listed().contains(value),
            "type" => wanted.as_array().map_or_else(|| is(value, wanted), |types| types.iter().any(|it| is(value, it))),
            "anyOf" => listed().iter().any(|schema| {
                let mut inner = Vec::new();
                check(value, schema, root, place, &mut inner);
                inner.is_empty()
            }),
            "minimum" => value.as_i64().is_none_or(|it| it >= wanted.as_i64().unwrap()),
            "minItems" => length() >= number(),
            "maxItems" => length() <= number(),
            "required" => listed().iter().all(|key| value.get(key.as_str().unwrap()).is_some()),
            "additionalProperties" => {
                value.as_object().is_none_or(|object| object.keys().all(|key| schema["properties"].get(key).is_some()))
            }
            "properties" => {
                for (key, schema) in wanted.as_object().unwrap() {
                    if let Some(inner) = value.get(key) {
                        check(inner, schema, root, &format!("{place}.{key}"), mistakes);
                    }
                }
                true
            }
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(item, wanted, root, &format!("{place}[{index}]"), mistakes);
                }
                true
            }
            _ => false,
        };
        if !fits {
            mistakes.push(format!("{place}: {word} {wanted}, found {value}"));
        }
    }
}

fn is(value: &Value, wanted: &Value) -> bool {
    match wanted.as_str().unwrap() {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}

#[test]
fn mistakes_are_found() {
    let schema = serde_json::json!({
        "type": "object", "required": ["a"], "additionalProperties": false,
        "properties": { "a": { "type": ["integer", "null"] }, "b": { "type": "array", "items": { "enum": [1] } } }
    });
    let count = |value: Value| mistakes(&value, &schema).len();
    assert_eq!(count(serde_json::json!({ "a": null, "b": [1, 1] })), 0);
    assert_eq!(count(serde_json::json!({ "a": "x", "b": [2] })), 2);
    assert_eq!(count(serde_json::json!({ "c": 1 })), 2);
    assert_eq!(mistakes(&schema, &serde_json::json!({ "not": {} })).len(), 1);
}
