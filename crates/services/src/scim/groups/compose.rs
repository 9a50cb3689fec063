//! From a role to the resource.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use serde_json::{Map, Value, json};
use tenure_domain::id::{IdentityId, RoleId, SourceId};
use tenure_scim::ResourceType;
use tenure_scim::resource::set_schemas;
use tenure_scim::{ScimError, ScimType};
use tenure_store::Tx;
use tenure_store::scim::{GroupRow, Member};

use crate::scim::fault::Fault;
use crate::scim::view::tag;

/// How many members one answer holds at most.
const MOST_MEMBERS: usize = 50_000;

/// The whole resources of groups, in their order; with their members if they are asked for.
///
/// # Errors
/// `tooMany` when they have more members than one answer holds.
pub(super) async fn pictures(
    tx: &mut Tx,
    rows: &[GroupRow],
    base: &str,
    me: Option<SourceId>,
    with_members: bool,
) -> Result<Vec<Value>, Fault> {
    let ids: Vec<RoleId> = rows.iter().map(|row| row.id).collect();
    let limit = i64::try_from(MOST_MEMBERS + 1).unwrap_or(i64::MAX);
    let members = if with_members { tx.scim_members(&ids, limit).await? } else { HashMap::new() };
    if members.values().map(Vec::len).sum::<usize>() > MOST_MEMBERS {
        let words = format!("the groups have more than {MOST_MEMBERS} members: ask with `excludedAttributes=members`, or for fewer groups");
        return Err(ScimError::bad(ScimType::TooMany, words).into());
    }
    let people: Vec<IdentityId> = members.values().flatten().map(|m| m.identity_id).collect();
    let names = tx.scim_names(&people).await?;
    Ok(rows.iter().map(|row| compose(row, base, me, members.get(&row.id).map(Vec::as_slice).unwrap_or_default(), &names)).collect())
}

/// The ETag of a group. Nobody counts who comes into a role of Tenure and who goes, so there the members that are shown
/// are part of it.
fn version(row: &GroupRow, members: &[Member]) -> String {
    if row.source_id.is_some() || members.is_empty() {
        return tag(row.version);
    }
    let mut hasher = DefaultHasher::new();
    members.iter().for_each(|member| member.identity_id.hash(&mut hasher));
    format!("W/\"{}-{:016x}\"", row.version, hasher.finish())
}

/// The whole resource of a group with these members.
pub(super) fn compose(
    row: &GroupRow,
    base: &str,
    me: Option<SourceId>,
    members: &[Member],
    names: &HashMap<IdentityId, Option<String>>,
) -> Value {
    let changed = row.members_at.map_or(row.updated_at, |at| at.max(row.updated_at));
    let mut map = Map::new();
    map.insert("id".into(), json!(row.id));
    map.insert("displayName".into(), json!(row.name));
    if let Some(name) = row.external_id.as_ref().filter(|_| row.source_id == me && me.is_some()) {
        map.insert("externalId".into(), json!(name));
    }
    if !members.is_empty() {
        let member = |member: &Member| {
            let id = member.identity_id;
            let mut picture = json!({ "value": id, "$ref": format!("{base}/Users/{id}"), "type": "User" });
            if let (Some(Some(name)), Some(parts)) = (names.get(&id), picture.as_object_mut()) {
                parts.insert("display".into(), json!(name));
            }
            picture
        };
        map.insert("members".into(), members.iter().map(member).collect());
    }
    map.insert(
        "meta".into(),
        json!({
            "resourceType": "Group", "created": row.created_at, "lastModified": changed,
            "location": format!("{base}/Groups/{}", row.id), "version": version(row, members),
        }),
    );
    let mut resource = Value::Object(map);
    set_schemas(ResourceType::groups(), &mut resource);
    resource
}
