//! How often, how long and how many.

use std::time::Duration;

/// How often, how long and how many.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// Between two looks at one record.
    pub look: Duration,
    /// How long somebody who has ended may stay connected; before each event they are looked up anyway.
    pub check: Duration,
    /// Between two signs of life.
    pub alive: Duration,
    /// How long a stream lasts.
    pub lasts: Duration,
    /// How long a browser waits before it comes again.
    pub again: Duration,
    /// How many streams there are in the process.
    pub streams: usize,
    /// How many of these are of one session or token.
    pub of_one: usize,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            look: Duration::from_millis(500),
            check: Duration::from_secs(10),
            alive: Duration::from_secs(15),
            lasts: Duration::from_secs(300),
            again: Duration::from_secs(3),
            streams: 200,
            of_one: 5,
        }
    }
}
