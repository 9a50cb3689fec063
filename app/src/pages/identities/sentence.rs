//! An event of the audit log as a sentence about an identity: for its timeline.

use serde_json::Value;
use tenure_domain::audit::{EventBody, Outcome};

use crate::components::Tone;

/// What a person reads of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// What happened.
    pub title: String,
    /// What it means.
    pub tone: Tone,
    /// What came of it, and why it was done.
    pub more: String,
}

/// The sentence of an event.
pub fn sentence(e: &EventBody) -> Sentence {
    if e.outcome == Outcome::Refused {
        return refused(e);
    }
    let (title, tone, more) = match e.action.as_str() {
        "identity.created" => ("Recorded by hand".to_owned(), Tone::Success, text(&e.after, "purpose")),
        "identity.joined" => (join("Joined", &text(&e.after, "department")), Tone::Success, text(&e.after, "title")),
        "identity.moved" => moved(e),
        "identity.changed" | "identity.edited" => ("Attributes changed".to_owned(), Tone::Plain, differences(&e.before, &e.after)),
        "identity.rehired" => ("Rehired".to_owned(), Tone::Success, labelled("from", &text(&e.after, "start_on"))),
        "identity.ended" => ("Ended".to_owned(), Tone::Danger, ended(&e.after)),
        "identity.activate" => ("Started".to_owned(), Tone::Success, String::new()),
        "identity.start-leave" => ("Went on leave".to_owned(), Tone::Warning, String::new()),
        "identity.end-leave" => ("Came back from leave".to_owned(), Tone::Success, String::new()),
        "identity.suspend" => ("Suspended".to_owned(), Tone::Warning, ended(&e.after)),
        "identity.resume" => ("Resumed".to_owned(), Tone::Success, String::new()),
        "identity.taken-over" => (format!("Taken over by {}", text(&e.after, "source")), Tone::Info, String::new()),
        "identity.archive" => ("Archived".to_owned(), Tone::Plain, String::new()),
        "identity.handed-over" => {
            (format!("New owner: {}", text(&e.after, "owner")), Tone::Info, labelled("after", &text(&e.before, "owner")))
        }
        "access.changed" => ("Access changed".to_owned(), Tone::Info, access(&e.after)),
        "access.found" => (
            format!("Found {} that nothing explains", many(number(&e.after, "out_of_band"), "grant", "grants")),
            Tone::Warning,
            labelled("on", &text(&e.after, "application")),
        ),
        "assignment.created" => (format!("Given the role {}", role(e)), Tone::Info, String::new()),
        "assignment.ended" => (format!("Role taken away: {}", role(e)), Tone::Info, String::new()),
        "sign-in" => ("Signed in".to_owned(), Tone::Plain, String::new()),
        "password.set" => ("Password set".to_owned(), Tone::Plain, String::new()),
        "password.changed" => ("Password changed".to_owned(), Tone::Plain, "all other sessions ended".to_owned()),
        "sign-in.first-factor" => ("Showed the first factor".to_owned(), Tone::Plain, "the second one was asked for".to_owned()),
        "session.proved" => ("Showed anew who they are".to_owned(), Tone::Plain, labelled("by", &text(&e.after, "by"))),
        "factor.enrolled" => (format!("Second factor added: {}", e.target_label), Tone::Plain, "all other sessions ended".to_owned()),
        "factor.named" => (format!("Second factor named {}", e.target_label), Tone::Plain, labelled("before", &text(&e.before, "label"))),
        "factor.removed" => (format!("Second factor removed: {}", e.target_label), Tone::Warning, "all other sessions ended".to_owned()),
        "factor.copied" => (format!("A copy of a passkey was seen: {}", e.target_label), Tone::Danger, "it serves no more".to_owned()),
        "recovery-codes.made" => ("Recovery codes made".to_owned(), Tone::Plain, String::new()),
        "factor-reset.asked" => ("Asked that their second factors be taken away".to_owned(), Tone::Warning, e.reason.clone()),
        "factor-reset.withdrawn" => ("That their second factors be taken away was withdrawn".to_owned(), Tone::Plain, String::new()),
        "factor-reset.confirmed" => (
            format!("{} taken away, with password and sessions", many(number(&e.after, "factors"), "second factor", "second factors")),
            Tone::Warning,
            e.reason.clone(),
        ),
        "sessions.ended" => {
            (format!("{} ended", many(number(&e.after, "sessions"), "other session", "other sessions")), Tone::Plain, String::new())
        }
        "sign-in.noted" => ("Sign-in noted".to_owned(), Tone::Plain, String::new()),
        "sign-in.unusual" => ("Signed in unlike before".to_owned(), Tone::Warning, e.reason.clone()),
        "password.reset-link" => ("Link for a new password made".to_owned(), Tone::Plain, "asked for on the sign-in page".to_owned()),
        "mail.gave-up" => (format!("Mail given up: {}", e.target_label), Tone::Warning, e.reason.clone()),
        "mail.read" => (format!("Mail read by somebody else: {}", e.target_label), Tone::Warning, String::new()),
        "mail.test" => ("Test mail asked for".to_owned(), Tone::Plain, String::new()),
        "mail.try-now" => (format!("Mail tried at once: {}", e.target_label), Tone::Plain, String::new()),
        "setup-link.created" => ("Set-up link made".to_owned(), Tone::Plain, String::new()),
        "portal-role.granted" => (format!("Made {} of the portal", portal_role(e)), Tone::Warning, String::new()),
        "portal-role.revoked" => (format!("No longer {} of the portal", portal_role(e)), Tone::Plain, String::new()),
        "token.issued" => (
            format!("API token issued: {}", e.target_label),
            Tone::Plain,
            match e.after["scopes"].as_array() {
                Some(scopes) => labelled("for", &scopes.iter().filter_map(serde_json::Value::as_str).collect::<Vec<_>>().join(", ")),
                None if e.after["may_write"] == true => "may read and write".to_owned(),
                None => "may only read".to_owned(),
            },
        ),
        "token.elsewhere" => {
            (format!("API token refused: {}", e.target_label), Tone::Warning, labelled("shown from", &text(&e.after, "address")))
        }
        "ssh-key.registered" => (format!("SSH key registered: {}", e.target_label), Tone::Plain, text(&e.after, "fingerprint")),
        "ssh-host.added" => (format!("Host may ask for SSH keys: {}", e.target_label), Tone::Warning, String::new()),
        "ssh-host.rotated" => (format!("New token for the host {}", e.target_label), Tone::Plain, String::new()),
        "ssh-host.revoked" => (format!("Token of the host {} revoked", e.target_label), Tone::Plain, String::new()),
        "signal.taken" => (format!("Signal taken of {}", e.target_label), Tone::Info, text(&e.after, "came_of_it")),
        "signal.sessions-ended" => {
            (format!("A signal ended the sessions and API tokens of {}", e.target_label), Tone::Warning, String::new())
        }
        "signal-receiver.created" => {
            (format!("{} is told signals", e.target_label), Tone::Warning, labelled("at", &text(&e.after, "host")))
        }
        "signal-receiver.gave-up" => (format!("Signal given up: {} refused it", e.target_label), Tone::Warning, String::new()),
        "signal-receiver.paused" => (format!("Receiver of signals paused: {}", e.target_label), Tone::Warning, String::new()),
        "signal-transmitter.created" => (format!("Signals of {} are trusted", e.target_label), Tone::Warning, text(&e.after, "issuer")),
        "ssh-keys.asked" => {
            (format!("{} asked for SSH keys", e.target_label), Tone::Plain, many(number(&e.after, "questions"), "question", "questions"))
        }
        "credential.recorded" => {
            (format!("Credential recorded: {}", e.target_label), Tone::Plain, labelled("by", &text(&e.after, "issuer")))
        }
        "credential.changed" => (format!("Credential changed: {}", e.target_label), Tone::Plain, String::new()),
        "credential.owner-changed" => {
            (format!("Credential taken over: {}", e.target_label), Tone::Plain, labelled("from", &text(&e.before, "owner")))
        }
        "credential.revoked" if e.reason == "signed out" => ("Signed out".to_owned(), Tone::Plain, String::new()),
        "credential.revoked" if text(&e.after, "state") == "revoking" => {
            (format!("Revocation owed: {}", e.target_label), Tone::Warning, String::new())
        }
        "credential.revoked" => (format!("Credential revoked: {}", e.target_label), Tone::Plain, String::new()),
        "credential.expired" => (format!("Credential ran out: {}", e.target_label), Tone::Plain, String::new()),
        "identities.exported" | "credentials.exported" | "roles.exported" => {
            (format!("Exported a list of {}", e.target_label), Tone::Info, labelled("view", &text(&e.after, "view")))
        }
        other => (join(&plain(other), &e.target_label), Tone::Plain, String::new()),
    };
    let quiet = matches!(e.reason.as_str(), "" | "signed out");
    let because = if quiet { String::new() } else { format!("“{}”", e.reason) };
    let more = [more, because].into_iter().filter(|m| !m.is_empty()).collect::<Vec<_>>().join("; ");
    Sentence { title, tone, more }
}

