//! Passwords that nobody knows.

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::{Fault, FaultKind, Secret};

/// 256 bits of chance, in a form that fits the rules of any domain: long, with letters, digits and signs.
pub(super) fn password() -> Result<Secret, Fault> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|e| Fault::new(FaultKind::Refused, format!("This machine gives no random numbers: {e}.")))?;
    Ok(Secret::new(format!("aA1-{}", STANDARD.encode(bytes))))
}
