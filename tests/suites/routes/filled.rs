//! What the company is filled with: tokens, files, a target and what differs there, roles and rules.

use super::World;
use tenure_tests::Client;

impl World {
    /// An identity provider: a service with the role. Gives its token.
    pub(super) fn provisioner(&mut self, admin: &mut Client) -> String {
        let fields = [
            ("kind", "service"),
            ("user_name", "svc.idp"),
            ("display_name", "IdP"),
            ("purpose", "provisions"),
            ("owner_id", "sam.stranger"),
        ];
        let made = admin.send("/identities/new", &fields);
        assert_eq!(made.status, 303, "{}", made.text());
        let at = made.location().split('?').next().expect("an address").to_owned();
        let role = admin.send(&format!("{at}/portal/roles"), &[("role", "provisioner"), ("held", "yes")]);
        assert_eq!(role.status, 303, "{}", role.text());
        self.token_at(admin, &format!("{at}/tokens/new"), "svc.idp", "write")
    }

    pub(super) fn token(&mut self, client: &mut Client, name: &str, access: &str) -> String {
        self.token_at(client, "/account/tokens/new", name, access)
    }

    pub(super) fn token_at(&mut self, client: &mut Client, path: &str, name: &str, access: &str) -> String {
        let fields = [("label", "script"), ("purpose", "a test"), ("access", access), ("days", "30")];
        let page = client.send(path, &fields).text();
        let signs = |rest: &str| rest.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default().to_owned();
        let found = page.split("tnr_").skip(1).map(signs).find(|signs| signs.len() == 49);
        let token = format!("tnr_{}", found.unwrap_or_else(|| panic!("no token: {page}")));
        self.keep(&format!("token of {name}"), token.clone());
        token
    }

    pub(super) fn import(&self, what: &str, content: &str, more: &[&str]) {
        let file = self.database.write("list.csv", content);
        let mut command = self.database.command();
        command.args(["--format", "json", "import", what]).arg(file).args(more);
        tenure_tests::database::run(&mut command).done();
    }

    /// A target that is reached: the PostgreSQL of the tests. Nothing is owed there.
    pub(super) fn target(&mut self, admin: &mut Client) {
        let reply = admin.send("/applications", &[("name", "Books"), ("description", "a database")]);
        assert_eq!(reply.status, 303, "{}", reply.text());
        let at = reply.location().split('?').next().expect("an address").to_owned();
        let url = tenure_test_support::postgres_url().expect("a PostgreSQL");
        let port = url.rsplit(':').next().and_then(|rest| rest.split('/').next()).expect("a port").to_owned();
        self.keep("settings", format!("host = \"127.0.0.1\"\nport = {port}\nuser = \"postgres\"\nssl-mode = \"disable\"\n"));
        let fields = self.target_fields("0");
        let fields: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
        let reply = admin.send(&format!("{at}/target"), &fields);
        assert_eq!(reply.status, 303, "{}", reply.text());
        tenure_tests::targets::read(admin, &at);
    }

    /// On that target: an account, and a grant that was not seen there. The worker can do nothing for either.
    pub(super) fn drift(&mut self, admin: &mut Client) {
        let books = self.id("SELECT id FROM applications WHERE name = 'Books'");
        let reply = admin.send(&format!("/applications/{books}/entitlements"), &[("name", "ledger"), ("risk", "low")]);
        assert_eq!(reply.status, 303, "{}", reply.text());
        let mut rows = self.database.sql();
        for row in [
            "UPDATE targets SET mapping = '{\"name\":\"user_name\",\"attributes\":{}}'",
            "INSERT INTO accounts (id, application_id, identity_id, key, name, state, attributes, created_at, seen_at, drift, accepted)
             SELECT randomblob(16), t.application_id, i.id, 'otto', 'otto', 'enabled', '{}', i.created_at, i.created_at,
             '{\"ou\":{\"recorded\":[\"Books\"],\"real\":[\"Board\"]}}',
             '{\"mail\":{\"recorded\":[\"a@b\"],\"real\":[],\"by\":\"admin\",\"note\":\"none there\",\"at\":\"2024-01-01T00:00:00Z\"}}'
             FROM targets t, identities i WHERE i.user_name = 'otto.auditor'",
            "INSERT INTO grants (id, identity_id, entitlement_id, state, since)
             SELECT randomblob(16), i.id, e.id, 'held', i.created_at FROM entitlements e, identities i WHERE e.name = 'ledger' AND i.user_name = 'otto.auditor'",
        ] {
            assert_eq!(rows.execute(row), 1, "{row}");
        }
    }

