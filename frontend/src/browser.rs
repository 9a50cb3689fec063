//! The few calls into the browser that Leptos does not bring along, and the way islands ask the server.
//!
//! Bound by hand, for weight: with the client of `server_fn` and `serde_json` in it, the islands weighed
//! 99 kB compressed instead of 70, of the 90 that they may. The browser has a JSON parser already.
//! The native half exists so that an island's body compiles; handlers never run there.

#[cfg(feature = "hydrate")]
mod bound;
#[cfg(feature = "hydrate")]
mod events;
#[cfg(feature = "hydrate")]
mod page;
#[cfg(feature = "hydrate")]
pub use {
    bound::{Value, call, copy, scroll_to},
    events::Events,
    page::Page,
};

#[cfg(not(feature = "hydrate"))]
mod absent;
#[cfg(not(feature = "hydrate"))]
pub use absent::{Events, Page, Value, call, copy, scroll_to};

/// What an island that keeps its page current hears.
// Only a browser makes one.
#[cfg_attr(not(feature = "hydrate"), allow(dead_code))]
pub enum Heard {
    /// It is connected.
    Open,
    /// This is the version that there is.
    Changed(String),
    /// Nothing will change any more.
    Complete,
    /// The page as it would be now, where one came; it may be another one, such as that for signing in, but not
    /// one that says to come back later.
    Loaded(Option<Page>),
    /// The connection broke off; the browser connects again by itself.
    Lost,
    /// The server answered with something else; the browser does not try again.
    Refused,
}
