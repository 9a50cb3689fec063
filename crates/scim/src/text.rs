//! Comparing texts with and without regard to case, without making new ones.

use std::cmp::Ordering;

fn folded(text: &str) -> impl Iterator<Item = char> {
    text.chars().flat_map(char::to_lowercase)
}

pub(crate) fn same(a: &str, b: &str, case_exact: bool) -> bool {
    if case_exact || a == b {
        return a == b;
    }
    if a.is_ascii() && b.is_ascii() { a.eq_ignore_ascii_case(b) } else { folded(a).eq(folded(b)) }
}

pub(crate) fn order(a: &str, b: &str, case_exact: bool) -> Ordering {
    if case_exact { a.cmp(b) } else { folded(a).cmp(folded(b)) }
}

/// `needle` is folded already unless case counts.
pub(crate) fn contains(text: &str, needle: &str, case_exact: bool) -> bool {
    if case_exact { text.contains(needle) } else { text.to_lowercase().contains(needle) }
}

pub(crate) fn starts_with(text: &str, needle: &str, case_exact: bool) -> bool {
    if case_exact {
        return text.starts_with(needle);
    }
    let mut text = folded(text);
    folded(needle).all(|c| text.next() == Some(c))
}

pub(crate) fn ends_with(text: &str, needle: &str, case_exact: bool) -> bool {
    if case_exact { text.ends_with(needle) } else { text.to_lowercase().ends_with(&needle.to_lowercase()) }
}

/// Cut for a message: what somebody sent may be long.
pub(crate) fn short(text: &str) -> String {
    let mut cut: String = text.chars().take(60).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(60).is_some() {
        cut.push('…');
    }
    cut
}
