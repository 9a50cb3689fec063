//! A value that takes a while to make and serves for a while.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};

use crate::ServiceError;

/// Below this, a value is made anew each time: small companies see every change at once.
const QUICK: Duration = Duration::from_millis(250);
/// A value that took so long serves for twenty times as long, so that making it never takes more
/// than a twentieth of the time.
const SERVES_FOR: u32 = 20;
/// But no longer than this.
const AT_MOST: Duration = Duration::from_secs(60);

/// A value, when it was made, and for how long it serves.
#[derive(Debug)]
struct Made<T> {
    value: Arc<T>,
    at: DateTime<Utc>,
    serves: TimeDelta,
    /// When making it began, by the clock that never goes back.
    begun: Instant,
}

/// A value that takes a while to make.
#[derive(Debug)]
pub struct Kept<T> {
    value: Mutex<Option<Made<T>>>,
    making: tokio::sync::Mutex<()>,
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self { value: Mutex::default(), making: tokio::sync::Mutex::default() }
    }
}

impl<T> Kept<T> {
    /// The value, made anew where it has served long enough. Of many who ask at once, one makes it.
    ///
    /// # Errors
    /// When making it fails.
    pub(crate) async fn get<F>(&self, now: DateTime<Utc>, make: impl FnOnce() -> F) -> Result<Arc<T>, ServiceError>
    where
        F: Future<Output = Result<T, ServiceError>>,
    {
        if let Some(value) = self.serving(now) {
            return Ok(value);
        }
        let asked = Instant::now();
        let _alone = self.making.lock().await;
        // What somebody else began to make after this was asked is as fresh as can be.
        if let Some(value) = self.made_since(asked).or_else(|| self.serving(now)) {
            return Ok(value);
        }
        let started = Instant::now();
        let value = Arc::new(make().await?);
        let took = started.elapsed();
        let serves = if took < QUICK { Duration::ZERO } else { (took * SERVES_FOR).min(AT_MOST) };
        let serves = TimeDelta::from_std(serves).unwrap_or_default();
        *self.value.lock().unwrap_or_else(PoisonError::into_inner) =
            Some(Made { value: Arc::clone(&value), at: now, serves, begun: started });
        Ok(value)
    }

    fn serving(&self, now: DateTime<Utc>) -> Option<Arc<T>> {
        self.kept(|made| (now - made.at).abs() < made.serves)
    }

    fn made_since(&self, asked: Instant) -> Option<Arc<T>> {
        self.kept(|made| made.begun >= asked)
    }

    fn kept(&self, fits: impl FnOnce(&Made<T>) -> bool) -> Option<Arc<T>> {
        let kept = self.value.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().filter(|made| fits(made)).map(|made| Arc::clone(&made.value))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_made_quickly_is_made_each_time_and_what_is_not_serves_for_a_while() {
        let now = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let quick = Kept::default();
        assert_eq!(*quick.get(now, async || Ok(1)).await.unwrap(), 1);
        assert_eq!(*quick.get(now, async || Ok(2)).await.unwrap(), 2);

        let slow = Kept::default();
        *slow.value.lock().unwrap() = Some(Made { value: Arc::new(1), at: now, serves: TimeDelta::seconds(10), begun: Instant::now() });
        assert_eq!(*slow.get(now + TimeDelta::seconds(9), async || Ok(2)).await.unwrap(), 1);
        assert_eq!(*slow.get(now + TimeDelta::seconds(10), async || Ok(2)).await.unwrap(), 2);
    }

    #[tokio::test]
    async fn a_failure_is_told_and_not_kept() {
        let now = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let kept: Kept<u8> = Kept::default();
        assert!(kept.get(now, async || Err(ServiceError::NotFound("figures"))).await.is_err());
        assert_eq!(*kept.get(now, async || Ok(1)).await.unwrap(), 1);
    }
}
