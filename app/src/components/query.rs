//! The query of an address: filters, sort, page and columns live there.

use std::fmt;

/// An ordered list of keys and values. Each change gives a new query, so that a
/// page makes all its links from the one it was asked with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// An empty query.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads `a=1&b=2`, with or without the question mark.
    pub fn parse(text: &str) -> Self {
        let text = text.strip_prefix('?').unwrap_or(text);
        let pairs = text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(key), decode(value))
        });
        Self(pairs.collect())
    }

    /// The first value of a key.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// All values of a key, in order.
    pub fn all<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// All pairs, in order.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// With this value for the key, in the place of its first one.
    #[must_use]
    pub fn with(&self, key: &str, value: impl fmt::Display) -> Self {
        let value = value.to_string();
        let at = self.0.iter().position(|(name, _)| name == key);
        let mut next = self.without(key);
        let pair = (key.to_owned(), value);
        match at {
            Some(at) => next.0.insert(at.min(next.0.len()), pair),
            None => next.0.push(pair),
        }
        next
    }

    /// With one more value for the key.
    #[must_use]
    pub fn and(&self, key: &str, value: impl fmt::Display) -> Self {
        let mut next = self.clone();
        next.0.push((key.to_owned(), value.to_string()));
        next
    }

    /// Without any value for the key.
    #[must_use]
    pub fn without(&self, key: &str) -> Self {
        Self(self.0.iter().filter(|(name, _)| name != key).cloned().collect())
    }

    /// Without one value of the key; its other values stay.
    #[must_use]
    pub fn without_value(&self, key: &str, value: &str) -> Self {
        Self(self.0.iter().filter(|(name, held)| name != key || held != value).cloned().collect())
    }

    /// Without the place in a list: a new sort or filter begins at the first page.
    #[must_use]
    pub fn first_page(&self) -> Self {
        self.without("after").without("before")
    }

    /// An address: the path, and the query if there is any.
    pub fn to_href(&self, path: &str) -> String {
        if self.0.is_empty() { path.to_owned() } else { format!("{path}?{self}") }
    }
}

impl fmt::Display for Query {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (key, value)) in self.0.iter().enumerate() {
            let mark = if at == 0 { "" } else { "&" };
            write!(out, "{mark}{}={}", encode(key), encode(value))?;
        }
        Ok(())
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Query {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(key, value)| (key.into(), value.into())).collect())
    }
}

/// Percent-encodes all but the unreserved letters of RFC 3986; also right for
/// one segment of a path.
pub fn encode(text: &str) -> String {
    let mut coded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => coded.push(char::from(byte)),
            byte => coded.push_str(&format!("%{byte:02X}")),
        }
    }
    coded
}

/// Undoes `encode` and a form's `+`; what is no escape stays as it is. A NUL is left out: nobody types
/// one, and PostgreSQL neither keeps it nor looks for it.
fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escape = bytes
            .get(at + 1..at + 3)
            .filter(|_| bytes[at] == b'%')
            .and_then(|pair| std::str::from_utf8(pair).ok())
            .filter(|pair| pair.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match (escape, bytes[at]) {
            (Some(byte), _) => {
                plain.push(byte);
                at += 2;
            }
            (None, b'+') => plain.push(b' '),
            (None, byte) => plain.push(byte),
        }
        at += 1;
    }
    plain.retain(|byte| *byte != 0);
    String::from_utf8_lossy(&plain).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nul_is_left_out() {
        let query = Query::parse("q=a%00b&x%00=\0");
        assert_eq!(query.pairs(), [("q".to_owned(), "ab".to_owned()), ("x".to_owned(), String::new())]);
    }

    #[test]
    fn a_query_reads_back_as_it_was_written() {
        let query = Query::new().with("q", "Ní Bhriain & co").and("state", "active").and("state", "on leave");
        let text = query.to_string();
        assert_eq!(text, "q=N%C3%AD%20Bhriain%20%26%20co&state=active&state=on%20leave");
        assert_eq!(Query::parse(&text), query);
        assert_eq!(query.all("state").collect::<Vec<_>>(), ["active", "on leave"]);
    }

    #[test]
    fn a_form_sends_plus_for_a_space_and_stray_percents_stay() {
        assert_eq!(Query::parse("?q=a+b%2Bc&x=100%").get("q"), Some("a b+c"));
        assert_eq!(Query::parse("x=100%").get("x"), Some("100%"));
        assert_eq!(Query::parse("x=%+1").get("x"), Some("% 1"));
        assert_eq!(Query::parse("lone").get("lone"), Some(""));
    }

    #[test]
    fn with_keeps_the_place_and_leaves_one_value() {
        let query = Query::parse("a=1&b=2&b=3&c=4");
        assert_eq!(query.with("b", 9).to_string(), "a=1&b=9&c=4");
        assert_eq!(query.with("d", "x").to_string(), "a=1&b=2&b=3&c=4&d=x");
        assert_eq!(query.without("b").to_string(), "a=1&c=4");
        assert_eq!(query.without_value("b", "2").to_string(), "a=1&b=3&c=4");
    }

    #[test]
    fn an_empty_query_leaves_the_path_alone() {
        assert_eq!(Query::new().to_href("/identities"), "/identities");
        assert_eq!(Query::parse("after=x&q=a").first_page().to_href("/identities"), "/identities?q=a");
    }
}