fn refused(e: &EventBody) -> Sentence {
    let title = match e.action.as_str() {
        "sign-in" => "Sign-in refused".to_owned(),
        "ssh-keys.refused" => "SSH keys asked for by the token of no host".to_owned(),
        "signal.refused" => format!("Signal of {} refused", e.target_label),
        "password.change-refused" => "Change of password refused".to_owned(),
        other => format!("Refused: {}", plain(other).to_lowercase()),
    };
    Sentence { title, tone: Tone::Warning, more: e.reason.clone() }
}

fn moved(e: &EventBody) -> (String, Tone, String) {
    let (from, to) = (text(&e.before, "department"), text(&e.after, "department"));
    let title = if to.is_empty() || from == to { "Moved".to_owned() } else { format!("Moved from {from} to {to}") };
    let (mut before, mut after) = (e.before.clone(), e.after.clone());
    for side in [&mut before, &mut after] {
        if let Some(fields) = side.as_object_mut() {
            fields.remove("department");
        }
    }
    (title, Tone::Success, differences(&before, &after))
}

fn ended(after: &Value) -> String {
    let n = |key: &str| number(after, key);
    let dead = n("sessions") + n("api_tokens") + n("issued_revoked");
    let owed = n("revocations_owed") + n("removals_owed") + n("accounts_owed");
    [
        (dead, format!("{} died at once", many(dead, "session, token or password", "sessions, tokens and passwords"))),
        (owed, format!("{} owed to targets", many(owed, "removal", "removals"))),
        (n("hand_overs"), format!("{} to hand over", many(n("hand_overs"), "identity", "identities"))),
    ]
    .into_iter()
    .filter(|(n, _)| *n > 0)
    .map(|(_, words)| words)
    .collect::<Vec<_>>()
    .join("; ")
}

