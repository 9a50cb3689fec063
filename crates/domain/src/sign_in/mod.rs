//! Sign-in: whom a provider's words mean here, and which sign-ins are unlike those before.

mod factor;
mod place;
mod policy;
mod provider;
mod rule;
mod unusual;

pub use factor::{FactorKind, Held, Level, ProvedBy};
pub use place::Place;
pub use policy::{Need, RoleRule, SignInPolicy, Stand};
pub use provider::{ClientAuth, LinkBy, LinkHow, ProviderState};
pub use rule::{LinkRule, NoLink, Wanted, is_domain};
pub use unusual::{REMEMBERED, SignIn, Unusual, unusual};
