//! Passwords with their age, and SSH keys. Hashes are never asked for.

use std::collections::HashSet;

use tenure_domain::credential::CredentialKind;

use super::{Look, Stop};
use crate::{
    Found, FoundCredential,
    ldap::{
        credential,
        flavour::AD_SMART_CARD,
        found::MOST_VALUES,
        nested::equals,
        search::{Entry, Query, people_bases},
        state, time,
    },
};

impl Look<'_> {
    pub(super) async fn credentials(&mut self) -> Result<(), Stop> {
        for base in people_bases(self.target) {
            self.passwords(&base).await?;
            self.ssh_keys(&base).await?;
        }
        Ok(())
    }

    async fn passwords(&mut self, base: &str) -> Result<(), Stop> {
        let settings = &self.target.settings;
        let accounts = self.changed(&settings.accounts_filter());
        let (has_one, changed) = if settings.is_ad() {
            ("(objectClass=user)", "pwdLastSet")
        } else {
            ("(|(userPassword=*)(pwdChangedTime=*))", "pwdChangedTime")
        };
        let unusable = if settings.is_ad() { HashSet::new() } else { self.unusable(base, &accounts).await? };
        let mut wanted = vec![settings.key_attribute(), changed];
        wanted.extend(state::standing_attributes(settings));
        let query = Query::below(base, format!("(&{accounts}{has_one})"), &wanted);
        let mut cookie = Some(Vec::new());
        while cookie.is_some() {
            for entry in self.page(&query, &mut cookie).await? {
                let key = self.key(&entry)?;
                if !unusable.contains(&key) {
                    self.tell(Found::Credential(self.password(&entry, key, changed))).await?;
                }
            }
        }
        Ok(())
    }

    fn password(&self, entry: &Entry, key: String, changed: &str) -> FoundCredential {
        let settings = &self.target.settings;
        let changed_at = match settings.is_ad() {
            true => entry.number(changed).and_then(time::windows),
            false => entry.text(changed).and_then(time::generalized),
        };
        let by_card_only = entry.number("userAccountControl").is_some_and(|control| control & AD_SMART_CARD != 0);
        FoundCredential {
            account: key.clone(),
            key,
            kind: CredentialKind::Password,
            label: "password".to_owned(),
            changed_at,
            expires_at: None,
            live: !by_card_only && !state::standing(settings, entry).disabled,
        }
    }

    /// Those that hold a hash that no password has, and those whose password is gone and only its age is left.
    async fn unusable(&mut self, base: &str, accounts: &str) -> Result<HashSet<String>, Stop> {
        let unusable = equals("userPassword", credential::UNUSABLE);
        let filter = format!("(&{accounts}(|{unusable}(&(pwdChangedTime=*)(!(userPassword=*)))))");
        let query = Query::below(base, filter, &[self.target.settings.key_attribute()]);
        let mut found = HashSet::new();
        let mut cookie = Some(Vec::new());
        while cookie.is_some() {
            for entry in self.page(&query, &mut cookie).await? {
                found.insert(self.key(&entry)?);
            }
        }
        Ok(found)
    }

    async fn ssh_keys(&mut self, base: &str) -> Result<(), Stop> {
        let settings = &self.target.settings;
        let filter = format!("(&{}(sshPublicKey=*))", self.changed(&settings.accounts_filter()));
        let query = Query::below(base, filter, &[settings.key_attribute(), "sshPublicKey"]);
        let mut cookie = Some(Vec::new());
        while cookie.is_some() {
            for entry in self.page(&query, &mut cookie).await? {
                let account = self.key(&entry)?;
                for line in entry.values("sshPublicKey").iter().take(MOST_VALUES) {
                    let Some(key) = credential::fingerprint(line) else { continue };
                    self.tell(Found::Credential(FoundCredential {
                        key,
                        account: account.clone(),
                        kind: CredentialKind::SshKey,
                        label: credential::label(line),
                        changed_at: None,
                        expires_at: None,
                        live: true,
                    }))
                    .await?;
                }
            }
        }
        Ok(())
    }
}
