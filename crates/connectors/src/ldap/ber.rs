//! Whether a message from the wire is one of LDAP (RFC 4511, 5.1), before anything else reads it.
//!
//! `ldap3` takes for granted that a server keeps to the grammar: it panics where it does not, and goes as
//! deep as the message is nested. So each message is looked through here first, along the grammar and no
//! deeper.

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const INTEGER: u8 = 0x02;
const ENUMERATED: u8 = 0x0a;
const OCTETS: u8 = 0x04;
const BOOLEAN: u8 = 0x01;

/// What a message is: its number, and the tag of its operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Message {
    pub id: u32,
    pub operation: u8,
}

/// Tags of operations.
pub(super) mod operation {
    pub const BIND: u8 = 0x60;
    pub const SEARCH: u8 = 0x63;
    pub const MODIFY: u8 = 0x66;
    pub const ADD: u8 = 0x68;
    pub const DELETE: u8 = 0x4a;
    pub const RENAME: u8 = 0x6c;
    pub const EXTENDED: u8 = 0x77;
    pub const ENTRY: u8 = 0x64;
    pub const DONE: u8 = 0x65;
    pub const REFERENCE: u8 = 0x73;
    pub const EXTENDED_RESPONSE: u8 = 0x78;
}

/// A request of our own: only what it is.
pub(super) fn request(body: &[u8]) -> Option<Message> {
    let mut parts = Reader(body);
    let id = parts.number(INTEGER)?;
    let (operation, _) = parts.next()?;
    Some(Message { id, operation })
}

/// A message of the server, if it keeps to the grammar all through.
pub(super) fn response(body: &[u8]) -> Option<Message> {
    let mut parts = Reader(body);
    let id = parts.number(INTEGER)?;
    let (operation, content) = parts.next()?;
    match operation {
        operation::ENTRY => entry(content)?,
        operation::REFERENCE => texts(content)?,
        // Answers to bind, search, modify, add, delete, rename, compare and extended requests.
        0x61 | operation::DONE | 0x67 | 0x69 | 0x6b | 0x6d | 0x6f | operation::EXTENDED_RESPONSE => {
            result(content)?;
        }
        _ => return None,
    }
    if let Some((tag, content)) = parts.next() {
        controls((tag == 0xa0).then_some(content)?)?;
    } else if !parts.0.is_empty() {
        return None;
    }
    parts.0.is_empty().then_some(Message { id, operation })
}

/// The result code and the server's own words of an answer's body, for the one exchange before TLS.
pub(super) fn result_of(body: &[u8]) -> Option<(u32, String)> {
    let mut parts = Reader(body);
    parts.number(INTEGER)?;
    result(parts.next()?.1)
}

fn result(content: &[u8]) -> Option<(u32, String)> {
    let mut parts = Reader(content);
    let code = parts.number(ENUMERATED)?;
    parts.text(OCTETS)?;
    let words = parts.text(OCTETS)?.to_owned();
    while !parts.0.is_empty() {
        match parts.next()? {
            (0xa3, referrals) => texts(referrals)?,
            (0x8a, name) => {
                std::str::from_utf8(name).ok()?;
            }
            (0x87 | 0x8b, _) => {}
            _ => return None,
        }
    }
    Some((code, words))
}

fn entry(content: &[u8]) -> Option<()> {
    let mut parts = Reader(content);
    parts.text(OCTETS)?;
    let mut attributes = Reader(parts.tagged(SEQUENCE)?);
    while !attributes.0.is_empty() {
        let mut attribute = Reader(attributes.tagged(SEQUENCE)?);
        attribute.text(OCTETS)?;
        let mut values = Reader(attribute.tagged(SET)?);
        while !values.0.is_empty() {
            values.tagged(OCTETS)?;
        }
        attribute.0.is_empty().then_some(())?;
    }
    parts.0.is_empty().then_some(())
}

fn texts(content: &[u8]) -> Option<()> {
    let mut parts = Reader(content);
    while !parts.0.is_empty() {
        parts.text(OCTETS)?;
    }
    Some(())
}

fn controls(content: &[u8]) -> Option<()> {
    let mut all = Reader(content);
    while !all.0.is_empty() {
        let mut control = Reader(all.tagged(SEQUENCE)?);
        let name = control.text(OCTETS)?;
        if control.0.first() == Some(&BOOLEAN) && control.tagged(BOOLEAN)?.len() != 1 {
            return None;
        }
        let value = if control.0.is_empty() { None } else { Some(control.tagged(OCTETS)?) };
        if name == ldap3_paged_results() {
            paged_results(value?)?;
        }
        control.0.is_empty().then_some(())?;
    }
    Some(())
}

/// Whether this is what a page's end says (RFC 2696): an estimate and a cookie.
fn paged_results(value: &[u8]) -> Option<()> {
    let mut parts = Reader(value);
    let mut parts = Reader(parts.tagged(SEQUENCE)?);
    parts.number(INTEGER)?;
    parts.tagged(OCTETS)?;
    parts.0.is_empty().then_some(())
}

const fn ldap3_paged_results() -> &'static str {
    "1.2.840.113556.1.4.319"
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// The next element: its tag and its content. Lengths are definite (RFC 4511, 5.1) and fit.
    fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (tag, rest) = self.0.split_first()?;
        let (first, mut rest) = rest.split_first()?;
        // Tags of several bytes do not occur in LDAP.
        if tag & 0x1f == 0x1f {
            return None;
        }
        let mut length = usize::from(*first);
        if length >= 0x80 {
            let count = length - 0x80;
            let bytes = rest.get(..count).filter(|_| (1..=4).contains(&count))?;
            length = bytes.iter().fold(0, |sum, byte| (sum << 8) | usize::from(*byte));
            rest = &rest[count..];
        }
        let content = rest.get(..length)?;
        self.0 = &rest[length..];
        Some((*tag, content))
    }

    fn tagged(&mut self, wanted: u8) -> Option<&'a [u8]> {
        self.next().filter(|(tag, _)| *tag == wanted).map(|(_, content)| content)
    }

    fn text(&mut self, wanted: u8) -> Option<&'a str> {
        std::str::from_utf8(self.tagged(wanted)?).ok()
    }

    /// Numbers of LDAP are not negative and below 2³¹.
    fn number(&mut self, wanted: u8) -> Option<u32> {
        let bytes = self.tagged(wanted)?;
        let fits = (1..=4).contains(&bytes.len()) && bytes[0] < 0x80;
        fits.then(|| bytes.iter().fold(0, |sum, byte| (sum << 8) | u32::from(*byte)))
    }
}

#[cfg(test)]
mod tests;
