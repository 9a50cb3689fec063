//! A small company with one of everything, made through the portal and the command line, and
//! copies of it to try things on.

#[path = "addresses.rs"]
mod addresses;
#[path = "filled.rs"]
mod filled;
#[path = "own_targets.rs"]
mod own_targets;
#[path = "picture.rs"]
mod picture;
#[path = "providers.rs"]
mod providers;

pub use own_targets::transmitter;
pub use providers::{provider_body, provider_fields};

use std::{collections::BTreeMap, fs, path::PathBuf};
use tenure_tests::{Client, Database, Server};

/// Who asks. `reader` is a program with an administrator's token that may only read, `provisioner` an identity provider
/// with the token of a service. SCIM and REST are for programs, so there all of them come with one.
pub const ROLES: [&str; 7] = ["anonymous", "employee", "manager", "auditor", "reader", "provisioner", "admin"];

/// A policy that asks for nothing.
pub const POLICY: [(&str, &str); 3] = [("version", "1"), ("grace_days", "0"), ("proof_minutes", "480")];

const PEOPLE: &str = "employee_id,user_name,given_name,family_name,email,department,title,manager_id,start_date
E1,mia.manager,Mia,Manager,mia@example.com,core,Lead,,2020-01-01
E2,emil.employee,Emil,Employee,emil@example.com,core,Engineer,E4,2020-01-01
E3,rita.report,Rita,Report,rita@example.com,core,Engineer,E1,2020-01-01
E4,sam.stranger,Sam,Stranger,sam@example.com,sales,Seller,,2020-01-01
E5,otto.auditor,Otto,Auditor,otto@example.com,legal,Counsel,E4,2020-01-01
E6,lea.leaver,Lea,Leaver,lea@example.com,sales,Seller,E4,2020-01-01
";

/// The next snapshot: somebody moves.
pub const NEXT: &str = "employee_id,user_name,given_name,family_name,email,department,title,manager_id,start_date
E1,mia.manager,Mia,Manager,mia@example.com,core,Lead,,2020-01-01
E2,emil.employee,Emil,Employee,emil@example.com,sales,Engineer,E4,2020-01-01
E3,rita.report,Rita,Report,rita@example.com,core,Engineer,E1,2020-01-01
E4,sam.stranger,Sam,Stranger,sam@example.com,sales,Seller,,2020-01-01
E5,otto.auditor,Otto,Auditor,otto@example.com,legal,Counsel,E4,2020-01-01
";

const MEMBERSHIPS: &str = "employee_id,team,role
E2,core,member
E3,core,member
E4,sales,lead
E6,sales,member
";

const CREDENTIALS: &str = "issuer,external_id,kind,label,purpose,owner,application,created,last_used,rotated,expires,dependents
Forge,k1,ssh-key,key of sam.stranger,deploys,sam.stranger,,2023-01-01,,,,
Forge,k2,ssh-key,key of emil.employee,deploys,emil.employee,,2023-01-01,,,,
Forge,k3,ssh-key,key of rita.report,deploys,rita.report,,2023-01-01,,,,
Forge,k4,ssh-key,key of mia.manager,deploys,mia.manager,,2023-01-01,,,,
Forge,k5,ssh-key,key of otto.auditor,deploys,otto.auditor,,2023-01-01,,,,
Forge,k6,ssh-key,key of admin,deploys,admin,,2023-01-01,,,,
";

/// The company, closed; [`World::start`] opens a copy.
pub struct World {
    database: Database,
    browsers: BTreeMap<&'static str, Client>,
    /// Form tokens of their sessions.
    tokens: BTreeMap<&'static str, String>,
    /// Keys and texts that requests need, by name.
    pub known: BTreeMap<String, String>,
}

/// A copy, served.
pub struct Running {
    pub database: Database,
    pub server: Server,
}

impl World {
    pub fn new() -> Self {
        let database = Database::sqlite();
        let people = database.write("people.csv", PEOPLE);
        database.import(&people, "2024-01-01", &[]).done();
        let server = Server::start(&database);
        let mut world =
            World { database, browsers: BTreeMap::from([("anonymous", server.client())]), tokens: BTreeMap::new(), known: BTreeMap::new() };
        world.fill(&server);
        let answer = server.stop();
        assert_eq!(answer.code, Some(0), "{answer:?}");
        world.look_up();
        world
    }

