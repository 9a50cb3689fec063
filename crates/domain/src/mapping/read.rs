//! Reading a mapping: every fault at once, so that nobody mends one only to see the next.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Expression, Mapping, parse};

/// The most attributes that a mapping can fill.
pub const MAX_ATTRIBUTES: usize = 200;
/// The most characters in the target's name of an attribute.
pub const MAX_ATTRIBUTE_NAME: usize = 256;

/// What is wrong in one place of a mapping.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {words}")]
pub struct MappingFault {
    /// `name`, or `attributes.` and the target's name of the attribute.
    pub field: String,
    /// Where in it, what was found and what to write.
    pub words: String,
}

const NAME: &str = "say how accounts are named, as in name = \"user_name\"";
const ATTRIBUTES: &str = "write a table of the target's attributes, as in attributes = { mail = \"email\" }";
const TEXT: &str = "write an expression as text, as in \"email\" or \"lower(given_name)\"";

impl Mapping {
    /// Reads the table `{ name = "…", attributes = { … } }`; attributes may be left out.
    ///
    /// # Errors
    /// All faults: of fields that do not exist, of the name, then of the attributes.
    pub fn read(table: &Value) -> Result<Self, Vec<MappingFault>> {
        let Value::Object(fields) = table else {
            let words = format!("found {}, expected a table: {NAME}, and {ATTRIBUTES}", found(table));
            return Err(vec![MappingFault { field: "name".to_owned(), words }]);
        };
        let mut reader = Reader { faults: Vec::new() };
        for field in fields.keys().filter(|field| !matches!(field.as_str(), "name" | "attributes")) {
            reader.fault(&shown(field), "there is no such field: a mapping has `name` and `attributes`".to_owned());
        }
        let name = match fields.get("name") {
            Some(value) => reader.expression("name", value, NAME),
            None => {
                reader.fault("name", format!("it is missing: {NAME}"));
                None
            }
        };
        let attributes = fields.get("attributes").map(|value| reader.attributes(value)).unwrap_or_default();
        match name {
            Some(name) if reader.faults.is_empty() => Ok(Self { name, attributes }),
            _ => Err(reader.faults),
        }
    }
}

struct Reader {
    faults: Vec<MappingFault>,
}

impl Reader {
    fn fault(&mut self, field: &str, words: String) {
        self.faults.push(MappingFault { field: field.to_owned(), words });
    }

    fn attributes(&mut self, value: &Value) -> BTreeMap<String, Expression> {
        let mut read = BTreeMap::new();
        let Value::Object(fields) = value else {
            self.fault("attributes", format!("found {}, expected a table: {ATTRIBUTES}", found(value)));
            return read;
        };
        if fields.len() > MAX_ATTRIBUTES {
            self.fault(
                "attributes",
                format!("there are {}, {MAX_ATTRIBUTES} are allowed: leave out what need not be kept up", fields.len()),
            );
            return read;
        }
        let mut folded = BTreeSet::new();
        for (name, value) in fields {
            let field = format!("attributes.{}", shown(name));
            if let Err(words) = check_name(name) {
                self.fault(&field, words);
            } else if !folded.insert(name.to_lowercase()) {
                // Targets do not tell names by their case.
                self.fault(&field, "another attribute has this name but for its case: leave one out".to_owned());
            }
            if let Some(expression) = self.expression(&field, value, TEXT) {
                read.insert(name.clone(), expression);
            }
        }
        read
    }

    fn expression(&mut self, field: &str, value: &Value, hint: &str) -> Option<Expression> {
        let read = match value {
            Value::String(source) => parse(source).map_err(|error| error.to_string()),
            Value::Object(_) if field != "name" => {
                Err(format!("found a table, expected a text: {TEXT}; a name with a dot stands in double quotes"))
            }
            _ => Err(format!("found {}, expected a text: {hint}", found(value))),
        };
        read.map_err(|words| self.fault(field, words)).ok()
    }
}

fn check_name(name: &str) -> Result<(), String> {
    if name.is_empty() {
        return Err("an attribute has no name: write the one that the target calls it by".to_owned());
    }
    if name.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err("the name has blanks or control characters: write the one that the target calls it by".to_owned());
    }
    let chars = name.chars().count();
    if chars > MAX_ATTRIBUTE_NAME {
        return Err(format!(
            "the name has {chars} characters, {MAX_ATTRIBUTE_NAME} are allowed: write the one that the target calls it by"
        ));
    }
    Ok(())
}

/// A name as a message can show it: short, and without control characters.
fn shown(name: &str) -> String {
    let mut shown: String = name.chars().take(MAX_ATTRIBUTE_NAME).filter(|c| !c.is_control()).collect();
    if name.chars().count() > MAX_ATTRIBUTE_NAME {
        shown.push('…');
    }
    shown
}

/// How a message calls a value that is not what was expected.
fn found(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a table",
    }
}
