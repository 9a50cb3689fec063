//! People in the order of their keys, narrowed by what has an index.

use chrono::{DateTime, Utc};
use sqlx::{Encode, QueryBuilder, Type};
use tenure_domain::fold::{fold, search_fold};
use tenure_domain::id::{Id as _, IdentityId, SourceId};
use uuid::Uuid;

use super::people::Person;
use crate::engine::{Language, StoreError, Tx, storable};

/// Which people. What it does not say, the caller has to ask each of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PeopleFilter {
    /// Nobody.
    pub nobody: bool,
    /// Only this one.
    pub id: Option<IdentityId>,
    /// Only who answers to this name, whatever its case.
    pub user_name: Option<String>,
    /// Only whom a source calls so.
    pub external_id: Option<(SourceId, String)>,
    /// Only who is active, or is not.
    pub active: Option<bool>,
    /// Only who changed at this moment or later.
    pub changed_from: Option<DateTime<Utc>>,
    /// Only who changed after this moment.
    pub changed_after: Option<DateTime<Utc>>,
    /// Only those of whom words begin so.
    pub words: String,
}

/// Which of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PeoplePage {
    /// Those after this key.
    pub after: Option<IdentityId>,
    /// Passing over so many.
    pub skip: i64,
    /// So many at most.
    pub limit: i64,
}

/// The most bytes of a word that is looked for. PostgreSQL's index takes some 2,000.
const LONGEST_WORD: usize = 1_000;

impl Tx {
    /// Some people, in the order of their keys. Who was taken away or archived is not among them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn scim_people(&mut self, filter: &PeopleFilter, page: PeoplePage) -> Result<Vec<Person>, StoreError> {
        Ok(on_both!(self, conn => {
            let mut query = QueryBuilder::new(select_people!(""));
            conditions(&mut query, filter);
            if let Some(after) = page.after {
                query.push(" AND i.id > ").push_bind(after.uuid());
            }
            query.push(" ORDER BY i.id LIMIT ").push_bind(page.limit).push(" OFFSET ").push_bind(page.skip);
            query.build_query_as::<Person>().fetch_all(&mut **conn).await?
        }))
    }

    /// How many there are.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn scim_people_count(&mut self, filter: &PeopleFilter) -> Result<i64, StoreError> {
        Ok(on_both!(self, conn => {
            let mut query = QueryBuilder::new("SELECT COUNT(*) FROM identities i WHERE ");
            conditions(&mut query, filter);
            query.build_query_scalar::<i64>().fetch_one(&mut **conn).await?
        }))
    }
}

fn conditions<DB>(query: &mut QueryBuilder<DB>, filter: &PeopleFilter)
where
    DB: Language,
    for<'q> String: Encode<'q, DB> + Type<DB>,
    for<'q> Uuid: Encode<'q, DB> + Type<DB>,
    for<'q> DateTime<Utc>: Encode<'q, DB> + Type<DB>,
{
    query.push("i.kind = 'person' AND i.state <> 'archived'");
    query.push(" AND NOT EXISTS (SELECT 1 FROM scim_users d WHERE d.identity_id = i.id AND d.deleted_at IS NOT NULL)");
    if filter.nobody {
        query.push(" AND 1 = 0");
    }
    if let Some(id) = filter.id {
        query.push(" AND i.id = ").push_bind(id.uuid());
    }
    if let Some(name) = &filter.user_name {
        query.push(" AND i.user_name_key = ").push_bind(storable(&fold(name)));
    }
    if let Some((source, external_id)) = &filter.external_id {
        query.push(" AND i.id IN (SELECT x.identity_id FROM scim_users x WHERE x.deleted_at IS NULL AND x.source_id = ");
        query.push_bind(source.uuid()).push(" AND x.external_id = ").push_bind(storable(external_id)).push(")");
    }
    if let Some(active) = filter.active {
        query.push(" AND i.state ").push(if active { "IN" } else { "NOT IN" }).push(" ('active', 'on-leave', 'suspended')");
    }
    if let Some(from) = filter.changed_from {
        query.push(" AND i.id IN (SELECT u.id FROM identities u WHERE u.updated_at >= ").push_bind(from).push(")");
    }
    if let Some(after) = filter.changed_after {
        query.push(" AND i.id IN (SELECT u.id FROM identities u WHERE u.updated_at > ").push_bind(after).push(")");
    }
    let words = search_fold(&filter.words);
    if !words.is_empty() && words.split(' ').all(|word| word.len() <= LONGEST_WORD) {
        query.push(" AND ");
        DB::push_search(query, &words);
    }
}
