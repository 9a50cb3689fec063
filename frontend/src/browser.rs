//! The few calls into the browser that Leptos does not bring along, and the way islands ask the server.
//!
//! Bound by hand, for weight: with the client of `server_fn` and `serde_json` in it, the module grew by
//! 33 kB compressed, a third of its budget. The browser has a JSON parser already.
//! The native half exists so that an island's body compiles; handlers never run there.

#[cfg(feature = "hydrate")]
mod bound;
#[cfg(feature = "hydrate")]
pub use bound::{Value, call, copy, scroll_to};

#[cfg(not(feature = "hydrate"))]
mod absent;
#[cfg(not(feature = "hydrate"))]
pub use absent::{Value, call, copy, scroll_to};
