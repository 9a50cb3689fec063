//! `POST /api/v1/imports/people`, `/memberships`, `/credentials`

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use chrono::NaiveDate;
use serde::Deserialize;
use tenure_domain::access::{Portal, actions};
use tenure_domain::id::{Id as _, ImportId};
use tenure_services::list_imports::{ListKind, stage_list};
use tenure_services::people::{MAX_UPLOAD, stage_upload};
use tokio::sync::OwnedSemaphorePermit;
use utoipa::ToSchema;

use crate::http::api::Reply;
use crate::http::api::answer::created;
use crate::http::api::ask::Asked;
use crate::http::api::identities::Made;
use crate::http::api::operation::op;
use crate::http::{Caller, Failure, Route, Web, post};

pub(super) fn routes() -> Vec<Route> {
    let words = "The body is the file, at most 64 MiB. Nothing is changed but that it is kept: look at the import, then apply it.";
    vec![
        post("/api/v1/imports/people", people).upload().operation(
            op("stagePeople", "Imports", "Send a list of people")
                .more(words)
                .query::<PeopleFile>()
                .sends_text("text/csv")
                .gives::<Made>(201, "It is staged.")
                .with_location(),
        ),
        post("/api/v1/imports/memberships", memberships).upload().operation(
            op("stageMemberships", "Imports", "Send a list of what people hold on an application")
                .more(words)
                .query::<MembershipsFile>()
                .sends_text("text/csv")
                .gives::<Made>(201, "It is staged.")
                .with_location(),
        ),
        post("/api/v1/imports/credentials", credentials).upload().operation(
            op("stageCredentials", "Imports", "Send an inventory of credentials")
                .more(words)
                .query::<CredentialsFile>()
                .sends_text("text/csv")
                .gives::<Made>(201, "It is staged.")
                .with_location(),
        ),
    ]
}

/// The place of a file that was read before it came here.
#[derive(Clone)]
pub(in crate::http::api) struct UploadPlace(#[expect(dead_code, reason = "held while the file is in memory")] Arc<OwnedSemaphorePermit>);

impl UploadPlace {
    /// A place for somebody who may import: each may hold a whole file in memory, so whoever may not gets none, and
    /// only few do at once.
    pub(in crate::http::api) async fn take(web: &Web, caller: &Caller) -> Result<Self, Failure> {
        caller.ctx.authorize::<actions::ManageSources, _>(&Portal).await?;
        let place = Arc::clone(&web.uploads).try_acquire_owned().map_err(|_| Failure::uploads_busy())?;
        Ok(Self(Arc::new(place)))
    }
}

/// Whether what is sent says that it is CSV.
pub(in crate::http::api) fn is_csv(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("text/csv")
}

/// A file of text, sent by somebody who may import: that is checked before it is read.
struct Csv {
    content: Vec<u8>,
    _place: UploadPlace,
}

impl FromRequest<Arc<Web>> for Csv {
    type Rejection = Failure;
    async fn from_request(mut request: Request, web: &Arc<Web>) -> Result<Self, Failure> {
        let caller = request.extensions().get::<Caller>().cloned().ok_or_else(Failure::unavailable)?;
        let place = match request.extensions_mut().remove::<UploadPlace>() {
            Some(place) => place,
            None => UploadPlace::take(web, &caller).await?,
        };
        if !is_csv(request.headers()) {
            let words = "Send the file as the body, with `Content-Type: text/csv`.";
            return Err(Failure::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Not CSV", words));
        }
        let content = Bytes::from_request(request, web).await.map_err(|refused| match refused.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Failure::too_large(),
            _ => Failure::cut_off(),
        })?;
        if content.len() > MAX_UPLOAD {
            return Err(Failure::too_large());
        }
        Ok(Self { content: content.into(), _place: place })
    }
}

/// What is to be known of a list of people.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PeopleFile {
    /// The source that says it; a name that is new makes a new source.
    #[schema(example = "hr")]
    source: String,
    /// The day of the list.
    as_of: NaiveDate,
    /// What the file is called; it ends with .csv, .tsv or .txt.
    file_name: Option<String>,
}

async fn people(asked: Asked<PeopleFile>, file: Csv) -> Reply {
    let query = &asked.query;
    let name = query.file_name.as_deref().unwrap_or("people.csv");
    made(stage_upload(&asked.ctx, &query.source, name, query.as_of, &file.content).await?)
}

/// What is to be known of a list of memberships.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MembershipsFile {
    /// The source whose people it speaks of.
    #[schema(example = "hr")]
    source: String,
    /// The application's name.
    #[schema(example = "Git")]
    application: String,
    /// The day of the list.
    as_of: NaiveDate,
    /// What the file is called; it ends with .csv, .tsv or .txt.
    file_name: Option<String>,
}

async fn memberships(asked: Asked<MembershipsFile>, file: Csv) -> Reply {
    let query = &asked.query;
    let kind = ListKind::Memberships { source: query.source.clone(), application: query.application.clone() };
    let name = query.file_name.as_deref().unwrap_or("memberships.csv");
    made(stage_list(&asked.ctx, &kind, name, query.as_of, &file.content).await?)
}

/// What is to be known of an inventory of credentials.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CredentialsFile {
    /// What the file is called; it ends with .csv, .tsv or .txt.
    file_name: Option<String>,
}

async fn credentials(asked: Asked<CredentialsFile>, file: Csv) -> Reply {
    let name = asked.query.file_name.as_deref().unwrap_or("credentials.csv");
    made(stage_list(&asked.ctx, &ListKind::Credentials, name, asked.ctx.today(), &file.content).await?)
}

fn made(id: ImportId) -> Reply {
    Ok(created(&format!("/api/v1/imports/{id}"), &Made { id: id.uuid() }))
}
