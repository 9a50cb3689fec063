//! Sign-in: whom a provider's words mean here, and which sign-ins are unlike those before.

mod place;
mod provider;
mod rule;
mod unusual;

pub use place::Place;
pub use provider::{ClientAuth, LinkBy, LinkHow, ProviderState};
pub use rule::{LinkRule, NoLink, Wanted, is_domain};
pub use unusual::{REMEMBERED, SignIn, Unusual, unusual};