    /// On that target: an account of Rita's for each person, who is asked whether it may stay as it is.
    pub(super) fn reviews(&mut self) {
        let mut rows = self.database.sql();
        let drift = r#"{"ou":{"recorded":["Books"],"real":["Board"]}}"#;
        for name in ["sam.stranger", "emil.employee", "mia.manager", "otto.auditor", "admin"] {
            let account = format!(
                "INSERT INTO accounts (id, application_id, identity_id, key, name, state, attributes, created_at, seen_at, drift)
                 SELECT randomblob(16), a.id, i.id, 'of {name}', 'of {name}', 'enabled', '{{}}', i.created_at, i.created_at, '{drift}'
                 FROM applications a, identities i WHERE a.name = 'Books' AND i.user_name = 'rita.report'"
            );
            let review = format!(
                "INSERT INTO drift_reviews (id, account_id, application_id, identity_id, question, state, asker, reviewer_id, note, asked_at, due_on)
                 SELECT randomblob(16), x.id, x.application_id, x.identity_id, x.drift, 'open', 'admin', i.id, 'Is it right?', x.created_at, '2999-01-01'
                 FROM accounts x, identities i WHERE x.name = 'of {name}' AND i.user_name = '{name}'"
            );
            for row in [account, review] {
                assert_eq!(rows.execute(&row), 1, "{row}");
            }
        }
    }

    /// The form of how it is reached.
    pub fn target_fields(&self, version: &str) -> Vec<(&'static str, String)> {
        let settings = self.known["settings"].clone();
        let fixed = [
            ("kind", "postgresql"),
            ("secret", "a password"),
            ("on_end", "delete"),
            ("at_once", "4"),
            ("per_minute", "60"),
            ("timeout_seconds", "10"),
        ];
        let mut fields = vec![("version", version.to_owned()), ("settings", settings)];
        fields.extend(fixed.map(|(name, value)| (name, value.to_owned())));
        fields
    }

    /// Two roles and a rule, by plan and apply, and plans that are not applied yet.
    pub(super) fn roles(&mut self, admin: &mut Client) {
        let entitlement = self.id("SELECT id FROM entitlements WHERE name = 'core:member'");
        let apply = |admin: &mut Client, fields: &[(&str, &str)]| -> String {
            let plan = admin.send("/roles/plan", fields);
            let (draft, hash) = (plan.hidden("draft").unwrap_or_else(|| panic!("{}", plan.text())), plan.hidden("hash").expect("a hash"));
            let reply = admin.send("/roles/apply", &[("draft", &draft), ("hash", &hash)]);
            assert_eq!(reply.status, 303, "{}", reply.text());
            reply.location().trim_start_matches("/roles/")[..36].to_owned()
        };
        let role = apply(admin, &[("name", "Core"), ("kind", "business"), ("version", "0"), ("entitlement", &entitlement)]);
        let spare = apply(admin, &[("name", "Spare"), ("kind", "business"), ("version", "0")]);
        let fields = [
            ("name", "Core people"),
            ("role_id", role.as_str()),
            ("expression", "department == \"core\""),
            ("enabled", "on"),
            ("version", "0"),
        ];
        let plan = admin.send("/rules/plan", &fields);
        let (draft, hash) = (plan.hidden("draft").unwrap_or_else(|| panic!("{}", plan.text())), plan.hidden("hash").expect("a hash"));
        let reply = admin.send("/rules/apply", &[("draft", &draft), ("hash", &hash)]);
        assert_eq!(reply.status, 303, "{}", reply.text());
        for name in ["sam.stranger", "emil.employee", "rita.report", "mia.manager", "otto.auditor", "admin"] {
            let path = format!("/identities/{}/roles/new", self.identity(name));
            let reply = admin.send(&path, &[("role", &spare), ("note", "for a test")]);
            assert_eq!(reply.status, 303, "{}", reply.text());
        }
        // Plans know what is held: first all that is.
        self.drift(admin);
        let plan =
            admin.send("/roles/plan", &[("name", "New role"), ("kind", "business"), ("version", "0"), ("entitlement", &entitlement)]);
        self.keep("role draft", plan.hidden("draft").expect("a draft"));
        self.keep("role hash", plan.hidden("hash").expect("a hash"));
        let fields = [
            ("name", "Sellers"),
            ("role_id", spare.as_str()),
            ("expression", "department == \"sales\""),
            ("enabled", "on"),
            ("version", "0"),
        ];
        let plan = admin.send("/rules/plan", &fields);
        self.keep("rule draft", plan.hidden("draft").expect("a draft"));
        self.keep("rule hash", plan.hidden("hash").expect("a hash"));
        self.keep("role", role);
        self.keep("spare role", spare);
        self.keep("entitlement", entitlement);
    }
}
