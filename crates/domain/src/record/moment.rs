//! Moments with one spelling.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, DurationRound, SecondsFormat, TimeDelta, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A moment in UTC, to the microsecond. Its one text form is that of RFC 3339 with six digits and a
/// `Z`, as in `2026-11-21T10:07:56.000001Z`: texts sort as the moments do.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(DateTime<Utc>);

/// The text is not a moment in its one form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a moment is written as in 2026-11-21T10:07:56.000001Z")]
pub struct MomentError;

impl Moment {
    /// As the rest of the programme has it.
    #[must_use]
    pub const fn utc(self) -> DateTime<Utc> {
        self.0
    }
}

/// Cuts off what is below a microsecond.
impl From<DateTime<Utc>> for Moment {
    fn from(at: DateTime<Utc>) -> Self {
        Self(at.duration_trunc(TimeDelta::microseconds(1)).unwrap_or(at))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::Micros, true))
    }
}

impl fmt::Debug for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Moment {
    type Err = MomentError;

    fn from_str(text: &str) -> Result<Self, MomentError> {
        let at = DateTime::parse_from_rfc3339(text).map_err(|_| MomentError)?;
        let moment = Self(at.to_utc());
        if moment.to_string() == text { Ok(moment) } else { Err(MomentError) }
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}
