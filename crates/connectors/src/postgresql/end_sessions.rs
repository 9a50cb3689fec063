//! Nothing is signed in as a role any more.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{connect::Session, role::Role};
use crate::{Fault, FaultKind, Outcome};

/// A backend ends when it next looks for interrupts: within milliseconds, unless it is stuck.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Ends all backends of a role and waits until they are gone, at most as long as one exchange may take.
/// By the role's number, since a backend keeps that when the role is renamed.
///
/// # Errors
/// When some do not end, and what the server said.
pub(super) async fn end_sessions(session: &mut Session, role: &Role) -> Result<Outcome, Fault> {
    let begun = Instant::now();
    let mut outcome = Outcome::AlreadySo;
    loop {
        // Each round anew: one that was just signing in shows only now.
        let sql = "SELECT pid, pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity \
                   WHERE usesysid = $1::int8::oid AND pid <> pg_catalog.pg_backend_pid() LIMIT 10000";
        let left: Vec<(i32, bool)> = session.all(sqlx::query_as(sql).bind(role.oid), "end a role's sessions").await?;
        if left.is_empty() {
            return Ok(outcome);
        }
        outcome = Outcome::Done;
        if begun.elapsed() > session.timeout() {
            let pids: Vec<String> = left.iter().take(10).map(|(pid, _)| pid.to_string()).collect();
            let words = format!("{} sessions of {} were told to end and did not (process ids {})", left.len(), role.name, pids.join(", "));
            return Err(Fault::new(FaultKind::Refused, words));
        }
        sleep(LOOK_AGAIN).await;
    }
}

/// How many sessions a name has now, and in which databases.
///
/// # Errors
/// What the server said.
pub(super) async fn count(session: &mut Session, name: &str) -> Result<(i64, String), Fault> {
    let sql = "SELECT count(*), coalesce(string_agg(DISTINCT datname::text, ', '), '') FROM pg_catalog.pg_stat_activity \
               WHERE usename = $1::text::name AND pid <> pg_catalog.pg_backend_pid()";
    session.one(sqlx::query_as(sql).bind(name), "count a role's sessions").await
}
