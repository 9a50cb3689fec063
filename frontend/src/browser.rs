//! The few calls into the browser that Leptos does not bring along, and the way islands ask the server.
//!
//! Bound by hand, for weight: with the client of `server_fn` and `serde_json` in it, the islands weighed
//! 99 kB compressed instead of 70, of the 90 that they may. The browser has a JSON parser already.
//! The native half exists so that an island's body compiles; handlers never run there.

#[cfg(feature = "hydrate")]
mod bound;
#[cfg(feature = "hydrate")]
pub use bound::{Value, call, copy, scroll_to};

#[cfg(not(feature = "hydrate"))]
mod absent;
#[cfg(not(feature = "hydrate"))]
pub use absent::{Value, call, copy, scroll_to};
