//! One file a page, named by its address.

pub mod error;
pub mod identities;
pub mod set_up;
pub mod sign_in;
pub mod style;
