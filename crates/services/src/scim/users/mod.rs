//! People as SCIM users.

mod columns;
mod compose;
mod create_user;
mod delete_user;
mod lifecycle;
mod limit;
mod list_users;
mod patch_user;
mod read_user;
mod replace_user;
mod tell;

pub use create_user::create_user;
pub use delete_user::delete_user;
pub use list_users::list_users;
pub(super) use list_users::page_of_users;
pub use patch_user::patch_user;
pub use read_user::read_user;
pub use replace_user::replace_user;
