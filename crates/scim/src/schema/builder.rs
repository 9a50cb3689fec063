//! Writing schemas down in few words. What is not said is the RFC's default.

use super::{Attribute, Kind, Mutability, Returned, Uniqueness};

pub(super) fn text(name: &str, description: &str) -> Attribute {
    Attribute {
        name: name.into(),
        kind: Kind::String,
        multi_valued: false,
        description: description.into(),
        required: false,
        case_exact: false,
        mutability: Mutability::ReadWrite,
        returned: Returned::Default,
        uniqueness: Uniqueness::None,
        canonical_values: Vec::new(),
        reference_types: Vec::new(),
        sub_attributes: Vec::new(),
    }
}

pub(super) fn complex(name: &str, description: &str, parts: Vec<Attribute>) -> Attribute {
    Attribute { kind: Kind::Complex, sub_attributes: parts, ..text(name, description) }
}

pub(super) fn reference(name: &str, description: &str, types: &[&str]) -> Attribute {
    let reference_types = types.iter().map(|&name| name.into()).collect();
    Attribute { kind: Kind::Reference, case_exact: true, reference_types, ..text(name, description) }
}

impl Attribute {
    pub(super) fn of(self, kind: Kind) -> Self {
        let case_exact = self.case_exact || kind == Kind::Binary;
        Self { kind, case_exact, ..self }
    }

    pub(super) fn many(self) -> Self {
        Self { multi_valued: true, ..self }
    }

    pub(super) fn required(self) -> Self {
        Self { required: true, ..self }
    }

    pub(super) fn exact(self) -> Self {
        Self { case_exact: true, ..self }
    }

    pub(super) fn mutable(self, mutability: Mutability) -> Self {
        Self { mutability, ..self }
    }

    pub(super) fn returned(self, returned: Returned) -> Self {
        Self { returned, ..self }
    }

    pub(super) fn unique(self) -> Self {
        Self { uniqueness: Uniqueness::Server, ..self }
    }

    pub(super) fn canonical(self, values: &[&str]) -> Self {
        Self { canonical_values: values.iter().map(|&value| value.into()).collect(), ..self }
    }
}

/// A list of values, each with a display, a type and one of them primary (RFC 7643, 2.4).
pub(super) fn plural(name: &str, description: &str, value: Attribute, types: &[&str]) -> Attribute {
    let parts = vec![
        value,
        text("display", "How it is shown."),
        text("type", "What it is used for.").canonical(types),
        text("primary", "Whether it is the preferred one.").of(Kind::Boolean),
    ];
    complex(name, description, parts).many()
}

/// What every resource has (RFC 7643, 3.1).
pub(super) fn common() -> Vec<Attribute> {
    use Mutability::ReadOnly;
    let moment = |name, says| text(name, says).of(Kind::DateTime).exact().mutable(ReadOnly);
    let meta = vec![
        text("resourceType", "The name of the resource type.").exact().mutable(ReadOnly),
        moment("created", "When it was made."),
        moment("lastModified", "When it was last changed."),
        reference("location", "Its address.", &["uri"]).mutable(ReadOnly),
        text("version", "Its version.").exact().mutable(ReadOnly),
    ];
    vec![
        reference("schemas", "The schemas of this resource.", &["uri"]).many().required().returned(Returned::Always),
        text("id", "The server's own name for it.").exact().mutable(ReadOnly).returned(Returned::Always).unique(),
        text("externalId", "The client's name for it.").exact(),
        complex("meta", "About the resource itself.", meta).mutable(ReadOnly),
    ]
}
