//! Keyset pages. What names the place in a list is signed and belongs to that list: one that was made up, or is of
//! another list, is refused and not passed over.

use axum::http::header;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use tenure_app::components::Query;
use tenure_store::{Cursor, Page, PageRequest};

use super::answer::{found, with};
use super::ask::{Asked, bad_parameter};
use crate::http::Failure;

/// How many rows a page has when nobody says.
const USUAL: usize = 50;
/// How many it has at most.
const MOST: u32 = 200;

/// Parameters of a list.
pub(super) trait Paged {
    /// How many rows.
    fn limit(&self) -> Option<u32>;
    /// Where the page begins.
    fn after(&self) -> Option<&str>;
}

/// Parameters of a list, beside those that every list has.
macro_rules! list_query {
    ($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $kind:ident,)* }) => {
        $(#[$meta])*
        #[derive(Debug, serde::Deserialize, utoipa::ToSchema)]
        #[serde(deny_unknown_fields)]
        pub(super) struct $name {
            $($(#[$field_meta])* $field: Option<$kind>,)*
            /// How many at most; 50 when it is not said.
            #[schema(minimum = 1, maximum = 200)]
            limit: Option<u32>,
            /// Where the page begins: `next` of the page before.
            after: Option<String>,
        }

        impl $crate::http::api::page::Paged for $name {
            fn limit(&self) -> Option<u32> {
                self.limit
            }
            fn after(&self) -> Option<&str> {
                self.after.as_deref()
            }
        }
    };
}
pub(super) use list_query;

#[derive(Serialize)]
struct Items<T> {
    items: Vec<T>,
    next: Option<String>,
}

impl<Q: Paged> Asked<Q> {
    /// Which page is asked for.
    ///
    /// # Errors
    /// 422 for a limit out of bounds, and for a place that is none of this list.
    pub(super) fn page(&self) -> Result<PageRequest, Failure> {
        let limit = match self.query.limit() {
            None => USUAL,
            Some(n) if (1..=MOST).contains(&n) => usize::try_from(n).unwrap_or(USUAL),
            Some(_) => return Err(bad_parameter("limit", format!("a page has 1 to {MOST} rows"))),
        };
        let after = match self.query.after() {
            None => None,
            Some(text) => {
                let wrong = "this is no place in this list: take `next` of the page before, with the same other parameters";
                Some(self.decode(text).ok_or_else(|| bad_parameter("after", wrong))?)
            }
        };
        Ok(PageRequest { after, before: None, limit })
    }

    /// Answers a page of a list.
    pub(super) fn answer<T, R: Serialize>(&self, page: Page<T>, row: impl Fn(T) -> R) -> Response {
        let next = page.next.map(|cursor| self.encode(&cursor));
        self.rows(page.rows.into_iter().map(row).collect(), next)
    }

    /// Answers a page of a list that is read whole, since it is short. `key` names a row.
    ///
    /// # Errors
    /// As [`Self::page`].
    pub(super) fn answer_all<T, R: Serialize>(
        &self,
        rows: Vec<T>,
        key: impl Fn(&T) -> uuid::Uuid,
        row: impl Fn(T) -> R,
    ) -> Result<Response, Failure> {
        let request = self.page()?;
        let begin = match &request.after {
            // What it named is gone: the list begins anew, and nothing is left out.
            Some(after) => rows.iter().position(|row| key(row) == after.id).map_or(0, |place| place + 1),
            None => 0,
        };
        let more = rows.len() > begin + request.limit;
        let rows: Vec<T> = rows.into_iter().skip(begin).take(request.limit).collect();
        let next = rows.last().filter(|_| more).map(|last| self.encode(&Cursor { keys: Vec::new(), id: key(last) }));
        Ok(self.rows(rows.into_iter().map(row).collect(), next))
    }

    fn rows<R: Serialize>(&self, items: Vec<R>, next: Option<String>) -> Response {
        let link = next.as_ref().map(|next| {
            let query = self.others().and("after", next);
            format!("<{}?{query}>; rel=\"next\"", self.uri.path())
        });
        let answer = found(&Items { items, next });
        match link {
            Some(link) => with(answer, header::LINK, &link),
            None => answer,
        }
    }

    /// The parameters but the place.
    fn others(&self) -> Query {
        Query::parse(self.uri.query().unwrap_or_default()).without("after")
    }

    /// Which list it is: another filter makes another one, another limit does not.
    fn list(&self) -> String {
        format!("{}?{}", self.uri.path(), self.others().without("limit"))
    }

    fn encode(&self, cursor: &Cursor) -> String {
        let text = cursor.encode();
        let tag = self.web.app.keys.form_token().tag_fields(&[b"cursor", self.list().as_bytes(), text.as_bytes()]);
        format!("{}.{tag}", URL_SAFE_NO_PAD.encode(text))
    }

    fn decode(&self, text: &str) -> Option<Cursor> {
        let (cursor, tag) = text.split_once('.')?;
        let cursor = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
        let tag = tag.parse().ok()?;
        let list = self.list();
        self.web.app.keys.form_token().verify_fields(&[b"cursor", list.as_bytes(), cursor.as_bytes()], &tag).ok()?;
        Cursor::decode(&cursor)
    }
}
