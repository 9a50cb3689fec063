//! `/api/v1/imports/{id}/mapping`: how the columns of a staged list of people are read.

use std::collections::BTreeMap;

use axum::extract::Path;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tenure_domain::id::ImportId;
use tenure_services::people::mapping::{CyclePolicy, Mapping};
use tenure_services::people::{remap_staged, staged_mapping};
use utoipa::ToSchema;

use super::show::{ImportDetail, detail};
use crate::http::api::answer::found;
use crate::http::api::ask::{Asked, Sent};
use crate::http::api::operation::op;
use crate::http::api::{Reply, key};
use crate::http::routes::put;
use crate::http::{Route, get};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/v1/imports/{id}/mapping", show)
            .operation(op("getImportMapping", "Imports", "How a staged list is read").gives::<Columns>(200, "Which column is what.")),
        put("/api/v1/imports/{id}/mapping", remap).operation(
            op("setImportMapping", "Imports", "Say how a staged list is read")
                .more("Its plan is another one then: look at it again. 409 when it is not staged any more.")
                .sends::<ImportMapped>()
                .gives::<ImportDetail>(200, "What it would do now."),
        ),
    ]
}

/// Which column of a list is what. The empty text says that the list has none.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Columns {
    employee_id: String,
    user_name: String,
    given_name: String,
    family_name: String,
    email: String,
    department: String,
    title: String,
    manager_id: String,
    start_date: String,
    /// Null for `end_date`, if there is one; so the next two with their names.
    end_date: Option<String>,
    time_zone: Option<String>,
    display_name: Option<String>,
    /// Further attributes, each with its column.
    attributes: BTreeMap<String, String>,
    /// Columns that are left out.
    ignore: Vec<String>,
    /// The attributes whose change makes a mover.
    mover_attributes: Vec<String>,
    /// Of people whose row names none.
    #[schema(example = "Europe/Stockholm")]
    default_time_zone: String,
    /// What separates fields: a comma, a semicolon, a tab or `|`.
    delimiter: char,
    /// Whether people who are, round a circle, each other's managers are refused, not only told of.
    #[serde(default)]
    refuse_manager_cycles: bool,
}

impl From<Mapping> for Columns {
    fn from(m: Mapping) -> Self {
        Self {
            employee_id: m.employee_id,
            user_name: m.user_name,
            given_name: m.given_name,
            family_name: m.family_name,
            email: m.email,
            department: m.department,
            title: m.title,
            manager_id: m.manager_id,
            start_date: m.start_date,
            end_date: m.end_date,
            time_zone: m.time_zone,
            display_name: m.display_name,
            attributes: m.attributes,
            ignore: m.ignore,
            mover_attributes: m.mover_attributes,
            default_time_zone: m.default_time_zone,
            delimiter: m.delimiter,
            refuse_manager_cycles: m.manager_cycles == CyclePolicy::Refuse,
        }
    }
}

impl From<Columns> for Mapping {
    fn from(c: Columns) -> Self {
        Self {
            employee_id: c.employee_id,
            user_name: c.user_name,
            given_name: c.given_name,
            family_name: c.family_name,
            email: c.email,
            department: c.department,
            title: c.title,
            manager_id: c.manager_id,
            start_date: c.start_date,
            end_date: c.end_date,
            time_zone: c.time_zone,
            display_name: c.display_name,
            attributes: c.attributes,
            ignore: c.ignore,
            mover_attributes: c.mover_attributes,
            default_time_zone: c.default_time_zone,
            delimiter: c.delimiter,
            manager_cycles: if c.refuse_manager_cycles { CyclePolicy::Refuse } else { CyclePolicy::Warn },
        }
    }
}

async fn show(asked: Asked, Path(id): Path<String>) -> Reply {
    Ok(found(&Columns::from(staged_mapping(&asked.ctx, key(&id)?).await?)))
}

/// How a list is to be read.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ImportMapped {
    /// The day of the list.
    as_of: NaiveDate,
    mapping: Columns,
}

async fn remap(asked: Asked, Path(id): Path<String>, Sent(sent): Sent<ImportMapped>) -> Reply {
    let id: ImportId = key(&id)?;
    remap_staged(&asked.ctx, id, sent.as_of, &sent.mapping.into()).await?;
    Ok(found(&detail(&asked.ctx, id).await?))
}
