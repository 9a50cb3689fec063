//! Whether an account that has the name of a draft already is the draft's own.
//!
//! An entry is added as a whole or not at all, so an earlier attempt left it as the draft had it then. By then
//! the person may have another title: what tells is an employee number, in the draft and in the entry. A draft
//! without one knows only an entry that is wholly as drafted.

use crate::{
    AccountDraft, Fault, FaultKind,
    ldap::{search::Entry, state},
};

/// What tells a person, in directories of either flavour.
pub(super) const CORRELATION: [&str; 2] = ["employeeNumber", "employeeID"];

/// The longest value of another's entry that is repeated in a message.
const LONGEST_SHOWN: usize = 80;

/// Looks whether the entry is this person's.
///
/// # Errors
/// [`FaultKind::NameTaken`] if it is somebody else's, [`FaultKind::NeedsDecision`] if nobody can tell.
pub(super) fn is_of_this_person(draft: &AccountDraft, entry: &Entry) -> Result<(), Fault> {
    let name = &draft.account.name;
    let mut untold = None;
    for attribute in CORRELATION {
        let Some(ours) = number(draft, attribute) else { continue };
        let mut theirs = entry.texts(attribute).map(str::trim).filter(|value| !value.is_empty()).peekable();
        match theirs.peek().copied() {
            None => untold = Some(attribute),
            Some(_) if theirs.any(|value| value.eq_ignore_ascii_case(ours)) => return Ok(()),
            Some(other) => {
                let other: String = other.chars().filter(|c| !c.is_control()).take(LONGEST_SHOWN).collect();
                let words =
                    format!("The name {name} belongs to another person there ({}, {attribute} {other}): take another name.", entry.dn);
                return Err(Fault::new(FaultKind::NameTaken, words));
            }
        }
    }
    if let Some(attribute) = untold {
        let words = format!(
            "There is an account {name} ({}) without {attribute}. Decide whether it is this person's: link it, or give it its {attribute} there.",
            entry.dn
        );
        return Err(Fault::new(FaultKind::NeedsDecision, words));
    }
    let differing = state::differing(draft, entry);
    if differing.is_empty() {
        return Ok(());
    }
    let words = format!("There is already an account {name} ({}) with another {}: take another name.", entry.dn, differing.join(", "));
    Err(Fault::new(FaultKind::NameTaken, words))
}

fn number<'d>(draft: &'d AccountDraft, attribute: &str) -> Option<&'d str> {
    let values = draft.attributes.iter().find(|(name, _)| name.eq_ignore_ascii_case(attribute)).map(|(_, values)| values)?;
    values.iter().map(|value| value.trim()).find(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::AccountRef;

    fn told(attributes: &[(&str, &str)], entry: &[(&str, &[u8])]) -> Option<FaultKind> {
        let attributes = attributes.iter().map(|(name, value)| ((*name).to_owned(), vec![(*value).to_owned()])).collect();
        let draft = AccountDraft { account: AccountRef { key: String::new(), name: "anna".into() }, attributes };
        is_of_this_person(&draft, &Entry::for_tests("uid=anna", entry)).err().map(|fault| fault.kind)
    }

    #[test]
    fn the_employee_number_tells_and_nothing_else_if_there_is_one() {
        let mine = [("EmployeeNumber", "E-7"), ("sn", "Müller")];
        assert_eq!(told(&mine, &[("employeenumber", b"e-7"), ("sn", b"Schmidt")]), None);
        assert_eq!(told(&mine, &[("employeenumber", b"8"), ("sn", "Müller".as_bytes())]), Some(FaultKind::NameTaken));
        assert_eq!(told(&mine, &[("sn", "Müller".as_bytes())]), Some(FaultKind::NeedsDecision));
        assert_eq!(told(&[("employeeID", "7"), ("employeeNumber", "7")], &[("employeeid", b"7")]), None);
    }

    #[test]
    fn without_a_number_only_what_is_wholly_as_drafted_is_mine() {
        assert_eq!(told(&[("sn", "A")], &[("sn", b"A"), ("employeenumber", b"8")]), None);
        assert_eq!(told(&[("sn", "A")], &[("sn", b"B")]), Some(FaultKind::NameTaken));
        assert_eq!(told(&[("employeeNumber", " "), ("sn", "A")], &[("sn", b"A")]), Some(FaultKind::NameTaken));
    }
}
