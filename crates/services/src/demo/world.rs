//! Doing what the diary says, with the ordinary services.

use std::collections::HashMap;

use chrono::{DateTime, Duration, Utc};
use tenure_domain::access::{Channel, PortalRole, TokenScope};
use tenure_domain::id::{ApplicationId, EntitlementId, IdentityId};
use tenure_domain::identity::{IdentityKind, Transition};
use tenure_domain::network::Networks;
use tenure_domain::people::Allowed;
use tenure_domain::role::RoleKind;
use tenure_store::PageRequest;

use super::catalogue::{APPS, CHANGES, Change, ROLES, RULES};
use super::company::DEPARTMENTS;
use super::diary::{Entry, RETIRED, persona_name, successor};
use super::history::{History, Snapshot};
use super::machines::MACHINES;
use super::observed::Recorded;
use super::proofs::Inventory;
use super::rng::Rng;
use super::seats::Level;
use crate::access::{
    NewApplication, NewEntitlement, RoleDraft, RuleDraft, apply_role, apply_rule, assign_role, create_application, create_entitlement,
    plan_role, plan_rule, unassign_role,
};
use crate::accounts::{authenticate_token, set_portal_role};
use crate::credentials::{CredentialImportOptions, IssuedToken, NewToken, import_credentials, issue_token, revoke_credential};
use crate::identities::{NewIdentity, change_lifecycle, create_identity, end_identity, hand_over, list_hand_overs};
use crate::ids::new_id;
use crate::people::mapping::Mapping;
use crate::people::{ImportOptions, import_people};
use crate::schedule::run_due;
use crate::{Ctx, ServiceError};

/// The source of people.
pub(super) const SOURCE: &str = "HR";

/// The installation while the history is made.
pub(super) struct World<'a> {
    ctx: &'a Ctx,
    pub(super) history: &'a History,
    inventory: &'a Inventory,
    pub(super) rng: Rng,
    pub(super) apps: HashMap<&'static str, ApplicationId>,
    pub(super) entitlements: HashMap<String, EntitlementId>,
    roles: HashMap<&'static str, RoleDraft>,
    rules: HashMap<&'static str, RuleDraft>,
    tokens: HashMap<usize, IssuedToken>,
    pub(super) recorded: Option<Recorded>,
}

impl<'a> World<'a> {
    pub(super) fn new(ctx: &'a Ctx, seed: u64, history: &'a History, inventory: &'a Inventory) -> Self {
        Self {
            ctx,
            history,
            inventory,
            rng: Rng::new(seed, "world"),
            apps: HashMap::new(),
            entitlements: HashMap::new(),
            roles: HashMap::new(),
            rules: HashMap::new(),
            tokens: HashMap::new(),
            recorded: None,
        }
    }

    /// The context of one command of the past: a request of its own.
    fn step(&self, at: DateTime<Utc>, channel: Channel) -> Ctx {
        Ctx { channel, request_id: new_id(at).to_string(), ..self.ctx.at(at) }
    }

    /// The identity of a user name.
    async fn id_of(&self, user_name: &str) -> Result<IdentityId, ServiceError> {
        let found = self.ctx.app.store.read().await?.identity_by_user_name(user_name).await?;
        found
            .map(|i| i.id)
            .ok_or_else(|| ServiceError::Refused(format!("the demonstration expects an identity called {user_name}, and there is none")))
    }

    async fn person(&self, person: usize) -> Result<IdentityId, ServiceError> {
        self.id_of(&self.history.people[person].user_name).await
    }

    fn role(&self, name: &str) -> Result<&RoleDraft, ServiceError> {
        self.roles.get(name).ok_or(ServiceError::NotFound("role"))
    }

    fn entitlement(&self, name: &str) -> Result<EntitlementId, ServiceError> {
        self.entitlements.get(name).copied().ok_or(ServiceError::NotFound("entitlement"))
    }

