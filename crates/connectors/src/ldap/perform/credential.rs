//! One credential of an account, made useless.

use super::{Connection, done, remove, replace, standing};
use crate::{
    CredentialRef, Fault, Outcome,
    ldap::{
        code,
        credential::{self, Proof},
        flavour::AD_SMART_CARD,
        random,
        search::Entry,
    },
};

pub(super) async fn revoke(on: &mut Connection<'_>, credential: &CredentialRef) -> Result<Outcome, Fault> {
    let Some(entry) = on.account(&credential.account, &["userAccountControl", "sshPublicKey"]).await? else {
        return Ok(Outcome::AlreadySo);
    };
    match Proof::of(&on.target.settings, credential, &entry)? {
        Proof::SshKey(fingerprint) => ssh_key(on, &entry, fingerprint).await,
        Proof::Password if on.target.settings.is_ad() => password_of_ad(on, &entry).await,
        Proof::Password => password(on, &entry).await,
    }
}

async fn ssh_key(on: &mut Connection<'_>, entry: &Entry, fingerprint: &str) -> Result<Outcome, Fault> {
    let values = entry.values("sshPublicKey").iter();
    let changes: Vec<_> = values.filter(|value| credential::is_key(value, fingerprint)).map(|v| remove("sshPublicKey", v)).collect();
    if changes.is_empty() {
        return Ok(Outcome::AlreadySo);
    }
    let result = on.modify(&entry.dn, changes).await?;
    if result.rc == code::NO_SUCH_ATTRIBUTE {
        return Ok(Outcome::AlreadySo);
    }
    done(&result, &format!("take the SSH key {fingerprint} from {}", entry.dn))
}

/// The hash is taken away; where the schema asks for one, it is replaced by one that no password has.
async fn password(on: &mut Connection<'_>, entry: &Entry) -> Result<Outcome, Fault> {
    if credential::password_in(on, &entry.dn).await? == Some(false) {
        return Ok(Outcome::AlreadySo);
    }
    let mut result = on.modify(&entry.dn, vec![replace::<&str>("userPassword", [])]).await?;
    if result.rc == code::OBJECT_CLASS {
        result = on.modify(&entry.dn, vec![replace("userPassword", [credential::UNUSABLE])]).await?;
    }
    done(&result, &format!("take the password from {}", entry.dn))
}

/// Active Directory keeps a password always: it gets one that nobody knows, and takes none any more.
async fn password_of_ad(on: &mut Connection<'_>, entry: &Entry) -> Result<Outcome, Fault> {
    if entry.number("userAccountControl").is_some_and(|control| control & AD_SMART_CARD != 0) {
        return Ok(Outcome::AlreadySo);
    }
    if !on.is_secure() {
        return Err(super::needs_tls());
    }
    let new = super::password::for_ad(&random::password()?);
    done(&on.modify(&entry.dn, vec![replace("unicodePwd", [new])]).await?, &format!("replace the password of {}", entry.dn))?;
    standing::set_control(on, entry, |control| control | AD_SMART_CARD, "refuse passwords for").await
}
