//! Saying how an application is reached.

use serde_json::{Value, json};
use tenure_connectors::Secret;
use tenure_domain::access::{Relation, actions};
use tenure_domain::audit::Stream;
use tenure_domain::id::{ApplicationId, Id};
use tenure_domain::identity::IdentityKind;
use tenure_domain::target::{OnEnd, ReadingPlan, TargetKind, TargetState};
use tenure_store::targets::Reach;

use crate::tasks::ManualSettings;
use crate::{Ctx, FieldError, ServiceError};

/// How an application is to be reached.
#[derive(Debug, Clone)]
pub struct TargetDraft {
    /// The version that was changed; 0 for a new one.
    pub version: i64,
    /// By what.
    pub kind: TargetKind,
    /// What its connector needs to know; nothing secret.
    pub settings: Value,
    /// A new secret; none keeps the one that is there.
    pub secret: Option<Secret>,
    /// What becomes of an account when its identity ends.
    pub on_end: OnEnd,
    /// Operations at the same time, 1 to 100.
    pub at_once: i32,
    /// Operations begun within a minute, 1 to 100,000.
    pub per_minute: i32,
    /// The longest wait for one answer in seconds, 1 to 300.
    pub timeout_seconds: i32,
    /// How often it is read by itself.
    pub reading: ReadingPlan,
}

/// The words with which a target's secret is sealed: another row's does not fit.
pub(super) fn seal_words(id: ApplicationId) -> String {
    format!("target {}", id.uuid())
}

/// Says how an application is reached. What it is owed is due at once.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`], [`ServiceError::Invalid`], [`ServiceError::Conflict`]
/// when somebody else changed it meanwhile.
pub async fn configure_target(ctx: &Ctx, id: ApplicationId, draft: &TargetDraft) -> Result<(), ServiceError> {
    let proof = ctx.authorize::<actions::ManageTarget, _>(&(id, Relation::None)).await?;
    let mut tx = ctx.app.store.write().await?;
    let name = tx.application(id).await?.ok_or(ServiceError::NotFound("application"))?.name;
    let before = tx.target(id).await?.map(|row| row.reach);
    let mut faults = Vec::new();
    let mut within = |field, value, lowest, highest| {
        if value < lowest || value > highest {
            faults.push(FieldError::new(field, format!("between {lowest} and {highest}")));
        }
    };
    within("at_once", draft.at_once, 1, 100);
    within("per_minute", draft.per_minute, 1, 100_000);
    within("timeout_seconds", draft.timeout_seconds, 1, 300);
    if let Some(minutes) = draft.reading.minutes {
        within("read_minutes", minutes, ReadingPlan::MINUTES.0, ReadingPlan::MINUTES.1);
    }
    within("full_days", draft.reading.full_days, ReadingPlan::DAYS.0, ReadingPlan::DAYS.1);
    if let Err(words) = ctx.app.connectors.check(draft.kind, &draft.settings) {
        faults.push(FieldError::new("settings", words));
    }
    let secret = match (&draft.secret, &before) {
        (None, _) if draft.kind.is_own() || draft.kind.is_by_hand() => Vec::new(),
        (Some(_), _) if draft.kind.is_own() || draft.kind.is_by_hand() => {
            faults.push(FieldError::new("secret", "leave it empty: Tenure signs in nowhere for this kind"));
            Vec::new()
        }
        (Some(secret), _) => ctx
            .app
            .keys
            .target_secrets()
            .seal(secret.expose().as_bytes(), &seal_words(id))
            .map_err(|e| ServiceError::Vault(e.to_string()))?,
        // A secret is not sent to another address than that for which it was entered.
        (None, Some(reach)) if reach.kind == draft.kind && reach.settings == draft.settings => reach.secret.clone(),
        (None, Some(_)) => {
            faults.push(FieldError::new("secret", "the settings changed: type the secret again, it is not sent elsewhere unseen"));
            Vec::new()
        }
        (None, None) => {
            faults.push(FieldError::new("secret", "Tenure needs a password or token to sign in there"));
            Vec::new()
        }
    };
    let manual = if draft.kind.is_by_hand() { ManualSettings::read(&draft.settings).ok() } else { None };
    let doer_id = match manual.as_ref().map(|manual| manual.done_by.trim()).filter(|name| !name.is_empty()) {
        Some(name) => {
            let doer = tx.identity_by_user_name(name).await?.filter(|i| i.kind == IdentityKind::Person && i.state.may_act());
            if doer.is_none() {
                faults.push(FieldError::new("settings", format!("done-by: no person who is active has the user name {name}")));
            }
            doer.map(|i| i.id)
        }
        None => None,
    };
    if !faults.is_empty() {
        return Err(ServiceError::Invalid(faults));
    }
    let reach = Reach {
        application_id: id,
        kind: draft.kind,
        state: before.as_ref().map_or(TargetState::Live, |b| b.state),
        settings: draft.settings.clone(),
        secret,
        on_end: draft.on_end,
        // Of another kind of target, the names of attributes mean nothing.
        mapping: before.as_ref().filter(|b| b.kind == draft.kind).and_then(|b| b.mapping.clone()),
        doer_id,
        due_hours: manual.map(|manual| manual.due_hours),
        at_once: draft.at_once,
        per_minute: draft.per_minute,
        timeout_seconds: draft.timeout_seconds,
        read_minutes: draft.reading.minutes,
        full_days: draft.reading.full_days,
        version: draft.version + 1,
        updated_at: ctx.now,
    };
    tx.put_target(&proof, &reach).await?;
    if reach.kind.is_own() {
        // What Tenure records is all that there is.
        tx.note_reconciled(&proof, id, None, ctx.now).await?;
    }
    if before.as_ref().is_some_and(|b| b.kind == TargetKind::Ssh) && reach.kind != TargetKind::Ssh {
        tx.revoke_ssh_hosts(&proof, id, ctx.now).await?;
    }
    let picture = |reach: &Reach| {
        json!({ "kind": reach.kind, "settings": reach.settings, "on_end": reach.on_end, "at_once": reach.at_once,
                "per_minute": reach.per_minute, "timeout_seconds": reach.timeout_seconds,
                "read_minutes": reach.read_minutes, "full_days": reach.full_days })
    };
    let mut after = picture(&reach);
    after["new_secret"] = json!(draft.secret.is_some());
    let event = ctx.event(Stream::System, "target.configured").target(&id, name.as_str());
    tx.commit(event.before(before.as_ref().map_or(Value::Null, picture)).after(after)).await?;
    Ok(())
}

/// Holds everything that would go out to a target, or lets it go again.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`], [`ServiceError::Conflict`].
pub async fn hold_target(ctx: &Ctx, id: ApplicationId, state: TargetState) -> Result<(), ServiceError> {
    let proof = ctx.authorize::<actions::ManageTarget, _>(&(id, Relation::None)).await?;
    let mut tx = ctx.app.store.write().await?;
    let before = tx.target(id).await?.ok_or(ServiceError::NotFound("target"))?.reach;
    if before.state == state {
        return Ok(());
    }
    let was = before.state;
    tx.put_target(&proof, &Reach { state, version: before.version + 1, updated_at: ctx.now, ..before }).await?;
    let event = ctx.event(Stream::System, if state == TargetState::Held { "target.held" } else { "target.released" });
    tx.commit(event.target(&id, "").before(json!({ "state": was })).after(json!({ "state": state }))).await?;
    Ok(())
}
