//! Nobody can sign in, and back.

use super::{connect::Session, mark::Mark, names::literal, role::Role, valid_until::timestamp};
use crate::{Fault, FaultKind, Outcome};

/// `NOLOGIN`; should somebody undo that by hand, no connection and no password hold either.
///
/// # Errors
/// What the server said.
pub(super) async fn disable(session: &mut Session, role: &Role) -> Result<Outcome, Fault> {
    let name = role.quoted();
    if !role.is_account() {
        return Ok(Outcome::AlreadySo);
    }
    if !role.login && role.connection_limit == 0 && role.expired {
        return Ok(Outcome::AlreadySo);
    }
    let mut statements = String::new();
    if role.login {
        let mark = Mark { connection_limit: role.connection_limit, until: role.until };
        statements = format!("COMMENT ON ROLE {name} IS {}; ", literal(&mark.before(role.comment())));
    }
    statements.push_str(&format!("ALTER ROLE {name} NOLOGIN CONNECTION LIMIT 0 VALID UNTIL 'now'"));
    session.run(statements, "disable a role").await?;
    Ok(Outcome::Done)
}

/// `LOGIN`, and the limits it had before Tenure disabled it.
///
/// # Errors
/// When it is a group, or what the server said.
pub(super) async fn enable(session: &mut Session, role: &Role) -> Result<Outcome, Fault> {
    if role.enabled() {
        return Ok(Outcome::AlreadySo);
    }
    if !role.is_account() {
        let words =
            format!("{} is a group role: it could not log in before either. ALTER ROLE … LOGIN by hand makes an account of it.", role.name);
        return Err(Fault::new(FaultKind::Refused, words));
    }
    let name = role.quoted();
    let was = role.mark();
    let limit = was.map_or(role.connection_limit, |was| was.connection_limit);
    // An end that is past by now would keep it out.
    let until = match was.and_then(|was| was.until) {
        Some(until) if is_ahead(session, until).await? => timestamp(until),
        _ => "infinity".into(),
    };
    let comment = literal(role.comment());
    let statements =
        format!("ALTER ROLE {name} LOGIN CONNECTION LIMIT {limit} VALID UNTIL {}; COMMENT ON ROLE {name} IS {comment}", literal(&until));
    session.run(statements, "enable a role").await?;
    Ok(Outcome::Done)
}

/// By the server's clock, the one that decides.
async fn is_ahead(session: &mut Session, moment: chrono::DateTime<chrono::Utc>) -> Result<bool, Fault> {
    let (ahead,): (bool,) = session.one(sqlx::query_as("SELECT $1 > now()").bind(moment), "compare the time").await?;
    Ok(ahead)
}
