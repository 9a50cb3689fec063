//! The account at the mail server, with its password from a file.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use zeroize::Zeroizing;

use crate::settings::MailSettings;
use crate::{MailError, MailErrorKind};

const LARGEST: u64 = 4096;

/// Who signs in. Its password shows itself to nobody who does not ask for it.
pub(crate) struct Login {
    pub(crate) user_name: String,
    pub(crate) password: Zeroizing<String>,
}

impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Login").field("user_name", &self.user_name).finish_non_exhaustive()
    }
}

impl Login {
    /// The login of the settings, if they have one.
    pub(crate) fn of(settings: &MailSettings) -> Result<Option<Self>, MailError> {
        match (&settings.user_name, &settings.password_file) {
            (Some(user_name), Some(file)) => Ok(Some(Self { user_name: user_name.clone(), password: read(file)? })),
            _ => Ok(None),
        }
    }
}

/// The password is the file's text without the line break at its end.
fn read(path: &Path) -> Result<Zeroizing<String>, MailError> {
    let wrong = |words: String| MailError::new(MailErrorKind::Settings, format!("mail.password_file: {} {words}", path.display()));
    let file = File::open(path).map_err(|e| wrong(format!("cannot be read: {e}")))?;
    refuse_if_exposed(&file).map_err(wrong)?;
    let mut text = Zeroizing::new(String::with_capacity(4096));
    file.take(LARGEST).read_to_string(&mut text).map_err(|e| wrong(format!("cannot be read: {e}")))?;
    let password = text.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        return Err(wrong("is empty; write the password into it".to_owned()));
    }
    // A control character, such as the end of a line, means that it is another kind of file.
    if password.chars().any(char::is_control) {
        return Err(wrong("holds more than a password: it is one line of text".to_owned()));
    }
    Ok(Zeroizing::new(password.to_owned()))
}

/// The permissions are those of the opened file, not of whatever has its name a moment later.
#[cfg(unix)]
fn refuse_if_exposed(file: &File) -> Result<(), String> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = file.metadata().map_err(|e| format!("cannot be read: {e}"))?.permissions().mode() & 0o777;
    match mode & 0o077 {
        0 => Ok(()),
        _ => Err(format!("can be read by others (mode {mode:03o}); change it to 600")),
    }
}

#[cfg(not(unix))]
fn refuse_if_exposed(_: &File) -> Result<(), String> {
    Ok(())
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    fn file(text: &str, mode: u32) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        std::fs::set_permissions(file.path(), std::fs::Permissions::from_mode(mode)).unwrap();
        file
    }

    #[test]
    fn a_password_is_one_line_that_only_its_owner_can_read() {
        assert_eq!(read(file("pass word\r\n", 0o600).path()).unwrap().as_str(), "pass word");
        for (text, mode, words) in
            [("secret", 0o640, "mode 640"), ("\n", 0o600, "is empty"), ("two\nlines", 0o600, "holds more than a password")]
        {
            let error = read(file(text, mode).path()).unwrap_err();
            assert!(error.words.contains(words) && error.words.contains("mail.password_file: /"), "{error}");
            assert!(!error.words.contains("secret"), "{error}");
        }
        assert!(read(Path::new("/nowhere/at/all")).unwrap_err().words.contains("cannot be read"));
    }

    #[test]
    fn it_is_not_shown() {
        let login = Login { user_name: "tenure".into(), password: Zeroizing::new("s3cret".into()) };
        assert_eq!(format!("{login:?}"), r#"Login { user_name: "tenure", .. }"#);
    }
}
