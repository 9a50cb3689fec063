//! The mark of an account that Tenure has disabled.
//!
//! A disabled account is a role with `NOLOGIN`, and so is a group. What tells them apart, and what
//! they had before, stands in front of the role's comment: there a role cannot change it for itself,
//! a role with `CREATEROLE` can write it, and an administrator sees why nobody can sign in.

use chrono::{DateTime, SecondsFormat, Utc};

const BEGIN: &str = "[tenure disabled: rolconnlimit=";
const MIDDLE: &str = " rolvaliduntil=";
const NEVER: &str = "infinity";

/// What an account had before it was disabled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    /// How many connections it might have; −1 is any number.
    pub connection_limit: i32,
    /// Until when its password held.
    pub until: Option<DateTime<Utc>>,
}

impl Mark {
    /// The comment with the mark in front.
    pub(super) fn before(&self, comment: &str) -> String {
        let until = self.until.map_or(NEVER.into(), |until| until.to_rfc3339_opts(SecondsFormat::Micros, true));
        let limit = self.connection_limit;
        format!("{BEGIN}{limit}{MIDDLE}{until}] {comment}").trim_end().to_owned()
    }
}

/// A comment apart from the mark in front of it.
pub(super) fn split(comment: &str) -> (Option<Mark>, &str) {
    match parse(comment) {
        Some((mark, rest)) => (Some(mark), rest),
        None => (None, comment),
    }
}

fn parse(comment: &str) -> Option<(Mark, &str)> {
    let (mark, rest) = comment.strip_prefix(BEGIN)?.split_once(']')?;
    let (limit, until) = mark.split_once(MIDDLE)?;
    let until = match until {
        NEVER => None,
        until => Some(DateTime::parse_from_rfc3339(until).ok()?.with_timezone(&Utc)),
    };
    let connection_limit = limit.parse().ok().filter(|limit| *limit >= -1)?;
    Some((Mark { connection_limit, until }, rest.strip_prefix(' ').unwrap_or(rest)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_was_before_comes_back(limit in -1..10_000i32, micros in proptest::option::of(0..4_000_000_000_000_000i64), comment in "[a-z]{1,3}.{0,40}[a-z]") {
            let mark = Mark { connection_limit: limit, until: micros.and_then(DateTime::from_timestamp_micros) };
            let marked = mark.before(&comment);
            prop_assert_eq!(split(&marked), (Some(mark), comment.as_str()));
        }

        #[test]
        fn a_comment_of_anybody_is_just_a_comment(comment in ".*") {
            prop_assert_eq!(split(&comment), (None, comment.as_str()));
        }
    }

    #[test]
    fn without_a_comment_the_mark_stands_alone() {
        let marked = Mark { connection_limit: -1, until: None }.before("");
        assert_eq!(marked, "[tenure disabled: rolconnlimit=-1 rolvaliduntil=infinity]");
        assert_eq!(split(&marked).1, "");
    }
}
