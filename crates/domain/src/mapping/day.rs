//! How `date(x, "%Y%m%d")` writes a day: a few of the fields of strftime, read once by the parser.

use std::fmt::{self, Display, Formatter, Write};

use chrono::{Datelike, NaiveDate};

/// What is written of a day.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Pattern(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Piece {
    Text(String),
    Field(Field),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Field {
    Year,
    ShortYear,
    Month,
    Day,
    DayOfYear,
}

const FIELDS: [(char, Field); 5] =
    [('Y', Field::Year), ('y', Field::ShortYear), ('m', Field::Month), ('d', Field::Day), ('j', Field::DayOfYear)];

const HINT: &str = "write %Y (year), %y (its last two digits), %m (month), %d (day), %j (day of the year) or %%, as in \"%Y-%m-%d\"";

impl Pattern {
    /// Reads a format.
    ///
    /// # Errors
    /// What is wrong with it and what to write.
    pub(super) fn parse(format: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut text = String::new();
        let mut chars = format.chars();
        while let Some(c) = chars.next() {
            if c != '%' {
                text.push(c);
                continue;
            }
            match chars.next() {
                Some('%') => text.push('%'),
                Some(letter) => {
                    let Some((_, field)) = FIELDS.into_iter().find(|(known, _)| *known == letter) else {
                        return Err(format!("found `%{}`, which is no field of a day: {HINT}", letter.escape_debug()));
                    };
                    if !text.is_empty() {
                        pieces.push(Piece::Text(std::mem::take(&mut text)));
                    }
                    pieces.push(Piece::Field(field));
                }
                None => return Err(format!("found a `%` at the end of the format: {HINT}")),
            }
        }
        if pieces.is_empty() {
            return Err(format!("this format has no field of a day, so that all days would look alike: {HINT}"));
        }
        if !text.is_empty() {
            pieces.push(Piece::Text(text));
        }
        Ok(Self(pieces))
    }

    /// A day as text.
    pub(super) fn write(&self, day: NaiveDate) -> String {
        let mut out = String::new();
        for piece in &self.0 {
            // Writing into a string cannot fail.
            let _ = match piece {
                Piece::Text(text) => out.write_str(text),
                Piece::Field(Field::Year) => write!(out, "{:04}", day.year()),
                Piece::Field(Field::ShortYear) => write!(out, "{:02}", day.year().rem_euclid(100)),
                Piece::Field(Field::Month) => write!(out, "{:02}", day.month()),
                Piece::Field(Field::Day) => write!(out, "{:02}", day.day()),
                Piece::Field(Field::DayOfYear) => write!(out, "{:03}", day.ordinal()),
            };
        }
        out
    }
}

impl Display for Pattern {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => f.write_str(&text.replace('%', "%%"))?,
                Piece::Field(field) => {
                    f.write_char('%')?;
                    FIELDS.iter().filter(|(_, known)| known == field).try_for_each(|(letter, _)| f.write_char(*letter))?;
                }
            }
        }
        Ok(())
    }
}
