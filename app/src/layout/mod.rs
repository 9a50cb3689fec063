//! The frame of a page: whole documents, with and without the rail.

mod assets;
mod document;
mod frame;
mod nav;
mod plain;
mod shell;

pub use assets::{asset, set_assets};
pub use document::{document, render};
pub use frame::{Density, Theme};
pub use nav::NavItem;
pub use plain::PlainShell;
pub use shell::{Shell, ShellUser};
