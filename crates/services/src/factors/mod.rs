//! Second factors: how they are enrolled, shown at sign-in and afterwards, lost and taken away; and who must have one.
//! `docs/decisions/0026-second-factors.md`.

mod answer;
mod app;
mod confirm;
mod enter;
mod finish;
mod half;
mod mine;
mod passkey;
mod policy;
mod recovery;
mod remove;
mod reset;
mod show;
mod tell;

pub use app::{NewApp, begin_app, enrol_app};
pub(crate) use confirm::confirmed_by_provider;
pub use confirm::{Confirmed, Ways, confirm_by_code, confirm_by_password, confirm_passkey, confirm_passkey_begin, ways_to_confirm};
pub use enter::{enter, enter_begin};
pub use finish::{finish_by_code, finish_by_passkey, finish_passkey_begin};
pub use half::{FirstStep, Half};
pub(crate) use half::{Passed, first_step};
pub use mine::{MyFactors, my_factors};
pub use passkey::{Asked, enrol_passkey, enrol_passkey_begin, passkeys_work};
pub use policy::{Lacking, PolicyDraft, PolicyPlan, apply_policy, plan_policy, show_policy};
pub use recovery::{CODES, FEW, make_recovery_codes};
pub use remove::{name_factor, remove_factor};
pub use reset::{RESET_HOURS, ask_reset_factors, confirm_reset_factors, reset_of, withdraw_reset_factors};
