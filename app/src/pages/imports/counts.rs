//! The counts of an import in a few words.

use serde_json::Value;
use tenure_services::access::MembershipSummary;
use tenure_services::credentials::CredentialSummary;
use tenure_services::people::PeopleSummary;

use crate::components::count;
use crate::pages::words;

/// A number with its word, in the right number.
pub(super) fn many(n: usize, one: &str, more: &str) -> String {
    words::many(i64::try_from(n).unwrap_or(i64::MAX), one, more)
}

fn joined(parts: impl IntoIterator<Item = (usize, String)>) -> String {
    let words: Vec<String> = parts.into_iter().filter(|(n, _)| *n > 0).map(|(_, words)| words).collect();
    if words.is_empty() { "Nothing changed".to_owned() } else { words.join(", ") }
}

/// What an import did, of its stored counts.
pub(super) fn said(kind: &str, summary: &Value) -> String {
    let text = match kind {
        "people" => serde_json::from_value(summary.clone()).ok().map(|s: PeopleSummary| {
            joined([
                (s.joiners, many(s.joiners, "joiner", "joiners")),
                (s.movers, many(s.movers, "mover", "movers")),
                (s.leavers, many(s.leavers, "leaver", "leavers")),
                (s.changed, format!("{} changed", count(s.changed as i128))),
                (s.rejected.len(), format!("{} rejected", count(s.rejected.len() as i128))),
            ])
        }),
        "memberships" => serde_json::from_value(summary.clone()).ok().map(|s: MembershipSummary| {
            joined([
                (s.explained, format!("{} explained", count(s.explained as i128))),
                (s.out_of_band, format!("{} out of band", count(s.out_of_band as i128))),
                (s.missing, format!("{} missing", count(s.missing as i128))),
                (s.removals_verified, format!("{} verified", many(s.removals_verified, "removal", "removals"))),
            ])
        }),
        _ => serde_json::from_value(summary.clone()).ok().map(|s: CredentialSummary| {
            joined([(s.new, format!("{} new", count(s.new as i128))), (s.changed, format!("{} changed", count(s.changed as i128)))])
        }),
    };
    text.unwrap_or_default()
}
