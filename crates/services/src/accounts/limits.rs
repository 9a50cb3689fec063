//! How often somebody may try: by the account that was named, by the address it came from, by the browser it came with.
//!
//! A counter is of what was *typed*, whether or not there is such an account, so that a limit tells nothing of who has one.
//! Counters lie in the database: they hold for all instances, and a restart forgets none.

use chrono::{DateTime, Duration, Utc};
use tenure_store::WriteTx;
use tenure_store::attempts::AttemptKey;

use crate::{App, Ctx, ServiceError};

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Wrong passwords for a user name, from browsers that it never signed in with.
    SignInByName,
    /// Wrong passwords from an address.
    SignInByAddress,
    /// Wrong passwords from a browser that signed in as this person before.
    SignInByDevice,
    /// Wrong codes of second factors, of one person.
    CodeByAccount,
    /// Passwords that were said to be forgotten, from an address.
    ResetByAddress,
    /// Links for a new password, to one person.
    ResetByAccount,
    /// Sign-ins by a provider that began, from an address.
    ProviderByAddress,
    /// Refusals of a token that are told, of each reason.
    RefusedToken,
}

/// Whether there was room for one more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limited {
    /// There is.
    Below,
    /// There is none until the window is over.
    Over,
}

impl Limit {
    const fn word(self) -> &'static str {
        match self {
            Self::SignInByName => "sign-in-name",
            Self::SignInByAddress => "sign-in-address",
            Self::SignInByDevice => "sign-in-device",
            Self::CodeByAccount => "code-account",
            Self::ResetByAddress => "reset-address",
            Self::ResetByAccount => "reset-account",
            Self::ProviderByAddress => "provider-address",
            Self::RefusedToken => "refused-token",
        }
    }

    /// How many there may be in which time.
    pub const fn allows(self) -> (i64, Duration) {
        match self {
            // As the lock of an account (PCI DSS 4.0.1, 8.3.4): who meets the one meets the other.
            Self::SignInByName | Self::SignInByDevice | Self::CodeByAccount => (super::sign_in::LOCK_AFTER as i64, Duration::minutes(30)),
            // A whole office may come from one address.
            Self::SignInByAddress => (100, Duration::minutes(10)),
            Self::ResetByAddress => (20, Duration::minutes(60)),
            Self::ResetByAccount => (3, Duration::minutes(60)),
            // A whole office may come from one address, at nine o'clock.
            Self::ProviderByAddress => (600, Duration::minutes(10)),
            Self::RefusedToken => (1, Duration::minutes(1)),
        }
    }

    /// The window that a moment is in: its beginning and its end.
    fn window(self, now: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
        let (_, length) = self.allows();
        let seconds = length.num_seconds();
        let begins = now.timestamp().div_euclid(seconds) * seconds;
        let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap_or(now);
        (at(begins), at(begins + seconds))
    }
}

fn hash(app: &App, limit: Limit, key: &str) -> Vec<u8> {
    app.keys.form_token().tag_fields(&[b"attempt", limit.word().as_bytes(), key.as_bytes()]).as_bytes().to_vec()
}

/// How often it was tried in this window. Changes nothing.
///
/// # Errors
/// When the database fails.
pub async fn attempts(ctx: &Ctx, limit: Limit, key: &str) -> Result<i64, ServiceError> {
    let hash = hash(&ctx.app, limit, key);
    let key = AttemptKey { kind: limit.word(), key_hash: &hash, window_at: limit.window(ctx.now).0 };
    Ok(ctx.app.store.attempts(&key).await?)
}

/// Whether there is no room for another try. Changes nothing.
///
/// # Errors
/// When the database fails.
pub async fn is_over(ctx: &Ctx, limit: Limit, key: &str) -> Result<bool, ServiceError> {
    let over = attempts(ctx, limit, key).await? >= limit.allows().0;
    if over {
        // What was tried stands nowhere: people type passwords into the wrong field.
        tracing::warn!(limit = limit.word(), "a limit of tries holds");
    }
    Ok(over)
}

/// Counts a try, and says whether there was room for it. What is over is only read: a flood writes nothing.
///
/// # Errors
/// When the database fails.
pub async fn count_attempt(ctx: &Ctx, limit: Limit, key: &str) -> Result<Limited, ServiceError> {
    if is_over(ctx, limit, key).await? {
        return Ok(Limited::Over);
    }
    let hash = hash(&ctx.app, limit, key);
    let (window_at, ends_at) = limit.window(ctx.now);
    let n = ctx.app.store.count_attempt(&AttemptKey { kind: limit.word(), key_hash: &hash, window_at }, ends_at).await?;
    Ok(if n > limit.allows().0 { Limited::Over } else { Limited::Below })
}

/// Counts a try with what it is about: who asks twice at once, or is asked for by two instances, is counted once.
///
/// # Errors
/// When the database fails.
pub(super) async fn count_attempt_in(ctx: &Ctx, tx: &mut WriteTx, limit: Limit, key: &str) -> Result<Limited, ServiceError> {
    let hash = hash(&ctx.app, limit, key);
    let (window_at, ends_at) = limit.window(ctx.now);
    let n = tx.count_attempt(&AttemptKey { kind: limit.word(), key_hash: &hash, window_at }, ends_at).await?;
    Ok(if n > limit.allows().0 { Limited::Over } else { Limited::Below })
}

/// Begins to count anew for somebody who has shown that it was them.
///
/// # Errors
/// When the database fails.
pub async fn forget_attempts(ctx: &Ctx, limit: Limit, key: &str) -> Result<(), ServiceError> {
    if attempts(ctx, limit, key).await? == 0 {
        return Ok(());
    }
    let hash = hash(&ctx.app, limit, key);
    Ok(ctx.app.store.forget_attempts(&AttemptKey { kind: limit.word(), key_hash: &hash, window_at: limit.window(ctx.now).0 }).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_in_the_window_that_it_begins_and_not_in_the_one_that_it_ends() {
        let (begins, ends) = Limit::SignInByName.window("2024-03-01T12:17:03Z".parse().unwrap());
        assert_eq!((begins.to_rfc3339(), ends.to_rfc3339()), ("2024-03-01T12:00:00+00:00".into(), "2024-03-01T12:30:00+00:00".into()));
        assert_eq!(Limit::SignInByName.window(begins).0, begins);
        assert_eq!(Limit::SignInByName.window(ends).0, ends);
    }
}
