//! Single sign-on by OpenID Connect: by whom people sign in, whom the subjects of providers stand for, the way there and
//! back, and what ends when a provider says so. `docs/sign-in/providers.md`.

mod begin;
mod finish;
mod links;
mod logout;
mod providers;
mod reach;
mod refuse;

pub use begin::{ATTEMPT_MINUTES, Begun, begin_sign_in, ways_of_sign_in};
pub use finish::{Answer, Came, Finished, NotFinished, finish_sign_in};
pub use links::{link_identity, links_of, unlink};
pub use logout::{back_channel_logout, front_channel_logout, sign_out_there};
pub use providers::{
    Draft, create_provider, edit_provider, list_providers, provider_names, remove_provider, set_provider_state, show_provider,
    test_provider,
};
pub use refuse::NoSignIn;

/// Where a provider sends browsers back to, exactly.
pub fn callback_url(origin: &str, id: tenure_domain::id::ProviderId) -> String {
    format!("{origin}/sign-in/providers/{id}/callback")
}

/// Where a provider says that a session there is over, by both channels.
pub fn logout_url(origin: &str, id: tenure_domain::id::ProviderId) -> String {
    format!("{origin}/sign-in/providers/{id}/logout")
}
