//! Passwords: set, and tried.

use ldap3::Scope;

use super::{Connection, done, missing, replace, standing};
use crate::{
    AccountRef, Fault, Outcome, Secret,
    ldap::{Target, code, faults, flavour::AD_SMART_CARD, search::Query},
};

const PASSWORD_MODIFY: &str = "1.3.6.1.4.1.4203.1.11.1";

pub(super) async fn set(on: &mut Connection<'_>, account: &AccountRef, password: &Secret) -> Result<Outcome, Fault> {
    let settings = &on.target.settings;
    let Some(entry) = on.account(account, &["userAccountControl"]).await? else { return Err(missing(account)) };
    if password_proves(on.target, &entry.dn, password).await?.0 {
        return Ok(Outcome::AlreadySo);
    }
    let doing = format!("set the password of {}", entry.dn);
    if settings.is_ad() {
        // After a revocation the account takes smart cards only, and would ignore the password.
        if entry.number("userAccountControl").is_some_and(|control| control & AD_SMART_CARD != 0) {
            standing::set_control(on, &entry, |control| control & !AD_SMART_CARD, "allow passwords for").await?;
        }
        return done(&on.modify(&entry.dn, vec![replace("unicodePwd", [for_ad(password)])]).await?, &doing);
    }
    if offers_password_modify(on).await? {
        return done(&on.modify_password(&entry.dn, password).await?, &doing);
    }
    done(&on.modify(&entry.dn, vec![replace("userPassword", [password.expose()])]).await?, &doing)
}

/// Whether the directory lets the account in with this password, on a connection of its own, and what it said.
pub(in crate::ldap) async fn password_proves(target: &Target, dn: &str, password: &Secret) -> Result<(bool, String), Fault> {
    let mut other = Connection::open(target).await?;
    let result = other.sign_in(dn, password).await?;
    match result.rc {
        code::SUCCESS => Ok((true, "a sign-in with it was accepted".to_owned())),
        code::INVALID_CREDENTIALS if target.settings.is_ad() && is_right_but_barred(&result.text) => {
            Ok((true, "the directory knows the password, and lets the account in for another reason not".to_owned()))
        }
        code::INVALID_CREDENTIALS | code::INAPPROPRIATE_AUTH | code::NO_SUCH_OBJECT => {
            Ok((false, format!("a sign-in with it was refused (LDAP result {})", result.rc)))
        }
        _ => Err(faults::without(faults::refused(&result, "try a password"), password)),
    }
}

/// Active Directory says these only to those who have the right password: expired, disabled, account
/// expired, must be changed.
fn is_right_but_barred(text: &str) -> bool {
    ["data 532", "data 533", "data 701", "data 773"].iter().any(|code| text.contains(code))
}

/// In quotation marks and UTF-16, as `unicodePwd` wants it.
pub(super) fn for_ad(password: &Secret) -> Vec<u8> {
    format!("\"{}\"", password.expose()).encode_utf16().flat_map(u16::to_le_bytes).collect()
}

async fn offers_password_modify(on: &mut Connection<'_>) -> Result<bool, Fault> {
    let query = Query { scope: Scope::Base, ..Query::below("", "(objectClass=*)".to_owned(), &["supportedExtension"]) };
    let root = on.all(&query, 1).await?.and_then(|mut found| found.pop());
    Ok(root.is_some_and(|root| root.texts("supportedExtension").any(|oid| oid == PASSWORD_MODIFY)))
}
