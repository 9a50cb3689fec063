//! Whether an account can be used: disabled, enabled, unlocked.

use super::{Connection, add, done, membership, missing, remove, replace};
use crate::{
    AccountRef, Fault, FaultKind, Outcome,
    ldap::{
        dn,
        flavour::{AD_DISABLED, LOCKED_FOR_EVER},
        search::Entry,
        settings::DisableBy,
        state,
    },
};

pub(super) async fn disable(on: &mut Connection<'_>, account: &AccountRef) -> Result<Outcome, Fault> {
    let target = on.target;
    let Some(entry) = on.account(account, &state::standing_attributes(&target.settings)).await? else { return Ok(Outcome::AlreadySo) };
    if state::standing(&target.settings, &entry).disabled {
        return Ok(Outcome::AlreadySo);
    }
    if target.settings.is_ad() {
        return set_control(on, &entry, |control| control | AD_DISABLED, "disable").await;
    }
    let change = match &target.settings.disable_by {
        DisableBy::PasswordPolicy => replace("pwdAccountLockedTime", [LOCKED_FOR_EVER]),
        DisableBy::Attribute(attribute) => replace(&attribute.name, [&attribute.disabled]),
        DisableBy::MoveTo(gone) => return move_below(on, &entry, gone).await,
    };
    done(&on.modify(&entry.dn, vec![change]).await?, &format!("disable {}", entry.dn))
}

pub(super) async fn enable(on: &mut Connection<'_>, account: &AccountRef) -> Result<Outcome, Fault> {
    let target = on.target;
    let Some(entry) = on.account(account, &state::standing_attributes(&target.settings)).await? else { return Err(missing(account)) };
    if state::standing(&target.settings, &entry).enabled {
        return Ok(Outcome::AlreadySo);
    }
    if target.settings.is_ad() {
        if entry.number("lockoutTime").is_some_and(|time| time > 0) {
            done(&on.modify(&entry.dn, vec![replace("lockoutTime", ["0"])]).await?, &format!("unlock {}", entry.dn))?;
        }
        return set_control(on, &entry, |control| control & !AD_DISABLED, "enable").await;
    }
    let change = match &target.settings.disable_by {
        DisableBy::PasswordPolicy => replace::<&str>("pwdAccountLockedTime", []),
        DisableBy::Attribute(attribute) => replace(&attribute.name, &attribute.enabled),
        DisableBy::MoveTo(_) => return move_below(on, &entry, &target.settings.people_base).await,
    };
    done(&on.modify(&entry.dn, vec![change]).await?, &format!("enable {}", entry.dn))
}

/// The old number is taken away and the new one added, in one change: if somebody else has changed it
/// meanwhile, nothing happens.
pub(super) async fn set_control(on: &mut Connection<'_>, entry: &Entry, new: impl Fn(i64) -> i64, doing: &str) -> Result<Outcome, Fault> {
    let name = "userAccountControl";
    let Some(old) = entry.number(name) else {
        let words = format!("{name} of {} cannot be read: give Tenure's account the right to.", entry.dn);
        return Err(Fault::new(FaultKind::Forbidden, words));
    };
    let new = new(old);
    if new == old {
        return Ok(Outcome::Done);
    }
    let changes = vec![remove(name, old.to_string()), add(name, new.to_string())];
    done(&on.modify(&entry.dn, changes).await?, &format!("{doing} {}", entry.dn))
}

async fn move_below(on: &mut Connection<'_>, entry: &Entry, above: &str) -> Result<Outcome, Fault> {
    let rdn = dn::split(&entry.dn).0;
    let outcome = done(&on.rename(&entry.dn, rdn, Some(above)).await?, &format!("move {} below {above}", entry.dn))?;
    let mut moved = entry.clone();
    moved.dn = dn::below(rdn, above);
    membership::follow(on, entry, &moved).await?;
    Ok(outcome)
}
