//! Numbers that look random and can be had again: a failed run says its seed.

use std::{
    hash::{BuildHasher, Hasher, RandomState},
    time::Duration,
};

/// SplitMix64.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// The same numbers each time.
    pub fn of(seed: u64) -> Self {
        Random(seed)
    }

    /// Other numbers each time, unless `TENURE_SEED` says which. The seed is printed.
    pub fn new(what: &str) -> Self {
        let seed = match std::env::var("TENURE_SEED") {
            Ok(text) => text.parse().expect("TENURE_SEED is a number"),
            Err(_) => RandomState::new().build_hasher().finish(),
        };
        println!("{what}: TENURE_SEED={seed}");
        Random(seed)
    }

    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.number() % limit.max(1) as u64) as usize
    }

    /// From nothing to `limit`.
    pub fn within(&mut self, limit: Duration) -> Duration {
        limit.mul_f64(self.number() as f64 / u64::MAX as f64)
    }
}
