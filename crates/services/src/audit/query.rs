//! `actor:ada action:identity.ended from:2026-01-01`: what is typed to find events.

use chrono::NaiveDate;
use tenure_domain::audit::{Outcome, Stream};

use crate::FieldError;

/// The keys there are, with an example of each.
pub const AUDIT_KEYS: [(&str, &str); 9] = [
    ("actor", "actor:ada"),
    ("about", "about:ada"),
    ("action", "action:identity.ended"),
    ("stream", "stream:access"),
    ("outcome", "outcome:refused"),
    ("request", "request:0198…"),
    ("target", "target:0198…"),
    ("from", "from:2026-01-01"),
    ("to", "to:2026-01-31"),
];

/// What somebody asks of the log. Names are still names: [`super::find_events`] looks them up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditQuery {
    /// Who did it: a user name, or a key.
    pub actor: Option<String>,
    /// Whom it concerns: a user name, or a key.
    pub about: Option<String>,
    /// What the action begins with.
    pub action: Option<String>,
    /// Which stream.
    pub stream: Option<Stream>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// What belongs together.
    pub request: Option<String>,
    /// The key of what it was done to.
    pub target: Option<String>,
    /// Not before this day.
    pub from: Option<NaiveDate>,
    /// Not after this day.
    pub to: Option<NaiveDate>,
}

/// Reads `key:value` pairs with blanks between them; quotes keep blanks in a value.
///
/// # Errors
/// Everything that is wrong, for the field `q`.
pub fn parse_audit_query(text: &str) -> Result<AuditQuery, Vec<FieldError>> {
    let mut query = AuditQuery::default();
    let mut faults = Vec::new();
    for word in words(text) {
        if let Err(what) = take(&mut query, &word) {
            faults.push(FieldError::new("q", what));
        }
    }
    if query.from.zip(query.to).is_some_and(|(from, to)| from > to) {
        faults.push(FieldError::new("q", "from is after to: nothing lies between them"));
    }
    if faults.is_empty() { Ok(query) } else { Err(faults) }
}

fn take(query: &mut AuditQuery, word: &str) -> Result<(), String> {
    let keys = || AUDIT_KEYS.map(|k| k.0).join(", ");
    let (key, value) =
        word.split_once(':').ok_or_else(|| format!("`{word}` has no key: write for instance actor:{word} or about:{word}"))?;
    if value.is_empty() {
        return Err(format!("`{key}:` has no value"));
    }
    let again = || format!("{key} is said twice");
    let text = |slot: &mut Option<String>| if slot.replace(value.to_owned()).is_some() { Err(again()) } else { Ok(()) };
    match key {
        "actor" => text(&mut query.actor),
        "about" => text(&mut query.about),
        "action" => text(&mut query.action),
        "request" => text(&mut query.request),
        "target" => text(&mut query.target),
        "stream" => one_of(&mut query.stream, value, "stream", &Stream::ALL.iter().map(|s| s.as_str()).collect::<Vec<_>>())
            .and_then(|is_new| if is_new { Ok(()) } else { Err(again()) }),
        "outcome" => one_of(&mut query.outcome, value, "outcome", &Outcome::ALL.iter().map(|o| o.as_str()).collect::<Vec<_>>())
            .and_then(|is_new| if is_new { Ok(()) } else { Err(again()) }),
        "from" => day(&mut query.from, key, value),
        "to" => day(&mut query.to, key, value),
        other => Err(format!("there is no key `{other}`; there are {}", keys())),
    }
}

fn one_of<T: std::str::FromStr>(slot: &mut Option<T>, value: &str, key: &str, known: &[&str]) -> Result<bool, String> {
    let value = value.parse().map_err(|_| format!("`{value}` is no {key}; there are {}", known.join(", ")))?;
    Ok(slot.replace(value).is_none())
}

fn day(slot: &mut Option<NaiveDate>, key: &str, value: &str) -> Result<(), String> {
    let day = NaiveDate::parse_from_str(value, "%Y-%m-%d").map_err(|_| format!("`{value}` is no day: write {key}:2026-01-31"))?;
    if slot.replace(day).is_some() { Err(format!("{key} is said twice")) } else { Ok(()) }
}

/// The words of a line. A quote begins or ends a part in which blanks are kept.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quoted = false;
    for letter in text.chars() {
        match letter {
            '"' => quoted = !quoted,
            letter if letter.is_whitespace() && !quoted => words.push(std::mem::take(&mut word)),
            letter => word.push(letter),
        }
    }
    words.push(word);
    words.retain(|w| !w.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Vec<String> {
        parse_audit_query(text).unwrap_err().into_iter().map(|f| f.message).collect()
    }

    #[test]
    fn every_key_is_read() {
        let query = parse_audit_query(" actor:ada about:\"Ada Lovelace\"  action:identity.ended stream:access outcome:refused request:r1 target:t1 from:2026-01-01\tto:2026-01-31 ").unwrap();
        let text = |t: &str| Some(t.to_owned());
        let day = |d| NaiveDate::from_ymd_opt(2026, 1, d);
        let expected = AuditQuery {
            actor: text("ada"),
            about: text("Ada Lovelace"),
            action: text("identity.ended"),
            stream: Some(Stream::Access),
            outcome: Some(Outcome::Refused),
            request: text("r1"),
            target: text("t1"),
            from: day(1),
            to: day(31),
        };
        assert_eq!(query, expected);
        assert_eq!(parse_audit_query("").unwrap(), AuditQuery::default());
        assert_eq!(parse_audit_query("   ").unwrap(), AuditQuery::default());
        assert_eq!(parse_audit_query("request:a:b").unwrap().request, text("a:b"), "only the first colon parts key and value");
    }

    #[test]
    fn every_example_is_understood() {
        for (key, example) in AUDIT_KEYS {
            assert!(example.starts_with(key));
            assert!(parse_audit_query(example).is_ok(), "{example}");
        }
    }

    #[test]
    fn what_is_not_understood_is_said_all_at_once() {
        let faults = faults("ada who:ada stream:nothing from:yesterday action: outcome:done outcome:done");
        assert_eq!(faults.len(), 6, "{faults:#?}");
        assert!(faults[0].contains("actor:ada"));
        assert!(faults[1].contains("there is no key `who`"));
        assert!(faults[2].contains("identity, credential"));
        assert!(faults[3].contains("from:2026-01-31"));
        assert!(faults[4].contains("no value"));
        assert!(faults[5].contains("twice"));
    }

    #[test]
    fn days_in_the_wrong_order_find_nothing() {
        assert_eq!(faults("from:2026-02-01 to:2026-01-01").len(), 1);
        assert!(parse_audit_query("from:2026-01-01 to:2026-01-01").is_ok());
    }

    #[test]
    fn no_text_makes_it_fall_over() {
        for text in ["\"", ":", "::", "a:\"b", "\u{0}", "actor:\u{1f980}", "to:9999-99-99", "from:-262144-01-01"] {
            let _ = parse_audit_query(text);
        }
    }
}
