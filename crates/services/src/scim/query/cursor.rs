//! Where a page by cursor begins. A cursor is nobody's secret: it holds a place and a number, no data.

use tenure_scim::{ScimError, ScimType};
use uuid::Uuid;

/// A place in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// After this key; in a sorted list, which has no keys, after so many.
    pub(super) after: After,
    /// How many results there were when the first page was made.
    pub(super) total: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    Key(Uuid),
    Number(u64),
}

impl Place {
    /// As the client gives it back.
    pub(super) fn write(self) -> String {
        match self.after {
            After::Key(key) => format!("k.{}.{}", key.simple(), self.total),
            After::Number(number) => format!("n.{number}.{}", self.total),
        }
    }

    /// Reads one; nothing for the empty one, with which the first page is asked for.
    ///
    /// # Errors
    /// `invalidCursor` for a text that is none of ours.
    pub(super) fn read(text: &str) -> Result<Option<Self>, ScimError> {
        if text.is_empty() {
            return Ok(None);
        }
        let mut parts = text.split('.');
        let place = match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some("k"), Some(key), Some(total), None) => Uuid::try_parse(key).ok().map(After::Key).zip(total.parse().ok()),
            (Some("n"), Some(number), Some(total), None) => number.parse().ok().map(After::Number).zip(total.parse().ok()),
            _ => None,
        };
        let place = place.map(|(after, total)| Self { after, total });
        place
            .map(Some)
            .ok_or_else(|| ScimError::bad(ScimType::InvalidCursor, "the cursor is none of this server's: begin at the first page"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_as_it_was_and_another_is_refused() {
        for after in [After::Key(Uuid::from_u128(7)), After::Number(40)] {
            let place = Place { after, total: 12 };
            assert_eq!(Place::read(&place.write()).unwrap(), Some(place));
        }
        assert_eq!(Place::read("").unwrap(), None);
        for text in ["x", "k.1.2", "k..", "n.-1.3", "n.1.2.3", "k.00000000000000000000000000000007.x"] {
            assert_eq!(Place::read(text).unwrap_err().scim_type, Some(ScimType::InvalidCursor), "{text}");
        }
    }
}
