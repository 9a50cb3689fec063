//! OpenID Connect as a relying party: the authorization code flow with PKCE, what the tokens of a provider must hold, and
//! logout tokens. The protocol is the crate `openidconnect`; how providers are reached is `connectors::outward`, with its
//! guard of addresses; signatures are checked by `vault::KeySet`, as those of security event tokens.
//!
//! Nothing here knows people, sessions or the database, and no clock is asked: the moment is an argument.

mod claims;
mod client;
mod discover;
mod fault;
mod flow;
mod logout;
mod time;

pub use claims::{Claims, check_answer_issuer};
pub use client::{ClientSettings, SecretBy};
pub use discover::{Provider, fetch_keys};
pub use fault::OidcFault;
pub use flow::{Authorization, Tokens, authorization_url, redeem, user_info};
pub use logout::{LOGOUT_EVENT, LogoutToken, end_session_url, read_logout_token};
pub use time::SKEW_SECONDS;
