//! The one way to end identities, in the database: one transaction, set by set, whether it is one
//! identity or a thousand.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use tenure_domain::access::{May, change};
use tenure_domain::credential::CredentialKind;
use tenure_domain::id::{AccountId, ApplicationId, CredentialId, EndingId, GrantId, HandOverId, IdentityId, OperationId};
use tenure_domain::operation::OperationKind;
use tenure_domain::target::{OnEnd, TargetKind};

use crate::engine::{StoreError, Tx, WriteTx};
use crate::operations::{OperationRow, SettleOperations as _};

/// One run of the function that ends identities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// Its key.
    pub id: EndingId,
    /// When.
    pub at: DateTime<Utc>,
    /// The last day of employment; who was to end earlier ended then.
    pub on: NaiveDate,
    /// Why.
    pub reason: String,
    /// By which way.
    pub channel: String,
    /// Who, for people.
    pub actor: String,
}

/// What the end of one identity did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndEffects {
    /// Portal sessions that die at once.
    pub sessions: usize,
    /// API tokens that die at once.
    pub api_tokens: usize,
    /// Other credentials of Tenure's own that die at once.
    pub issued_revoked: usize,
    /// Recorded credentials whose revocation is owed.
    pub revocations_owed: usize,
    /// Grants whose removal is owed.
    pub removals_owed: usize,
    /// Accounts on targets that Tenure reaches, to be disabled or deleted there.
    #[serde(default)]
    pub accounts_owed: usize,
    /// Assignments that end.
    pub assignments: usize,
    /// Owned identities that need a new owner.
    pub hand_overs: usize,
}

type CredentialRow = (IdentityId, CredentialId, CredentialKind, String, Option<ApplicationId>);
type GrantRow = (IdentityId, GrantId, ApplicationId);

impl Tx {
    /// What the end of an identity would do.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_effects(&mut self, id: IdentityId) -> Result<EndEffects, StoreError> {
        let mut effects = EndEffects::default();
        let credentials = fetch_all!(
            self,
            (CredentialKind, String, i64),
            "SELECT kind, origin, COUNT(*) FROM credentials WHERE identity_id = $1 AND state IN ('requested', 'issued', 'active', 'rotating', 'suspended', 'compromised') GROUP BY kind, origin",
            id
        );
        for (kind, origin, n) in credentials {
            let n = usize::try_from(n).unwrap_or_default();
            match (origin.as_str(), kind) {
                ("issued", CredentialKind::Session) => effects.sessions += n,
                ("issued", CredentialKind::Token) => effects.api_tokens += n,
                ("issued", _) => effects.issued_revoked += n,
                // They die with their account, which is owed its own end.
                ("found", _) => {}
                _ => effects.revocations_owed += n,
            }
        }
        let count = |n: i64| usize::try_from(n).unwrap_or_default();
        effects.removals_owed = count(
            fetch_one!(self, (i64,), "SELECT COUNT(*) FROM grants WHERE identity_id = $1 AND state IN ('held', 'out-of-band')", id).0,
        );
        effects.accounts_owed = count(
            fetch_one!(
                self,
                (i64,),
                "SELECT COUNT(*) FROM accounts a JOIN targets t ON t.application_id = a.application_id WHERE a.identity_id = $1 AND a.state <> 'gone'",
                id
            )
            .0,
        );
        effects.assignments = count(
            fetch_one!(self, (i64,), "SELECT COUNT(*) FROM assignments WHERE identity_id = $1 AND state IN ('active', 'grace')", id).0,
        );
        effects.hand_overs = count(
            fetch_one!(self, (i64,), "SELECT COUNT(*) FROM identities WHERE owner_id = $1 AND state NOT IN ('terminated', 'archived')", id)
                .0,
        );
        Ok(effects)
    }

    /// The personas of identities that have not ended: they end with them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn live_personas_of(&mut self, ids: &[IdentityId]) -> Result<Vec<IdentityId>, StoreError> {
        let found = fetch_for_ids!(
            self,
            (IdentityId,),
            ids,
            "SELECT id FROM identities WHERE state NOT IN ('terminated', 'archived') AND persona_of IN (",
            ")"
        );
        Ok(found.into_iter().map(|(id,)| id).collect())
    }
}