    /// Does one thing.
    pub(super) async fn act(&mut self, at: DateTime<Utc>, entry: &Entry) -> Result<(), ServiceError> {
        let ctx = self.step(at, channel_of(entry));
        match *entry {
            Entry::Model => self.model(at).await,
            Entry::People(index) => self.people(&ctx, index.map_or(&self.history.pilot, |index| &self.history.snapshots[index])).await,
            Entry::Due => run_due(&ctx).await.map(drop),
            Entry::Dismiss(person) => {
                match ctx.app.store.read().await?.identity_by_user_name(&self.history.people[person].user_name).await? {
                    Some(identity) => end_identity(&ctx, identity.id, "Dismissed; all access ends at once").await.map(drop),
                    // Came and went between two snapshots.
                    None => Ok(()),
                }
            }
            Entry::Change(index) => self.change(&ctx, &CHANGES[index].1).await,
            Entry::Machine(index, owner) => self.machine(&ctx, index, owner).await,
            Entry::Retire(index) => end_identity(&ctx, self.id_of(MACHINES[index].user_name).await?, RETIRED).await.map(drop),
            Entry::HandOvers(month) => self.hand_overs(&ctx, month).await,
            Entry::Persona(person, role) => self.persona(&ctx, person, role).await,
            Entry::Assign(person, role, days, why) => {
                let role = self.role(role)?.id.ok_or(ServiceError::NotFound("role"))?;
                let until = (days > 0).then(|| at + Duration::days(days));
                assign_role(&ctx, self.person(person).await?, role, why, until).await.map(drop)
            }
            Entry::Unassign(person, role) => self.unassign(&ctx, person, role).await,
            Entry::Lifecycle(person, transition, why) => self.lifecycle(&ctx, person, transition, why).await,
            Entry::Memberships(app, last) => self.memberships(&ctx, app, last).await,
            Entry::Credentials => {
                let options = CredentialImportOptions {
                    file_name: format!("credentials-{}.csv", at.date_naive()),
                    dry_run: false,
                    accept_rejected: false,
                };
                import_credentials(&ctx, &options, self.inventory.file(at).0.as_bytes()).await.map(drop)
            }
            Entry::Token(index, days, may_write) => self.token(&ctx, index, days, may_write).await,
            Entry::UseToken(index) => match self.tokens.get(&index) {
                Some(issued) => authenticate_token(&ctx.app, issued.token.expose(), at).await.map(drop),
                None => Ok(()),
            },
            Entry::RevokeToken(index) => match self.tokens.get(&index) {
                Some(issued) => revoke_credential(&ctx, issued.credential_id, "Replaced after it stood in a log").await.map(drop),
                None => Ok(()),
            },
            Entry::Portal(person, persona, role) => self.portal(&ctx, person, persona, role).await,
        }
    }

    /// One snapshot of people.
    async fn people(&self, ctx: &Ctx, snapshot: &Snapshot) -> Result<(), ServiceError> {
        let attributes = ["site", "contract"].map(|name| (name.to_owned(), name.to_owned())).into();
        let options = ImportOptions {
            source: SOURCE.to_owned(),
            file_name: format!("people-{}.csv", snapshot.at.date_naive()),
            as_of: snapshot.at.date_naive(),
            mapping: Mapping { attributes, ..Mapping::default() },
            // The snapshots stay within the limits as they are delivered; an installation with
            // narrower ones can have its demonstration too.
            allowed: Allowed { leavers: Some(snapshot.rows), changes: Some(snapshot.rows), ..Allowed::default() },
            accept_rejected: false,
            expected_plan: None,
        };
        import_people(ctx, &options, snapshot.csv.as_bytes()).await.map(drop)
    }

    /// The head of a department, as of the first snapshot.
    async fn head(&self, department: usize) -> Result<Option<IdentityId>, ServiceError> {
        match self.history.pilot.staff.iter().find(|w| w.department == department && w.level == Level::Head) {
            Some(head) => self.person(head.person).await.map(Some),
            None => Ok(None),
        }
    }

