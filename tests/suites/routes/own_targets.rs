//! Targets of the company that Tenure signs in to nowhere: SSH hosts, and one that a person serves.

use super::World;
use tenure_tests::Client;

impl World {
    /// A target that a stranger serves by hand: a task of theirs, and one that is done, with a file.
    pub(super) fn by_hand(&mut self, admin: &mut Client) {
        let reply = admin.send("/applications", &[("name", "Badges"), ("description", "by hand")]);
        assert_eq!(reply.status, 303, "{}", reply.text());
        let at = reply.location().split('?').next().expect("an address").to_owned();
        let mut fields = self.target_fields("0");
        for (name, value) in &mut fields {
            match *name {
                "kind" => *value = "manual".to_owned(),
                "settings" => *value = "done-by = \"sam.stranger\"\n".to_owned(),
                "secret" => value.clear(),
                _ => {}
            }
        }
        let fields: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
        let reply = admin.send(&format!("{at}/target"), &fields);
        assert_eq!(reply.status, 303, "{}", reply.text());
        let mut rows = self.database.sql();
        for row in [
            "INSERT INTO operations (id, kind, state, application_id, identity_id, stage, next_at, due_at, created_at, updated_at)
             SELECT randomblob(16), s.column1, s.column2, a.id, i.id, 0, i.created_at, i.created_at, i.created_at, i.created_at
             FROM applications a, identities i, (VALUES ('disable-account', 'queued'), ('end-sessions', 'attested')) s
             WHERE a.name = 'Badges' AND i.user_name = 'rita.report'",
            "INSERT INTO operation_files (operation_id, name, content, size, sha256, at)
             SELECT id, 'proof.txt', x'6f6b', 2, x'00', created_at FROM operations WHERE state = 'attested'",
        ] {
            assert_ne!(rows.execute(row), 0, "{row}");
        }
    }

    /// A target of SSH hosts, with a host.
    pub(super) fn hosts(&mut self, admin: &mut Client) {
        let reply = admin.send("/applications", &[("name", "Boxes"), ("description", "hosts")]);
        assert_eq!(reply.status, 303, "{}", reply.text());
        let at = reply.location().split('?').next().expect("an address").to_owned();
        let mut fields = self.target_fields("0");
        for (name, value) in &mut fields {
            match *name {
                "kind" => *value = "ssh".to_owned(),
                "settings" | "secret" => value.clear(),
                _ => {}
            }
        }
        let fields: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
        let reply = admin.send(&format!("{at}/target"), &fields);
        assert_eq!(reply.status, 303, "{}", reply.text());
        let reply = admin.send(&format!("{at}/hosts"), &[("name", "build-01"), ("days", "90")]);
        assert_eq!(reply.status, 200, "{}", reply.text());
    }

    /// Receivers of signals and transmitters, one of each paused. What the receivers ask for happens to nobody here.
    pub(super) fn signals(&mut self, admin: &mut Client) {
        for name in ["Tickets", "Archive"] {
            let fields = [("kind", "webhook"), ("name", name), ("url", "https://hooks.example"), ("kinds", "identity.archived")];
            let reply = admin.send("/signals/receivers", &fields);
            assert_eq!(reply.status, 200, "{}", reply.text());
        }
        for (name, issuer) in [("Directory", "https://directory.example"), ("Gate", "https://gate.example")] {
            let reply = admin.send("/signals/transmitters", &transmitter(name, issuer));
            assert_eq!(reply.status, 200, "{}", reply.text());
        }
        for row in [
            "UPDATE signal_receivers SET state = 'paused' WHERE name = 'Archive'",
            "UPDATE signal_transmitters SET state = 'paused' WHERE name = 'Gate'",
        ] {
            assert_eq!(self.database.sql().execute(row), 1, "{row}");
        }
    }
}

/// The form of a transmitter; its key is the one of RFC 8037.
pub fn transmitter<'t>(name: &'t str, issuer: &'t str) -> [(&'static str, &'t str); 8] {
    [
        ("name", name),
        ("issuer", issuer),
        ("audience", "https://tenure.example"),
        ("jwks", r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#),
        ("match_by", "email"),
        ("on_session_revoked", "end-sessions"),
        ("on_credential_change", "record"),
        ("on_account_disabled", "suspend"),
    ]
}
