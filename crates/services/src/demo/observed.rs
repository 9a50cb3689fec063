//! What is really held in an application: mostly what is recorded, and a little that is not.

use std::collections::{BTreeSet, HashMap};

use chrono::Duration;
use tenure_domain::grant::GrantState;
use tenure_domain::id::EntitlementId;
use tenure_domain::identity::Identity;
use tenure_domain::role::HeldGrant;

use super::catalogue::APPS;
use super::history::csv_text;
use super::world::{SOURCE, World};
use crate::access::{MembershipOptions, import_memberships};
use crate::{Ctx, ServiceError};

/// People with their grants.
pub(super) type Recorded = Vec<(Identity, Vec<HeldGrant>)>;

impl World<'_> {
    /// Imports what an application really holds.
    pub(super) async fn memberships(&mut self, ctx: &Ctx, app: usize, last: bool) -> Result<(), ServiceError> {
        let rows = self.really_held(ctx, app, last).await?;
        // An empty list is not taken, and there always is somebody.
        if rows.len() < 2 {
            return Ok(());
        }
        let options = MembershipOptions {
            source: SOURCE.to_owned(),
            application: APPS[app].name.to_owned(),
            file_name: format!("{}-{}.csv", APPS[app].name.to_lowercase(), ctx.today()),
            as_of: ctx.today(),
            dry_run: false,
            accept_rejected: false,
        };
        import_memberships(ctx, &options, csv_text(&rows).as_bytes()).await.map(drop)
    }

    async fn really_held(&mut self, ctx: &Ctx, app: usize, last: bool) -> Result<Vec<[String; 3]>, ServiceError> {
        let names: HashMap<EntitlementId, &str> = APPS[app]
            .entitlements
            .iter()
            .filter_map(|(name, ..)| Some((*self.entitlements.get(&format!("{}/{name}", APPS[app].name))?, *name)))
            .collect();
        // Nothing else happens during the last look: it is read once for all applications.
        let recorded = match self.recorded.take().filter(|_| last) {
            Some(recorded) => recorded,
            None => read_recorded(ctx).await?,
        };
        let mut found: BTreeSet<(String, &str)> = BTreeSet::new();
        for (person, held) in &recorded {
            let key = person.employee_id.clone().unwrap_or_default();
            let mut grants: Vec<(&str, GrantState)> = held.iter().filter_map(|g| Some((*names.get(&g.entitlement_id)?, g.state))).collect();
            grants.sort_unstable_by_key(|(name, _)| *name);
            let fresh = ctx.now - person.updated_at < Duration::days(5);
            for (name, state) in grants {
                let there = match state {
                    // Not made yet, or taken away by somebody.
                    GrantState::Held => !self.rng.chance(2),
                    GrantState::OutOfBand => !self.rng.chance(if last { 100 } else { 450 }),
                    GrantState::RemovalOwed => self.rng.chance(if fresh { 600 } else { 25 }),
                    GrantState::Removed => false,
                };
                if there {
                    found.insert((key.clone(), name));
                }
            }
        }
        // Given past all roles: by a friend, for a project, in a hurry.
        let extra = if last { 4 } else { 1 };
        let at_work: Vec<&Identity> = recorded.iter().map(|(person, _)| person).filter(|p| p.state.may_act()).collect();
        for _ in 0..extra {
            let name = APPS[app].entitlements[self.rng.below(APPS[app].entitlements.len())].0;
            if let Some(person) = self.rng.choose(&at_work) {
                found.insert((person.employee_id.clone().unwrap_or_default(), name));
            }
        }
        self.recorded = last.then_some(recorded);
        let header = ["employee_id", "team", "role"].map(str::to_owned);
        let rows =
            found.into_iter().filter_map(|(key, name)| name.split_once(':').map(|(team, role)| [key, team.to_owned(), role.to_owned()]));
        Ok(std::iter::once(header).chain(rows).collect())
    }
}

/// Everybody of the source with what is recorded as held, by number.
async fn read_recorded(ctx: &Ctx) -> Result<Recorded, ServiceError> {
    let mut tx = ctx.app.store.read().await?;
    let source = tx.source_by_name(SOURCE).await?.ok_or(ServiceError::NotFound("source"))?;
    let mut people = tx.identities_of_source(source.id).await?;
    people.sort_by(|a, b| a.employee_id.cmp(&b.employee_id));
    let ids: Vec<_> = people.iter().map(|p| p.id).collect();
    let mut held = tx.held_by(&ids).await?;
    Ok(people
        .into_iter()
        .map(|p| {
            let grants = held.remove(&p.id).unwrap_or_default().grants;
            (p, grants)
        })
        .collect())
}
