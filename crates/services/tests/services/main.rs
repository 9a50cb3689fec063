//! What the services do, subject by subject, on every engine. Nothing sleeps: time is an argument.

// In a test a panic is a failure, which is what is wanted.
#![allow(clippy::unwrap_used, clippy::explicit_counter_loop)]

mod backups;
mod by_hand;
mod credentials;
mod endings;
mod finding_people;
mod hand_overs;
mod import_limits;
mod import_people;
mod import_rejections;
mod import_returns;
mod lists;
mod memberships;
mod movers;
mod operations;
mod portal_roles;
mod provisioning;
mod reconciling;
mod records;
mod refusals;
mod restored;
mod roles;
mod rules;
mod schedule;
mod scim_groups;
mod scim_limits;
mod scim_lists;
mod scim_support;
mod scim_together;
mod scim_users;
mod sessions;
mod set_up;
mod shared_data;
mod sign_in;
mod ssh_keys;
mod staged_imports;
mod support;
mod targets;
mod tasks;
mod texts;
mod tokens;
mod trying;
