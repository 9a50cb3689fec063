//! Names and texts inside statements. `ALTER ROLE` and its like take no parameters, so what goes into
//! them is quoted here, and nowhere else.

/// PostgreSQL cuts a longer name off, and then it is another one (`NAMEDATALEN` − 1 bytes).
const LONGEST: usize = 63;

/// Whether this can be a role's name.
///
/// # Errors
/// Why not, in words.
pub(super) fn check(name: &str) -> Result<(), String> {
    if name.is_empty() {
        return Err("a name is empty".into());
    }
    if name.len() > LONGEST {
        return Err(format!("the name {} has {} bytes; PostgreSQL keeps {LONGEST}", shown(name), name.len()));
    }
    if name.contains('\0') {
        return Err(format!("the name {} holds a zero byte", shown(name)));
    }
    // PostgreSQL takes these for "everybody" and "nobody" even in quotes.
    if matches!(name, "public" | "none") {
        return Err(format!("{name} is a word of PostgreSQL and not a role"));
    }
    Ok(())
}

/// A name as an identifier, always in quotes, as `format('%I')` does it where it must.
pub(super) fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text as a literal. Holds because every session of ours sets `standard_conforming_strings`.
pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\0', "").replace('\'', "''"))
}

/// A name or text from outside in a sentence: short, without control characters.
pub(super) fn shown(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(300).collect();
    if clean.len() < text.len() { clean + "…" } else { clean }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_cannot_leave_its_quotes() {
        assert_eq!(identifier(r#"o"brien; drop role x"#), r#""o""brien; drop role x""#);
        assert_eq!(literal(r"it's \' odd"), r"'it''s \'' odd'");
    }

    #[test]
    fn a_name_that_the_server_would_cut_off_is_refused_and_umlauts_count_as_two() {
        assert!(check(&"x".repeat(63)).is_ok());
        assert!(check(&"x".repeat(64)).is_err());
        assert!(check(&"ü".repeat(31)).is_ok());
        assert!(check(&"ü".repeat(32)).is_err());
    }

    #[test]
    fn everybody_and_nobody_are_no_roles() {
        for name in ["", "public", "none", "a\0b"] {
            assert!(check(name).is_err(), "{name:?}");
        }
    }

    proptest! {
        #[test]
        fn between_its_quotes_every_quote_is_double(name in ".*") {
            let quoted = identifier(&name);
            let inside = &quoted[1..quoted.len() - 1];
            prop_assert_eq!(inside.replace("\"\"", "").matches('"').count(), 0);
            prop_assert_eq!(inside.replace("\"\"", "\""), name);
        }
    }
}