    fn fill(&mut self, server: &Server) {
        let mut admin = server.administrator();
        for (role, name) in
            [("employee", "emil.employee"), ("manager", "mia.manager"), ("auditor", "otto.auditor"), ("stranger", "sam.stranger")]
        {
            let mut client = server.person(&self.database, name);
            let again = server.signed_in(name);
            let view = client.send("/views", &[("page", "identities"), ("name", "mine"), ("query", "state=active")]);
            assert_eq!(view.status, 303, "{}", view.text());
            self.token(&mut client, name, "write");
            self.browsers.insert(role, client);
            drop(again);
        }
        self.database.json(["account", "grant", "otto.auditor", "auditor"]).done();
        admin.send("/views", &[("page", "identities"), ("name", "mine"), ("query", "state=active")]);
        drop(server.signed_in("admin"));
        let reader = self.token(&mut admin, "admin", "read");
        self.browsers.insert("reader", Client::with_token(server.address, &reader));
        let writer = self.token(&mut admin, "scim as admin", "write");
        let provisioner = self.provisioner(&mut admin);
        self.browsers.insert("provisioner", Client::with_token(server.address, &provisioner));
        for (role, token) in [("admin", writer), ("provisioner", provisioner)] {
            let mut client = Client::with_token(server.address, &token);
            for (kind, body) in
                [("Users", format!("{{\"userName\":\"user.of.{role}\"}}")), ("Groups", format!("{{\"displayName\":\"Group of {role}\"}}"))]
            {
                let reply = client.ask("POST", &format!("/scim/v2/{kind}"), &[], body.as_bytes());
                assert_eq!(reply.status, 201, "{}", reply.text());
                self.keep(&format!("{kind} of {role}"), reply.json()["id"].as_str().expect("an id").to_owned());
            }
        }

        self.import("credentials", CREDENTIALS, &[]);
        self.import("memberships", MEMBERSHIPS, &["--application", "Teams"]);
        for (name, owner) in [("svc.build", "sam.stranger"), ("svc.orphan", "lea.leaver")] {
            let fields = [("kind", "service"), ("user_name", name), ("display_name", name), ("purpose", "builds"), ("owner_id", owner)];
            let reply = admin.send("/identities/new", &fields);
            assert_eq!(reply.status, 303, "{}", reply.text());
        }
        self.database.json(["offboard", "lea.leaver", "--reason", "left"]).done();
        self.target(&mut admin);
        self.roles(&mut admin);
        self.hosts(&mut admin);
        self.signals(&mut admin);
        self.reviews();
        self.providers(&mut admin);
        self.by_hand(&mut admin);
        self.break_glass(server, &mut admin);
        self.policy(&mut admin);
        let day = [("source", "HR"), ("as_of-day", "1"), ("as_of-month", "2"), ("as_of-year", "2024")];
        let staged = admin.upload("/imports/new", &day, NEXT.as_bytes());
        assert_eq!(staged.status, 303, "{}", staged.text());
        let page = admin.get(staged.location());
        self.keep("import plan", page.hidden("plan").expect("the plan's hash"));
        let answer = self.database.json(["account", "invite", "rita.report"]).done().json();
        let path = answer["path"].as_str().expect("a path");
        self.keep("link", path.split_once("token=").expect("a token").1.to_owned());
        // To whom a test of the mail server goes.
        assert_eq!(self.database.sql().execute("UPDATE identities SET email = 'admin@example.com' WHERE user_name = 'admin'"), 1);
        self.database.json(["restore", "hold", "--reason", "put back from a copy"]).done();
        // A reading that is under way for ever; the hold has stopped those that were.
        let reading = "INSERT INTO readings (id, application_id, kind, state, asker, many_gone, asked_at, claimed_by, claimed_until)
             SELECT randomblob(16), application_id, 'full', 'running', 'admin', 0, updated_at, 'a test', '2999-01-01T00:00:00+00:00' FROM targets WHERE kind = 'ssh'";
        assert_eq!(self.database.sql().execute(reading), 1);
        self.browsers.insert("admin", admin);
        for (role, browser) in &self.browsers {
            self.tokens.insert(role, browser.clone().form_token());
        }
    }

    /// A break-glass account that is sealed, and one that was used.
    fn break_glass(&mut self, server: &Server, admin: &mut Client) {
        for name in ["glass.used", "glass.sealed"] {
            let made = admin.send("/settings/break-glass", &[("user_name", name), ("display_name", name), ("minutes", "60")]);
            assert_eq!(made.status, 303, "{}", made.text());
            let page = admin.send(&format!("/settings/break-glass/{}/seal", self.identity(name)), &[]).text();
            let (_, rest) = page.split_once("/set-up?token=").expect("a link");
            let token = rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default();
            server.set_password(&format!("/set-up?token={token}"));
        }
        let fields = [("user_name", "glass.used"), ("password", tenure_tests::server::PASSWORD), ("reason", "nobody else can get in")];
        let used = server.client().post("/sign-in/break-glass", &fields);
        assert_eq!(used.status, 303, "{}", used.text());
        // As if an operator had sealed it: whoever did does not close the review.
        assert_eq!(self.database.sql().execute("UPDATE break_glass_uses SET sealed_by = NULL"), 1);
    }

