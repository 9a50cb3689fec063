//! What a mail says: templates in folders, one a kind, filled with the facts of the row.

use std::sync::LazyLock;

use minijinja::{Environment, UndefinedBehavior, Value, context};
use tenure_domain::mail::MailKind;

use crate::{MailError, MailErrorKind};

/// A mail, written.
#[derive(Clone, PartialEq, Eq)]
pub struct Written {
    /// One line.
    pub subject: String,
    /// As plain text.
    pub text: String,
    /// As HTML: what the text says, with links to follow.
    pub html: String,
}

/// What it says may hold a link that is a secret, so that is not shown.
impl std::fmt::Debug for Written {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Written").field("subject", &self.subject).finish_non_exhaustive()
    }
}

macro_rules! templates {
    ($($kind:literal),+ $(,)?) => {
        [$(
            (concat!($kind, "/subject.txt"), include_str!(concat!("../templates/", $kind, "/subject.txt"))),
            (concat!($kind, "/body.txt"), include_str!(concat!("../templates/", $kind, "/body.txt"))),
            (concat!($kind, "/body.html"), include_str!(concat!("../templates/", $kind, "/body.html"))),
        )+]
    };
}

static TEMPLATES: LazyLock<Result<Environment<'static>, String>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    // A fact that is missing is an error, not a hole in a sentence. What ends with `.html` is escaped by itself.
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.add_template("layout.html", include_str!("../templates/layout.html")).map_err(|e| e.to_string())?;
    for (name, text) in templates!(
        "test",
        "invitation",
        "reset",
        "password-changed",
        "unusual-sign-in",
        "password-locked",
        "break-glass",
        "factor-changed",
        "codes-locked",
        "factors-reset"
    ) {
        environment.add_template(name, text).map_err(|e| e.to_string())?;
    }
    Ok(environment)
});

/// Writes a mail. `origin` is the address by which people reach the portal: links begin with it.
///
/// # Errors
/// [`MailErrorKind::Refused`] when a fact is missing.
pub fn write(kind: MailKind, facts: &serde_json::Value, origin: &str) -> Result<Written, MailError> {
    let failed = |words: String| MailError::new(MailErrorKind::Refused, format!("The mail cannot be written: {words}."));
    let environment = TEMPLATES.as_ref().map_err(|words| failed(words.clone()))?;
    let facts = context! { origin, ..Value::from_serialize(facts) };
    let filled = |part: &str| {
        let template = environment.get_template(&format!("{kind}/{part}"));
        template.and_then(|template| template.render(&facts)).map_err(|e| failed(e.to_string()))
    };
    let subject = filled("subject.txt")?.split_whitespace().collect::<Vec<_>>().join(" ");
    Ok(Written { subject, text: filled("body.txt")?, html: filled("body.html")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Facts of every kind, with what somebody might call themselves.
    fn facts() -> serde_json::Value {
        serde_json::json!({
            "name": "<b>Nadia</b> & \r\nBcc: x@example.com", "user_name": "nadia", "path": "/set-up?token=tnl_x", "hours": 72, "minutes": 30,
            "by": "Otto", "how": "changed", "at": "22 Nov 2026, 00:30 UTC", "reasons": ["A new browser"], "browser": "<script>", "address": "192.0.2.1",
            "tries": 10, "until": "01:00 UTC", "account": "glass-1", "reason": "<script>", "what": "A second factor was added: <i>key</i>.",
        })
    }

    #[test]
    fn every_kind_is_written_as_text_and_html_and_what_people_typed_stays_text() {
        for kind in MailKind::ALL {
            let written = write(*kind, &facts(), "https://tenure.example").unwrap_or_else(|e| panic!("{kind}: {e}"));
            assert!(written.subject.starts_with("Tenure: ") && !written.subject.contains('\n'), "{kind}: {written:?}");
            assert!(written.text.contains("Hello <b>Nadia</b>"), "{kind}: {} {}", written.text, written.html);
            assert!(
                written.html.contains("&lt;b&gt;Nadia&lt;&#x2f;b&gt; &amp;") && !written.html.contains("<script>"),
                "{kind}: {} {}",
                written.text,
                written.html
            );
            let link = "https://tenure.example/set-up?token=tnl_x";
            assert_eq!(written.text.contains(link), kind.carries_link(), "{kind}");
        }
    }

    #[test]
    fn a_missing_fact_is_an_error_and_not_a_hole_in_a_sentence() {
        let error = write(MailKind::Reset, &serde_json::json!({ "name": "Nadia" }), "https://tenure.example").unwrap_err();
        assert_eq!(error.kind, MailErrorKind::Refused);
        assert!(error.words.contains("undefined"), "{error}");
    }
}
