//! Looking whether it is so.

use serde_json::Value;

use super::group::{Way, holds, name};
use super::perform::{called, drafted};
use super::wire::{Seen, patch, short};
use super::{Dialect, Scim};
use crate::{AccountDraft, AccountRef, Change, EntitlementRef, Fault, FaultKind, ReadBack};
use tenure_scim::ResourceType;

fn so(words: impl Into<String>) -> Result<ReadBack, Fault> {
    Ok(ReadBack::So(words.into()))
}

fn not_so(words: impl Into<String>) -> Result<ReadBack, Fault> {
    Ok(ReadBack::NotSo(words.into()))
}

/// What the account's state was read as.
fn evidence(seen: &Seen) -> String {
    let active = seen.user.get("active").map_or_else(|| "not told".into(), Value::to_string);
    let version = seen.etag.as_deref().map(|etag| format!(", version {}", short(etag))).unwrap_or_default();
    format!("GET /Users/{}: active={active}{version}", super::wire::id(&seen.user))
}

impl Scim {
    pub(super) async fn look(&self, change: &Change) -> Result<ReadBack, Fault> {
        match change {
            Change::Create(draft) => self.look_for(draft, true).await,
            Change::Change(draft) => self.look_for(draft, false).await,
            Change::Disable(account) => match self.look_up(account).await? {
                None => so(format!("no account with {}", called(account))),
                Some(found) if found.user.get("active") == Some(&Value::Bool(false)) => so(evidence(&found)),
                Some(found) => not_so(format!("the account can still be used ({})", evidence(&found))),
            },
            Change::Enable(account) => match self.look_up(account).await? {
                None => not_so(format!("there is no account with {}", called(account))),
                Some(found) if found.user.get("active") == Some(&Value::Bool(false)) => {
                    not_so(format!("it is disabled ({})", evidence(&found)))
                }
                Some(found) => so(evidence(&found)),
            },
            Change::Delete { account, .. } => match self.look_up(account).await? {
                None => so(format!("no account with {}", called(account))),
                Some(found) => not_so(format!("the account is still there ({})", evidence(&found))),
            },
            Change::AddMember { account, entitlement } => self.look_for_member(account, entitlement).await,
            Change::RemoveMember { account, entitlement } => self.look_for_no_member(account, entitlement).await,
            Change::SetPassword { .. } => {
                Err(Fault::new(FaultKind::Unsupported, "SCIM never tells a password, so that it was set cannot be read back; attest it."))
            }
            Change::EndSessions(_) | Change::RevokeCredential(_) | Change::ValidUntil { .. } => {
                Err(Fault::new(FaultKind::Unsupported, "SCIM has no way to tell this."))
            }
        }
    }

    async fn look_for(&self, draft: &AccountDraft, new: bool) -> Result<ReadBack, Fault> {
        let found = match (new, draft.account.key.is_empty()) {
            (true, true) => self.same_person(draft).await?,
            _ => self.look_up(&draft.account).await?,
        };
        let Some(found) = found else { return not_so(format!("there is no account with {}", called(&draft.account))) };
        if new && found.user.get("active") == Some(&Value::Bool(false)) {
            return not_so(format!("the account is disabled ({})", evidence(&found)));
        }
        let mut draft = draft.clone();
        // A password is never told; everything else is compared.
        draft.attributes.retain(|name, _| !name.to_lowercase().ends_with("password"));
        let mut wanted = drafted(&found.user, &draft, new)?;
        // A peer that does not tell `active` has only enabled accounts.
        if let (None, Some(map)) = (found.user.get("active"), wanted.as_object_mut()) {
            map.remove("active");
        }
        match patch(ResourceType::users(), &found.user, &wanted, Dialect::Standard) {
            None => so(evidence(&found)),
            Some(differs) => {
                let named = differs.get("Operations").and_then(Value::as_array).into_iter().flatten();
                let named: Vec<&str> = named.filter_map(|operation| operation.get("path")?.as_str()).collect();
                not_so(format!("other than wanted: {} ({})", named.join(", "), evidence(&found)))
            }
        }
    }

    async fn look_for_member(&self, account: &AccountRef, entitlement: &EntitlementRef) -> Result<ReadBack, Fault> {
        let Some(key) = self.key(account).await? else { return not_so(format!("there is no account with {}", called(account))) };
        match self.get_group(entitlement).await? {
            None => not_so(format!("there is no group {}", entitlement.key)),
            Some(group) if holds(&group.user, &key) => so(format!("group {} has the member {key}", name(&group.user))),
            Some(group) => not_so(format!("group {} does not have the member {key}", name(&group.user))),
        }
    }

    async fn look_for_no_member(&self, account: &AccountRef, entitlement: &EntitlementRef) -> Result<ReadBack, Fault> {
        let Some(key) = self.key(account).await? else { return so(format!("no account with {}", called(account))) };
        let Some(group) = self.get_group(entitlement).await? else { return so(format!("no group {}", entitlement.key)) };
        if holds(&group.user, &key) {
            return not_so(format!("group {} still has the member {key}", name(&group.user)));
        }
        match self.way(&group.user, &key).await? {
            Way::By(groups) => return not_so(format!("still in group {} through {}", name(&group.user), groups.join(", then "))),
            Way::TooMany => return not_so(format!("group {} holds too many groups to look through; check it there", name(&group.user))),
            Way::None => {}
        }
        // A peer that tells the user's own groups tells ways that members do not show.
        let told = self.get_user(&key).await?.and_then(|seen| {
            let groups = seen.user.get("groups")?.as_array()?;
            groups.iter().find(|group| group.get("value").and_then(Value::as_str) == Some(entitlement.key.as_str())).cloned()
        });
        match told {
            Some(_) => not_so(format!("the account's own list of groups still has {}", name(&group.user))),
            None => so(format!("group {} does not have the member {key}, nor does a group in it", name(&group.user))),
        }
    }
}
