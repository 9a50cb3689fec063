//! Real servers for tests, on the loopback, each gone when the test is: used by the suites and by xtask.

pub mod postgres;

pub use postgres::{Postgres, postgres_url};