fn access(after: &Value) -> String {
    let roles: Vec<&str> =
        after["roles_gained"]["names"].as_array().map(|a| a.iter().filter_map(Value::as_str).collect()).unwrap_or_default();
    let n = |key: &str| number(&after[key], "count");
    let mut parts = Vec::new();
    if !roles.is_empty() {
        parts.push(format!("gained {}", roles.join(", ")));
    }
    for (key, one, more) in [
        ("roles_ended", "role ended", "roles ended"),
        ("roles_restored", "role kept after all", "roles kept after all"),
        ("roles_in_grace", "role in grace", "roles in grace"),
        ("entitlements_gained", "entitlement gained", "entitlements gained"),
        ("removals_owed", "removal owed", "removals owed"),
    ] {
        if n(key) > 0 {
            parts.push(many(n(key), one, more));
        }
    }
    parts.join("; ")
}

/// `Title: Clerk → Analyst; Mail: … → …`, of the fields that differ.
fn differences(before: &Value, after: &Value) -> String {
    let Some(fields) = after.as_object() else { return String::new() };
    fields
        .iter()
        .filter(|(key, value)| before[key.as_str()] != **value)
        .map(|(key, value)| match key.as_str() {
            // A key says nothing to a person: the page itself shows who it is now.
            "owner_id" | "manager_id" => join(&plain(key.trim_end_matches("_id")), "changed"),
            _ => format!("{}: {} → {}", field(key), shown(&before[key.as_str()]), shown(value)),
        })
        .collect::<Vec<_>>()
        .join("; ")
}

