//! Credentials of machines, and those of which nobody knows whose they are.

use chrono::Days;
use tenure_domain::credential::CredentialKind as Kind;

use super::Use;
use super::looks::{API_KEYS, CERTIFICATES, Look, MACHINE_PASSWORDS, TOKENS};
use super::maker::Maker;
use super::owners::{Owner, Pools};
use crate::demo::company::IT;
use crate::demo::history::at;

impl Maker {
    /// Mostly what the department works with.
    fn look(&mut self, kind: Kind, looks: &[Look], department: usize) -> Look {
        let (own, general) = match (kind, department) {
            (Kind::ApiKey, 3 | 11) => (1, 1),
            (Kind::ApiKey | Kind::Password, 10 | 12) => (2, if kind == Kind::ApiKey { 1 } else { 2 }),
            (Kind::ApiKey, 4 | 5) => (3, 1),
            (Kind::ApiKey, 1 | 6 | 7) => (4, 1),
            (Kind::Certificate, 1 | 5 | 6) => (2, 2),
            (Kind::ApiKey | Kind::Token, _) => (0, 1),
            _ => (0, 2),
        };
        if self.rng.chance(700) { looks[own.min(looks.len() - 1)] } else { looks[self.rng.below(general)] }
    }

    pub(super) fn of_machines(&mut self, pools: &Pools) {
        for (kind, count, looks) in [
            (Kind::ApiKey, 112, &API_KEYS[..]),
            (Kind::Token, 20, &TOKENS[1..]),
            (Kind::Certificate, 128, &CERTIFICATES[..]),
            (Kind::Password, 36, &MACHINE_PASSWORDS[..]),
        ] {
            for nth in 0..count {
                let Some(owner) = self.owner(&pools.machines) else { break };
                let look = self.look(kind, looks, owner.department);
                let (rotates, lives) = match kind {
                    Kind::Certificate => *self.rng.pick(&[
                        (Some(75), Some(90)),
                        (Some(60), Some(90)),
                        (Some(340), Some(365)),
                        (None, Some(365)),
                        (None, Some(825)),
                        (None, Some(1825)),
                    ]),
                    Kind::Token => *self.rng.pick(&[(Some(80), Some(90)), (Some(350), Some(365))]),
                    _ => *self.rng.pick(&[
                        (Some(30), None),
                        (Some(90), None),
                        (Some(180), None),
                        (Some(180), Some(200)),
                        (Some(365), None),
                        (None, None),
                        (None, None),
                    ]),
                };
                let dependents = self.things();
                let past_end = kind == Kind::Certificate && nth % 16 == 3;
                let days_past = u64::try_from(self.rng.between(1, 20)).unwrap_or(1);
                let today = self.today;
                let label =
                    format!("{} {}{}", owner.user_name, look.2, if nth % 3 == 0 { String::new() } else { format!(" {}", nth % 9 + 1) });
                let proof = self.add(kind, look, &owner, label);
                (proof.rotates, proof.lives, proof.dependents) = (rotates, lives, dependents);
                if past_end && owner.since + Days::new(370) < today && owner.end.is_none() {
                    // Served on past its end: the inventory says active, the calendar says over.
                    proof.created = at(today - Days::new(365 + days_past), 9, 30);
                    (proof.rotates, proof.lives, proof.says, proof.used) =
                        (None, Some(365), Some(if nth % 32 == 3 { "compromised" } else { "active" }), Use::Within(2));
                } else if kind == Kind::ApiKey && nth % 40 == 7 && owner.end.is_none() {
                    proof.says = Some("compromised");
                } else if kind == Kind::ApiKey && nth % 40 == 23 && owner.end.is_none() {
                    proof.says = Some("suspended");
                }
            }
        }
        for _ in 0..34 {
            let Some(owner) = self.owner(&pools.machines) else { break };
            let dependents = self.things();
            let proof = self.add(
                Kind::SshKey,
                ("Skyline", "Skyline", "", "Copies files between servers."),
                &owner,
                format!("{} transfer key", owner.user_name),
            );
            proof.dependents = dependents;
        }
        for nth in 0..60 {
            let Some(owner) = self.owner(&pools.cloud) else { break };
            let name = *self.rng.pick(&["reader", "writer", "deployer", "operator"]);
            let dependents = self.things();
            let proof = self.add(
                Kind::CloudRole,
                ("Skyline", "Skyline", "", "May be taken on in the cloud."),
                &owner,
                format!("{} {name} {}", owner.user_name, nth % 4 + 1),
            );
            proof.dependents = dependents;
        }
    }

    /// Found by scans; nobody knows whose they are.
    pub(super) fn of_nobody(&mut self) {
        let nobody = Owner {
            user_name: String::new(),
            department: IT,
            known: self.today - Days::new(900),
            since: self.today - Days::new(1900),
            end: None,
        };
        for nth in 0..20_u64 {
            let dependents = if nth % 3 == 0 { self.things() } else { String::new() };
            let (kind, look, label) = match nth % 4 {
                0 => (Kind::ApiKey, API_KEYS[0], format!("old-integration-{}", nth + 1)),
                1 => (
                    Kind::SshKey,
                    ("Skyline", "Skyline", "", "Found on a server; nobody remembers why."),
                    format!("root@bench-{}", nth + 1),
                ),
                2 => (Kind::Certificate, CERTIFICATES[0], format!("test-{}.internal", nth + 1)),
                _ => (Kind::Password, MACHINE_PASSWORDS[0], format!("db_user_{}", nth + 1)),
            };
            let stopped = self.today - Days::new(60 + nth * 17);
            let proof = self.add(kind, look, &nobody, label);
            proof.dependents = dependents;
            if kind == Kind::Certificate {
                proof.lives = Some(3650);
            }
            proof.used = if nth % 2 == 0 { Use::Until(stopped) } else { Use::Unknown };
        }
    }
}
