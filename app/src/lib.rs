//! Pages, layout, forms and components: pure functions from a page's model to HTML. A page's file
//! is found by its address: `/identities/{id}/end` is `pages/identities/end.rs`.

// A `view!` of a whole page is one deep type.
#![recursion_limit = "512"]

pub mod components;
pub mod layout;
pub mod page;
pub mod pages;
