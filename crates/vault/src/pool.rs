//! Passwords in async code: computed on threads that may block, as many at once as there are cores.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread::available_parallelism;

use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use crate::password::{Breached, NewPassword, Password, PasswordError, PasswordFault, PasswordHash, Policy, Verdict, Verifier};

/// How many may wait for each one that is computed: with 30 ms each, about two seconds.
const WAITING: usize = 64;

/// A bounded pool for [`Verifier`] and [`Policy`]. Argon2 takes a core and 19 MiB each time; more
/// at once than there are cores would only take memory, and more that wait than can be served in
/// a few seconds are better told so.
///
/// A clone shares the bounds.
#[derive(Debug, Clone)]
pub struct PasswordPool {
    verifier: Arc<Verifier>,
    /// Passwords that were in a breach, where a list of them is at hand.
    breached: Option<Arc<Breached>>,
    /// Those who wait and those who are computed.
    admitted: Arc<Semaphore>,
    /// Those who are computed.
    computing: Arc<Semaphore>,
}

impl PasswordPool {
    /// A pool that computes as many at once as there are cores.
    #[must_use]
    pub fn new(verifier: Verifier) -> Self {
        Self::with_permits(verifier, available_parallelism().unwrap_or(NonZeroUsize::MIN))
    }

    /// A pool that computes so many at once.
    #[must_use]
    pub fn with_permits(verifier: Verifier, permits: NonZeroUsize) -> Self {
        let computing = permits.get().min(Semaphore::MAX_PERMITS / (WAITING + 1));
        Self {
            verifier: Arc::new(verifier),
            breached: None,
            admitted: Arc::new(Semaphore::new(computing * (WAITING + 1))),
            computing: Arc::new(Semaphore::new(computing)),
        }
    }

    /// Refuses new passwords that were in a breach, too.
    #[must_use]
    pub fn refusing(self, breached: Option<Breached>) -> Self {
        Self { breached: breached.map(Arc::new), ..self }
    }

    /// Checks a typed password against what is stored. `None` says that there is no such account,
    /// or no password for it: this takes as long, and refuses ([`Verifier::absent`]).
    ///
    /// # Errors
    ///
    /// As [`Verifier::verify`], or [`PasswordError::Busy`] when too many wait.
    pub async fn verify(&self, password: Password, stored: Option<PasswordHash>) -> Result<Verdict, PasswordError> {
        let verifier = Arc::clone(&self.verifier);
        let check = move || match stored {
            Some(stored) => verifier.verify(&password, &stored),
            None => Ok(verifier.absent(&password)),
        };
        self.compute(check).await?
    }

    /// Hashes an accepted password.
    ///
    /// # Errors
    ///
    /// As [`Verifier::hash`], or [`PasswordError::Busy`] when too many wait.
    pub async fn hash(&self, password: NewPassword) -> Result<PasswordHash, PasswordError> {
        let verifier = Arc::clone(&self.verifier);
        self.compute(move || verifier.hash(&password)).await?
    }

    /// Has a new password judged by a policy: the inner result is that of [`Policy::check`], and then of the list of
    /// breached ones.
    ///
    /// # Errors
    ///
    /// [`PasswordError::Busy`] when too many wait.
    pub async fn check(
        &self,
        policy: Arc<Policy>,
        password: Password,
        about: Vec<String>,
    ) -> Result<Result<NewPassword, Vec<PasswordFault>>, PasswordError> {
        let breached = self.breached.clone();
        let check = move || {
            let about: Vec<&str> = about.iter().map(String::as_str).collect();
            let new = policy.check(password, &about)?;
            match breached.as_ref().map_or(Ok(false), |list| list.has(new.expose())) {
                Ok(false) => Ok(new),
                Ok(true) => Err(vec![PasswordFault::Breached]),
                // What is not known to be good is not taken.
                Err(_) => Err(vec![PasswordFault::NotLookedUp]),
            }
        };
        self.compute(check).await
    }

    async fn compute<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, PasswordError> {
        let place = Arc::clone(&self.admitted).try_acquire_owned().map_err(|_| PasswordError::Busy)?;
        let core = Arc::clone(&self.computing).acquire_owned().await.map_err(|_| PasswordError::Stopped)?;
        // Both go with the work: it goes on, and takes its core, also when nobody awaits it any more.
        let work = move || {
            let _held = (place, core);
            work()
        };
        spawn_blocking(work).await.map_err(|_| PasswordError::Stopped)
    }
}

impl Default for PasswordPool {
    fn default() -> Self {
        Self::new(Verifier::owasp())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc::channel;
    use std::time::Duration;

    use tokio::task::JoinSet;

    use super::*;

    fn pool(permits: usize) -> PasswordPool {
        PasswordPool::with_permits(Verifier::weak_for_tests(), permits.try_into().unwrap())
    }

    #[tokio::test]
    async fn a_password_is_judged_hashed_and_verified() {
        let (pool, policy) = (pool(2), Arc::new(Policy::alone()));
        let password = || Password::from("lamp-otter-crisp-violin");
        let accepted = pool.check(Arc::clone(&policy), password(), vec![]).await.unwrap().unwrap();
        let hash = pool.hash(accepted).await.unwrap();
        let verdict = pool.verify(password(), Some(hash.clone())).await;
        assert_eq!(verdict, Ok(Verdict::Accepted { renewed: None }));
        assert_eq!(pool.verify("wrong".into(), Some(hash)).await, Ok(Verdict::Refused));
        assert_eq!(pool.verify(password(), None).await, Ok(Verdict::Refused));
        let refused = pool.check(policy, "Ada Lovelace was here".into(), vec!["Lovelace".into()]).await.unwrap();
        assert!(refused.is_err());
    }

    #[tokio::test]
    async fn no_more_are_computed_at_once_than_there_are_permits() {
        let (pool, now, most) = (pool(2), Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let mut tasks = JoinSet::new();
        for _ in 0..20 {
            let (pool, now, most) = (pool.clone(), Arc::clone(&now), Arc::clone(&most));
            let work = move || {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(2));
                now.fetch_sub(1, Ordering::SeqCst);
            };
            tasks.spawn(async move { pool.compute(work).await });
        }
        assert!(tasks.join_all().await.iter().all(Result::is_ok));
        assert_eq!(most.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn whoever_comes_when_too_many_wait_is_told_so() {
        let pool = pool(1);
        let (release, released) = channel::<()>();
        let mut tasks = JoinSet::new();
        let first = pool.clone();
        tasks.spawn(async move { first.compute(move || released.recv().is_ok()).await });
        for _ in 0..WAITING {
            let pool = pool.clone();
            tasks.spawn(async move { pool.compute(|| true).await });
        }
        while pool.admitted.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(pool.compute(|| true).await, Err(PasswordError::Busy));
        release.send(()).unwrap();
        assert!(tasks.join_all().await.into_iter().all(|done| done == Ok(true)));
        assert_eq!(pool.compute(|| true).await, Ok(true));
    }

    #[tokio::test]
    async fn work_that_nobody_awaits_any_more_still_holds_its_core() {
        let pool = pool(1);
        let (release, released) = channel::<()>();
        let (begin, begun) = tokio::sync::oneshot::channel();
        let (abandoned, work) = (pool.clone(), move || {
            begin.send(()).unwrap();
            released.recv().is_ok()
        });
        let task = tokio::spawn(async move { abandoned.compute(work).await });
        begun.await.unwrap();
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
        assert_eq!(pool.computing.available_permits(), 0);
        release.send(()).unwrap();
        assert_eq!(pool.compute(|| true).await, Ok(true));
    }
}
