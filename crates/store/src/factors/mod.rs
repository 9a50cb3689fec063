//! Second factors, recovery codes, what passkeys are asked, and how people must sign in.

mod ceremonies;
mod codes;
mod policy;
mod resets;
mod rows;

pub use ceremonies::CeremonyRow;
pub use policy::{PolicyRow, parse_policy};
pub use resets::{FactorReset, FactorResetView};
pub use rows::{FactorRow, FactorView};
