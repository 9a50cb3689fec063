//! Single sign-on: whom a provider's words mean here. Which claims count, and by what somebody is found, is said by an
//! administrator and decided here; who that is, the store finds.

mod provider;
mod rule;

pub use provider::{ClientAuth, LinkBy, LinkHow, ProviderState};
pub use rule::{LinkRule, NoLink, Wanted, is_domain};
