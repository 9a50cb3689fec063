//! Whether the portal's own certificate serves, and for how long.

use chrono::{DateTime, Utc};

use super::Checks;
use crate::config::TlsFiles;
use crate::http::certificate::Certificate;

/// From how many days before its end a certificate is a fault: who renews by themselves has done so by then.
const SOON: i64 = 14;

pub(super) fn look(files: Option<TlsFiles>, now: DateTime<Utc>, checks: &mut Checks) {
    let Some(files) = files else { return };
    checks.note("certificate", Certificate::open(files).and_then(|certificate| judge(certificate.ends_at(), now)));
}

fn judge(ends_at: DateTime<Utc>, now: DateTime<Utc>) -> Result<String, String> {
    let (days, on) = ((ends_at - now).num_days(), ends_at.format("%-d %b %Y"));
    if ends_at <= now {
        return Err(format!("it ended on {on}: no browser takes it"));
    }
    let words = format!("it ends on {on}, in {days} days");
    if days < SOON { Err(format!("{words}: renew it; a new one is taken without a restart")) } else { Ok(words) }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn a_certificate_that_ends_soon_is_a_fault_before_it_ends() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap_or_default();
        for (days, said) in [(90, Ok(())), (14, Ok(())), (13, Err("renew it")), (0, Err("renew it")), (-1, Err("ended on"))] {
            let found = judge(now + TimeDelta::days(days) + TimeDelta::hours(1), now);
            match (said, found) {
                (Ok(()), Ok(words)) => assert!(words.contains(&format!("in {days} days")), "{words}"),
                (Err(part), Err(words)) => assert!(words.contains(part), "{words}"),
                (_, other) => panic!("{days}: {other:?}"),
            }
        }
    }
}
