//! What an `authorized_keys` file holds.

use super::{Key, KeyFault};

/// More than this is not read.
const LARGEST_FILE: usize = 1024 * 1024;

/// A longer line is not read.
const LONGEST_LINE: usize = 16 * 1024;

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct File {
    /// The keys, in their order.
    pub entries: Vec<Entry>,
    /// The lines that are neither a key that may be trusted, nor a remark, nor empty.
    pub bad: Vec<BadLine>,
}

/// A key in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The line, from 1.
    pub line: usize,
    /// Its options, as they stand there.
    pub options: Vec<String>,
    /// The key.
    pub key: Key,
}

/// A line that is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {fault}")]
pub struct BadLine {
    /// The line, from 1.
    pub line: usize,
    /// Why.
    pub fault: KeyFault,
}

/// The file is larger than any such file has reason to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the file is larger than 1 MiB")]
pub struct TooLarge;

/// Reads a file. A line that is bad does not hide the others.
///
/// # Errors
/// When it is too large.
pub fn read_file(bytes: &[u8]) -> Result<File, TooLarge> {
    if bytes.len() > LARGEST_FILE {
        return Err(TooLarge);
    }
    let mut file = File::default();
    for (index, bytes) in bytes.split(|byte| *byte == b'\n').enumerate() {
        let line = index + 1;
        match read_line(bytes) {
            Ok(None) => {}
            Ok(Some((options, key))) => file.entries.push(Entry { line, options, key }),
            Err(fault) => file.bad.push(BadLine { line, fault }),
        }
    }
    Ok(file)
}

fn read_line(bytes: &[u8]) -> Result<Option<(Vec<String>, Key)>, KeyFault> {
    if bytes.len() > LONGEST_LINE {
        return Err(KeyFault::Unreadable);
    }
    let line = std::str::from_utf8(bytes).map_err(|_| KeyFault::Unreadable)?.trim();
    if line.is_empty() || line.starts_with('#') {
        return Ok(None);
    }
    // As sshd does it: a key at once, else options and then a key.
    match Key::read(&single_spaced(line)) {
        Ok(key) => Ok(Some((Vec::new(), key))),
        Err(KeyFault::Unreadable) => {
            let (options, rest) = split_options(line).ok_or(KeyFault::Unreadable)?;
            Ok(Some((options, Key::read(&single_spaced(rest))?)))
        }
        Err(fault) => Err(fault),
    }
}

/// Tabs and several blanks may stand where one blank stands.
fn single_spaced(text: &str) -> String {
    text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

/// The options in front, split at commas that are not in quotes, and what is behind them.
fn split_options(line: &str) -> Option<(Vec<String>, &str)> {
    let (mut quoted, mut escaped) = (false, false);
    let mut options = vec![String::new()];
    for (at, c) in line.char_indices() {
        match c {
            ' ' | '\t' if !quoted => return options.iter().all(|option| !option.is_empty()).then(|| (options, &line[at..])),
            ',' if !quoted => {
                options.push(String::new());
                continue;
            }
            '"' if !escaped => quoted = !quoted,
            _ => {}
        }
        escaped = c == '\\';
        if let Some(option) = options.last_mut() {
            option.push(c);
        }
    }
    None
}
