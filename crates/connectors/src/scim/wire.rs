//! Between what Tenure says of an account and what SCIM says.

use std::collections::{BTreeMap, HashSet};

use reqwest::Method;
use serde_json::{Map, Value, json};
use tenure_scim::filter::PatchPath;
use tenure_scim::patch::{Action, Operation, Patch};
use tenure_scim::schema::{Attribute, Kind, Resolved};
use tenure_scim::{Reading, ResourceType, ScimType, resource};

use super::settings::Dialect;
use crate::{Fault, FaultKind};

/// A user as the peer sent it, and the same in the one form that can be compared.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub raw: Value,
    pub user: Value,
    pub etag: Option<String>,
}

pub(super) fn garbage(words: impl Into<String>) -> Fault {
    Fault::new(FaultKind::Protocol, words)
}

/// A peer's text, cut for a message.
pub(super) fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(80).collect()
}

/// Brings a resource into its one form.
pub(super) fn seen(of: &ResourceType, raw: Value, etag: Option<String>) -> Result<Seen, Fault> {
    let user = resource::accept(of, raw.clone(), Reading::Lenient)
        .map_err(|error| garbage(format!("The server sent a {} that is none: {}", of.name, error.detail)))?;
    if id(&user).is_empty() {
        return Err(garbage(format!("The server sent a {} without an id.", of.name)));
    }
    let version = user.pointer("/meta/version").and_then(Value::as_str).map(str::to_owned);
    Ok(Seen { raw, user, etag: etag.or(version) })
}

pub(super) fn id(resource: &Value) -> &str {
    resource.get("id").and_then(Value::as_str).unwrap_or_default()
}

/// A resource with these attributes set; those without values are taken away.
pub(super) fn with(of: &ResourceType, before: &Value, attributes: &BTreeMap<String, Vec<String>>) -> Result<Value, Fault> {
    let mut now = before.clone();
    for (name, values) in attributes {
        let refused = |words: &str| Fault::new(FaultKind::Refused, format!("The attribute `{name}` cannot be set: {words}"));
        let path: PatchPath = name.parse().map_err(|error: tenure_scim::ScimError| refused(&error.detail))?;
        let Some(Resolved::Attribute { attribute, sub, .. }) = of.resolve(&path.attr) else {
            return Err(refused(&format!("{} has no such attribute", of.name)));
        };
        let value = value(attribute, sub, &path, values).map_err(|words| refused(&words))?;
        let value = if path.filter.is_none() && sub.is_none() { kept(of, &now, &path, value) } else { value };
        let action = match value {
            Value::Null => Action::Remove,
            // A list is set as a whole; a value chosen by a filter is made if there is none.
            value if path.filter.is_none() => Action::Replace(value),
            value => Action::Add(value),
        };
        let patch = Patch { operations: vec![Operation { path, action: action.clone() }], reading: Reading::Lenient };
        match patch.apply(of, &now) {
            Ok(patched) => now = patched.resource,
            Err(error) if action == Action::Remove && error.scim_type == Some(ScimType::NoTarget) => {}
            Err(error) => return Err(refused(&error.detail)),
        }
    }
    Ok(now)
}

/// A list that names values alone: those that are there stay as they are, with the type and whatever else the peer says
/// of them, and in their order.
fn kept(of: &ResourceType, now: &Value, path: &PatchPath, wanted: Value) -> Value {
    let holder = path.attr.urn.as_ref().and_then(|urn| of.extension(urn)).map_or(Some(now), |schema| now.get(&schema.id));
    let name = of.core(&path.attr.name).map_or(path.attr.name.as_str(), |attribute| attribute.name.as_str());
    let there = holder.and_then(|holder| holder.get(name)).and_then(Value::as_array);
    let (Value::Array(wanted), Some(there)) = (&wanted, there) else { return wanted };
    let known = |value: &Value| value.get("value").unwrap_or(value).to_string();
    let wanted_keys: HashSet<String> = wanted.iter().map(known).collect();
    let there_keys: HashSet<String> = there.iter().map(known).collect();
    let stay = there.iter().filter(|value| wanted_keys.contains(&known(value)));
    let come = wanted.iter().filter(|value| !there_keys.contains(&known(value)));
    Value::Array(stay.chain(come).cloned().collect())
}

/// Texts as the attribute has them.
fn value(attribute: &Attribute, sub: Option<&Attribute>, path: &PatchPath, values: &[String]) -> Result<Value, String> {
    let leaf = sub.unwrap_or(attribute);
    let many = attribute.multi_valued && sub.is_none() && path.filter.is_none();
    if values.is_empty() {
        return Ok(Value::Null);
    }
    if many {
        return values.iter().map(|text| one(leaf, text)).collect();
    }
    match values {
        [text] => one(leaf, text),
        _ => Err("it has one value, and more were given".into()),
    }
}

