//! One attempt: make it so, then look. No database here: nobody waits for a network inside a transaction.

use chrono::TimeDelta;
use tenure_connectors::{AccountDraft, Change, Connector, Fault, FaultKind, FoundAccount, ReadBack};
use tenure_domain::operation::{Attempt, Trouble};

use super::Job;
use super::about::Step;

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
    let steps = match &job.steps {
        Ok(steps) => steps,
        Err(words) => return Attempted::asks_a_person(words.clone()),
    };
    let connector = match &job.connector {
        Ok(connector) => connector,
        Err(fault) => return Attempted::fault(fault, false),
    };
    // The connector bounds each exchange; this bounds all of them, so that nobody outlives the claim.
    match tokio::time::timeout(job.within, all(connector.as_ref(), steps)).await {
        Ok(attempted) => attempted,
        Err(_) => Attempted::fault(&Fault::new(FaultKind::Timeout, "the target took too long for all of it together"), false),
    }
}

/// All of them, one after the other: one that fails keeps no other from being done.
async fn all(connector: &dyn Connector, steps: &[Step]) -> Attempted {
    let mut evidence = Vec::with_capacity(steps.len());
    let (mut failed, mut made) = (None, None);
    for step in steps {
        match one(connector, step).await {
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
async fn one(connector: &dyn Connector, step: &Step) -> Result<(String, Option<FoundAccount>), Attempted> {
    let change = &step.change;
    if let Some(draft) = &step.whose {
        is_theirs(connector, draft).await?;
    }
    connector.perform(change).await.map_err(|fault| Attempted::fault(&fault, false))?;
    match connector.read_back(change).await {
        Ok(ReadBack::So(evidence)) => Ok((evidence, found(connector, change).await?)),
        Ok(ReadBack::NotSo(why)) => Err(Attempted::words(format!("the target said yes, but {why}"))),
        Err(fault) => Err(Attempted::fault(&fault, true)),
    }
}

/// Looks whether an account that is known by its name alone is that person's: whoever has that name there may be
/// somebody else. One that is not there is nobody's, and absence is what is wanted.
async fn is_theirs(connector: &dyn Connector, draft: &AccountDraft) -> Result<(), Attempted> {
    let name = &draft.account.name;
    let found = connector.find(&draft.account, &[]).await.map_err(|fault| Attempted::fault(&fault, false))?;
    if found.is_none() {
        return Ok(());
    }
    let same = connector.read_back(&Change::Change(draft.clone())).await.map_err(|fault| Attempted::fault(&fault, false))?;
    match same {
        ReadBack::So(_) if !draft.attributes.is_empty() => Ok(()),
        _ => Err(Attempted::asks_a_person(format!(
            "there is an account {name}, and nothing shows that it is this person's: read the target and say whose it is, or state that this is done"
        ))),
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
