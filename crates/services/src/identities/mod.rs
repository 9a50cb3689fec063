//! Identities: lists, one identity, and its life.

mod change_lifecycle;
mod create;
mod edit;
mod end;
mod ended;
mod export_csv;
mod find;
mod hand_over;
mod list;
mod rehire;
mod same_person;
mod show;
mod work;

pub use change_lifecycle::change_lifecycle;
pub(crate) use create::create_in;
pub use create::{NewIdentity, create_identity};
pub(crate) use create::{check_texts, check_user_name};
pub use edit::{IdentityChange, edit_identity};
pub use end::{EndPreview, Ended, end_identity, preview_end};
pub(crate) use end::{end_in, lock_with_personas};
pub use ended::{EndReport, show_end};
pub use export_csv::IdentityExport;
pub use find::{Proposal, find_identity, identity_name, propose_people};
pub use hand_over::{hand_over, list_hand_overs};
pub use list::{COUNT_LIMIT, IdentityList, list_identities};
pub use rehire::rehire_identity;
pub(crate) use same_person::{check_not_ones_own, is_ones_own, is_same_person};
pub use show::{GrantWhy, IdentityDetail, show_identity};
pub use work::Work;
