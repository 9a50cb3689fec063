//! Credentials of people: of those who are here, and of those who left.

use chrono::{DateTime, Days, Duration, Utc};
use tenure_domain::credential::CredentialKind as Kind;

use super::Use;
use super::looks::{API_KEYS, TOKENS};
use super::maker::Maker;
use super::owners::Pools;

impl Maker {
    pub(super) fn of_people(&mut self, pools: &Pools) {
        let directory = ("Directory", "Directory", "", "Signs in on computers and in applications.");
        let mut everybody = pools.everybody.clone();
        for _ in 0..130 {
            if everybody.is_empty() {
                break;
            }
            let owner = everybody.swap_remove(self.rng.below(everybody.len()));
            let rotates = u64::try_from(self.rng.between(250, 900)).ok();
            let password = self.add(Kind::Password, directory, &owner, format!("Directory password of {}", owner.user_name));
            password.rotates = rotates;
            password.used = Use::Within(4);
            let (name, purpose) = *self.rng.pick(&[
                ("Security key", "Second factor: a key that is touched."),
                ("Authenticator app", "Second factor: numbers on the phone."),
                ("Passkey", "Signs in without a password."),
            ]);
            let unused = self.rng.chance(40);
            let factor =
                self.add(Kind::MfaFactor, ("Directory", "Directory", "", purpose), &owner, format!("{name} of {}", owner.user_name));
            if unused {
                factor.says = Some("issued");
                factor.used = Use::Unknown;
            } else {
                factor.used = Use::Within(8);
            }
        }
        for _ in 0..85 {
            let Some(owner) = self.owner(&pools.technical) else { break };
            let rotates = self.rng.chance(300).then_some(540);
            let machine = *self.rng.pick(&["laptop", "workstation", "jump host", "test bench"]);
            self.add(
                Kind::SshKey,
                ("Forge", "Skyline", "", "Signs in on servers and pushes code."),
                &owner,
                format!("{} {machine}", owner.user_name),
            )
            .rotates = rotates;
        }
        for _ in 0..52 {
            let Some(owner) = self.owner(&pools.technical) else { break };
            let lives = *self.rng.pick(&[Some(90), Some(180), Some(365), None]);
            let token = self.add(Kind::Token, TOKENS[0], &owner, format!("Access token of {}", owner.user_name));
            token.lives = lives;
            token.rotates = lives.map(|days| days - 12);
        }
        for _ in 0..24 {
            let Some(owner) = self.owner(&pools.technical) else { break };
            let look = API_KEYS[0];
            self.add(Kind::ApiKey, look, &owner, format!("{} {} of {}", look.0, look.2, owner.user_name));
        }
    }

    /// Of those who left: the newest ones all, of the others some.
    pub(super) fn of_leavers(&mut self, pools: &Pools) {
        let recent = self.today - Days::new(45);
        for owner in &pools.leavers {
            if owner.end.is_none_or(|end| end < recent) && !self.rng.chance(230) {
                continue;
            }
            let password = self.add(
                Kind::Password,
                ("Directory", "Directory", "", "Signs in on computers and in applications."),
                owner,
                format!("Directory password of {}", owner.user_name),
            );
            password.used = Use::Within(4);
            if self.rng.chance(500) {
                self.add(
                    Kind::MfaFactor,
                    ("Directory", "Directory", "", "Second factor: numbers on the phone."),
                    owner,
                    format!("Authenticator app of {}", owner.user_name),
                )
                .used = Use::Within(8);
            }
            if self.rng.chance(250) {
                self.add(
                    Kind::SshKey,
                    ("Forge", "Skyline", "", "Signs in on servers and pushes code."),
                    owner,
                    format!("{} laptop", owner.user_name),
                );
            }
        }
    }

    /// Sessions of this very day, at the company's sign-in.
    pub(super) fn sessions(&mut self, pools: &Pools, now: DateTime<Utc>) {
        let mut everybody = pools.everybody.clone();
        for _ in 0..40 {
            if everybody.is_empty() {
                break;
            }
            let owner = everybody.swap_remove(self.rng.below(everybody.len()));
            let minutes = self.rng.between(80, 1150);
            let session = self.add(
                Kind::Session,
                ("Beacon sign-in", "Directory", "", "Signed in through the company's sign-in page."),
                &owner,
                format!("Session of {}", owner.user_name),
            );
            session.created = now - Duration::minutes(minutes);
            session.lives = Some(1);
            session.used = Use::Within(1);
        }
    }
}
