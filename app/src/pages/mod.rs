//! One file a page, named by its address.

pub mod account;
pub mod api_docs;
pub mod applications;
pub mod audit;
pub mod browser;
pub mod credentials;
pub mod error;
pub mod hand_overs;
pub mod home;
pub mod identities;
pub mod imports;
pub mod my_access;
pub mod offboarding;
pub mod operations;
pub mod out_of_band;
pub mod roles;
pub mod rules;
pub mod saved_views;
pub mod search;
pub mod set_up;
pub mod sign_in;
pub mod signals;
pub mod ssh_keys;
pub mod style;
pub mod tasks;
pub mod tokens;
mod words;