fn one(leaf: &Attribute, text: &str) -> Result<Value, String> {
    match leaf.kind {
        Kind::Integer => text.parse::<i64>().map(Value::from).map_err(|_| "it takes a whole number".into()),
        Kind::Decimal => text.parse::<f64>().map(Value::from).map_err(|_| "it takes a number".into()),
        Kind::Complex if leaf.sub("value").is_some() => Ok(json!({ "value": text })),
        Kind::Complex => Err("it has parts; name one of them, as in `name.familyName`".into()),
        // `accept` reads truth values from text.
        _ => Ok(Value::String(text.into())),
    }
}

/// An attribute that differs, and what it is to be; nothing takes it away.
type Difference = (Option<String>, String, Option<Value>);

fn differences(of: &ResourceType, before: &Value, after: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut compare = |urn: Option<&str>, attribute: &Attribute, before: Option<&Value>, after: Option<&Value>| {
        if before != after {
            found.push((urn.map(str::to_owned), attribute.name.clone(), after.cloned()));
        }
    };
    for attribute in of.common.iter().filter(|attribute| attribute.name != "schemas").chain(&of.schema.attributes) {
        compare(None, attribute, before.get(&attribute.name), after.get(&attribute.name));
    }
    for schema in &of.extensions {
        let inside = |resource: &Value, name: &str| resource.get(&schema.id).and_then(|inner| inner.get(name)).cloned();
        for attribute in &schema.attributes {
            compare(Some(&schema.id), attribute, inside(before, &attribute.name).as_ref(), inside(after, &attribute.name).as_ref());
        }
    }
    found
}

/// The request body that makes one resource the other by PATCH; nothing if they are the same.
pub(super) fn patch(of: &ResourceType, before: &Value, after: &Value, dialect: Dialect) -> Option<Value> {
    let differences = differences(of, before, after);
    if differences.is_empty() {
        return None;
    }
    let mut operations = Vec::new();
    let mut without_path = Map::new();
    for (urn, name, value) in differences {
        let path = urn.as_ref().map_or_else(|| name.clone(), |urn| format!("{urn}:{name}"));
        match (value, dialect, urn) {
            (Some(value), Dialect::Okta, None) => drop(without_path.insert(name, value)),
            (Some(value), Dialect::Okta, Some(urn)) => {
                if let Some(inner) = without_path.entry(urn).or_insert_with(|| json!({})).as_object_mut() {
                    inner.insert(name, value);
                }
            }
            (Some(value), ..) => operations.push(json!({ "op": word("replace", dialect), "path": path, "value": value })),
            (None, ..) => operations.push(json!({ "op": word("remove", dialect), "path": path })),
        }
    }
    if !without_path.is_empty() {
        operations.insert(0, json!({ "op": "replace", "value": without_path }));
    }
    Some(request(operations))
}

pub(super) fn request(operations: Vec<Value>) -> Value {
    json!({ "schemas": [tenure_scim::patch::PATCH_SCHEMA], "Operations": operations })
}

/// An operator as the dialect writes it.
pub(super) fn word(op: &'static str, dialect: Dialect) -> &'static str {
    match (dialect, op) {
        (Dialect::Entra, "add") => "Add",
        (Dialect::Entra, "remove") => "Remove",
        (Dialect::Entra, "replace") => "Replace",
        (_, op) => op,
    }
}

/// The whole resource for a PUT: what the peer sent, with what differs. What Tenure does not know is left as it is.
pub(super) fn whole(of: &ResourceType, raw: &Value, before: &Value, after: &Value) -> Option<Value> {
    let differences = differences(of, before, after);
    if differences.is_empty() {
        return None;
    }
    let mut whole = raw.as_object().cloned().unwrap_or_default();
    // The peer's own; some refuse to see them again.
    whole.retain(|key, _| !["meta", "groups"].iter().any(|own| key.eq_ignore_ascii_case(own)));
    for (urn, name, value) in differences {
        let holder = match &urn {
            None => Some(&mut whole),
            Some(urn) => {
                let key = whole.keys().find(|key| key.eq_ignore_ascii_case(urn)).cloned().unwrap_or_else(|| urn.clone());
                add_schema(&mut whole, urn);
                whole.entry(key).or_insert_with(|| json!({})).as_object_mut()
            }
        };
        let Some(holder) = holder else { continue };
        holder.retain(|key, _| !key.eq_ignore_ascii_case(&name));
        value.map(|value| holder.insert(name, value));
    }
    Some(Value::Object(whole))
}

fn add_schema(whole: &mut Map<String, Value>, urn: &str) {
    if let Some(schemas) = whole.entry("schemas").or_insert_with(|| json!([])).as_array_mut() {
        if !schemas.iter().any(|schema| schema.as_str().is_some_and(|schema| schema.eq_ignore_ascii_case(urn))) {
            schemas.push(json!(urn));
        }
    }
}

/// How the settings say that a resource is changed, for a request.
pub(super) fn method(update: super::Update) -> Method {
    match update {
        super::Update::Patch => Method::PATCH,
        super::Update::Put => Method::PUT,
    }
}
