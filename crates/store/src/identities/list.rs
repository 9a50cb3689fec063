//! The list of identities: filtered, sorted, in keyset pages, each order with an index behind it.

use chrono::NaiveDate;
use sqlx::{Database, Encode, QueryBuilder, Type};
use tenure_domain::access::Scope;
use tenure_domain::fold::search_fold;
use tenure_domain::id::{Id, IdentityId};
use tenure_domain::identity::{Identity, IdentityKind, LifecycleState};
use uuid::Uuid;

use crate::engine::{Language, StoreError, Tx, storable};
use crate::page::{Cursor, Direction, Page, PageRequest};

/// By what the list is sorted; names decide among equals.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum IdentitySort {
    /// By name.
    #[default]
    Name,
    /// By department.
    Department,
    /// By life-cycle state.
    State,
    /// By kind.
    Kind,
}

impl IdentitySort {
    const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Name => &["i.name_key"],
            Self::Department => &["i.department", "i.name_key"],
            Self::State => &["i.state", "i.name_key"],
            Self::Kind => &["i.kind", "i.name_key"],
        }
    }

    fn cursor(self, row: &Identity) -> Cursor {
        let keys = match self {
            Self::Name => vec![row.name_key()],
            Self::Department => vec![row.department.clone(), row.name_key()],
            Self::State => vec![row.state.to_string(), row.name_key()],
            Self::Kind => vec![row.kind.to_string(), row.name_key()],
        };
        Cursor { keys, id: row.id.uuid() }
    }
}

/// Which identities.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IdentityFilter {
    /// Words that their name, user name, number, department or title begin with.
    pub search: String,
    /// Only this state.
    pub state: Option<LifecycleState>,
    /// Only this kind.
    pub kind: Option<IdentityKind>,
    /// Only non-human ones.
    pub non_human: bool,
    /// Only this department.
    pub department: Option<String>,
    /// Only those who report to somebody.
    pub manager_id: Option<IdentityId>,
    /// Only those owned by somebody.
    pub owner_id: Option<IdentityId>,
    /// Only non-human ones without a live owner.
    pub without_owner: bool,
    /// Only those whose employment began between two days, the second not included.
    pub joined: Option<(NaiveDate, NaiveDate)>,
    /// Only those whose employment ended between two days, the second not included.
    pub left: Option<(NaiveDate, NaiveDate)>,
    /// By what to sort.
    pub sort: IdentitySort,
    /// Which way.
    pub direction: Direction,
}

impl IdentityFilter {
    /// Whether there are words to look for.
    pub fn searches(&self) -> bool {
        !search_fold(&self.search).is_empty()
    }

    /// The words, when nothing else is asked for.
    fn words_alone(&self) -> Option<String> {
        let alone = Self { search: self.search.clone(), sort: self.sort, direction: self.direction, ..Self::default() };
        Some(search_fold(&self.search)).filter(|words| *self == alone && !words.split(' ').any(|word| word.len() > LONGEST_WORD))
    }
}

#[derive(sqlx::FromRow)]
struct Found {
    #[sqlx(flatten)]
    identity: Identity,
    total: i64,
}

