//! Random bytes, always from the operating system.

/// The operating system gave no random bytes. Nothing secret can be made then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gives no random bytes: {0}")]
pub struct RandomError(getrandom::Error);

/// Fills a buffer.
pub(crate) fn fill(buffer: &mut [u8]) -> Result<(), RandomError> {
    getrandom::fill(buffer).map_err(RandomError)
}

/// 256 random bits in hexadecimal: for what is used once and cannot be guessed.
///
/// # Errors
/// When the operating system gives none.
pub fn random_text() -> Result<String, RandomError> {
    use std::fmt::Write as _;
    let mut bytes = [0; 32];
    fill(&mut bytes)?;
    Ok(bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    }))
}
