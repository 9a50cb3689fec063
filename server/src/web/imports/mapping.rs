//! `/imports/{id}/map`

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, State};
use tenure_app::components::FormErrors;
use tenure_app::pages::imports::show::Typed;
use tenure_services::people::mapping::Mapping;
use tenure_services::people::{remap_staged, staged_mapping};

use super::new::NO_DAY;
use super::show::draw;
use crate::http::{Posted, Reply, SignedIn, Web};
use crate::web::read::{TypedDay, key};
use crate::web::{again, errors, see_other};

pub(super) async fn remap(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>, form: Posted) -> Reply {
    let id = key(&id)?;
    let mapping = mapping(&form, staged_mapping(&caller.ctx, id).await?);
    let faults: FormErrors = match TypedDay::read(&form, "as_of").day {
        Some(as_of) => match remap_staged(&caller.ctx, id, as_of, &mapping).await {
            Ok(()) => return Ok(see_other(format!("/imports/{id}"))),
            Err(error) => errors(error)?,
        },
        None => [("as_of-day", NO_DAY)].into_iter().collect(),
    };
    Ok(again(draw(&web, &caller, id, Typed::default(), faults, "").await?))
}

/// The mapping as the form says. With another delimiter the columns are others: then nothing else
/// of the form means anything.
fn mapping(form: &Posted, now: Mapping) -> Mapping {
    let delimiter = form.raw("delimiter").chars().next().unwrap_or(now.delimiter);
    if delimiter != now.delimiter {
        return Mapping { delimiter, ..now };
    }
    let column = |name: &str| form.raw(&format!("column-{name}"));
    let mut attributes = BTreeMap::new();
    let mut ignore = Vec::new();
    let (names, uses, wanted) = (form.all("extra"), form.all("extra-use"), form.all("extra-name"));
    let used: Vec<String> = [
        "employee_id",
        "user_name",
        "given_name",
        "family_name",
        "display_name",
        "email",
        "department",
        "title",
        "manager_id",
        "start_date",
        "end_date",
        "time_zone",
    ]
    .map(column)
    .to_vec();
    for ((name, what), attribute) in names.into_iter().zip(uses).zip(wanted).filter(|((name, _), _)| !used.contains(name)) {
        if what == "keep" {
            attributes.insert(attribute.trim().to_owned(), name);
        } else {
            ignore.push(name);
        }
    }
    let mover_attributes =
        form.all("mover").into_iter().filter(|name| !now.attributes.contains_key(name) || attributes.contains_key(name)).collect();
    Mapping {
        employee_id: column("employee_id"),
        user_name: column("user_name"),
        given_name: column("given_name"),
        family_name: column("family_name"),
        email: column("email"),
        department: column("department"),
        title: column("title"),
        manager_id: column("manager_id"),
        start_date: column("start_date"),
        // Empty says that the file has none, also where a column has the usual name.
        end_date: Some(column("end_date")),
        time_zone: Some(column("time_zone")),
        display_name: Some(column("display_name")),
        attributes,
        ignore,
        mover_attributes,
        default_time_zone: form.text("default_time_zone"),
        delimiter,
        manager_cycles: now.manager_cycles,
    }
}