impl Tx {
    /// A page of the identities that an actor may see.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_identities(
        &mut self,
        scope: Scope,
        filter: &IdentityFilter,
        request: &PageRequest,
    ) -> Result<Page<Identity>, StoreError> {
        if filter.searches() {
            return Ok(self.search_identities(scope, filter, request, 0).await?.0);
        }
        let rows = on_both!(self, conn => {
            let mut query = QueryBuilder::new("SELECT i.* FROM identities i WHERE ");
            conditions(&mut query, scope, filter);
            keyset(&mut query, filter, request);
            query.build_query_as::<Identity>().fetch_all(&mut **conn).await?
        });
        Ok(Page::cut(rows, request, |row| filter.sort.cursor(row)))
    }

    /// A page of those that a search finds, and how many it finds, counted up to a limit. What is found
    /// is in no order: it is looked for once, its keys are sorted, and whole rows are read for one page.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn search_identities(
        &mut self,
        scope: Scope,
        filter: &IdentityFilter,
        request: &PageRequest,
        up_to: i64,
    ) -> Result<(Page<Identity>, i64), StoreError> {
        if let Some(words) = filter.words_alone().filter(|_| scope.limited_to().is_none()) {
            let hits = self.hits(&words, up_to.max(BROAD)).await?;
            if let Some(hits) = hits.filter(|hits| *hits >= BROAD) {
                return Ok((self.search_along(filter, &words, request).await?, hits.min(up_to)));
            }
        }
        let rows = on_both!(self, conn => {
            let mut query = QueryBuilder::new(
                "WITH found AS MATERIALIZED (SELECT i.id, i.name_key, i.department, i.state, i.kind FROM identities i WHERE ",
            );
            conditions(&mut query, scope, filter);
            query.push(") SELECT i.*, (SELECT COUNT(*) FROM (SELECT 1 FROM found LIMIT ").push_bind(up_to);
            query.push(") n) AS total FROM identities i WHERE i.id IN (SELECT i.id FROM found i WHERE 1 = 1");
            keyset(&mut query, filter, request);
            query.push(")");
            order(&mut query, filter, request);
            query.build_query_as::<Found>().fetch_all(&mut **conn).await?
        });
        let total = match rows.first() {
            Some(row) => row.total,
            // A page after the last one has no row to say it.
            None => self.count_identities(scope, filter, up_to).await?,
        };
        let rows = rows.into_iter().map(|row| row.identity).collect();
        Ok((Page::cut(rows, request, |row| filter.sort.cursor(row)), total))
    }

    async fn hits(&mut self, words: &str, up_to: i64) -> Result<Option<i64>, StoreError> {
        Ok(on_both!(self, conn => {
            let mut query = QueryBuilder::new("");
            if !Language::push_hits(&mut query, words, up_to) {
                return Ok(None);
            }
            Some(query.build_query_scalar::<i64>().fetch_one(&mut **conn).await?)
        }))
    }

    /// A page of a search that finds many: its order is followed, and each is asked, until the page is full.
    async fn search_along(&mut self, filter: &IdentityFilter, words: &str, request: &PageRequest) -> Result<Page<Identity>, StoreError> {
        let rows = on_both!(self, conn => {
            let mut query = QueryBuilder::new("SELECT i.* FROM identities i WHERE ");
            Language::push_search_along(&mut query, words);
            keyset(&mut query, filter, request);
            query.build_query_as::<Identity>().fetch_all(&mut **conn).await?
        });
        Ok(Page::cut(rows, request, |row| filter.sort.cursor(row)))
    }

    /// How many identities a filter matches, counted up to a limit.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_identities(&mut self, scope: Scope, filter: &IdentityFilter, up_to: i64) -> Result<i64, StoreError> {
        Ok(on_both!(self, conn => {
            let mut query = QueryBuilder::new("SELECT COUNT(*) FROM (SELECT 1 FROM identities i WHERE ");
            conditions(&mut query, scope, filter);
            query.push(" LIMIT ").push_bind(up_to).push(") n");
            query.build_query_scalar::<i64>().fetch_one(&mut **conn).await?
        }))
    }
}

/// From so many found on, it takes longer to sort them than to follow the order of the list.
const BROAD: i64 = 500;

/// The most bytes of a word that is looked for. PostgreSQL's index takes some 2,000, and nothing is
/// called so.
const LONGEST_WORD: usize = 1_000;

