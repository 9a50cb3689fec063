//! Owing a mail: a row in the transaction of what it tells.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};
use tenure_domain::access::{May, change};
use tenure_domain::id::MailId;
use tenure_domain::identity::Identity;
use tenure_domain::mail::MailKind;
use tenure_store::WriteTx;
use tenure_store::mails::NewMail;

use crate::{Ctx, ServiceError};

/// What somebody is to be told. Not shown by `Debug`: a link in it is a secret.
pub(crate) struct Letter<'l> {
    /// Why.
    pub kind: MailKind,
    /// What it is about: the same is told once. With the kind it is the key of the mail.
    pub once: &'l str,
    /// The facts that its templates name, besides `name` and `user_name`.
    pub facts: Value,
    /// From when it is of no use.
    pub void_at: Option<DateTime<Utc>>,
}

/// What a sealed mail belongs to.
pub(super) fn sealed_about(id: MailId) -> String {
    format!("mail {id}")
}

/// Owes somebody a mail; whether it is owed now. Nothing is owed to who has no address.
///
/// # Errors
/// When the database fails, or what it says cannot be sealed.
pub(crate) async fn owe(
    ctx: &Ctx,
    tx: &mut WriteTx,
    proof: &impl May<change::WriteMails>,
    to: &Identity,
    letter: Letter<'_>,
) -> Result<bool, ServiceError> {
    if to.email.trim().is_empty() {
        return Ok(false);
    }
    let id: MailId = ctx.id();
    let mut facts = json!({ "name": to.display_name, "user_name": to.user_name });
    if let (Some(all), Value::Object(more)) = (facts.as_object_mut(), letter.facts) {
        all.extend(more);
    }
    let sealed =
        ctx.app.keys.mails().seal(facts.to_string().as_bytes(), &sealed_about(id)).map_err(|e| ServiceError::Vault(e.to_string()))?;
    let mail = NewMail {
        id,
        identity_id: to.id,
        kind: letter.kind,
        recipient: to.email.trim(),
        once: &format!("{}:{}", letter.kind, letter.once),
        facts: &sealed,
        void_at: letter.void_at,
        at: ctx.now,
    };
    Ok(tx.owe_mail(proof, &mail).await?)
}

/// A moment in words, in the zone of whoever reads it.
pub(crate) fn moment(at: DateTime<Utc>, zone: &str) -> String {
    let zone: Tz = zone.parse().unwrap_or(Tz::UTC);
    at.with_timezone(&zone).format("%-d %b %Y, %H:%M %Z").to_string()
}
