//! What a program can read of a route: its operation, from which the OpenAPI document is made. It stands beside the
//! route in the table, so that one is not there without the other.

use serde_json::{Map, Value, json};
use utoipa::openapi::{RefOr, schema::Schema};
use utoipa::{PartialSchema, ToSchema};

/// A body that is sent or answered.
#[derive(Debug, Clone)]
pub(super) struct Body {
    pub(super) kind: &'static str,
    pub(super) schema: Value,
}

/// One kind of answer.
#[derive(Debug, Clone)]
pub(super) struct Given {
    pub(super) status: u16,
    pub(super) words: &'static str,
    pub(super) body: Option<Body>,
    /// Names and descriptions of its headers.
    pub(super) headers: Vec<(&'static str, &'static str)>,
}

/// An operation of the API.
#[derive(Debug, Clone)]
pub(in crate::http) struct Operation {
    pub(super) id: &'static str,
    pub(super) resource: &'static str,
    pub(super) summary: &'static str,
    pub(super) more: &'static str,
    /// As in the document: `name`, `in`, `required`, `schema`, `description`.
    pub(super) parameters: Vec<Value>,
    pub(super) sent: Option<Body>,
    pub(super) given: Vec<Given>,
    pub(super) schemas: Vec<(String, Value)>,
    pub(super) needs_version: bool,
}

/// An operation: its name for generated clients, the resource, and what it does in a few words.
pub(super) fn op(id: &'static str, resource: &'static str, summary: &'static str) -> Operation {
    Operation {
        id,
        resource,
        summary,
        more: "",
        parameters: Vec::new(),
        sent: None,
        given: Vec::new(),
        schemas: Vec::new(),
        needs_version: false,
    }
}

fn value(schema: RefOr<Schema>) -> Value {
    serde_json::to_value(schema).unwrap_or_default()
}

/// Where the schema of a type stands.
pub(super) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

impl Operation {
    /// What is to be known beside the summary.
    pub(super) fn more(mut self, words: &'static str) -> Self {
        self.more = words;
        self
    }

    /// Parameters of the address.
    pub(super) fn query<T: ToSchema>(mut self) -> Self {
        self.add_parts::<T>();
        let schema = value(T::schema());
        let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let properties = schema["properties"].as_object().cloned().unwrap_or_default();
        for (name, property) in &properties {
            let mut property = without_null(property);
            let description = property.as_object_mut().and_then(|p| p.remove("description"));
            self.parameters.push(json!({
                "name": name,
                "in": "query",
                "required": required.contains(&name.as_str()),
                "description": description.unwrap_or_else(|| json!("")),
                "schema": property,
            }));
        }
        self
    }

    /// A word of a closed list in the path.
    pub(super) fn path_word<T: PartialSchema>(mut self, name: &str) -> Self {
        self.parameters.push(json!({ "name": name, "in": "path", "required": true, "schema": value(T::schema()) }));
        self
    }

    /// What is sent, as JSON.
    pub(super) fn sends<T: ToSchema>(mut self) -> Self {
        self.add::<T>();
        self.sent = Some(Body { kind: "application/json", schema: reference(&T::name()) });
        self
    }

    /// What is sent, as text of another kind.
    pub(super) fn sends_text(mut self, kind: &'static str) -> Self {
        self.sent = Some(Body { kind, schema: json!({}) });
        self
    }

    /// What is answered.
    pub(super) fn gives<T: ToSchema>(mut self, status: u16, words: &'static str) -> Self {
        self.add::<T>();
        let body = Body { kind: "application/json", schema: reference(&T::name()) };
        self.given.push(Given { status, words, body: Some(body), headers: Vec::new() });
        self
    }

