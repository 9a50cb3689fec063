//! The plan of one snapshot: pure, computed twice with the same result.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::limits::Impact;
use super::row::{PersonRow, RejectedRow, Snapshot};
use crate::fold::fold;
use crate::hex::hex;
use crate::id::IdentityId;
use crate::identity::{Identity, LifecycleState};

text_enum! {
    /// What a snapshot does to one person.
    pub enum Change {
        /// New here.
        Joiner = "joiner", "joiner";
        /// Ended before, and comes back.
        Rehire = "rehire", "rehire";
        /// One of the mover attributes changed.
        Mover = "mover", "mover";
        /// Another attribute changed, or the start date has come.
        Changed = "changed", "changed";
        /// No longer listed, or past the last day.
        Leaver = "leaver", "leaver";
    }
}

/// What configuration says of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// The attributes whose change makes a mover.
    pub mover_attributes: Vec<String>,
    /// The plan's today.
    pub as_of: NaiveDate,
    /// IANA name, for rows that give none.
    pub default_time_zone: String,
}

impl Policy {
    fn zone_of<'a>(&'a self, row: &'a PersonRow) -> &'a String {
        if row.time_zone.is_empty() { &self.default_time_zone } else { &row.time_zone }
    }
}

/// What is recorded of a source, as far as a plan needs it.
#[derive(Debug, Clone, Default)]
pub struct Recorded {
    /// Every identity of the source that is not archived.
    pub identities: Vec<Identity>,
    /// The last day of employment of those who ended.
    pub last_days: HashMap<IdentityId, NaiveDate>,
    /// The folded user names of all other identities that are not archived.
    pub taken: HashSet<String>,
}

impl Recorded {
    /// The last day of somebody who ended. It is the employment's, not the moment at which the end
    /// was recorded: a snapshot that is caught up is applied long after.
    pub fn last_day(&self, identity: &Identity) -> Option<NaiveDate> {
        self.last_days.get(&identity.id).copied().or_else(|| identity.ended_at.map(|at| at.date_naive()))
    }
}

/// One attribute's change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// The attribute.
    pub field: String,
    /// What is recorded.
    pub before: String,
    /// What the snapshot says.
    pub after: String,
}

/// One person in the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// What happens.
    pub change: Change,
    /// The recorded identity; None for a joiner.
    pub identity_id: Option<IdentityId>,
    /// Which row of the snapshot, counted from 0; None for a person who is no longer listed.
    pub row: Option<usize>,
    /// Key in the source.
    pub employee_id: String,
    /// Name for people.
    pub display_name: String,
    /// The state it goes to.
    pub state: LifecycleState,
    /// What differs.
    pub fields: Vec<FieldChange>,
}

/// What a snapshot would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeoplePlan {
    /// Rows that can be taken.
    pub people: usize,
    /// Live people of the source before.
    pub live_before: usize,
    /// Everybody to whom something happens, in the order of the file, leavers without a row last.
    pub planned: Vec<Planned>,
    /// People to whom nothing happens.
    pub unchanged: usize,
    /// Rows that cannot be taken.
    pub rejected: Vec<RejectedRow>,
    /// Rows that were taken but that somebody should look at.
    pub warnings: Vec<RejectedRow>,
    /// Recorded identities that are listed now and were not, or the other way round, without
    /// anything else happening to them: only their mark is set.
    pub presence: Vec<(IdentityId, bool)>,
    /// SHA-256 in hex over the rows of those who join: nothing is recorded of them yet with which
    /// they could be compared.
    pub joining: String,
}

impl PeoplePlan {
    /// How many of a kind. Joiners do not include rehires here.
    pub fn count(&self, change: Change) -> usize {
        self.planned.iter().filter(|p| p.change == change).count()
    }

    /// What the limits look at.
    pub fn impact(&self) -> Impact {
        Impact {
            live: self.live_before,
            leavers: self.count(Change::Leaver),
            dated: self.planned.iter().filter(|p| p.ends_sooner()).count(),
            changes: self.count(Change::Mover) + self.count(Change::Changed),
        }
    }

    /// Whether applying it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.planned.is_empty()
    }

    /// SHA-256 in hex over everything the plan does: two equal plans have equal hashes, so that
    /// what a person saw is what is applied.
    pub fn hash(&self) -> String {
        let mut hasher = Sha256::new();
        let mut put = |text: &str| put(&mut hasher, text);
        for p in &self.planned {
            put(p.change.as_str());
            put(&p.employee_id);
            put(p.state.as_str());
            for f in &p.fields {
                put(&f.field);
                put(&f.before);
                put(&f.after);
            }
        }
        put(&self.people.to_string());
        put(&self.rejected.len().to_string());
        put(&self.joining);
        hex(&hasher.finalize())
    }
}

