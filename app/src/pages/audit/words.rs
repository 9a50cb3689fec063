//! An event in the words of a line: what happened, to whom, and where that is.

use tenure_domain::audit::{EventBody, Outcome};
use tenure_store::audit::AuditRow;

use crate::components::Tone;
use crate::pages::identities::sentence::{Sentence, sentence};

/// An event as a line.
pub(super) struct Told {
    /// What happened, in a sentence, up to the name of what it was done to.
    pub(super) before: String,
    /// That name; empty when it has none.
    pub(super) target: String,
    /// The rest of the sentence.
    pub(super) rest: String,
    /// What came of it, and why.
    pub(super) more: String,
    pub(super) tone: Tone,
    /// By which way.
    pub(super) channel: &'static str,
}

impl Told {
    /// The whole sentence.
    pub(super) fn sentence(&self) -> String {
        format!("{}{}{}", self.before, self.target, self.rest)
    }
}

/// Tells an event; one whose text cannot be read is told by its columns.
pub(super) fn told(row: &AuditRow) -> Told {
    match body(row) {
        Some(body) => of_body(&body),
        None => Told {
            before: row.action.clone(),
            target: String::new(),
            rest: String::new(),
            more: "Its text cannot be read: verify the log.".to_owned(),
            tone: Tone::Danger,
            channel: "unknown",
        },
    }
}

pub(super) fn of_body(body: &EventBody) -> Told {
    let Sentence { title, tone, more } = sentence(body);
    let tone = if body.outcome == Outcome::Refused { Tone::Warning } else { tone };
    let target = body.target_label.clone();
    let (before, rest) = match title.split_once(&target) {
        _ if target.is_empty() => (title, String::new()),
        Some((before, rest)) => (before.to_owned(), rest.to_owned()),
        None => (format!("{title}: "), String::new()),
    };
    Told { before, target, rest, more, tone, channel: body.channel.label() }
}

/// The whole event, as it is sealed.
pub(super) fn body(row: &AuditRow) -> Option<EventBody> {
    serde_json::from_str(&row.body).ok()
}

/// The page of what an event was done to.
pub(super) fn target_href(kind: &str, id: &str) -> Option<String> {
    let folder = match kind {
        "identity" => "identities",
        "credential" => "credentials",
        "role" => "roles",
        "rule" => "rules",
        "application" => "applications",
        "import" => "imports",
        _ => return None,
    };
    (!id.is_empty()).then(|| format!("/{folder}/{id}"))
}

#[cfg(test)]
mod tests {
    use super::target_href;

    #[test]
    fn only_what_has_a_page_is_linked() {
        assert_eq!(target_href("role", "r1").as_deref(), Some("/roles/r1"));
        assert_eq!(target_href("portal", ""), None);
        assert_eq!(target_href("identity", ""), None);
    }
}
