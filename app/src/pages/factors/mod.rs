//! `/account/factors` and below: one's own second factors.

mod app;
mod codes;
mod list;

pub use app::{Shown, page as app_page};
pub use codes::page as codes_page;
pub use list::{Model, page};

fn crumbs() -> Vec<(String, String)> {
    vec![("My account".to_owned(), "/account".to_owned()), ("Second factors".to_owned(), "/account/factors".to_owned())]
}