    /// A proof counts for hours here: a walk along all routes takes longer than a quarter of one.
    fn policy(&mut self, admin: &mut Client) {
        let sql = r#"INSERT INTO sign_in_policy (id, policy, version, changed_at) VALUES (1, '{"roles":{},"proof_minutes":480}', 1, '2024-01-01T00:00:00+00:00')"#;
        assert_eq!(self.database.sql().execute(sql), 1);
        let plan = admin.send("/settings/sign-in/policy/plan", &POLICY);
        self.keep("policy hash", plan.hidden("hash").expect("the plan's hash"));
    }

    fn keep(&mut self, name: &str, value: String) {
        self.known.insert(name.to_owned(), value);
    }

    fn look_up(&mut self) {
        for (name, sql) in [
            ("rule", "SELECT id FROM birthright_rules"),
            ("application", "SELECT id FROM applications WHERE name = 'Teams'"),
            ("target", "SELECT id FROM applications WHERE name = 'Books'"),
            ("hosts", "SELECT id FROM applications WHERE name = 'Boxes'"),
            ("host", "SELECT id FROM ssh_hosts"),
            ("receiver", "SELECT id FROM signal_receivers WHERE state = 'enabled'"),
            ("paused receiver", "SELECT id FROM signal_receivers WHERE state = 'paused'"),
            ("transmitter", "SELECT id FROM signal_transmitters WHERE state = 'enabled'"),
            ("paused transmitter", "SELECT id FROM signal_transmitters WHERE state = 'paused'"),
            ("reading", "SELECT id FROM readings WHERE state = 'running'"),
            ("account", "SELECT id FROM accounts WHERE identity_id IS NULL"),
            ("owned account", "SELECT id FROM accounts WHERE name = 'otto'"),
            ("missing grant", "SELECT id FROM grants WHERE entitlement_id IN (SELECT e.id FROM entitlements e WHERE e.name = 'ledger')"),
            ("operation", "SELECT id FROM operations WHERE state = 'queued' AND due_at IS NULL"),
            ("task", "SELECT id FROM operations WHERE state = 'queued' AND due_at IS NOT NULL"),
            ("task with a file", "SELECT id FROM operations WHERE state = 'attested' AND due_at IS NOT NULL"),
            ("record", "SELECT id FROM records"),
            ("import", "SELECT id FROM imports WHERE state = 'staged'"),
            ("hand-over", "SELECT id FROM hand_overs WHERE state = 'open'"),
            ("break-glass use", "SELECT id FROM break_glass_uses"),
            ("restore", "SELECT id FROM restores"),
            ("mail", "SELECT id FROM mails WHERE state = 'owed'"),
            ("event", "SELECT id FROM audit_events WHERE action = 'identity.ended'"),
        ] {
            let id = self.id(sql);
            self.keep(name, id);
        }
    }

    /// The text that a query finds.
    pub fn text(&self, sql: &str) -> String {
        self.database.sql().text(sql)
    }

    /// The key that a query finds, as it stands in addresses.
    pub fn id(&self, sql: &str) -> String {
        let mut connection = self.database.sql();
        let hex = connection.text(&sql.replacen("id", "lower(hex(id))", 1));
        hyphens(&hex)
    }

    /// A day in a week from now.
    pub fn in_a_week(&self) -> String {
        self.database.sql().text("SELECT date('now', '+7 days')")
    }

    pub fn identity(&self, user_name: &str) -> String {
        self.id(&format!("SELECT id FROM identities WHERE user_name = '{user_name}'"))
    }

    /// A copy of the company, served.
    pub fn start(&self) -> Running {
        let database = Database::sqlite();
        for (from, to) in [(self.database.file("tenure.db"), database.file("tenure.db")), (self.database.key_file(), database.key_file())] {
            copy(&from, &to);
        }
        // Sources are small here: over SCIM the only one of a source may leave.
        let file = database.write("tenure.toml", "[limits]\nleavers_percent = 100\n");
        let server = Server::start_with(&database, database.command().arg("--config").arg(file));
        Running { database, server }
    }

    /// The browser of a role, at a copy; for programs its token.
    pub fn client(&self, running: &Running, role: &str, path: &str) -> Client {
        let name = if role == "admin" { "scim as admin" } else { World::name(role) };
        if (path.starts_with("/scim/") || path.starts_with("/api/v1/") || path.starts_with("/api/ssf/"))
            && !matches!(role, "anonymous" | "reader" | "provisioner")
        {
            return Client::with_token(running.server.address, &self.known[&format!("token of {name}")]);
        }
        let mut client = running.server.client();
        let known = &self.browsers[role];
        client.cookies.clone_from(&known.cookies);
        client.headers.clone_from(&known.headers);
        client
    }

    pub fn form_token(&self, role: &str) -> String {
        self.tokens.get(role).cloned().unwrap_or_default()
    }
}

fn copy(from: &PathBuf, to: &PathBuf) {
    fs::copy(from, to).unwrap_or_else(|error| panic!("{}: {error}", from.display()));
}

fn hyphens(hex: &str) -> String {
    assert_eq!(hex.len(), 32, "{hex}");
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}
