//! Providers by which people sign in: one that is enabled, one that is not, and one that nobody added yet. They run as long
//! as the tests do.

use std::sync::LazyLock;

use super::World;
use tenure_test_support::OpenIdProvider;
use tenure_tests::Client;

static PROVIDERS: LazyLock<[OpenIdProvider; 3]> =
    LazyLock::new(|| std::array::from_fn(|_| OpenIdProvider::hostile().unwrap_or_else(|error| panic!("{error}"))));

impl World {
    pub(super) fn providers(&mut self, admin: &mut Client) {
        let [known, old, new] = &*PROVIDERS;
        self.keep("issuer", new.issuer());
        let mut made = Vec::new();
        for (name, provider) in [("Example ID", known), ("Old ID", old)] {
            let issuer = provider.issuer();
            let reply = admin.send("/settings/sign-in", &provider_fields(name, &issuer));
            assert_eq!(reply.status, 303, "{}", reply.text());
            let at = reply.location().split('?').next().expect("an address").to_owned();
            made.push(at.rsplit('/').next().expect("a key").to_owned());
        }
        let reply = admin.send(&format!("/settings/sign-in/{}/disable", made[1]), &[]);
        assert_eq!(reply.status, 303, "{}", reply.text());
        for name in ["sam.stranger", "emil.employee", "rita.report", "mia.manager", "otto.auditor", "admin"] {
            let path = format!("/identities/{}/sign-in-links", self.identity(name));
            let reply = admin.send(&path, &[("provider", made[0].as_str()), ("subject", name)]);
            assert_eq!(reply.status, 303, "{}", reply.text());
        }
        self.keep("provider", made[0].clone());
        self.keep("disabled provider", made[1].clone());
    }
}

/// The form of a provider.
pub fn provider_fields<'f>(name: &'f str, issuer: &'f str) -> [(&'static str, &'f str); 7] {
    [
        ("name", name),
        ("issuer", issuer),
        ("client_id", "tenure"),
        ("client_auth", "none"),
        ("scopes", "profile"),
        ("link_by", "employee-id"),
        ("link_claim", "employee_id"),
    ]
}

/// What a program sends of a provider.
pub fn provider_body(issuer: &str) -> String {
    format!(
        r#"{{"name":"Another ID","issuer":"{issuer}","client_id":"tenure","client_auth":"none","link_by":"administrator","sign_out_there":true}}"#
    )
}
