//! GET /Users and POST /Users/.search (RFC 7644, 3.4.2 and 3.4.3).

use chrono::{DateTime, Utc};
use serde_json::Value;
use tenure_domain::access::{Portal, actions};
use tenure_domain::id::{Id as _, IdentityId, SourceId};
use tenure_scim::filter::{Literal, Op};
use tenure_scim::list::{ListResponse, SearchRequest};
use tenure_scim::{Filter, ResourceType};
use tenure_store::Tx;
use tenure_store::scim::{PeopleFilter, PeoplePage, Person};
use uuid::Uuid;

use super::compose::pictures;
use crate::Ctx;
use crate::scim::fault::Fault;
use crate::scim::query::{Shelf, asked_filter, compared, each_equal, page};
use crate::scim::source::known_source;
use crate::scim::view::View;

/// A page of users.
///
/// # Errors
/// [`Fault`] with 400 or 403.
pub async fn list_users(ctx: &Ctx, view: &View, request: &SearchRequest) -> Result<ListResponse, Fault> {
    ctx.authorize::<actions::ViewDirectory, _>(&Portal).await?;
    let mut tx = ctx.app.store.read().await?;
    page_of_users(ctx, &mut tx, view, request).await
}

/// The same, for whom may see them.
pub(in crate::scim) async fn page_of_users(ctx: &Ctx, tx: &mut Tx, view: &View, request: &SearchRequest) -> Result<ListResponse, Fault> {
    let me = known_source(ctx, tx).await?;
    let filter = asked_filter(request, ResourceType::users())?;
    let mut users = Users { filter: PeopleFilter::default(), base: view.base.clone(), me };
    let rest = each_equal(filter, |part| users.take(part)).filter();
    page(tx, &users, rest, request, view).await
}

/// People, narrowed.
struct Users {
    filter: PeopleFilter,
    base: String,
    me: Option<SourceId>,
}

impl Users {
    /// Whether the database answers a part of a filter all by itself. Where it only narrows, the part stays.
    fn take(&mut self, part: &Filter) -> bool {
        let Some((name, sub, op, literal)) = compared(ResourceType::users(), part) else { return false };
        let text = literal.text().map(str::to_owned);
        match (name.as_str(), sub.as_deref(), op, text) {
            ("id", None, Op::Equal, Some(id)) => {
                self.filter.id = id.parse().ok();
                self.filter.nobody |= self.filter.id.is_none();
                false
            }
            ("userName", None, Op::Equal, Some(name)) => {
                self.filter.user_name = Some(name);
                false
            }
            ("externalId", None, Op::Equal, Some(name)) => {
                match self.me {
                    Some(me) => self.filter.external_id = Some((me, name)),
                    None => self.filter.nobody = true,
                }
                false
            }
            ("displayName", None, Op::Equal | Op::StartsWith, Some(words)) => {
                self.filter.words = words;
                false
            }
            ("meta", Some("lastModified"), Op::GreaterOrEqual | Op::Greater, Some(moment)) => {
                let Ok(moment) = DateTime::parse_from_rfc3339(&moment) else { return false };
                let moment = moment.with_timezone(&Utc);
                let place = if op == Op::Greater { &mut self.filter.changed_after } else { &mut self.filter.changed_from };
                *place = Some(place.map_or(moment, |other| other.max(moment)));
                true
            }
            // Where the source took its word away, the state says it.
            ("active", None, Op::Equal, _) => {
                let Literal::Bool(active) = literal else { return false };
                self.filter.nobody |= self.filter.active.is_some_and(|other| other != *active);
                self.filter.active = Some(*active);
                true
            }
            _ => false,
        }
    }
}

impl Shelf for Users {
    type Row = Person;

    fn kind(&self) -> &'static ResourceType {
        ResourceType::users()
    }

    fn key(row: &Person) -> Uuid {
        row.identity.id.uuid()
    }

    fn deep_attribute(&self) -> &'static str {
        "groups"
    }

    async fn count(&self, tx: &mut Tx) -> Result<u64, Fault> {
        Ok(u64::try_from(tx.scim_people_count(&self.filter).await?).unwrap_or_default())
    }

    async fn rows(&self, tx: &mut Tx, after: Option<Uuid>, skip: u64, limit: u64) -> Result<Vec<Person>, Fault> {
        let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        let which = PeoplePage { after: after.map(IdentityId::from_uuid), skip: number(skip), limit: number(limit) };
        Ok(tx.scim_people(&self.filter, which).await?)
    }

    async fn pictures(&self, tx: &mut Tx, rows: &[Person], deep: bool) -> Result<Vec<Value>, Fault> {
        pictures(tx, rows, &self.base, self.me, deep).await
    }
}