    /// A page of a list is answered.
    pub(super) fn gives_page<T: ToSchema>(mut self, words: &'static str) -> Self {
        self.add::<T>();
        let schema = json!({
            "type": "object",
            "required": ["items", "next"],
            "additionalProperties": false,
            "properties": {
                "items": { "type": "array", "items": reference(&T::name()) },
                "next": { "type": ["string", "null"], "description": "What `after` is for the next page; null on the last one." },
            },
        });
        let body = Body { kind: "application/json", schema };
        let headers = vec![("Link", "The address of the next page, with `rel=\"next\"`; absent on the last one.")];
        self.given.push(Given { status: 200, words, body: Some(body), headers });
        self
    }

    /// Something that has a type of its own is answered.
    pub(super) fn gives_file(mut self, kind: &'static str, words: &'static str) -> Self {
        let schema = if kind == "application/json" { json!({ "type": "object" }) } else { json!({ "type": "string" }) };
        self.given.push(Given { status: 200, words, body: Some(Body { kind, schema }), headers: Vec::new() });
        self
    }

    /// Nothing is answered.
    pub(super) fn gives_nothing(mut self, words: &'static str) -> Self {
        self.given.push(Given { status: 204, words, body: None, headers: Vec::new() });
        self
    }

    /// The answer carries the version.
    pub(super) fn with_version(mut self) -> Self {
        if let Some(given) = self.given.last_mut() {
            given.headers.push(("ETag", "The version, for `If-Match`."));
        }
        self
    }

    /// It is read with its version; who has it already is told so.
    pub(super) fn reads_version(self) -> Self {
        let mut read = self.with_version();
        read.parameters.push(json!({
            "name": "If-None-Match", "in": "header", "required": false, "schema": { "type": "string" },
            "description": "The ETag of what you have: 304 when it is still the same.",
        }));
        read.given.push(Given { status: 304, words: "You have this version already.", body: None, headers: Vec::new() });
        read
    }

    /// The answer says where what was made is.
    pub(super) fn with_location(mut self) -> Self {
        if let Some(given) = self.given.last_mut() {
            given.headers.push(("Location", "The address of what was made."));
        }
        self
    }

    /// Only the version that was read is changed.
    pub(super) fn needs_version(mut self) -> Self {
        self.needs_version = true;
        self.parameters.push(json!({
            "name": "If-Match", "in": "header", "required": true, "schema": { "type": "string" },
            "description": "The ETag of what you have read: `\"3\"`, or `*` for any version.",
        }));
        self
    }

    /// It need not be given; a new thing is made only when it is not there yet.
    pub(super) fn may_be_new(mut self) -> Self {
        for (name, words) in [
            ("If-Match", "The ETag of what you have read, where it is there already."),
            ("If-None-Match", "`*` where it is not there yet."),
        ] {
            self.parameters
                .push(json!({ "name": name, "in": "header", "required": false, "schema": { "type": "string" }, "description": words }));
        }
        self.needs_version = true;
        self
    }

    fn add<T: ToSchema>(&mut self) {
        self.schemas.push((T::name().into_owned(), value(T::schema())));
        self.add_parts::<T>();
    }

    fn add_parts<T: ToSchema>(&mut self) {
        let mut parts = Vec::new();
        T::schemas(&mut parts);
        self.schemas.extend(parts.into_iter().map(|(name, schema)| (name, value(schema))));
    }
}

/// The schema of a parameter that may be left out: that it is null cannot be said in an address.
fn without_null(schema: &Value) -> Value {
    let mut schema = schema.clone();
    if let Some(kinds) = schema["type"].as_array() {
        let kind = kinds.iter().find(|kind| *kind != "null").cloned().unwrap_or_default();
        schema["type"] = kind;
    }
    let others = schema["oneOf"].as_array().map(|any| any.iter().filter(|one| one["type"] != "null").cloned().collect::<Vec<_>>());
    if let Some([one]) = others.as_deref() {
        let mut all: Map<String, Value> = one.as_object().cloned().unwrap_or_default();
        if let Some(words) = schema.get("description") {
            all.insert("description".to_owned(), words.clone());
        }
        return Value::Object(all);
    }
    schema
}
