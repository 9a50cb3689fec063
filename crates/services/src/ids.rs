//! Identifiers: UUIDs of version 7 (RFC 9562) from the injected clock, so that they sort by time
//! also when the time is that of a demonstration's past.

use std::sync::atomic::{AtomicU32, Ordering};

use chrono::{DateTime, Utc};
use uuid::{Builder, Uuid};

static COUNTER: AtomicU32 = AtomicU32::new(0);

/// A new identifier of this moment. Those of one process and one millisecond are in order.
pub(crate) fn new_id(now: DateTime<Utc>) -> Uuid {
    let millis = u64::try_from(now.timestamp_millis()).unwrap_or_default();
    let count = COUNTER.fetch_add(1, Ordering::Relaxed);
    let random = Uuid::new_v4().into_bytes();
    let mut bytes = [0_u8; 10];
    bytes[0..2].copy_from_slice(&[(count >> 26) as u8 & 0x0f, (count >> 18) as u8]);
    // The two highest bits of the third byte are the variant's.
    bytes[2] = (count >> 12) as u8 & 0x3f;
    bytes[3] = (count >> 4) as u8;
    bytes[4] = (count << 4) as u8 | random[0] & 0x0f;
    bytes[5..10].copy_from_slice(&random[1..6]);
    Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()
}

/// Below every identifier of this moment and of later ones.
pub(crate) fn lowest_id(at: DateTime<Utc>) -> Uuid {
    Builder::from_unix_timestamp_millis(u64::try_from(at.timestamp_millis()).unwrap_or_default(), &[0; 10]).into_uuid()
}

/// A number in `0.0..1.0`, so that what failed together does not come back together.
pub(crate) fn jitter() -> f64 {
    let [high, low, ..] = Uuid::new_v4().into_bytes();
    f64::from(u16::from_be_bytes([high, low])) / 65_536.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_of_one_moment_are_in_order_and_differ() {
        let now = Utc::now();
        let ids: Vec<_> = (0..10_000).map(|_| new_id(now)).collect();
        assert!(ids.windows(2).all(|w| w[0] < w[1]));
    }

    #[test]
    fn identifiers_sort_by_their_moment() {
        let now = Utc::now();
        assert!(new_id(now - chrono::Duration::days(1)) < new_id(now));
        assert!(lowest_id(now) < new_id(now) && new_id(now - chrono::Duration::milliseconds(1)) < lowest_id(now));
    }
}
