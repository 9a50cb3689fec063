//! From an identity to the resource. What an identity provider wrote it reads back; of others, what the columns say.

use std::collections::HashMap;

use serde_json::{Map, Value, json};
use tenure_domain::id::{IdentityId, RoleId, SourceId};
use tenure_domain::identity::{Identity, LifecycleState};
use tenure_scim::ResourceType;
use tenure_scim::resource::set_schemas;
use tenure_scim::schema::ENTERPRISE_USER;
use tenure_store::Tx;
use tenure_store::scim::Person;

use crate::scim::fault::Fault;
use crate::scim::view::tag;

/// Whether SCIM calls somebody active: at work, whether or not Tenure holds them for now. Who has not begun yet and who
/// has ended is not.
pub(super) fn active(identity: &Identity) -> bool {
    matches!(identity.state, LifecycleState::Active | LifecycleState::OnLeave | LifecycleState::Suspended)
}

/// The whole resources of people, in their order. Groups only if they are asked for.
pub(super) async fn pictures(
    tx: &mut Tx,
    people: &[Person],
    base: &str,
    me: Option<SourceId>,
    with_groups: bool,
) -> Result<Vec<Value>, Fault> {
    let ids: Vec<IdentityId> = people.iter().map(|p| p.identity.id).collect();
    let roles = if with_groups { tx.scim_roles_of(&ids).await? } else { HashMap::new() };
    pictures_with(tx, people, base, me, &roles).await
}

/// The same, where it is known in which groups they are, or where nobody asks for that.
pub(super) async fn pictures_with(
    tx: &mut Tx,
    people: &[Person],
    base: &str,
    me: Option<SourceId>,
    roles: &HashMap<IdentityId, Vec<(RoleId, String)>>,
) -> Result<Vec<Value>, Fault> {
    let managers: Vec<IdentityId> = people.iter().filter_map(|p| p.identity.manager_id).collect();
    let names = tx.scim_names(&managers).await?;
    Ok(people.iter().map(|person| compose(person, base, me, &names, roles.get(&person.identity.id).map(Vec::as_slice))).collect())
}

fn compose(
    person: &Person,
    base: &str,
    me: Option<SourceId>,
    names: &HashMap<IdentityId, Option<String>>,
    roles: Option<&[(RoleId, String)]>,
) -> Value {
    let i = &person.identity;
    let mut map = match person.resource.as_ref().and_then(|written| written.0.as_object()) {
        Some(written) => written.clone(),
        None => from_columns(i),
    };
    let location = format!("{base}/Users/{}", i.id);
    map.insert("id".into(), json!(i.id));
    map.insert("userName".into(), json!(i.user_name));
    if let Some(name) = person.external_id.as_ref().filter(|_| person.written_by == me && me.is_some()) {
        map.insert("externalId".into(), json!(name));
    }
    // Who took the word away that somebody is active has none; but an end that Tenure itself made is always told.
    let by_tenure = !active(i) && i.source_present;
    if map.contains_key("active") || person.resource.is_none() || by_tenure {
        map.insert("active".into(), json!(active(i)));
    }
    if let Some(manager) = i.manager_id {
        let mut picture = json!({ "value": manager, "$ref": format!("{base}/Users/{manager}") });
        if let (Some(Some(name)), Some(parts)) = (names.get(&manager), picture.as_object_mut()) {
            parts.insert("displayName".into(), json!(name));
        }
        if let Some(extension) = map.entry(ENTERPRISE_USER).or_insert_with(|| json!({})).as_object_mut() {
            extension.insert("manager".into(), picture);
        }
    }
    if let Some(roles) = roles.filter(|roles| !roles.is_empty()) {
        let group = |(id, name): &(RoleId, String)| json!({ "value": id, "$ref": format!("{base}/Groups/{id}"), "display": name, "type": "direct" });
        map.insert("groups".into(), roles.iter().map(group).collect());
    }
    map.insert(
        "meta".into(),
        json!({ "resourceType": "User", "created": i.created_at, "lastModified": i.updated_at, "location": location, "version": tag(i.version) }),
    );
    let mut resource = Value::Object(map);
    set_schemas(ResourceType::users(), &mut resource);
    resource
}

/// What is known of somebody of whom no identity provider wrote.
fn from_columns(i: &Identity) -> Map<String, Value> {
    let mut map = Map::new();
    let mut put = |name: &str, text: &str| {
        if !text.is_empty() {
            map.insert(name.to_owned(), json!(text));
        }
    };
    put("displayName", &i.display_name);
    put("title", &i.title);
    put("timezone", &i.time_zone);
    let name = texts(&[("givenName", &i.given_name), ("familyName", &i.family_name)]);
    if !name.is_empty() {
        map.insert("name".into(), Value::Object(name));
    }
    if !i.email.is_empty() {
        map.insert("emails".into(), json!([{ "value": i.email, "type": "work", "primary": true }]));
    }
    let number = i.employee_id.clone().unwrap_or_default();
    let enterprise = texts(&[("employeeNumber", &number), ("department", &i.department)]);
    if !enterprise.is_empty() {
        map.insert(ENTERPRISE_USER.into(), Value::Object(enterprise));
    }
    map
}

fn texts(pairs: &[(&str, &String)]) -> Map<String, Value> {
    pairs.iter().filter(|(_, text)| !text.is_empty()).map(|(name, text)| ((*name).to_owned(), json!(text))).collect()
}