    /// Applications, entitlements, roles and rules, over some days.
    async fn model(&mut self, from: DateTime<Utc>) -> Result<(), ServiceError> {
        let mut clock = from;
        for app in &APPS {
            clock += Duration::minutes(11);
            let owner_id = self.head(app.owner).await?;
            let ctx = self.step(clock, Channel::Portal);
            let id =
                create_application(&ctx, &NewApplication { name: app.name.to_owned(), description: app.description.to_owned(), owner_id })
                    .await?;
            self.apps.insert(app.name, id);
            for (name, description, risk) in app.entitlements {
                clock += Duration::seconds(40);
                let new = NewEntitlement { application_id: id, name: name.to_owned(), description: description.to_owned(), risk };
                let entitlement = create_entitlement(&self.step(clock, Channel::Portal), &new).await?;
                self.entitlements.insert(format!("{}/{name}", app.name), entitlement);
            }
        }
        clock = from + Duration::days(2);
        for role in &ROLES {
            clock += Duration::minutes(6);
            let draft = RoleDraft {
                id: None,
                version: 0,
                name: role.name.to_owned(),
                kind: if role.application.is_some() { RoleKind::Application } else { RoleKind::Business },
                description: role.description.to_owned(),
                owner_id: self.head(role.owner).await?,
                application_id: role.application.and_then(|app| self.apps.get(app).copied()),
                grace_days: role.grace_days,
                entitlements: role.entitlements.iter().map(|name| self.entitlement(name)).collect::<Result<_, _>>()?,
                induced: role
                    .inside
                    .iter()
                    .map(|name| self.role(name)?.id.ok_or(ServiceError::NotFound("role")))
                    .collect::<Result<_, _>>()?,
            };
            let ctx = self.step(clock, Channel::Portal);
            self.put_role(&ctx, role.name, draft).await?;
        }
        clock = from + Duration::days(5);
        for rule in &RULES {
            clock += Duration::minutes(9);
            let role_id = self.role(rule.role)?.id.ok_or(ServiceError::NotFound("role"))?;
            let draft = RuleDraft {
                id: None,
                version: 0,
                name: rule.name.to_owned(),
                role_id,
                expression: rule.expression.to_owned(),
                enabled: true,
            };
            let ctx = self.step(clock, Channel::Portal);
            self.put_rule(&ctx, rule.name, draft).await?;
        }
        Ok(())
    }

    async fn put_role(&mut self, ctx: &Ctx, name: &'static str, draft: RoleDraft) -> Result<(), ServiceError> {
        let seen = plan_role(ctx, &draft).await?;
        let id = apply_role(ctx, &draft, &seen.hash).await?;
        self.roles.insert(name, RoleDraft { id: Some(id), version: draft.version + 1, ..draft });
        Ok(())
    }

    async fn put_rule(&mut self, ctx: &Ctx, name: &'static str, draft: RuleDraft) -> Result<(), ServiceError> {
        let seen = plan_rule(ctx, &draft).await?;
        let id = apply_rule(ctx, &draft, &seen.hash).await?;
        self.rules.insert(name, RuleDraft { id: Some(id), version: draft.version + 1, ..draft });
        Ok(())
    }

    async fn change(&mut self, ctx: &Ctx, change: &Change) -> Result<(), ServiceError> {
        match change {
            Change::Rule { name, expression } => {
                let rule = self.rules.get(name).ok_or(ServiceError::NotFound("rule"))?;
                let draft = RuleDraft { expression: (*expression).to_owned(), ..rule.clone() };
                self.put_rule(ctx, name, draft).await
            }
            Change::Role { name, entitlement } => {
                let mut draft = self.role(name)?.clone();
                draft.entitlements.push(self.entitlement(entitlement)?);
                self.put_role(ctx, name, draft).await
            }
        }
    }

    async fn machine(&self, ctx: &Ctx, index: usize, owner: usize) -> Result<(), ServiceError> {
        let machine = &MACHINES[index];
        let new = NewIdentity {
            kind: machine.kind,
            user_name: machine.user_name.to_owned(),
            display_name: machine.name.to_owned(),
            email: String::new(),
            department: DEPARTMENTS[machine.department].name.to_owned(),
            title: String::new(),
            purpose: machine.purpose.to_owned(),
            owner_id: Some(self.person(owner).await?),
            persona_of: None,
            work: crate::identities::Work::default(),
        };
        let id = create_identity(ctx, &new).await?;
        if let Some(role) = machine.role {
            let role = self.role(role)?.id.ok_or(ServiceError::NotFound("role"))?;
            assign_role(&self.step(ctx.now + Duration::minutes(4), Channel::Portal), id, role, "What it needs to do its work", None)
                .await?;
        }
        Ok(())
    }