/// What a page calls a field.
fn field(key: &str) -> String {
    match key {
        "display_name" => "Name".to_owned(),
        "email" => "Mail".to_owned(),
        "start_on" => "First day".to_owned(),
        "end_on" => "Last day".to_owned(),
        other => plain(other),
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::String(text) if text.is_empty() => "none".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn role(e: &EventBody) -> String {
    let of = text(&e.after, "role");
    if of.is_empty() { e.target_label.rsplit(" → ").next().unwrap_or_default().to_owned() } else { of }
}

fn portal_role(e: &EventBody) -> String {
    let word = text(&e.after, "role");
    word.parse::<tenure_domain::access::PortalRole>().map_or(word, |role| role.label().to_owned())
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_owned()
}

fn number(value: &Value, key: &str) -> u64 {
    value[key].as_u64().unwrap_or_default()
}

fn many(n: u64, one: &str, more: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{} {more}", crate::components::count(n)) }
}

fn labelled(word: &str, value: &str) -> String {
    if value.is_empty() { String::new() } else { format!("{word} {value}") }
}

fn join(first: &str, second: &str) -> String {
    [first, second].into_iter().filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
}

/// `role.changed` → `Role changed`.
fn plain(word: &str) -> String {
    let words = word.replace(['.', '-', '_'], " ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Who did it and by which way: `Inês Carvalho, portal`. Who signs in or sets a first password is
/// nobody yet: then the way alone.
pub fn by(e: &EventBody) -> String {
    if e.actor.kind == "anonymous" {
        return e.channel.label().to_owned();
    }
    format!("{}, {}", e.actor.label, e.channel.label())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use tenure_domain::access::Principal;
    use tenure_domain::audit::{Actor, Stream};

    fn event(action: &str, before: Value, after: Value) -> EventBody {
        EventBody {
            id: tenure_domain::id::Id::from_uuid(Default::default()),
            at: chrono::DateTime::default(),
            stream: Stream::Identity,
            action: action.to_owned(),
            actor: Actor::from(&Principal::local_operator("ada")),
            channel: tenure_domain::access::Channel::Cli,
            request_id: String::new(),
            target_kind: String::new(),
            target_id: String::new(),
            target_label: "Thing".to_owned(),
            identity_id: None,
            outcome: Outcome::Done,
            reason: String::new(),
            before,
            after,
        }
    }

    #[test]
    fn a_move_says_from_where_to_where_and_what_else() {
        let said = sentence(&event(
            "identity.moved",
            json!({ "department": "Sales", "title": "" }),
            json!({ "department": "Finance", "title": "Clerk" }),
        ));
        assert_eq!((said.title.as_str(), said.more.as_str()), ("Moved from Sales to Finance", "Title: none → Clerk"));
    }

    #[test]
    fn an_end_says_what_died_and_what_is_owed() {
        let mut ended = event(
            "identity.ended",
            Value::Null,
            json!({ "sessions": 1, "api_tokens": 1, "revocations_owed": 1, "removals_owed": 0, "hand_overs": 2 }),
        );
        ended.reason = "left".to_owned();
        let said = sentence(&ended);
        assert_eq!(
            said.more,
            "2 sessions, tokens and passwords died at once; 1 removal owed to targets; 2 identities to hand over; “left”"
        );
        assert_eq!(said.tone, Tone::Danger);
    }

    #[test]
    fn a_change_of_access_names_the_roles_and_counts_the_rest() {
        let after = json!({
            "roles_gained": { "count": 1, "names": ["Clerk"] },
            "roles_ended": { "count": 1, "names": ["Seller"] },
            "removals_owed": { "count": 2, "names": ["Git / read", "Git / write"] },
        });
        assert_eq!(sentence(&event("access.changed", Value::Null, after)).more, "gained Clerk; 1 role ended; 2 removals owed");
    }

    #[test]
    fn what_is_refused_says_so_and_what_is_unknown_is_still_a_sentence() {
        let mut refused = event("end-identity", Value::Null, Value::Null);
        refused.outcome = Outcome::Refused;
        assert_eq!(sentence(&refused).title, "Refused: end identity");
        assert_eq!(sentence(&event("campaign.signed-off", Value::Null, Value::Null)).title, "Campaign signed off Thing");
        let mut exported = event("identities.exported", Value::Null, json!({ "view": "state=active", "columns": [] }));
        exported.target_label = "identities".to_owned();
        let said = sentence(&exported);
        assert_eq!((said.title.as_str(), said.more.as_str()), ("Exported a list of identities", "view state=active"));
        assert_eq!(by(&refused), "local operator ada, command line");
    }
}
