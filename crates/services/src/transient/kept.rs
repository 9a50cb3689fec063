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
type Made<T> = (Arc<T>, DateTime<Utc>, TimeDelta);

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
        let _alone = self.making.lock().await;
        if let Some(value) = self.serving(now) {
            return Ok(value);
        }
        let started = Instant::now();
        let value = Arc::new(make().await?);
        let took = started.elapsed();
        let serves = if took < QUICK { Duration::ZERO } else { (took * SERVES_FOR).min(AT_MOST) };
        let serves = TimeDelta::from_std(serves).unwrap_or_default();
        *self.value.lock().unwrap_or_else(PoisonError::into_inner) = Some((Arc::clone(&value), now, serves));
        Ok(value)
    }

    fn serving(&self, now: DateTime<Utc>) -> Option<Arc<T>> {
        let kept = self.value.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().filter(|(_, made, serves)| (now - *made).abs() < *serves).map(|(value, ..)| Arc::clone(value))
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
        *slow.value.lock().unwrap() = Some((Arc::new(1), now, TimeDelta::seconds(10)));
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
