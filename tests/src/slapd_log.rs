//! What slapd has written of each request and its result: a witness that knows nothing of Tenure.

use std::collections::HashMap;

/// Its log, read. Moments are microseconds since 1970.
#[derive(Debug, Default)]
pub struct SlapdLog {
    /// Changes that did not fail, by entry, with the moments of their results; of those whose result nobody was there any
    /// more to take, the moments at which they came.
    pub changes: HashMap<String, Vec<i64>>,
    /// Searches that were answered, with the moments of their results and what was asked.
    pub looks: Vec<(i64, String)>,
}

impl SlapdLog {
    /// Lines such as `6b020076.0151b0fa 0x7f82ec9fd6c0 conn=1001 op=1 MOD dn="…"` and `… conn=1001 op=1 RESULT tag=103 err=0 …`.
    pub fn read(text: &str) -> Self {
        let mut asked: HashMap<&str, (i64, bool, String)> = HashMap::new();
        let mut log = Self::default();
        for line in text.lines() {
            let Some((head, rest)) = line.split_once(" conn=") else { continue };
            let Some(at) = head.split(' ').next().and_then(moment) else { continue };
            // `conn=… op=…` names the request.
            let Some(end) = rest.match_indices(' ').nth(1).map(|(end, _)| end) else { continue };
            let (request, words) = rest.split_at(end);
            let words = words.trim_start();
            if let Some(dn) = words.strip_prefix("MOD dn=\"").and_then(|dn| dn.strip_suffix('"')) {
                asked.insert(request, (at, true, dn.to_owned()));
            } else if words.starts_with("SRCH base=") {
                asked.insert(request, (at, false, words.to_owned()));
            } else if words.contains("RESULT ") {
                match asked.remove(request).filter(|_| words.contains("err=0")) {
                    Some((_, true, dn)) => log.changes.entry(dn).or_default().push(at),
                    Some((_, false, words)) => log.looks.push((at, words)),
                    None => {}
                }
            }
        }
        for (at, _, dn) in asked.into_values().filter(|(_, is_change, _)| *is_change) {
            log.changes.entry(dn).or_default().push(at);
        }
        log
    }
}

/// Hexadecimal seconds and nanoseconds.
fn moment(text: &str) -> Option<i64> {
    let (seconds, nanos) = text.split_once('.')?;
    let number = |digits: &str| i64::from_str_radix(digits, 16).ok();
    Some(number(seconds)? * 1_000_000 + number(nanos)? / 1000)
}
