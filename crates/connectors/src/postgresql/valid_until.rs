//! An end of the password that holds whatever happens to Tenure. PostgreSQL looks at it only where it
//! asks for a password: not at `trust`, `peer` or certificates in `pg_hba.conf`.

use chrono::{DateTime, SecondsFormat, Utc};

use super::{connect::Session, names::literal, role::Role};
use crate::{Fault, Outcome};

/// A moment, as PostgreSQL reads it in any `DateStyle`.
pub(super) fn timestamp(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// Sets the end. That of a disabled account is past and stays so.
///
/// # Errors
/// What the server said.
pub(super) async fn valid_until(session: &mut Session, role: &Role, until: DateTime<Utc>) -> Result<Outcome, Fault> {
    let same = |before: DateTime<Utc>| before.timestamp_micros() == until.timestamp_micros();
    if !role.login || role.until.is_some_and(same) {
        return Ok(Outcome::AlreadySo);
    }
    session
        .run(format!("ALTER ROLE {} VALID UNTIL {}", role.quoted(), literal(&timestamp(until))), "set the end of a role's password")
        .await?;
    Ok(Outcome::Done)
}
