//! Names to try on a target until one is free there.

use std::collections::BTreeSet;

/// The most characters of a candidate.
pub const MAX_NAME: usize = 64;

/// The last number that is tried.
const LAST: u32 = 999;

/// A name, then the same with 2, 3 … 999: at most [`MAX_NAME`] characters each, cut before the
/// number, and none twice. An empty name has none.
pub fn candidates(name: &str) -> impl Iterator<Item = String> {
    let numbered = (2..=LAST).map(move |number| {
        let number = number.to_string();
        cut(name, MAX_NAME - number.len()) + &number
    });
    // A long name that ends in digits can be cut to what another number makes of it.
    let mut seen = BTreeSet::new();
    let all = std::iter::once_with(|| cut(name, MAX_NAME)).chain(numbered);
    all.filter(move |candidate| !name.is_empty() && seen.insert(candidate.clone()))
}

fn cut(name: &str, chars: usize) -> String {
    name.chars().take(chars).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{BTreeSet, MAX_NAME, candidates};

    #[test]
    fn numbers_follow_the_name() {
        let all: Vec<String> = candidates("nadia.varga").collect();
        assert_eq!(all[..3], ["nadia.varga", "nadia.varga2", "nadia.varga3"]);
        assert_eq!((all.len(), all[998].as_str()), (999, "nadia.varga999"));
        assert_eq!(candidates("").count(), 0);
    }

    #[test]
    fn a_long_name_is_cut_before_the_number() {
        let long = "ö".repeat(70);
        let all: Vec<String> = candidates(&long).collect();
        assert_eq!(all[0], "ö".repeat(64));
        assert_eq!(all[1], "ö".repeat(63) + "2");
        assert_eq!(all[998], "ö".repeat(61) + "999");
    }

    #[test]
    fn a_long_name_of_digits_gives_no_candidate_twice() {
        let all: Vec<String> = candidates(&"2".repeat(64)).collect();
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
        assert_eq!(all[1], "2".repeat(63) + "3");
    }

    proptest! {
        #[test]
        fn all_are_short_and_differ(name in "[a1-3ö]{1,80}") {
            let all: Vec<String> = candidates(&name).collect();
            prop_assert!(all.iter().all(|candidate| (1..=MAX_NAME).contains(&candidate.chars().count())));
            prop_assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
            prop_assert!(all.len() > 800, "{}", all.len());
        }
    }
}
