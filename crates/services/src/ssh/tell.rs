//! What the audit log is told of hosts that ask: sshd asks several times for each login, so that questions are counted
//! by host and key, and told once a minute.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use serde_json::json;
use tenure_domain::access::{Channel, Portal, Principal, actions};
use tenure_domain::audit::{Events, Stream};
use tenure_domain::id::{ApplicationId, CredentialId, HostId};

use crate::ids::new_id;
use crate::{App, Ctx, ServiceError};

/// How often a host may ask within a minute.
const QUESTIONS: u32 = 3_000;

/// So many refusals a minute are told one by one, with the address; of the others, how many there were.
const REFUSALS: u64 = 10;

/// How many keys one event names.
const KEYS: usize = 200;

/// What hosts asked since it was last told.
#[derive(Debug, Default)]
pub struct Asked(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    hosts: HashMap<HostId, Count>,
    /// The minute that questions and refusals are counted in.
    minute: i64,
    questions: HashMap<HostId, u32>,
    refusals: u64,
    untold: u64,
}

#[derive(Debug)]
struct Count {
    target: ApplicationId,
    questions: u64,
    /// Of these, those that were answered with nothing.
    empty: u64,
    keys: HashMap<CredentialId, u64>,
}

impl State {
    fn at(&mut self, now: DateTime<Utc>) -> &mut Self {
        let minute = now.timestamp().div_euclid(60);
        if self.minute != minute {
            self.minute = minute;
            self.questions.clear();
            self.refusals = 0;
        }
        self
    }
}

impl Asked {
    fn locked(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a question; whether the host may ask it in this minute.
    pub(super) fn may_ask(&self, host: HostId, now: DateTime<Utc>) -> bool {
        let mut state = self.locked();
        let n = state.at(now).questions.entry(host).or_default();
        *n = n.saturating_add(1);
        *n <= QUESTIONS
    }

    /// Counts an answer with the keys that were in it.
    pub(super) fn count(&self, host: HostId, target: ApplicationId, keys: impl Iterator<Item = CredentialId>) {
        let mut state = self.locked();
        let count = state.hosts.entry(host).or_insert_with(|| Count { target, questions: 0, empty: 0, keys: HashMap::new() });
        count.questions += 1;
        let mut empty = true;
        for key in keys {
            empty = false;
            *count.keys.entry(key).or_default() += 1;
        }
        count.empty += u64::from(empty);
    }

    /// Counts a refusal; whether it is told by itself.
    fn refused(&self, now: DateTime<Utc>) -> bool {
        let mut state = self.locked();
        let state = state.at(now);
        state.refusals += 1;
        let told = state.refusals <= REFUSALS;
        state.untold += u64::from(!told);
        told
    }

    fn take(&self) -> (HashMap<HostId, Count>, u64) {
        let mut state = self.locked();
        (std::mem::take(&mut state.hosts), std::mem::take(&mut state.untold))
    }
}

/// Tells of a question by a token that is none, within limits.
pub(super) async fn told_refusal(app: &Arc<App>, from: &str, now: DateTime<Utc>) -> Result<(), ServiceError> {
    if !app.transient.asked.refused(now) {
        return Ok(());
    }
    let request_id = new_id(now).to_string();
    let ctx = Ctx { app: Arc::clone(app), principal: Principal::anonymous(), now, request_id, channel: Channel::Api, proven: None };
    let event = ctx.event(Stream::Credential, "ssh-keys.refused").target(&Portal, "").because("the token of no host").refused();
    app.store.write().await?.commit(event.after(json!({ "from": from }))).await?;
    Ok(())
}

/// Tells what hosts asked since the last time: an event for each host, with how often each key was given to it.
/// Yields how many events that were.
///
/// # Errors
/// [`ServiceError::Denied`], or when the database fails; what was counted is lost then.
pub async fn tell_asked(ctx: &Ctx) -> Result<usize, ServiceError> {
    ctx.authorize::<actions::RunSchedule, _>(&Portal).await?;
    let (hosts, untold) = ctx.app.transient.asked.take();
    if hosts.is_empty() && untold == 0 {
        return Ok(0);
    }
    let ids: Vec<HostId> = hosts.keys().copied().collect();
    let mut tx = ctx.app.store.write().await?;
    let names: HashMap<HostId, String> = tx.ssh_host_names(&ids).await?.into_iter().collect();
    let mut events = Vec::new();
    for (id, count) in hosts {
        let name = names.get(&id).cloned().unwrap_or_default();
        let mut keys: Vec<(CredentialId, u64)> = count.keys.into_iter().collect();
        keys.sort_unstable();
        // One event also where no key was given.
        let pieces: Vec<&[_]> = if keys.is_empty() { vec![&[]] } else { keys.chunks(KEYS).collect() };
        for (at, piece) in pieces.into_iter().enumerate() {
            let given: serde_json::Map<String, _> = piece.iter().map(|(key, n)| (key.to_string(), json!(n))).collect();
            let asked = if at == 0 { (count.questions, count.empty) } else { (0, 0) };
            let event = ctx.event(Stream::Credential, "ssh-keys.asked").target(&id, name.as_str());
            events.push(event.after(json!({ "target": count.target, "questions": asked.0, "without_key": asked.1, "keys": given })));
        }
    }
    if untold > 0 {
        let event = ctx.event(Stream::Credential, "ssh-keys.refused").target(&Portal, "").because("the token of no host").refused();
        events.push(event.after(json!({ "times": untold })));
    }
    let n = events.len();
    if let Some(events) = Events::all(events) {
        tx.commit(events).await?;
    }
    Ok(n)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use tenure_domain::id::Id as _;

    use super::*;

    #[test]
    fn a_host_that_asks_too_often_waits_for_the_next_minute() {
        let (asked, now) = (Asked::default(), DateTime::UNIX_EPOCH + TimeDelta::days(20_000));
        let (one, other) = (HostId::from_uuid(uuid::Uuid::from_u128(1)), HostId::from_uuid(uuid::Uuid::from_u128(2)));
        assert!((0..QUESTIONS).all(|_| asked.may_ask(one, now)));
        assert!(!asked.may_ask(one, now) && asked.may_ask(other, now));
        assert!(asked.may_ask(one, now + TimeDelta::minutes(1)));
    }

    #[test]
    fn a_flood_of_refusals_is_told_by_its_number() {
        let (asked, now) = (Asked::default(), DateTime::UNIX_EPOCH);
        assert_eq!((0..1_000).filter(|_| asked.refused(now)).count(), 10);
        assert_eq!(asked.take().1, 990);
        assert!(asked.refused(now + TimeDelta::minutes(1)));
    }
}