impl WriteTx {
    /// Ends identities. Everything that could act in their names and that Tenure itself controls
    /// is dead when this commits; everything else is owed, row by row.
    ///
    /// `new_id` makes keys for the rows that follow.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when one of them has ended already.
    pub async fn end_identities(
        &mut self,
        _proof: &impl May<change::EndIdentities>,
        ending: &Ending,
        members: &[IdentityId],
        new_id: &(dyn Fn() -> uuid::Uuid + Sync),
    ) -> Result<HashMap<IdentityId, EndEffects>, StoreError> {
        use tenure_domain::id::Id as _;
        let (id, at) = (ending.id, ending.at);
        execute!(
            self.tx,
            "INSERT INTO endings (id, at, reason, channel, actor) VALUES ($1, $2, $3, $4, $5)",
            id,
            at,
            ending.reason.as_str(),
            ending.channel.as_str(),
            ending.actor.as_str()
        );
        insert_rows!(self.tx, columns: 2, "INSERT INTO ending_members (ending_id, identity_id) ", members, |b, m| { b.push_bind(id).push_bind(*m); }, "");

        let ended = execute!(
            self.tx,
            "UPDATE identities SET state = 'terminated', epoch = epoch + 1, version = version + 1, ended_at = $2, updated_at = $2
             WHERE id IN (SELECT identity_id FROM ending_members WHERE ending_id = $1) AND state NOT IN ('terminated', 'archived')",
            id,
            at
        );
        if usize::try_from(ended).unwrap_or(usize::MAX) != members.len() {
            return Err(StoreError::Conflict("one of the identities"));
        }
        execute!(
            self.tx,
            "UPDATE employments SET ended_on = COALESCE((SELECT i.end_on FROM identities i WHERE i.id = employments.identity_id AND i.end_on < $2), $2), end_reason = $3
             WHERE ended_on IS NULL AND identity_id IN (SELECT identity_id FROM ending_members WHERE ending_id = $1)",
            id,
            ending.on,
            ending.reason.as_str()
        );
        let mut effects: HashMap<IdentityId, EndEffects> = members.iter().map(|m| (*m, EndEffects::default())).collect();
        self.kill_portal_access(id, at).await?;
        let mut owed = self.revoke_credentials(id, at, &mut effects).await?;
        owed.extend(self.owe_removals(id, at, &mut effects).await?);
        owed.extend(self.owe_accounts(id, at, &mut effects).await?);
        // In the order of their turns, so that their keys are too.
        owed.sort_by_key(|o| o.kind.stage());
        for operation in &mut owed {
            operation.id = OperationId::from_uuid(new_id());
            operation.ending_id = Some(id);
        }
        self.owe(&owed).await?;
        // What was owed before is part of this end, too: it is not over until that is done.
        execute!(
            self.tx,
            "UPDATE operations SET ending_id = $1 WHERE ending_id IS NULL AND state IN ('queued', 'running', 'acknowledged', 'needs-human')
               AND identity_id IN (SELECT identity_id FROM ending_members WHERE ending_id = $1)",
            id
        );
        self.settle_hand_overs(id, at, new_id, &mut effects).await?;
        Ok(effects)
    }

    async fn kill_portal_access(&mut self, id: EndingId, at: DateTime<Utc>) -> Result<(), StoreError> {
        execute!(
            self.tx,
            "DELETE FROM portal_sessions WHERE identity_id IN (SELECT identity_id FROM ending_members WHERE ending_id = $1)",
            id
        );
        execute!(self.tx, "DELETE FROM api_tokens WHERE identity_id IN (SELECT identity_id FROM ending_members WHERE ending_id = $1)", id);
        execute!(
            self.tx,
            "DELETE FROM local_accounts WHERE identity_id IN (SELECT identity_id FROM ending_members WHERE ending_id = $1)",
            id
        );
        execute!(self.tx, "DELETE FROM setup_links WHERE identity_id IN (SELECT identity_id FROM ending_members WHERE ending_id = $1)", id);
        // The links in them are dead.
        execute!(
            self.tx,
            "UPDATE mails SET state = 'given-up', said = 'their identity ended', settled_at = $2, facts = NULL
             WHERE state = 'owed' AND kind IN ('invitation', 'reset') AND identity_id IN (SELECT identity_id FROM ending_members WHERE ending_id = $1)",
            id,
            at
        );
        execute!(self.tx, "DELETE FROM factors WHERE identity_id IN (SELECT identity_id FROM ending_members WHERE ending_id = $1)", id);
        execute!(
            self.tx,
            "DELETE FROM recovery_codes WHERE identity_id IN (SELECT identity_id FROM ending_members WHERE ending_id = $1)",
            id
        );
        execute!(
            self.tx,
            "DELETE FROM factor_resets WHERE identity_id IN (SELECT identity_id FROM ending_members WHERE ending_id = $1)",
            id
        );
        // They stay, to be seen, and sign nobody in: also not who is rehired, before an administrator says so.
        execute!(
            self.tx,
            "UPDATE sign_in_links SET ended_at = $2 WHERE ended_at IS NULL AND identity_id IN (SELECT identity_id FROM ending_members WHERE ending_id = $1)",
            id,
            at
        );
        execute!(
            self.tx,
            "DELETE FROM portal_roles WHERE identity_id IN (SELECT identity_id FROM ending_members WHERE ending_id = $1)",
            id
        );
        Ok(())
    }