fn conditions<DB>(query: &mut QueryBuilder<DB>, scope: Scope, filter: &IdentityFilter)
where
    DB: Language,
    for<'q> &'q str: Encode<'q, DB> + Type<DB>,
    for<'q> String: Encode<'q, DB> + Type<DB>,
    for<'q> Uuid: Encode<'q, DB> + Type<DB>,
    for<'q> NaiveDate: Encode<'q, DB> + Type<DB>,
{
    query.push("1 = 1");
    if let Some(me) = scope.limited_to() {
        query.push(" AND (i.id = ").push_bind(me.uuid()).push(" OR i.owner_id = ").push_bind(me.uuid());
        if scope.includes_team() {
            query.push(" OR i.manager_id = ").push_bind(me.uuid());
        }
        query.push(")");
    }
    let words = search_fold(&filter.search);
    if words.split(' ').any(|word| word.len() > LONGEST_WORD) {
        query.push(" AND 1 = 0");
    } else if !words.is_empty() {
        query.push(" AND ");
        DB::push_search(query, &words);
    }
    if let Some(state) = filter.state {
        query.push(" AND i.state = ").push_bind(state.to_string());
    }
    if let Some(kind) = filter.kind {
        query.push(" AND i.kind = ").push_bind(kind.to_string());
    }
    if filter.non_human {
        query.push(" AND i.kind IN ('service', 'workload', 'agent', 'vendor')");
    }
    if let Some(department) = &filter.department {
        query.push(" AND i.department = ").push_bind(storable(department));
    }
    if let Some(manager) = filter.manager_id {
        query.push(" AND i.manager_id = ").push_bind(manager.uuid());
    }
    if let Some(owner) = filter.owner_id {
        query.push(" AND i.owner_id = ").push_bind(owner.uuid());
    }
    if filter.without_owner {
        query.push(
            " AND i.kind IN ('service', 'workload', 'agent', 'vendor') AND i.state NOT IN ('terminated', 'archived')
              AND (i.owner_id IS NULL OR EXISTS (SELECT 1 FROM identities o WHERE o.id = i.owner_id AND o.state IN ('terminated', 'archived')))",
        );
    }
    for (column, span) in [("started_on", filter.joined), ("ended_on", filter.left)] {
        if let Some((from, to)) = span {
            query.push(" AND i.id IN (SELECT e.identity_id FROM employments e WHERE e.").push(column).push(" >= ").push_bind(from);
            query.push(" AND e.").push(column).push(" < ").push_bind(to).push(")");
        }
    }
}

fn keyset<DB>(query: &mut QueryBuilder<DB>, filter: &IdentityFilter, request: &PageRequest)
where
    DB: Database,
    for<'q> String: Encode<'q, DB> + Type<DB>,
    for<'q> Uuid: Encode<'q, DB> + Type<DB>,
    for<'q> i64: Encode<'q, DB> + Type<DB>,
{
    let columns = filter.sort.columns();
    let direction = direction(filter, request);
    // A cursor of another sort order is not ours: the list then begins at its beginning.
    let from = request.after.as_ref().or(request.before.as_ref()).filter(|c| c.keys.len() == columns.len());
    if let Some(from) = from {
        query.push(" AND (").push(columns.join(", ")).push(", i.id").push(direction.beyond());
        for key in &from.keys {
            query.push_bind(key.clone()).push(", ");
        }
        query.push_bind(from.id).push(")");
    }
    order(query, filter, request);
    query.push(" LIMIT ").push_bind(i64::try_from(request.limit() + 1).unwrap_or(i64::MAX));
}

/// In which order the rows come; backwards for the page before.
fn order<DB: Database>(query: &mut QueryBuilder<DB>, filter: &IdentityFilter, request: &PageRequest) {
    let direction = direction(filter, request);
    query.push(" ORDER BY ");
    for column in filter.sort.columns() {
        query.push(*column).push(direction.sql()).push(", ");
    }
    query.push("i.id").push(direction.sql());
}

fn direction(filter: &IdentityFilter, request: &PageRequest) -> Direction {
    let backwards = request.after.is_none() && request.before.is_some();
    if backwards { filter.direction.reversed() } else { filter.direction }
}
