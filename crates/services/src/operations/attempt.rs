//! One attempt: make it so, then look. No database here: nobody waits for a network inside a transaction.

use chrono::TimeDelta;
use tenure_connectors::{Change, Connector, Fault, FaultKind, FoundAccount, ReadBack};
use tenure_domain::operation::{Attempt, Trouble};

use super::Job;

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempted {
    pub(super) attempt: Attempt,
    /// What stands in the way, or the evidence.
    pub(super) said: String,
    /// Whether the target itself was in trouble; none if it was not asked.
    pub(super) target_failed: Option<bool>,
    /// The account that was made, as the target shows it.
    pub(super) made: Option<FoundAccount>,
    /// The name that was chosen for it is somebody else's there.
    pub(super) name_taken: bool,
}

/// Attempts an operation: makes it so and reads it back, by a fresh look.
pub async fn attempt(job: &Job) -> Attempted {
    let changes = match &job.changes {
        Ok(changes) => changes,
        Err(words) => return Attempted::asks_a_person(words.clone()),
    };
    let connector = match &job.connector {
        Ok(connector) => connector,
        Err(fault) => return Attempted::fault(fault, false),
    };
    // The connector bounds each exchange; this bounds all of them, so that nobody outlives the claim.
    match tokio::time::timeout(job.within, all(connector.as_ref(), changes)).await {
        Ok(attempted) => attempted,
        Err(_) => Attempted::fault(&Fault::new(FaultKind::Timeout, "the target took too long for all of it together"), false),
    }
}

/// All of them, one after the other: one that fails keeps no other from being done.
async fn all(connector: &dyn Connector, changes: &[Change]) -> Attempted {
    let mut evidence = Vec::with_capacity(changes.len());
    let (mut failed, mut made) = (None, None);
    for change in changes {
        match one(connector, change).await {
            Ok((seen, account)) => {
                evidence.push(seen);
                made = made.or(account);
            }
            Err(fault) => failed = failed.or(Some(fault)),
        }
    }
    failed.unwrap_or_else(|| Attempted { attempt: Attempt::ReadBack, made, ..Attempted::words(evidence.join("; ")) })
}

/// One of them, with the evidence, and the account if one was made.
async fn one(connector: &dyn Connector, change: &Change) -> Result<(String, Option<FoundAccount>), Attempted> {
    connector.perform(change).await.map_err(|fault| Attempted::fault(&fault, false))?;
    match connector.read_back(change).await {
        Ok(ReadBack::So(evidence)) => Ok((evidence, found(connector, change).await?)),
        Ok(ReadBack::NotSo(why)) => Err(Attempted::words(format!("the target said yes, but {why}"))),
        Err(fault) => Err(Attempted::fault(&fault, true)),
    }
}

/// What the target knows an account by that was just made: that does not change when the account is renamed.
async fn found(connector: &dyn Connector, change: &Change) -> Result<Option<FoundAccount>, Attempted> {
    let Change::Create(draft) = change else { return Ok(None) };
    let wanted: Vec<String> = draft.attributes.keys().cloned().collect();
    match connector.find(&draft.account, &wanted).await {
        Ok(Some(account)) => Ok(Some(account)),
        Ok(None) => Err(Attempted::words(format!("the target said yes, but has no account {}", draft.account.name))),
        Err(fault) => Err(Attempted::fault(&fault, true)),
    }
}

impl Attempted {
    /// The target answered; what it said makes it a failure, if nobody says otherwise.
    const fn words(said: String) -> Self {
        let attempt = Attempt::Failed(Trouble { needs_person: false, retry_after: None });
        Self { attempt, said, target_failed: Some(false), made: None, name_taken: false }
    }

    fn asks_a_person(said: String) -> Self {
        let attempt = Attempt::Failed(Trouble { needs_person: true, retry_after: None });
        Self { attempt, target_failed: None, ..Self::words(said) }
    }

    fn fault(fault: &Fault, acknowledged: bool) -> Self {
        let name_taken = fault.kind == FaultKind::NameTaken;
        let trouble = Trouble {
            // Another name may be free.
            needs_person: fault.kind.needs_a_person() && !name_taken,
            retry_after: fault.retry_after.and_then(|pause| TimeDelta::from_std(pause).ok()),
        };
        let attempt = if acknowledged { Attempt::Acknowledged(trouble) } else { Attempt::Failed(trouble) };
        Self { attempt, target_failed: Some(fault.kind.is_of_the_target()), name_taken, ..Self::words(fault.words.clone()) }
    }
}