impl Planned {
    /// Whether somebody who stays for now gets a last day, or an earlier one: with it the schedule
    /// ends them, which no limit sees any more.
    fn ends_sooner(&self) -> bool {
        matches!(self.change, Change::Mover | Change::Changed)
            // Days are written so that the order of the texts is the order of the days.
            && self.fields.iter().any(|f| f.field == END_ON && !f.after.is_empty() && (f.before.is_empty() || f.after < f.before))
    }
}

const END_ON: &str = "end_on";

fn put(hasher: &mut Sha256, text: &str) {
    hasher.update((text.len() as u64).to_be_bytes());
    hasher.update(text.as_bytes());
}

/// Takes in everything that a joiner gets from a row.
fn put_row(hasher: &mut Sha256, row: &PersonRow, policy: &Policy) {
    let date = |d: Option<NaiveDate>| d.map(|d| d.to_string()).unwrap_or_default();
    for text in [
        &row.employee_id,
        &row.user_name,
        &row.display_name,
        &row.given_name,
        &row.family_name,
        &row.email,
        &row.department,
        &row.title,
        &row.manager,
        &date(row.start_on),
        &date(row.end_on),
        policy.zone_of(row),
        &row.attributes.len().to_string(),
    ] {
        put(hasher, text);
    }
    for (name, value) in &row.attributes {
        put(hasher, name);
        put(hasher, value);
    }
}

/// Compares a snapshot with what is recorded.
///
/// A person whose row is rejected is left as it is, never treated as a leaver; when a rejected row
/// has no readable key, nobody leaves by this snapshot.
pub fn plan_people(snapshot: &Snapshot, records: &Recorded, policy: &Policy) -> PeoplePlan {
    let (recorded, taken) = (&records.identities, &records.taken);
    let mut joining = Sha256::new();
    let by_key: HashMap<&str, &Identity> = recorded.iter().filter_map(|i| Some((i.employee_id.as_deref()?, i))).collect();
    let key_of: HashMap<IdentityId, &str> = recorded.iter().filter_map(|i| Some((i.id, i.employee_id.as_deref()?))).collect();
    let name_holder: HashMap<String, &str> =
        recorded.iter().filter_map(|i| Some((fold(&i.user_name), i.employee_id.as_deref()?))).collect();
    let listed: HashSet<&str> = snapshot.rows.iter().map(|r| r.employee_id.as_str()).collect();

    let mut plan = PeoplePlan {
        live_before: recorded.iter().filter(|i| !i.state.has_ended()).count(),
        rejected: snapshot.rejected.clone(),
        warnings: snapshot.warnings.clone(),
        ..PeoplePlan::default()
    };
    for (index, row) in snapshot.rows.iter().enumerate() {
        let name = fold(&row.user_name);
        // Two records must never answer to one sign-in name, not even for the length of an import.
        let held_by_other = name_holder.get(&name).is_some_and(|key| *key != row.employee_id);
        if taken.contains(&name) || held_by_other {
            plan.rejected.push(RejectedRow {
                line: row.line,
                field: Some("user_name".to_owned()),
                reason: format!(
                    "`{}` belongs to another identity; give one of the two another name, or archive the one that has ended",
                    row.user_name
                ),
                employee_id: Some(row.employee_id.clone()),
            });
            continue;
        }
        plan.people += 1;
        match by_key.get(row.employee_id.as_str()) {
            None => {
                if plan_new(&mut plan, index, row, policy) {
                    put_row(&mut joining, row, policy);
                }
            }
            Some(identity) => plan_known(&mut plan, index, row, identity, records.last_day(identity), &key_of, policy),
        }
    }
    plan.joining = hex(&joining.finalize());
    plan_missing(&mut plan, recorded, &listed, snapshot.rejected_more, policy);
    plan
}

/// Plans somebody who is not recorded; whether they join.
fn plan_new(plan: &mut PeoplePlan, index: usize, row: &PersonRow, policy: &Policy) -> bool {
    if let Some(end) = row.end_on.filter(|end| *end < policy.as_of) {
        plan.warnings.push(RejectedRow {
            line: row.line,
            field: Some("end_date".to_owned()),
            reason: format!("ended on {end}, before {}: not recorded", policy.as_of),
            employee_id: Some(row.employee_id.clone()),
        });
        plan.unchanged += 1;
        return false;
    }
    plan.planned.push(Planned {
        change: Change::Joiner,
        identity_id: None,
        row: Some(index),
        employee_id: row.employee_id.clone(),
        display_name: row.display_name.clone(),
        state: state_at_start(row, policy),
        fields: Vec::new(),
    });
    true
}

