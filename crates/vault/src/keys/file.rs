//! The file that holds the root key.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::{KeyError, KeyId, Keys, SecretKey};
use crate::random;
use crate::text::{from_base64, to_base64};

/// The first word of the line with the key, with the version of the format.
const FORMAT: &str = "tenure-key-1";
const HEADER: &str = "\
# The root key of a Tenure instance. Keep a copy in a safe place, apart from the database's.
# Who reads it can sign in its name; without it, no token, form or new signature is accepted.
";
const LARGEST: u64 = 4096;

/// Reads the root key, or `None` when there is no file.
pub(super) fn read(path: &Path) -> Result<Option<SecretKey>, KeyError> {
    let failed = |source| KeyError::Read { path: path.to_owned(), source };
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(failed)?,
    };
    refuse_if_exposed(&file, path)?;
    let mut text = Zeroizing::new(String::with_capacity(LARGEST as usize));
    file.take(LARGEST).read_to_string(&mut text).map_err(failed)?;
    let damaged = |reason| KeyError::Damaged { path: path.to_owned(), reason };
    parse(&text).map(Some).map_err(damaged)
}

/// The permissions are those of the opened file, not of whatever has its name a moment later.
#[cfg(unix)]
fn refuse_if_exposed(file: &File, path: &Path) -> Result<(), KeyError> {
    use std::os::unix::fs::PermissionsExt as _;
    let failed = |source| KeyError::Read { path: path.to_owned(), source };
    let mode = file.metadata().map_err(failed)?.permissions().mode() & 0o777;
    if mode & 0o077 == 0 { Ok(()) } else { Err(KeyError::Exposed { path: path.to_owned(), mode }) }
}

#[cfg(not(unix))]
fn refuse_if_exposed(_: &File, _: &Path) -> Result<(), KeyError> {
    Ok(())
}

fn parse(text: &str) -> Result<SecretKey, &'static str> {
    let is_key = |line: &&str| !line.trim().is_empty() && !line.starts_with('#');
    let line = text.lines().find(is_key).ok_or("it has no key")?;
    let mut words = line.split_whitespace();
    if words.next() != Some(FORMAT) {
        return Err("it has another format");
    }
    let id: KeyId = words.next().and_then(|id| id.parse().ok()).ok_or("the key's id is missing")?;
    let root = words.next().and_then(|key| from_base64(key).ok()).ok_or("the key is incomplete")?;
    let root = Box::new(Zeroizing::new(root));
    // The id tells a changed key from the right one, which its length cannot.
    if Keys::from_root(&root).id() == id { Ok(root) } else { Err("the key is not the one of its id") }
}

fn render(root: &SecretKey) -> Zeroizing<String> {
    let key = Zeroizing::new(to_base64(root.as_slice()));
    Zeroizing::new(format!("{HEADER}{FORMAT} {} {}\n", Keys::from_root(root).id(), *key))
}

/// Makes the file, unless there is one by now. It appears under its name whole or not at all, also
/// after a power cut: written beside, synced, then given its name, which only one process can do.
pub(super) fn create(path: &Path, root: &SecretKey) -> Result<(), KeyError> {
    let failed = |source| KeyError::Create { path: path.to_owned(), source };
    let beside = name_beside(path)?;
    let written = write_new(&beside, &render(root)).and_then(|()| fs::hard_link(&beside, path));
    // Whether or not it has got its name, it need not keep the other one.
    let removed = fs::remove_file(&beside);
    match written {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        written => written.and(removed).and_then(|()| sync_folder(path)).map_err(failed),
    }
}

fn name_beside(path: &Path) -> Result<PathBuf, KeyError> {
    let mut unique = [0; 8];
    random::fill(&mut unique)?;
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{:016x}.tmp", u64::from_be_bytes(unique)));
    Ok(path.with_file_name(name))
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Makes the new name of a file survive a power cut.
///
/// # Errors
/// When its folder cannot be opened or synced.
#[cfg(unix)]
pub fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

/// Makes the new name of a file survive a power cut: left to the system here.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}