    async fn revoke_credentials(
        &mut self,
        id: EndingId,
        at: DateTime<Utc>,
        effects: &mut HashMap<IdentityId, EndEffects>,
    ) -> Result<Vec<OperationRow>, StoreError> {
        let rows = fetch_all!(
            self.tx,
            CredentialRow,
            "SELECT identity_id, id, kind, origin, application_id FROM credentials
             WHERE identity_id IN (SELECT identity_id FROM ending_members WHERE ending_id = $1) AND state IN ('requested', 'issued', 'active', 'rotating', 'suspended', 'compromised')",
            id
        );
        let hosts = self.hosts_of_members(id).await?;
        let keys: HashSet<CredentialId> = fetch_all!(
            self.tx,
            (CredentialId,),
            "SELECT k.credential_id FROM ssh_keys k JOIN credentials c ON c.id = k.credential_id JOIN ending_members m ON m.identity_id = c.identity_id WHERE m.ending_id = $1",
            id
        )
        .into_iter()
        .map(|(id,)| id)
        .collect();
        let mut owed = Vec::new();
        for (identity, credential, kind, origin, application) in rows {
            let effect = effects.entry(identity).or_default();
            match (origin.as_str(), kind) {
                ("issued", CredentialKind::Session) => effect.sessions += 1,
                ("issued", CredentialKind::Token) => effect.api_tokens += 1,
                ("issued", _) => effect.issued_revoked += 1,
                // Found on an account: it dies with that, and the end of the account is what proves it.
                ("found", _) => {}
                // No host is given it any more; that is read back on each target of hosts.
                _ if keys.contains(&credential) => {
                    let targets = hosts.iter().filter(|(of, _)| *of == identity).map(|(_, target)| *target);
                    let before = owed.len();
                    owed.extend(targets.map(|target| OperationRow {
                        credential_id: Some(credential),
                        ..owe(OperationKind::RevokeCredential, Some(target), identity, at)
                    }));
                    *(if owed.len() > before { &mut effect.revocations_owed } else { &mut effect.issued_revoked }) += 1;
                }
                _ => {
                    effect.revocations_owed += 1;
                    owed.push(OperationRow {
                        credential_id: Some(credential),
                        ..owe(OperationKind::RevokeCredential, application, identity, at)
                    });
                }
            }
        }
        execute!(
            self.tx,
            "UPDATE credentials SET state = CASE WHEN origin = 'issued' THEN 'revoked' ELSE 'revoking' END, ended_at = CASE WHEN origin = 'issued' THEN $2 ELSE NULL END, version = version + 1
             WHERE identity_id IN (SELECT identity_id FROM ending_members WHERE ending_id = $1) AND state IN ('requested', 'issued', 'active', 'rotating', 'suspended', 'compromised')",
            id,
            at
        );
        // A key of whom no host knows has nothing to be read back from: it is dead now.
        execute!(
            self.tx,
            "UPDATE credentials SET state = 'revoked', ended_at = $2
             WHERE identity_id IN (SELECT identity_id FROM ending_members WHERE ending_id = $1) AND state = 'revoking' AND id IN (SELECT credential_id FROM ssh_keys)
               AND NOT EXISTS (SELECT 1 FROM accounts a JOIN targets t ON t.application_id = a.application_id
                               WHERE a.identity_id = credentials.identity_id AND a.state <> 'gone' AND t.kind = 'ssh')
               AND NOT EXISTS (SELECT 1 FROM operations o WHERE o.credential_id = credentials.id AND o.state IN ('queued', 'running', 'acknowledged', 'needs-human'))",
            id,
            at
        );
        Ok(owed)
    }

    /// Who ends and has an account on hosts, and on which target.
    async fn hosts_of_members(&mut self, id: EndingId) -> Result<Vec<(IdentityId, ApplicationId)>, StoreError> {
        Ok(fetch_all!(
            self.tx,
            (IdentityId, ApplicationId),
            "SELECT DISTINCT a.identity_id, a.application_id FROM accounts a JOIN targets t ON t.application_id = a.application_id
             JOIN ending_members m ON m.identity_id = a.identity_id WHERE m.ending_id = $1 AND a.state <> 'gone' AND t.kind = 'ssh' ORDER BY 1, 2",
            id
        ))
    }

