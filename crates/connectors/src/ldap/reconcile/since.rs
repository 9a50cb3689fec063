//! Up to where a directory was read.
//!
//! Active Directory numbers its changes, each domain controller by itself. OpenLDAP gives times, and no time
//! of its own clock to begin with. So the newest change that was seen is taken, less the time that looking
//! took: whatever changed after the look began is newer than that, whatever the clocks of both say.

use std::time::Instant;

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    Watermark,
    ldap::{search::Entry, time},
};

/// Clocks of servers that copy each other differ by less, and changes take less to be written.
const MARGIN: Duration = Duration::seconds(60);

/// What is in a watermark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Since {
    /// By `entryCSN`.
    Csn(String),
    /// By `modifyTimestamp`.
    Modified(String),
    /// By `uSNChanged`, of this domain controller.
    Usn { server: String, number: i64 },
}

impl Since {
    /// What a watermark says, if it is one of this server; if not, all is looked at.
    pub(super) fn read(watermark: &Watermark, is_ad: bool, root: &Entry) -> Option<Self> {
        let since: Self = serde_json::from_str(&watermark.0).ok()?;
        let fits = match &since {
            Self::Usn { server, .. } => is_ad && root.text("dsServiceName") == Some(server),
            Self::Csn(from) | Self::Modified(from) => !is_ad && time::generalized(from).is_some(),
        };
        fits.then_some(since)
    }

    /// What changed since.
    pub(super) fn filter(&self) -> String {
        match self {
            Self::Csn(from) => format!("(entryCSN>={}.000000Z#000000#000#000000)", from.trim_end_matches('Z')),
            Self::Modified(from) => format!("(modifyTimestamp>={from})"),
            Self::Usn { number, .. } => format!("(uSNChanged>={})", number.saturating_add(1)),
        }
    }

    fn time(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Csn(from) | Self::Modified(from) => time::generalized(from),
            Self::Usn { .. } => None,
        }
    }
}

/// The newest change that was seen.
pub(super) struct Newest {
    begun: Instant,
    usn: Option<Since>,
    csn: Option<DateTime<Utc>>,
    modified: Option<DateTime<Utc>>,
}

impl Newest {
    pub(super) fn begin(is_ad: bool, root: &Entry, begun: Instant) -> Self {
        let number = root.number("highestCommittedUSN").filter(|_| is_ad);
        let server = root.text("dsServiceName").map(str::to_owned);
        let usn = number.zip(server).map(|(number, server)| Since::Usn { server, number });
        Self { begun, usn, csn: None, modified: None }
    }

    pub(super) fn saw(&mut self, entry: &Entry) {
        self.csn = self.csn.max(entry.text("entryCSN").and_then(time::generalized));
        self.modified = self.modified.max(entry.text("modifyTimestamp").and_then(time::generalized));
    }

    /// From where the next look may start.
    pub(super) fn watermark(&self, before: Option<&Since>) -> Watermark {
        let took = Duration::from_std(self.begun.elapsed()).unwrap_or(Duration::days(1));
        let back = |newest: DateTime<Utc>| {
            let newest = newest - took - MARGIN;
            time::written(before.and_then(Since::time).map_or(newest, |before| before.max(newest)))
        };
        let since = match (&self.usn, self.csn, self.modified, before) {
            (Some(usn), ..) => usn.clone(),
            (_, Some(csn), ..) => Since::Csn(back(csn)),
            (_, _, Some(modified), _) => Since::Modified(back(modified)),
            // Nothing changed, so nothing is later than before.
            (_, _, _, Some(before)) => before.clone(),
            _ => Since::Modified("19700101000000Z".to_owned()),
        };
        Watermark(serde_json::to_string(&since).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_watermark_of_another_domain_controller_is_none() {
        let root = |name: &[u8]| Entry::for_tests("", &[("dsservicename", name), ("highestcommittedusn", b"41")]);
        let mark = Newest::begin(true, &root(b"CN=one"), Instant::now()).watermark(None);
        assert_eq!(Since::read(&mark, true, &root(b"CN=one")).map(|s| s.filter()), Some("(uSNChanged>=42)".to_owned()));
        assert_eq!(Since::read(&mark, true, &root(b"CN=two")), None);
        assert_eq!(Since::read(&Watermark("{".to_owned()), true, &root(b"CN=one")), None);
    }

    #[test]
    fn the_next_look_begins_before_the_newest_change_by_more_than_looking_took() {
        let root = Entry::for_tests("", &[]);
        let mut newest = Newest::begin(false, &root, Instant::now());
        newest.saw(&Entry::for_tests("uid=a", &[("entrycsn", b"20261121100130.123456Z#000000#000#000000")]));
        let mark = newest.watermark(None);
        let since = Since::read(&mark, false, &root).expect("readable");
        assert_eq!(since.filter(), "(entryCSN>=20261121100030.000000Z#000000#000#000000)");
        // It never goes back behind where it was.
        let later = Since::Csn("20261121100100Z".to_owned());
        assert_eq!(newest.watermark(Some(&later)), Watermark(r#"{"csn":"20261121100100Z"}"#.to_owned()));
    }
}
