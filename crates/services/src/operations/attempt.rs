//! One attempt: make it so, then look. No database here: nobody waits for a network inside a transaction.

use chrono::TimeDelta;
use tenure_connectors::{Change, Connector, Fault, FaultKind, ReadBack};
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
    let mut failed = None;
    for change in changes {
        match one(connector, change).await {
            Ok(seen) => evidence.push(seen),
            Err(fault) => failed = failed.or(Some(fault)),
        }
    }
    failed.unwrap_or_else(|| Attempted { attempt: Attempt::ReadBack, said: evidence.join("; "), target_failed: Some(false) })
}

async fn one(connector: &dyn Connector, change: &Change) -> Result<String, Attempted> {
    connector.perform(change).await.map_err(|fault| Attempted::fault(&fault, false))?;
    match connector.read_back(change).await {
        Ok(ReadBack::So(evidence)) => Ok(evidence),
        Ok(ReadBack::NotSo(why)) => Err(Attempted {
            attempt: Attempt::Failed(Trouble { needs_person: false, retry_after: None }),
            said: format!("the target said yes, but {why}"),
            target_failed: Some(false),
        }),
        Err(fault) => Err(Attempted::fault(&fault, true)),
    }
}

impl Attempted {
    fn asks_a_person(said: String) -> Self {
        Self { attempt: Attempt::Failed(Trouble { needs_person: true, retry_after: None }), said, target_failed: None }
    }

    fn fault(fault: &Fault, acknowledged: bool) -> Self {
        let trouble = Trouble {
            needs_person: fault.kind.needs_a_person(),
            retry_after: fault.retry_after.and_then(|pause| TimeDelta::from_std(pause).ok()),
        };
        let attempt = if acknowledged { Attempt::Acknowledged(trouble) } else { Attempt::Failed(trouble) };
        Self { attempt, said: fault.words.clone(), target_failed: Some(fault.kind.is_of_the_target()) }
    }
}
