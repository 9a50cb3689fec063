//! GET /Groups and POST /Groups/.search (RFC 7644, 3.4.2 and 3.4.3).

use serde_json::Value;
use tenure_domain::access::{Portal, actions};
use tenure_domain::id::{Id as _, RoleId, SourceId};
use tenure_scim::filter::Op;
use tenure_scim::list::{ListResponse, SearchRequest};
use tenure_scim::{Filter, ResourceType};
use tenure_store::Tx;
use tenure_store::scim::{GroupRow, GroupsAfter};
use uuid::Uuid;

use super::compose::pictures;
use crate::Ctx;
use crate::scim::fault::Fault;
use crate::scim::query::{Shelf, asked_filter, compared, each_equal, page};
use crate::scim::source::known_source;
use crate::scim::view::View;

/// A page of groups.
///
/// # Errors
/// [`Fault`] with 400 or 403.
pub async fn list_groups(ctx: &Ctx, view: &View, request: &SearchRequest) -> Result<ListResponse, Fault> {
    ctx.authorize::<actions::ViewDirectory, _>(&Portal).await?;
    let mut tx = ctx.app.store.read().await?;
    page_of_groups(ctx, &mut tx, view, request).await
}

/// The same, for whom may see them.
pub(in crate::scim) async fn page_of_groups(ctx: &Ctx, tx: &mut Tx, view: &View, request: &SearchRequest) -> Result<ListResponse, Fault> {
    let me = known_source(ctx, tx).await?;
    let filter = asked_filter(request, ResourceType::groups())?;
    let mut groups = Groups { which: GroupsAfter::default(), nobody: false, base: view.base.clone(), me };
    let rest = each_equal(filter, |part| groups.take(part)).filter();
    page(tx, &groups, rest, request, view).await
}

/// Groups, narrowed.
struct Groups {
    which: GroupsAfter,
    nobody: bool,
    base: String,
    me: Option<SourceId>,
}

impl Groups {
    /// Whether the database answers a part of a filter all by itself. Where it only narrows, the part stays.
    fn take(&mut self, part: &Filter) -> bool {
        if let Some(member) = member_asked(part) {
            match member.parse() {
                Ok(id) if self.which.member.is_none_or(|other| other == id) => self.which.member = Some(id),
                // Two different ones: left to be asked of each group.
                Ok(_) => return false,
                Err(_) => self.nobody = true,
            }
            return true;
        }
        let Some((name, None, Op::Equal, literal)) = compared(ResourceType::groups(), part) else { return false };
        let Some(text) = literal.text().map(str::to_owned) else { return false };
        match name.as_str() {
            "id" => {
                self.which.id = text.parse().ok();
                self.nobody |= self.which.id.is_none();
            }
            "displayName" => self.which.name = Some(text),
            "externalId" => match self.me {
                Some(me) => self.which.external_id = Some((me, text)),
                None => self.nobody = true,
            },
            _ => {}
        }
        false
    }
}

/// Whether a part asks for the groups of one user: `members eq "…"`, `members.value eq "…"`, `members[value eq "…"]`.
fn member_asked(part: &Filter) -> Option<&str> {
    let (path, inner) = match part {
        Filter::Compare { .. } => (None, part),
        Filter::Values { path, filter } => (Some(path), filter.as_ref()),
        _ => return None,
    };
    let Filter::Compare { path: inside, op: Op::Equal, value } = inner else { return None };
    let of_members = match path {
        None => inside.name.eq_ignore_ascii_case("members") && inside.sub.as_deref().is_none_or(|sub| sub.eq_ignore_ascii_case("value")),
        Some(path) => path.name.eq_ignore_ascii_case("members") && path.sub.is_none() && inside.name.eq_ignore_ascii_case("value"),
    };
    value.text().filter(|_| of_members)
}

impl Shelf for Groups {
    type Row = GroupRow;

    fn kind(&self) -> &'static ResourceType {
        ResourceType::groups()
    }

    fn key(row: &GroupRow) -> Uuid {
        row.id.uuid()
    }

    fn deep_attribute(&self) -> &'static str {
        "members"
    }

    async fn count(&self, tx: &mut Tx) -> Result<u64, Fault> {
        if self.nobody {
            return Ok(0);
        }
        Ok(u64::try_from(tx.scim_group_count(&self.which).await?).unwrap_or_default())
    }

    async fn rows(&self, tx: &mut Tx, after: Option<Uuid>, skip: u64, limit: u64) -> Result<Vec<GroupRow>, Fault> {
        if self.nobody {
            return Ok(Vec::new());
        }
        let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        let which = GroupsAfter { after: after.map(RoleId::from_uuid), skip: number(skip), limit: number(limit), ..self.which.clone() };
        Ok(tx.scim_groups(&which).await?)
    }

    async fn pictures(&self, tx: &mut Tx, rows: &[GroupRow], deep: bool) -> Result<Vec<Value>, Fault> {
        pictures(tx, rows, &self.base, self.me, deep).await
    }
}
