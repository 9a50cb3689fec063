//! Saved views of lists.

use tenure_domain::access::{Relation, actions};
use tenure_domain::audit::Stream;
use tenure_domain::id::ViewId;
use tenure_store::views::SavedView;

use crate::text::has_control;
use crate::{Ctx, ServiceError};

/// The actor's views of a list.
///
/// # Errors
/// When the database fails.
pub async fn list_views(ctx: &Ctx, page: &str) -> Result<Vec<SavedView>, ServiceError> {
    match ctx.principal.identity_id() {
        Some(me) => Ok(ctx.app.store.read().await?.saved_views(me, page).await?),
        None => Ok(Vec::new()),
    }
}

/// Keeps a view under a name, in place of an earlier one of that name, whose key it has then.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::Invalid`] without a usable name.
pub async fn save_view(ctx: &Ctx, page: &str, name: &str, query: &str) -> Result<ViewId, ServiceError> {
    let Some(me) = ctx.principal.identity_id() else { return Err(ServiceError::Refused("only people keep views".to_owned())) };
    let proof = ctx.authorize::<actions::SaveView, _>(&(me, Relation::Own)).await?;
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 60 || name.contains(char::is_control) {
        return Err(ServiceError::field("name", "give the view a name of 1 to 60 characters that can be seen"));
    }
    if query.len() > 2000 || has_control(query) || !["identities", "credentials", "audit"].contains(&page) {
        return Err(ServiceError::field("query", "this view cannot be kept: its address is too long, or has characters that none has"));
    }
    let view = SavedView { id: ctx.id(), identity_id: me, page: page.to_owned(), name: name.to_owned(), query: query.to_owned() };
    let mut tx = ctx.app.store.write().await?;
    let id = tx.put_view(&proof, &view).await?;
    tx.commit(ctx.event(Stream::System, "view.saved").target(&id, name)).await?;
    Ok(id)
}

/// Lets a view go.
///
/// # Errors
/// [`ServiceError::NotFound`] when it is not the actor's.
pub async fn delete_view(ctx: &Ctx, id: ViewId) -> Result<(), ServiceError> {
    let Some(me) = ctx.principal.identity_id() else { return Err(ServiceError::NotFound("view")) };
    let proof = ctx.authorize::<actions::DeleteView, _>(&(id, Relation::Own)).await?;
    let mut tx = ctx.app.store.write().await?;
    if !tx.delete_view(&proof, id, me).await? {
        return Err(ServiceError::NotFound("view"));
    }
    tx.commit(ctx.event(Stream::System, "view.deleted").target(&id, "")).await?;
    Ok(())
}
