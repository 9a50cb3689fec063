//! Freezing the manifest, in the transaction of the ending.

use std::collections::HashMap;

use tenure_domain::access::{May, change};
use tenure_domain::credential::CredentialKind;
use tenure_domain::id::{Id, IdentityId, RecordId};
use tenure_domain::identity::Identity;
use tenure_domain::operation::OperationKind;
use tenure_domain::record::{FORMAT, Item, ItemClass, ItemState, Manifest, Moment, Party, Record, Subject};
use tenure_store::WriteTx;
use tenure_store::endings::Ending;
use tenure_store::records::{DeadCredential, OwedItem, OwnedItem, RecordRow};

use super::show::Frozen;
use crate::{Ctx, ServiceError};

/// The target of what Tenure itself controls.
const TENURE: &str = "Tenure";

/// Writes down, for each who ended, everything that could act in their name and what must become of it.
pub(crate) async fn freeze(
    ctx: &Ctx,
    proof: &impl May<change::EndIdentities>,
    tx: &mut WriteTx,
    ending: &Ending,
    identities: &HashMap<IdentityId, Identity>,
) -> Result<(), ServiceError> {
    let instance = tx.instance().await?.map(|i| i.id).unwrap_or_default();
    let mut items: HashMap<IdentityId, Vec<Item>> = HashMap::new();
    for dead in tx.dead_since(ending.id, ending.at).await? {
        items.entry(dead.identity_id).or_default().push(killed(dead));
    }
    for owed in tx.owed_since(ending.id).await? {
        items.entry(owed.identity_id).or_default().push(still_owed(owed));
    }
    for owned in tx.owned_since(ending.id).await? {
        items.entry(owned.identity_id).or_default().push(to_hand_over(owned));
    }
    let mut rows = Vec::with_capacity(identities.len());
    for identity in identities.values() {
        let id: RecordId = ctx.id();
        let manifest = Manifest {
            format: FORMAT.to_owned(),
            instance,
            record: id.uuid(),
            identity: Subject {
                id: identity.id,
                user_name: identity.user_name.clone(),
                display_name: identity.display_name.clone(),
                kind: identity.kind,
            },
            ended_at: Moment::from(ending.at),
            last_day: Some(ending.on),
            reason: ending.reason.clone(),
            channel: ctx.channel,
            by: Party { id: ctx.principal.identity_id(), name: ctx.principal.label.clone() },
            items: 0,
        };
        let record = Record::freeze(manifest, items.remove(&identity.id).unwrap_or_default())
            .map_err(|fault| ServiceError::Refused(format!("the record of the end cannot be written: {fault}")))?;
        let frozen = serde_json::to_string(&Frozen { manifest: record.manifest, items: record.items })
            .map_err(|e| ServiceError::Refused(format!("the record of the end cannot be written: {e}")))?;
        rows.push(RecordRow { id, ending_id: ending.id, identity_id: identity.id, frozen, created_at: ending.at });
    }
    Ok(tx.insert_records(proof, &rows).await?)
}

fn killed(dead: DeadCredential) -> Item {
    let class = match dead.kind {
        CredentialKind::Session => ItemClass::Session,
        CredentialKind::Token => ItemClass::Token,
        _ => ItemClass::Credential,
    };
    let evidence = match dead.kind {
        CredentialKind::SshKey => "revoked in the transaction that ended the identity; no host is given it any more",
        _ => "revoked in the transaction that ended the identity; the identity's epoch, which is checked at each request, was raised",
    };
    Item {
        id: dead.id.uuid(),
        class,
        target: TENURE.to_owned(),
        subject: format!("{} \"{}\"", dead.kind.label(), dead.label),
        must: "be refused from the next request on".to_owned(),
        enforceable: true,
        state: ItemState::Verified,
        evidence: Some(evidence.to_owned()),
        note: None,
    }
}

fn still_owed(owed: OwedItem) -> Item {
    let class = match owed.kind {
        OperationKind::EndSessions => ItemClass::Session,
        OperationKind::RevokeCredential => ItemClass::Credential,
        OperationKind::CreateAccount
        | OperationKind::ChangeAccount
        | OperationKind::DisableAccount
        | OperationKind::DeleteAccount
        | OperationKind::EnableAccount => ItemClass::Account,
        OperationKind::RemoveEntitlement | OperationKind::AddEntitlement => ItemClass::Entitlement,
    };
    let what = owed.credential_kind.map_or(class.label(), CredentialKind::label);
    let target = owed.application.unwrap_or_else(|| "a target that nobody named".to_owned());
    let must = match owed.kind {
        OperationKind::EndSessions => "have no session there",
        OperationKind::RevokeCredential => "prove nothing there",
        OperationKind::DisableAccount => "let nobody sign in there",
        OperationKind::DeleteAccount => "not exist there",
        OperationKind::RemoveEntitlement => "not be held there, by any way",
        OperationKind::CreateAccount | OperationKind::ChangeAccount | OperationKind::EnableAccount | OperationKind::AddEntitlement => {
            "be as recorded"
        }
    };
    let note = (!owed.is_reached).then(|| {
        format!("Tenure does not reach {target}: a person does it and states so, or the next look at what is really there proves it")
    });
    Item {
        id: owed.id.uuid(),
        class,
        subject: format!("{what} \"{}\"", owed.subject.unwrap_or_else(|| "without a name".to_owned())),
        target,
        must: must.to_owned(),
        enforceable: owed.is_reached,
        state: ItemState::Pending,
        evidence: None,
        note,
    }
}

fn to_hand_over(owned: OwnedItem) -> Item {
    Item {
        id: owned.id.uuid(),
        class: ItemClass::Ownership,
        target: TENURE.to_owned(),
        subject: format!("\"{}\"", owned.owned),
        must: "have another owner, or end".to_owned(),
        enforceable: false,
        state: ItemState::Pending,
        evidence: None,
        note: Some("a person decides who answers for it".to_owned()),
    }
}
