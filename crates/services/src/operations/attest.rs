//! A person's word that something is done on a target. It is never the same as evidence.

use serde_json::json;
use sha2::{Digest as _, Sha256};
use tenure_domain::access::{May, Relation, actions, change};
use tenure_domain::hex::hex;
use tenure_domain::id::OperationId;
use tenure_domain::operation::{OperationKind, OperationState};
use tenure_store::WriteTx;
use tenure_store::tasks::{OperationFile, TaskRow};

use super::proof_file;
use super::settle::{done, event};
use super::word::{Word, settle_by_word};
use crate::targets::mapping_of;
use crate::tasks::relation_of;
use crate::text::has_control;
use crate::{Ctx, ServiceError};

/// The longest note.
const LONGEST: usize = 1000;
/// The longest name of a file.
const LONGEST_NAME: usize = 100;
/// The largest file, in bytes.
pub const MAX_FILE: usize = 5 * 1024 * 1024;

/// A file that somebody gives with their word.
#[derive(Debug, Clone, Default)]
pub struct NewFile {
    /// What it is called, without folders.
    pub name: String,
    /// What is in it; nothing when it was too large.
    pub content: Vec<u8>,
    /// Whether it was larger than [`MAX_FILE`].
    pub too_large: bool,
}

/// Somebody's word that an operation is done.
#[derive(Debug, Clone, Default)]
pub struct Attestation {
    /// How they know.
    pub note: String,
    /// What the account that they made is called there; empty for what the mapping calls it.
    pub account: String,
    /// What shows it.
    pub file: Option<NewFile>,
}

/// States that an operation is done, with a note of how that is known.
///
/// # Errors
/// As [`attest_task`].
pub async fn attest_operation(ctx: &Ctx, id: OperationId, note: &str) -> Result<(), ServiceError> {
    attest_task(ctx, id, Attestation { note: note.to_owned(), ..Attestation::default() }).await
}

/// States that an operation is done: an administrator, or whoever does it by hand; never the one it is about.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`], [`ServiceError::Invalid`] without a note, with a file that is
/// too large or of a kind that is not taken, or an account whose name is another's, [`ServiceError::Refused`] when it is settled already, or would be
/// about oneself.
pub async fn attest_task(ctx: &Ctx, id: OperationId, said: Attestation) -> Result<(), ServiceError> {
    let task = ctx.app.store.read().await?.task(id).await?;
    let relation = task.as_ref().map_or(Relation::None, |task| relation_of(ctx, task));
    let proof = ctx.authorize::<actions::SettleOperation, _>(&(id, relation)).await?;
    let note = said.note.trim();
    if note.chars().count() < 10 {
        return Err(ServiceError::field("note", "say how you know that it is done, in a sentence: it stands in the record"));
    }
    if note.chars().count() > LONGEST || has_control(note) {
        return Err(ServiceError::field("note", format!("at most {LONGEST} characters, in one paragraph")));
    }
    let file = said.file.map(kept).transpose()?;
    let mut tx = ctx.app.store.write().await?;
    let of_oneself = "nobody states for their own access that it is gone; ask another administrator";
    let word = Word { id, relation, state: OperationState::Attested, said: note, of_oneself };
    let operation = settle_by_word(ctx, &proof, &mut tx, &word).await?;
    done(ctx, &proof, &mut tx, &operation).await?;
    match (operation.kind, operation.account_id, &task) {
        // What a person made is recorded, also where a machine had planned it before: no reading tells of it.
        (OperationKind::CreateAccount, planned, Some(task)) => {
            if let Some(account) = planned {
                tx.forget_plan(&proof, account).await?;
            }
            let name = Some(said.account.trim()).filter(|name| !name.is_empty()).or(task.account.as_deref());
            made(ctx, &proof, &mut tx, task, name.unwrap_or_default()).await?;
        }
        (OperationKind::CreateAccount, Some(account), None) => tx.forget_plan(&proof, account).await?,
        _ => {}
    }
    let mut event = event(ctx, &operation, OperationState::Attested, note);
    if let Some(file) = &file {
        tx.insert_operation_file(&proof, id, file, ctx.now).await?;
        event.0.after["file"] = json!({ "name": file.name, "bytes": file.content.len(), "sha256": hex(&file.sha256) });
    }
    tx.commit(event).await?;
    Ok(())
}

fn kept(file: NewFile) -> Result<OperationFile, ServiceError> {
    if file.too_large || file.content.len() > MAX_FILE {
        return Err(ServiceError::field("file", "the file is larger than 5 MB; choose it again if another one will do"));
    }
    let shown: String = file.name.chars().filter(|c| !c.is_control()).collect();
    if !proof_file::is_taken(&shown, &file.content) {
        return Err(ServiceError::field("file", proof_file::OTHER));
    }
    // The end of a long name says what it is.
    let skipped = shown.chars().count().saturating_sub(LONGEST_NAME);
    let name: String = shown.chars().skip(skipped).collect();
    let sha256 = Sha256::digest(&file.content).to_vec();
    Ok(OperationFile { name, content: file.content, sha256 })
}

/// Records the account that somebody made by hand, so that it is owed its end one day.
async fn made(
    ctx: &Ctx,
    proof: &(impl May<change::WriteOperations> + Sync),
    tx: &mut WriteTx,
    task: &TaskRow,
    typed: &str,
) -> Result<(), ServiceError> {
    let Some(identity) = task.identity_id else { return Ok(()) };
    let suggested = match (tx.target(task.application_id).await?, tx.identity(identity).await?) {
        (Some(target), Some(person)) => mapping_of(&target.reach).and_then(|mapping| mapping.evaluate(&person).name).unwrap_or_default(),
        _ => String::new(),
    };
    let name = if typed.trim().is_empty() { suggested } else { typed.trim().to_owned() };
    if !(1..=255).contains(&name.chars().count()) || name.chars().any(char::is_control) {
        return Err(ServiceError::field("account", "say what the account is called there, in 1 to 255 characters"));
    }
    let there = tx.accounts_named(task.application_id, std::slice::from_ref(&name)).await?;
    let live: Vec<_> = there.into_iter().filter(|a| a.state != tenure_domain::target::AccountState::Gone).collect();
    if live.iter().any(|a| a.identity_id != Some(identity)) {
        return Err(ServiceError::field("account", "an account of this name is recorded as somebody else's there"));
    }
    if live.is_empty() {
        tx.account_was_made(proof, ctx.id(), (task.application_id, identity), &name, ctx.now).await?;
    }
    Ok(())
}
