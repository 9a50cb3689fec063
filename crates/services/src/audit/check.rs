//! One row on its own: is it what Tenure wrote?

use std::borrow::Cow;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Deserialize;
use tenure_domain::id::{EventId, Id};
use tenure_domain::merkle::Hash;
use tenure_store::audit::{Column, SealedRow};
use tenure_vault::{MacKey, Tag};
use uuid::Uuid;

/// What a row is, in the words of a person who looks for the first that is wrong.
#[derive(Debug, Clone)]
pub(super) struct CheckedRow {
    /// Its number, as it is stored.
    pub(super) leaf: Option<i64>,
    /// Its key, where it can be read.
    pub(super) id: Option<EventId>,
    /// Its moment, where it can be read.
    pub(super) at: Option<DateTime<Utc>>,
    /// Its place in the tree, if the rest of the log is to be judged in spite of this row: the
    /// hash of a genuine text, or else the one that was stored with it.
    pub(super) node: Option<Hash>,
    /// Whether it tells that the sealer took numbers back.
    pub(super) renumbered: bool,
    /// What is wrong with it.
    pub(super) fault: Option<String>,
}

/// What the sealer calls taking numbers back.
pub(super) const RENUMBERED: &str = "audit.renumbered";

/// Judges a row that has a number.
pub(super) fn check_sealed(row: &SealedRow, mac: &MacKey) -> CheckedRow {
    let stored = stored_hash(row);
    let (node, fault) = match genuine(row, mac) {
        Ok(hash) if stored == Some(hash) => (Some(hash), columns_differ(row)),
        Ok(hash) => (Some(hash), columns_differ(row).or_else(|| Some("column `leaf_hash` is not the hash of the event".to_owned()))),
        Err(why) => (stored, Some(why)),
    };
    checked(row, node, fault)
}

/// Judges a row that has no number yet: whether the sealer may give it one.
pub(super) fn check_unsealed(row: &SealedRow, mac: &MacKey) -> CheckedRow {
    let (node, fault) = match genuine(row, mac) {
        Ok(hash) => (Some(hash), columns_differ(row)),
        Err(why) => (None, Some(why)),
    };
    let left_over = || Some("it has a leaf hash but no number: the number was taken away".to_owned()).filter(|_| row.leaf_hash != Ok(None));
    checked(row, node, fault.or_else(left_over))
}

fn checked(row: &SealedRow, node: Option<Hash>, fault: Option<String>) -> CheckedRow {
    CheckedRow {
        leaf: row.leaf,
        id: row.id.as_ref().ok().copied(),
        at: row.at.as_ref().ok().copied(),
        node,
        renumbered: is(&row.action, RENUMBERED),
        fault,
    }
}

fn stored_hash(row: &SealedRow) -> Option<Hash> {
    row.leaf_hash.as_ref().ok()?.as_deref()?.try_into().ok()
}

/// The leaf hash of the text, when Tenure wrote the text.
fn genuine(row: &SealedRow, mac: &MacKey) -> Result<Hash, String> {
    let body = row.body.as_ref().map_err(|error| format!("column `body` cannot be read ({error})"))?;
    let hash = Hash::leaf(body.as_bytes());
    let tag = row.mac.as_ref().ok().and_then(|bytes| Tag::try_from(bytes.as_slice()).ok());
    if tag.is_some_and(|tag| mac.verify(body.as_bytes(), &tag).is_ok()) {
        return Ok(hash);
    }
    Err(match (row.leaf, stored_hash(row)) {
        (Some(_), Some(stored)) if stored == hash => {
            "column `mac` is not the check value of the event: it was changed, or the row was put in by another hand"
        }
        (Some(_), _) => "column `body` was changed: it fits neither its check value nor its leaf hash",
        (None, _) => "column `mac` is not the check value of the event: the row was changed, or put in by another hand",
    }
    .to_owned())
}

/// Names the columns that say something else than the text.
fn columns_differ(row: &SealedRow) -> Option<String> {
    let body = row.body.as_deref().unwrap_or_default();
    let said: Said<'_> = match serde_json::from_str(body) {
        Ok(said) => said,
        Err(error) => return Some(format!("column `body` is not an event ({error})")),
    };
    let written = |at: DateTime<Utc>| row.at_text.as_ref().is_none_or(|text| *text == at.to_rfc3339_opts(SecondsFormat::AutoSi, false));
    let columns = [
        ("id", row.id.as_ref().is_ok_and(|id| id.uuid() == said.id)),
        ("at", row.at.as_ref().is_ok_and(|at| *at == said.at && written(*at))),
        ("stream", is(&row.stream, &said.stream)),
        ("action", is(&row.action, &said.action)),
        ("actor_id", row.actor_id == Ok(said.actor.identity_id)),
        ("actor_label", is(&row.actor_label, &said.actor.label)),
        ("channel", is(&row.channel, &said.channel)),
        ("request_id", is(&row.request_id, &said.request_id)),
        ("target_kind", is(&row.target_kind, &said.target_kind)),
        ("target_id", is(&row.target_id, &said.target_id)),
        ("identity_id", row.identity_id == Ok(said.identity_id)),
        ("outcome", is(&row.outcome, &said.outcome)),
    ];
    let differing: Vec<String> = columns.iter().filter(|(_, same)| !same).map(|(name, _)| format!("`{name}`")).collect();
    match differing.as_slice() {
        [] => None,
        [one] => Some(format!("column {one} differs from the event")),
        more => Some(format!("columns {} differ from the event", more.join(", "))),
    }
}

fn is(column: &Column<String>, said: &str) -> bool {
    column.as_ref().is_ok_and(|text| text == said)
}

/// What a text says about its columns: an [`EventBody`](tenure_domain::audit::EventBody) without
/// what no column holds, read without copying.
#[derive(Deserialize)]
struct Said<'a> {
    id: Uuid,
    at: DateTime<Utc>,
    #[serde(borrow)]
    stream: Cow<'a, str>,
    #[serde(borrow)]
    action: Cow<'a, str>,
    #[serde(borrow)]
    actor: SaidActor<'a>,
    #[serde(borrow)]
    channel: Cow<'a, str>,
    #[serde(borrow)]
    request_id: Cow<'a, str>,
    #[serde(borrow)]
    target_kind: Cow<'a, str>,
    #[serde(borrow)]
    target_id: Cow<'a, str>,
    #[serde(default)]
    identity_id: Option<Uuid>,
    #[serde(borrow)]
    outcome: Cow<'a, str>,
}

#[derive(Deserialize)]
struct SaidActor<'a> {
    identity_id: Option<Uuid>,
    #[serde(borrow)]
    label: Cow<'a, str>,
}