    async fn persona(&self, ctx: &Ctx, person: usize, role: &str) -> Result<(), ServiceError> {
        let main = &self.history.people[person];
        let new = NewIdentity {
            kind: IdentityKind::Person,
            user_name: persona_name(main),
            display_name: format!("{} {} (administrator)", main.given, main.family),
            email: String::new(),
            department: String::new(),
            title: "Administrator persona".to_owned(),
            purpose: String::new(),
            owner_id: None,
            persona_of: Some(self.person(person).await?),
            work: crate::identities::Work::default(),
        };
        let id = create_identity(ctx, &new).await?;
        let role = self.role(role)?.id.ok_or(ServiceError::NotFound("role"))?;
        assign_role(&self.step(ctx.now + Duration::minutes(3), Channel::Portal), id, role, "Administers with a second identity only", None)
            .await
            .map(drop)
    }

    async fn portal(&self, ctx: &Ctx, person: usize, persona: bool, role: PortalRole) -> Result<(), ServiceError> {
        let main = &self.history.people[person];
        let id = if persona { self.id_of(&persona_name(main)).await? } else { self.id_of(&main.user_name).await? };
        set_portal_role(ctx, id, role, true).await
    }

    /// Takes a role away, if the person is still here and has it by hand.
    async fn unassign(&self, ctx: &Ctx, person: usize, role: &str) -> Result<(), ServiceError> {
        let id = self.person(person).await?;
        let assignments = ctx.app.store.read().await?.assignments_of(id).await?;
        match assignments.iter().find(|a| a.role == role && a.reason == tenure_domain::grant::AssignmentReason::Direct) {
            Some(assignment) => unassign_role(ctx, id, assignment.id, "No longer part of the job").await,
            None => Ok(()),
        }
    }

    async fn lifecycle(&self, ctx: &Ctx, person: usize, transition: Transition, why: &str) -> Result<(), ServiceError> {
        change_lifecycle(ctx, self.person(person).await?, transition, why).await.map(drop)
    }

    async fn token(&mut self, ctx: &Ctx, index: usize, days: i64, may_write: bool) -> Result<(), ServiceError> {
        let machine = &MACHINES[index];
        let new = NewToken {
            identity_id: self.id_of(machine.user_name).await?,
            label: format!("{} looks into Tenure", machine.name),
            purpose: if may_write { "Reads identities and records what it finds" } else { "Reads identities and what they hold" }
                .to_owned(),
            scopes: if may_write {
                [TokenScope::IdentitiesRead, TokenScope::CredentialsWrite].into_iter().collect()
            } else {
                [TokenScope::IdentitiesRead, TokenScope::AccessRead].into_iter().collect()
            },
            networks: Networks::default(),
            days,
            once: None,
        };
        let issued = issue_token(ctx, &new).await?;
        self.tokens.insert(index, issued);
        Ok(())
    }

    /// Finds new owners. Some tasks wait longer, and a few are forgotten.
    async fn hand_overs(&mut self, ctx: &Ctx, month: usize) -> Result<(), ServiceError> {
        let mut open = list_hand_overs(ctx, &PageRequest { limit: 200, ..PageRequest::default() }).await?.rows;
        open.sort_by(|a, b| a.display_name.cmp(&b.display_name).then(a.created_at.cmp(&b.created_at)));
        for task in open {
            let late = self.rng.chance(350);
            let Some(index) = MACHINES.iter().position(|m| m.name == task.display_name) else { continue };
            let age = ctx.now - task.created_at;
            if late || index % 20 == 1 || age < Duration::days(9) || self.ctx.now - task.created_at < Duration::days(60) {
                continue;
            }
            if let Some(owner) = successor(self.history, &mut self.rng, MACHINES[index].department, month) {
                hand_over(ctx, task.id, self.person(owner).await?).await?;
            }
        }
        Ok(())
    }
}

/// By which way a thing comes in.
fn channel_of(entry: &Entry) -> Channel {
    match entry {
        Entry::People(_) | Entry::Memberships(..) => Channel::Import,
        Entry::Credentials => Channel::Cli,
        Entry::Due => Channel::Schedule,
        Entry::Token(..) => Channel::Api,
        _ => Channel::Portal,
    }
}
