//! Passwords in common use: the 11,611 of at least eight characters among the 30,000 of zxcvbn's list (MIT, Dan Wheeler and
//! others; made from lists of leaked passwords, <https://github.com/dropbox/zxcvbn>). Shorter ones no policy takes.
//!
//! zxcvbn finds them as a part of others too; here the whole is compared, as NIST SP 800-63B-4, 3.1.1.2, asks for.

/// One a line, in lower case, sorted by bytes.
const LIST: &str = include_str!("common.txt");

/// Whether a password is in common use, whatever its case.
pub(super) fn is_common(password: &str) -> bool {
    let password = zeroize::Zeroizing::new(password.to_lowercase());
    let (mut low, mut high) = (0, LIST.len());
    // By the bytes of the list: the line in the middle, until none is left.
    while low < high {
        let middle = low + (high - low) / 2;
        let begins = LIST.get(..middle).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
        let ends = LIST.get(begins..).and_then(|rest| rest.find('\n')).map_or(LIST.len(), |at| begins + at);
        match LIST.get(begins..ends).unwrap_or_default().cmp(password.as_str()) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => low = ends + 1,
            std::cmp::Ordering::Greater => high = begins,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_list_is_found_whatever_its_case_and_nothing_else_is() {
        let lines: Vec<_> = LIST.lines().collect();
        assert!(lines.len() >= 3_000 && lines.is_sorted(), "{}", lines.len());
        for line in &lines {
            assert!(is_common(line) && is_common(&line.to_uppercase()), "{line}");
            assert!(!is_common(&format!("{line}~")) || lines.binary_search(&format!("{line}~").as_str()).is_ok(), "{line}");
        }
        for other in ["", "\n", "a", "zzzzzzzzzzzzzzzzzz~", "lamp-otter-crisp-violin", "пароль-пароль"] {
            assert!(!is_common(other), "{other}");
        }
    }
}
