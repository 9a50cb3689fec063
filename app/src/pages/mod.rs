//! One file a page, named by its address.

pub mod credentials;
pub mod browser;
pub mod error;
pub mod home;
pub mod identities;
pub mod imports;
mod saved_views;
pub mod set_up;
pub mod sign_in;
pub mod style;
mod words;