fn state_at_start(row: &PersonRow, policy: &Policy) -> LifecycleState {
    if row.start_on.is_some_and(|start| start > policy.as_of) { LifecycleState::PreHire } else { LifecycleState::Active }
}

fn plan_known(
    plan: &mut PeoplePlan,
    index: usize,
    row: &PersonRow,
    identity: &Identity,
    last_day: Option<NaiveDate>,
    key_of: &HashMap<IdentityId, &str>,
    policy: &Policy,
) {
    let fields = differences(row, identity, key_of, policy);
    let mut planned = Planned {
        change: Change::Changed,
        identity_id: Some(identity.id),
        row: Some(index),
        employee_id: row.employee_id.clone(),
        display_name: row.display_name.clone(),
        state: identity.state,
        fields,
    };
    let over = row.end_on.is_some_and(|end| end < policy.as_of);
    if identity.state.has_ended() {
        let starts_anew = row.start_on.zip(last_day).is_some_and(|(start, last)| start > last);
        if over || (identity.source_present && !starts_anew) {
            if !over {
                plan.warnings.push(RejectedRow {
                    line: row.line,
                    field: None,
                    reason: format!("{} was ended in Tenure and is still listed; rehire by hand if that was a mistake", identity.user_name),
                    employee_id: Some(row.employee_id.clone()),
                });
            }
            plan.unchanged += 1;
            if !identity.source_present {
                plan.presence.push((identity.id, true));
            }
            return;
        }
        planned.change = Change::Rehire;
        planned.state = state_at_start(row, policy);
    } else if over {
        planned.change = Change::Leaver;
        planned.state = LifecycleState::Terminated;
    } else {
        if identity.state == LifecycleState::PreHire {
            planned.state = state_at_start(row, policy);
        }
        if planned.fields.iter().any(|f| policy.mover_attributes.contains(&f.field)) {
            planned.change = Change::Mover;
        } else if planned.fields.is_empty() && planned.state == identity.state {
            plan.unchanged += 1;
            if !identity.source_present {
                plan.presence.push((identity.id, true));
            }
            return;
        }
    }
    plan.planned.push(planned);
}

fn plan_missing(plan: &mut PeoplePlan, recorded: &[Identity], listed: &HashSet<&str>, rejected_more: u64, policy: &Policy) {
    if rejected_more > 0 || plan.rejected.iter().any(|r| r.employee_id.is_none()) {
        return;
    }
    let rejected: HashSet<&str> = plan.rejected.iter().filter_map(|r| r.employee_id.as_deref()).collect();
    let mut leavers = Vec::new();
    for identity in recorded {
        let Some(key) = identity.employee_id.as_deref() else { continue };
        if listed.contains(key) || rejected.contains(key) {
            continue;
        }
        if identity.state.has_ended() {
            if identity.source_present {
                plan.presence.push((identity.id, false));
            }
            continue;
        }
        leavers.push(Planned {
            change: Change::Leaver,
            identity_id: Some(identity.id),
            row: None,
            employee_id: key.to_owned(),
            display_name: identity.display_name.clone(),
            state: LifecycleState::Terminated,
            fields: vec![FieldChange { field: "listed".to_owned(), before: "yes".to_owned(), after: format!("not on {}", policy.as_of) }],
        });
    }
    leavers.sort_by(|a, b| a.employee_id.cmp(&b.employee_id));
    plan.planned.extend(leavers);
}

fn differences(row: &PersonRow, identity: &Identity, key_of: &HashMap<IdentityId, &str>, policy: &Policy) -> Vec<FieldChange> {
    let mut fields = Vec::new();
    let mut differ = |field: &str, before: &str, after: &str| {
        if before != after {
            fields.push(FieldChange { field: field.to_owned(), before: before.to_owned(), after: after.to_owned() });
        }
    };
    differ("user_name", &identity.user_name, &row.user_name);
    differ("display_name", &identity.display_name, &row.display_name);
    differ("given_name", &identity.given_name, &row.given_name);
    differ("family_name", &identity.family_name, &row.family_name);
    differ("email", &identity.email, &row.email);
    differ("department", &identity.department, &row.department);
    differ("title", &identity.title, &row.title);
    let manager = identity.manager_id.map_or("", |id| key_of.get(&id).copied().unwrap_or("(another source)"));
    differ("manager", manager, &row.manager);
    let date = |d: Option<NaiveDate>| d.map(|d| d.to_string()).unwrap_or_default();
    differ("start_on", &date(identity.start_on), &date(row.start_on));
    differ(END_ON, &date(identity.end_on), &date(row.end_on));
    differ("time_zone", &identity.time_zone, policy.zone_of(row));
    for (name, value) in &row.attributes {
        differ(name, identity.attributes.get(name).map_or("", |a| a.value.as_str()), value);
    }
    fields
}

#[cfg(test)]
mod tests;
