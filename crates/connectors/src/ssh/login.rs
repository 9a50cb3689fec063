//! A login name on a host.

/// The name of an account on a host: letters, digits and `_.@-`, not with `-` in front, at most 64.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LoginName(String);

/// It is no login name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a login name has 1 to 64 letters, digits and _ . @ - and does not begin with -")]
pub struct NoLoginName;

impl LoginName {
    /// Reads what OpenSSH gives as `%u`.
    ///
    /// # Errors
    /// When it could be something else than a name.
    pub fn read(text: &str) -> Result<Self, NoLoginName> {
        let fine = (1..=64).contains(&text.len())
            && !text.starts_with('-')
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.@-".contains(&byte));
        if fine { Ok(Self(text.to_owned())) } else { Err(NoLoginName) }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
