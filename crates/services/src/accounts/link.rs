//! The link by which somebody chooses their password: one works for each person, the newest.

use chrono::Duration;
use tenure_domain::access::{May, change};
use tenure_domain::credential::LinkPurpose;
use tenure_domain::id::IdentityId;
use tenure_domain::mail::MailKind;
use tenure_store::WriteTx;
use tenure_store::accounts::SetupLink;
use tenure_vault::LinkToken;

use crate::{Ctx, ServiceError};

/// Makes a link, which takes the place of every other one of the same person, mails that wait with one among them; yields
/// what is shown or mailed of it, and the link as it is kept.
///
/// # Errors
/// When the database or the source of randomness fails.
pub(crate) async fn put_link(
    ctx: &Ctx,
    tx: &mut WriteTx,
    proof: &(impl May<change::WriteAccounts> + May<change::WriteMails>),
    id: IdentityId,
    purpose: LinkPurpose,
    works_for: Duration,
) -> Result<(LinkToken, SetupLink), ServiceError> {
    let token = LinkToken::generate().map_err(|e| ServiceError::Vault(e.to_string()))?;
    let link = SetupLink {
        token_hash: ctx.app.keys.tokens().hash(&token).as_bytes().to_vec(),
        identity_id: id,
        created_at: ctx.now,
        expires_at: ctx.now + works_for,
        used_at: None,
        purpose,
    };
    tx.put_setup_link(proof, &link).await?;
    take_back_links_mails(ctx, tx, proof, id, "another link took its place").await?;
    Ok((token, link))
}

/// Takes back the mails that wait with a link in them.
///
/// # Errors
/// When the database fails.
pub(super) async fn take_back_links_mails(
    ctx: &Ctx,
    tx: &mut WriteTx,
    proof: &impl May<change::WriteMails>,
    id: IdentityId,
    why: &str,
) -> Result<(), ServiceError> {
    for kind in MailKind::ALL.iter().filter(|kind| kind.carries_link()) {
        tx.take_back_mails(proof, id, *kind, why, ctx.now).await?;
    }
    Ok(())
}
