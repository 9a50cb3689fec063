//! Restored databases. An older state owes changes to targets that were made long ago, and knows nothing of
//! those that were made since. So nothing goes out until somebody has looked at the difference.
//!
//! | to | use |
//! |---|---|
//! | find out whether the database was restored, and hold it | [`look_for_restore`] |
//! | find that out and change nothing | [`compare_with_seen`] |
//! | hold it by hand | [`hold_outward`] |
//! | look at the difference | [`show_restore`] |
//! | let it go | [`release_restore`] |

mod compare;
mod hold;
mod look;
mod release;
mod seen;
mod show;

pub use compare::{Compared, compare_with_seen};
pub use hold::hold_outward;
pub use look::{Looked, look_for_restore};
pub use release::{Release, release_restore};
pub use seen::SeenFile;
pub use show::{RestorePage, show_restore};
