//! One search over identities, credentials, roles, applications and pages, filtered by what the actor may see.

use tenure_domain::access::{Portal, actions, authorize};
use tenure_domain::credential::CredentialKind;
use tenure_domain::fold::fold;
use tenure_domain::identity::IdentityKind;
use tenure_store::PageRequest;
use tenure_store::access::RoleFilter;
use tenure_store::credentials::CredentialFilter;
use tenure_store::identities::IdentityFilter;

use crate::{Ctx, ServiceError};

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// `identity`, `credential`, `role`, `application`, `page`.
    pub kind: &'static str,
    /// Its name.
    pub label: String,
    /// What tells it from others of that name.
    pub detail: String,
    /// Where it is.
    pub href: String,
    /// The kind of an identity, for its shape.
    pub face: Option<IdentityKind>,
}

/// Searches; at most `limit` of each kind.
///
/// # Errors
/// When the database fails. Who may see nothing finds nothing.
pub async fn search(ctx: &Ctx, words: &str, limit: usize) -> Result<Vec<Hit>, ServiceError> {
    let words = words.trim();
    let mut hits: Vec<Hit> = pages(ctx).into_iter().filter(|h| !words.is_empty() && fold(&h.label).contains(&fold(words))).collect();
    if words.is_empty() {
        return Ok(pages(ctx));
    }
    let mut tx = ctx.app.store.read().await?;
    let request = PageRequest { limit, ..PageRequest::default() };
    if let Ok(scope) = ctx.scope::<actions::ViewIdentity>() {
        let filter = IdentityFilter { search: words.to_owned(), ..IdentityFilter::default() };
        let found = tx.list_identities(scope, &filter, &request).await?;
        hits.extend(found.rows.into_iter().map(|i| {
            Hit {
                kind: "identity",
                detail: [i.kind.label(), i.state.label(), &i.title, &i.department]
                    .into_iter()
                    .filter(|w| !w.is_empty())
                    .collect::<Vec<_>>()
                    .join(" · "),
                href: format!("/identities/{}", i.id),
                face: Some(i.kind),
                label: i.display_name,
            }
        }));
    }
    if let Ok(scope) = ctx.scope::<actions::ViewCredential>() {
        let filter = CredentialFilter { label: words.to_owned(), live: true, ..CredentialFilter::default() };
        let found = tx.list_credentials(scope, &filter, &request).await?;
        // Sessions are called after browsers: whose they are stands with the identity.
        hits.extend(found.rows.into_iter().filter(|v| v.credential.kind != CredentialKind::Session).map(|v| Hit {
            kind: "credential",
            detail:
                [Some(v.credential.kind.label().to_owned()), v.application, v.owner].into_iter().flatten().collect::<Vec<_>>().join(" · "),
            href: format!("/credentials/{}", v.credential.id),
            label: v.credential.label,
            face: None,
        }));
    }
    if authorize::<actions::ViewAccess, _>(&ctx.principal, &Portal).is_ok() {
        let filter = RoleFilter { name: words.to_owned(), kind: None };
        let found = tx.list_roles(&filter, &request).await?;
        hits.extend(found.rows.into_iter().map(|r| Hit {
            kind: "role",
            detail: format!("{} · {} members", r.role.kind.label(), r.members),
            href: format!("/roles/{}", r.role.id),
            label: r.role.name,
            face: None,
        }));
        let folded = fold(words);
        hits.extend(tx.applications().await?.into_iter().filter(|a| fold(&a.name).contains(&folded)).take(limit).map(|a| Hit {
            kind: "application",
            detail: a.description,
            href: format!("/applications/{}", a.id),
            label: a.name,
            face: None,
        }));
    }
    Ok(hits)
}

/// The pages that the actor may open.
fn pages(ctx: &Ctx) -> Vec<Hit> {
    let may = |ok: bool, label: &str, detail: &str, href: &str| {
        ok.then(|| Hit { kind: "page", label: label.to_owned(), detail: detail.to_owned(), href: href.to_owned(), face: None })
    };
    let access = authorize::<actions::ViewAccess, _>(&ctx.principal, &Portal).is_ok();
    [
        may(true, "Home", "Your work", "/"),
        may(ctx.principal.identity_id().is_some(), "My access", "What you hold, and why", "/my-access"),
        may(ctx.scope::<actions::ViewIdentity>().is_ok(), "Identities", "People and non-human identities", "/identities"),
        may(
            authorize::<actions::CreateIdentity, _>(&ctx.principal, &Portal).is_ok(),
            "New identity",
            "Record one by hand",
            "/identities/new",
        ),
        may(
            authorize::<actions::ViewImports, _>(&ctx.principal, &Portal).is_ok(),
            "Imports",
            "Joiners, movers and leavers from a source",
            "/imports",
        ),
        may(access, "Roles", "Bundles of entitlements", "/roles"),
        may(access, "Birthright rules", "Access from attributes", "/rules"),
        may(access, "Applications", "Targets and their entitlements", "/applications"),
        may(ctx.scope::<actions::ViewCredential>().is_ok(), "Credentials", "The inventory", "/credentials"),
        may(authorize::<actions::ViewAudit, _>(&ctx.principal, &Portal).is_ok(), "Audit", "Who did what", "/audit"),
        may(ctx.principal.identity_id().is_some(), "My account", "Password, sessions, tokens", "/account"),
    ]
    .into_iter()
    .flatten()
    .collect()
}
