//! Distinguished names (RFC 4514): made with every value escaped, and compared as directories do.

use ldap3::dn_escape;

/// One step of a name, `uid=anna`, the value escaped.
pub(super) fn rdn(attribute: &str, value: &str) -> String {
    format!("{attribute}={}", dn_escape(value))
}

/// The name of an entry right below another.
pub(super) fn below(rdn: &str, parent: &str) -> String {
    format!("{rdn},{parent}")
}

/// The first step of a name, and the rest.
pub(super) fn split(name: &str) -> (&str, &str) {
    let mut escaped = false;
    for (at, sign) in name.char_indices() {
        match sign {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            ',' => return (&name[..at], &name[at + 1..]),
            _ => {}
        }
    }
    (name, "")
}

/// A form that is the same for two writings of one name: case, spaces and the manner of escaping do not
/// count. `None` if it is not a name.
pub(super) fn normalised(name: &str) -> Option<String> {
    let mut all = Vec::new();
    let mut rest = name;
    if rest.trim().is_empty() {
        return Some(String::new());
    }
    loop {
        let (step, tail) = split(rest);
        let mut parts = unescaped_split(step, '+').map(part_normalised).collect::<Option<Vec<_>>>()?;
        parts.sort_unstable();
        all.push(parts.join("\u{1}"));
        if step.len() == rest.len() {
            return Some(all.join("\u{0}"));
        }
        rest = tail;
    }
}

/// Whether an entry is below another, both in their normalised form.
pub(super) fn is_below(entry: &str, above: &str) -> bool {
    entry.strip_suffix(above).is_some_and(|rest| rest.ends_with('\u{0}'))
}

fn part_normalised(part: &str) -> Option<String> {
    let (attribute, value) = part.split_once('=')?;
    let attribute = attribute.trim().to_ascii_lowercase();
    let attribute = attribute.strip_prefix("oid.").unwrap_or(&attribute);
    if attribute.is_empty() || !attribute.chars().all(|c| c.is_ascii_alphanumeric() || "-.".contains(c)) {
        return None;
    }
    let bytes = unescaped(trimmed(value))?;
    // What separates the steps cannot be in a value's normal form.
    let text = String::from_utf8_lossy(&bytes).to_lowercase().replace(['\u{0}', '\u{1}'], "\u{fffd}");
    let text = text.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    Some(format!("{attribute}={text}"))
}

/// Without the spaces around, but with an escaped one at the end.
fn trimmed(value: &str) -> &str {
    let value = value.trim_start_matches(' ');
    let without = value.trim_end_matches(' ');
    let slashes = without.len() - without.trim_end_matches('\\').len();
    if slashes % 2 == 1 && without.len() < value.len() { &value[..=without.len()] } else { without }
}

fn unescaped(value: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        let first = rest.next()?;
        match (first as char).to_digit(16) {
            Some(high) => {
                let low = (rest.next()? as char).to_digit(16)?;
                bytes.push(u8::try_from(high * 16 + low).ok()?);
            }
            None => bytes.push(first),
        }
    }
    Some(bytes)
}

fn unescaped_split(step: &str, at: char) -> impl Iterator<Item = &str> {
    let mut escaped = false;
    step.split(move |sign| {
        let splits = !escaped && sign == at;
        escaped = !escaped && sign == '\\';
        splits
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_writings_of_one_name_are_the_same() {
        let one = normalised(r"cn=M\C3\BCller\, Anna \28x\29*\5C,OU=People , dc=Example").expect("a name");
        let other = normalised(r"CN=müller\2C  anna (x)*\\,ou=people,dc=example").expect("a name");
        assert_eq!(one, other);
        assert_eq!(normalised("a=1+b=2"), normalised("B=2+a=1"));
        assert_ne!(normalised("a=1,b=2"), normalised("a=1+b=2"));
    }

    #[test]
    fn a_made_name_is_split_again_at_the_right_comma() {
        for value in [r"Müller, Anna (x)*\", " lead", "trail ", "#x", "a+b=c", "nul\0", "\\", ","] {
            let made = below(&rdn("cn", value), "ou=people,dc=example");
            let (first, rest) = split(&made);
            assert_eq!(rest, "ou=people,dc=example", "{value}");
            assert_eq!(first, rdn("cn", value));
            assert!(is_below(&normalised(&made).expect("a name"), &normalised(rest).expect("a name")));
        }
    }

    #[test]
    fn what_is_no_name_is_said_to_be_none() {
        for wrong in ["x", "a=1,", "=1", r"a=\", r"a=\4", r"a=\4g", "a b=1"] {
            assert_eq!(normalised(wrong), None, "{wrong}");
        }
        assert!(!is_below("dc=x", "dc=x"));
        assert!(!is_below("dc=ax", "dc=x"));
    }
}
