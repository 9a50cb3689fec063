//! What waits, what was sent, and what it says.

use serde_json::json;
use tenure_domain::access::{Portal, PortalRole, Principal, Relation, actions};
use tenure_domain::audit::Stream;
use tenure_domain::id::MailId;
use tenure_domain::mail::MailState;
use tenure_notify::Written;
use tenure_store::mails::{MailRoute, MailRow, MailView};
use tenure_store::{Page, PageRequest};

use super::deliver::written;
use crate::{App, Ctx, ServiceError};

/// How it goes with mail.
#[derive(Debug, Clone)]
pub struct MailOverview {
    /// Mails, newest first.
    pub mails: Page<MailView>,
    /// How many wait.
    pub waiting: i64,
    /// How it goes with the server.
    pub route: MailRoute,
    /// Whether there is a server.
    pub has_server: bool,
}

/// A mail, with what it says.
#[derive(Debug, Clone)]
pub struct ReadMail {
    /// The mail.
    pub view: MailView,
    /// What it says; why that is not known otherwise.
    pub written: Result<Written, String>,
}

/// Mails, newest first: whom for, why, and where they stand. Not what they say.
///
/// # Errors
/// [`ServiceError::Denied`], or when the database fails.
pub async fn overview(ctx: &Ctx, state: Option<MailState>, page: &PageRequest) -> Result<MailOverview, ServiceError> {
    ctx.authorize::<actions::ViewMail, _>(&Portal).await?;
    let mut tx = ctx.app.store.read().await?;
    Ok(MailOverview {
        mails: tx.mails(state, page).await?,
        waiting: tx.mails_waiting().await?,
        route: tx.mail_route().await?,
        has_server: ctx.app.mail.is_some(),
    })
}

/// Whether somebody may read what a mail says. Where there is a mail server, it is for whoever it is sent to; a link is
/// shown not even to them, since a session that somebody else sits at would choose a password by it. Without a server
/// administrators hand mails on.
pub fn may_read(app: &App, who: &Principal, mail: &MailRow) -> bool {
    let hands_on = app.mail.is_none() && who.roles.contains(&PortalRole::Admin);
    hands_on || (who.identity_id() == Some(mail.identity_id) && !mail.kind.carries_link())
}

/// What a mail says. Each look at somebody else's stands in the audit log.
///
/// # Errors
/// [`ServiceError::NotFound`] also for who may not read it, [`ServiceError::Proof`] for somebody else's, or when the
/// database fails.
pub async fn read_mail(ctx: &Ctx, id: MailId) -> Result<ReadMail, ServiceError> {
    let view = ctx.app.store.read().await?.mail(id).await?.ok_or(ServiceError::NotFound("mail"))?;
    let own = ctx.principal.identity_id() == Some(view.mail.identity_id);
    let relation = if own { Relation::Own } else { Relation::None };
    ctx.authorize::<actions::ReadMail, _>(&(view.mail.identity_id, relation)).await.map_err(|e| e.hide("mail"))?;
    if !may_read(&ctx.app, &ctx.principal, &view.mail) {
        return Err(ServiceError::NotFound("mail"));
    }
    if !own {
        // A secret is shown: a session that somebody left open is not enough.
        ctx.fresh()?;
        let event = ctx.event(Stream::System, "mail.read").target(&id, view.mail.kind.label()).about(view.mail.identity_id);
        ctx.app.store.write().await?.commit(event.after(json!({ "kind": view.mail.kind }))).await?;
    }
    let written = written(ctx, &view.mail);
    Ok(ReadMail { view, written })
}