    async fn owe_removals(
        &mut self,
        id: EndingId,
        at: DateTime<Utc>,
        effects: &mut HashMap<IdentityId, EndEffects>,
    ) -> Result<Vec<OperationRow>, StoreError> {
        let ended = fetch_all!(
            self.tx,
            (IdentityId,),
            "UPDATE assignments SET state = 'ended', ended_at = $2 WHERE state IN ('active', 'grace') AND identity_id IN (SELECT identity_id FROM ending_members WHERE ending_id = $1) RETURNING identity_id",
            id,
            at
        );
        for (identity,) in ended {
            effects.entry(identity).or_default().assignments += 1;
        }
        let rows = fetch_all!(
            self.tx,
            GrantRow,
            "SELECT g.identity_id, g.id, e.application_id FROM grants g JOIN entitlements e ON e.id = g.entitlement_id
             WHERE g.state IN ('held', 'out-of-band') AND g.identity_id IN (SELECT identity_id FROM ending_members WHERE ending_id = $1)",
            id
        );
        execute!(
            self.tx,
            "UPDATE grants SET state = 'removal-owed' WHERE state IN ('held', 'out-of-band') AND identity_id IN (SELECT identity_id FROM ending_members WHERE ending_id = $1)",
            id
        );
        Ok(rows
            .into_iter()
            .map(|(identity, grant, application)| {
                effects.entry(identity).or_default().removals_owed += 1;
                OperationRow { grant_id: Some(grant), ..owe(OperationKind::RemoveEntitlement, Some(application), identity, at) }
            })
            .collect())
    }

    /// What each account of theirs on a target that Tenure reaches is owed.
    async fn owe_accounts(
        &mut self,
        id: EndingId,
        at: DateTime<Utc>,
        effects: &mut HashMap<IdentityId, EndEffects>,
    ) -> Result<Vec<OperationRow>, StoreError> {
        // What was to become of them before is no longer wanted.
        on_both!(self.tx, conn => {
            let mut query = sqlx::QueryBuilder::new("");
            query.supersede_operations("the identity has ended", at);
            query.push(
                " WHERE (account_id IS NOT NULL OR kind IN ('create-account', 'add-entitlement')) AND state IN ('queued', 'running', 'acknowledged', 'needs-human')
                    AND identity_id IN (SELECT identity_id FROM ending_members WHERE ending_id = ",
            );
            query.push_bind(id).push(")").build().execute(&mut **conn).await?;
        });
        let accounts = fetch_all!(
            self.tx,
            (IdentityId, AccountId, ApplicationId, TargetKind, OnEnd),
            "SELECT a.identity_id, a.id, a.application_id, t.kind, t.on_end FROM accounts a JOIN targets t ON t.application_id = a.application_id
             WHERE a.state <> 'gone' AND a.identity_id IN (SELECT identity_id FROM ending_members WHERE ending_id = $1)",
            id
        );
        let mut owed = Vec::new();
        for (identity, account, application, kind, on_end) in accounts {
            effects.entry(identity).or_default().accounts_owed += 1;
            owed.extend(on_end.of_account(kind).map(|what| owe(what, Some(application), identity, at).about(account)));
        }
        Ok(owed)
    }

    async fn settle_hand_overs(
        &mut self,
        id: EndingId,
        at: DateTime<Utc>,
        new_id: &(dyn Fn() -> uuid::Uuid + Sync),
        effects: &mut HashMap<IdentityId, EndEffects>,
    ) -> Result<(), StoreError> {
        use tenure_domain::id::Id as _;
        // What has ended needs no owner any more.
        execute!(
            self.tx,
            "UPDATE hand_overs SET state = 'done', done_at = $2 WHERE state = 'open' AND identity_id IN (SELECT identity_id FROM ending_members WHERE ending_id = $1)",
            id,
            at
        );
        let owned = fetch_all!(
            self.tx,
            (IdentityId, IdentityId),
            "SELECT n.id, n.owner_id FROM identities n JOIN ending_members m ON m.identity_id = n.owner_id
             WHERE m.ending_id = $1 AND n.state NOT IN ('terminated', 'archived')",
            id
        );
        let tasks: Vec<_> = owned.iter().map(|(identity, owner)| (HandOverId::from_uuid(new_id()), *identity, *owner)).collect();
        for (_, _, owner) in &tasks {
            effects.entry(*owner).or_default().hand_overs += 1;
        }
        insert_rows!(self.tx, columns: 6, "INSERT INTO hand_overs (id, identity_id, former_owner_id, ending_id, state, created_at) ", tasks.as_slice(),
            |b, t| { b.push_bind(t.0).push_bind(t.1).push_bind(t.2).push_bind(id).push_bind("open").push_bind(at); }, "");
        Ok(())
    }
}

/// What is owed from now on; its key comes last.
fn owe(kind: OperationKind, application: Option<ApplicationId>, identity: IdentityId, at: DateTime<Utc>) -> OperationRow {
    use tenure_domain::id::Id as _;
    OperationRow::owed(OperationId::from_uuid(uuid::Uuid::nil()), kind, application, Some(identity), at)
}
