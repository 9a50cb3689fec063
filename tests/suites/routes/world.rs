//! A small company with one of everything, made through the portal and the command line, and
//! copies of it to try things on.

#[path = "own_targets.rs"]
mod own_targets;
#[path = "providers.rs"]
mod providers;

pub use own_targets::transmitter;
pub use providers::{provider_body, provider_fields};

use std::{collections::BTreeMap, fs, path::PathBuf};
use tenure_tests::{Client, Database, Server, client::encode};

/// Who asks. `reader` is a program with an administrator's token that may only read, `provisioner` an identity provider
/// with the token of a service. SCIM and REST are for programs, so there all of them come with one.
pub const ROLES: [&str; 7] = ["anonymous", "employee", "manager", "auditor", "reader", "provisioner", "admin"];

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

/// What is in the database, as far as anybody could change it.
#[derive(Debug, PartialEq, Eq)]
pub struct Picture {
    pub state: Vec<String>,
    pub events: i64,
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
        self.providers(&mut admin);
        self.by_hand(&mut admin);
        let day = [("source", "HR"), ("as_of-day", "1"), ("as_of-month", "2"), ("as_of-year", "2024")];
        let staged = admin.upload("/imports/new", &day, NEXT.as_bytes());
        assert_eq!(staged.status, 303, "{}", staged.text());
        let page = admin.get(staged.location());
        self.keep("import plan", page.hidden("plan").expect("the plan's hash"));
        let answer = self.database.json(["account", "invite", "rita.report"]).done().json();
        let path = answer["path"].as_str().expect("a path");
        self.keep("link", path.split_once("token=").expect("a token").1.to_owned());
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

    fn keep(&mut self, name: &str, value: String) {
        self.known.insert(name.to_owned(), value);
    }

    /// An identity provider: a service with the role. Gives its token.
    fn provisioner(&mut self, admin: &mut Client) -> String {
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

    fn token(&mut self, client: &mut Client, name: &str, access: &str) -> String {
        self.token_at(client, "/account/tokens/new", name, access)
    }

    fn token_at(&mut self, client: &mut Client, path: &str, name: &str, access: &str) -> String {
        let fields = [("label", "script"), ("purpose", "a test"), ("access", access), ("days", "30")];
        let page = client.send(path, &fields).text();
        let signs = |rest: &str| rest.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default().to_owned();
        let found = page.split("tnr_").skip(1).map(signs).find(|signs| signs.len() == 49);
        let token = format!("tnr_{}", found.unwrap_or_else(|| panic!("no token: {page}")));
        self.keep(&format!("token of {name}"), token.clone());
        token
    }

    fn import(&self, what: &str, content: &str, more: &[&str]) {
        let file = self.database.write("list.csv", content);
        let mut command = self.database.command();
        command.args(["--format", "json", "import", what]).arg(file).args(more);
        tenure_tests::database::run(&mut command).done();
    }

    /// A target that is reached: the PostgreSQL of the tests. Nothing is owed there.
    fn target(&mut self, admin: &mut Client) {
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
    fn drift(&mut self, admin: &mut Client) {
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
    fn roles(&mut self, admin: &mut Client) {
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
            ("restore", "SELECT id FROM restores"),
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

    pub fn identity(&self, user_name: &str) -> String {
        self.id(&format!("SELECT id FROM identities WHERE user_name = '{user_name}'"))
    }

    /// Whose things a route is tried with.
    pub fn whose(&self, path: &str) -> &'static [&'static str] {
        let path = path.strip_prefix("/api/v1").unwrap_or(path);
        let ended = path.contains("/rehire") || path.contains("/ended") || path.ends_with("/ending");
        let keyed = ["/identities/{id}", "/credentials/{id}"];
        if keyed.iter().any(|prefix| path.starts_with(prefix)) && !ended {
            return &["", "own", "report"];
        }
        // Of somebody else's there is none here, for administrators either.
        if path.starts_with("/account/tokens/{id}") || path.starts_with("/me/tokens/{id}") {
            return &["own"];
        }
        // Streams are machines' own.
        if path.starts_with("/api/ssf/") && !path.ends_with("/jwks") && !path.ends_with("/events") {
            return &["own"];
        }
        let own = path.starts_with("/views/{id}") || path.starts_with("/account/sessions/{id}");
        if own { &["", "own"] } else { &[""] }
    }

    /// The person behind a role.
    pub fn name(role: &str) -> &'static str {
        match role {
            "employee" => "emil.employee",
            "manager" => "mia.manager",
            "auditor" => "otto.auditor",
            "admin" | "reader" => "admin",
            _ => "sam.stranger",
        }
    }

    /// Whose thing it is.
    pub fn holder(whose: &str, role: &str) -> &'static str {
        match whose {
            "own" => World::name(role),
            "report" => "rita.report",
            _ => "sam.stranger",
        }
    }

    /// The address of a route, with the keys of things that exist.
    pub fn path(&self, path: &str, whose: &str, role: &str) -> String {
        let holder = World::holder(whose, role);
        let known = |name: &str| self.known[name].clone();
        let of = |table: &str, more: &str| {
            let identity = format!("(SELECT id FROM identities WHERE user_name = '{holder}')");
            self.id(&format!("SELECT id FROM {table} WHERE identity_id = {identity} {more}"))
        };
        let id = match path.strip_prefix("/api/v1").unwrap_or(path) {
            "/identities/{id}/rehire" | "/identities/{id}/ended" | "/identities/{id}/ending" => self.identity("lea.leaver"),
            // A service's own: people issue theirs on their own page.
            "/identities/{id}/ssh-keys/new" if whose != "own" => self.identity("svc.build"),
            "/identities/{id}/tokens/new" if whose.is_empty() => self.identity("svc.build"),
            // A source owns what it tells of people.
            "/identities/{id}/edit" if whose != "own" => self.identity("svc.build"),
            p if p.contains("identities/{id}") => self.identity(holder),
            p if p.starts_with("/credentials/{id}") => of("credentials", "AND kind = 'ssh-key'"),
            p if p.starts_with("/account/sessions/{id}") => of("credentials", "AND kind = 'session' ORDER BY created_at DESC"),
            p if p.starts_with("/account/tokens/{id}") || p.starts_with("/me/tokens/{id}") => of("credentials", "AND kind = 'token'"),
            p if p.starts_with("/views/{id}") => of("saved_views", ""),
            p if p.starts_with("/imports/{id}") => known("import"),
            p if p.starts_with("/roles/{id}") => known("role"),
            p if p.starts_with("/rules/{id}") => known("rule"),
            p if p.ends_with("/readings/{reading}/cancel") => known("hosts"),
            p if ["target", "accounts", "mapping", "missing"].iter().any(|at| p.starts_with(&format!("/applications/{{id}}/{at}"))) => {
                known("target")
            }
            "/settings/sign-in/{id}/enable" | "/sign-in-providers/{id}/enable" => known("disabled provider"),
            p if ["/settings/sign-in/{id}", "/sign-in-providers/{id}", "/sign-in/providers/{id}"].iter().any(|at| p.starts_with(at)) => {
                known("provider")
            }
            "/signals/receivers/{id}/resume" => known("paused receiver"),
            "/signals/transmitters/{id}/resume" => known("paused transmitter"),
            p if p.starts_with("/signals/receivers/{id}") => known("receiver"),
            p if p.starts_with("/signals/transmitters/{id}") => known("transmitter"),
            p if p.starts_with("/applications/{id}/hosts") => known("hosts"),
            p if p.starts_with("/applications/{id}") => known("application"),
            "/tasks/{id}/file" => known("task with a file"),
            p if p.starts_with("/tasks/{id}") => known("task"),
            p if p.starts_with("/operations/{id}") => known("operation"),
            p if p.starts_with("/offboarding/{id}") || p.starts_with("/offboarding-records/{id}") => known("record"),
            "/accounts/{id}/repair" | "/accounts/{id}/accept" | "/accounts/{id}/reject" => known("owned account"),
            "/accounts/{id}/owner" => known("account"),
            p if p.starts_with("/hand-overs/{id}") => known("hand-over"),
            p if p.starts_with("/audit/{id}") || p.starts_with("/audit/events/{id}") => known("event"),
            // Whoever may change something over SCIM has something of its own there.
            "/scim/v2/Users/{id}" => self.known.get(&format!("Users of {role}")).cloned().unwrap_or_else(|| self.identity(holder)),
            "/scim/v2/Groups/{id}" => self.known.get(&format!("Groups of {role}")).cloned().unwrap_or_else(|| known("role")),
            p => {
                assert!(!p.contains("{id}"), "{p}: say here what its key is");
                String::new()
            }
        };
        let mut address = path.replace("{id}", &id).replace("{*name}", "search_palette");
        if path == "/assets/{file}" {
            address = tenure_server::assets::href("favicon.svg").to_owned();
        }
        if address.contains("{assignment}") {
            address = address.replace("{assignment}", &of("assignments", "AND state = 'active' AND reason = 'direct'"));
        }
        if address.contains("{link}") {
            address = address.replace("{link}", &of("sign_in_links", ""));
        }
        address = address.replace("{grant}", &known("missing grant")).replace("{role}", "auditor");
        address = address.replace("{host}", &known("host")).replace("{reading}", &known("reading")).replace("{stream}", &known("receiver"));
        address = address
            .replace("{account}", &known(if path.ends_with("/repair") || path.ends_with("/accept") { "owned account" } else { "account" }));
        address = address.replace("{name}", "User").replace("{urn}", "urn:ietf:params:scim:schemas:core:2.0:User");
        assert!(!address.contains('{'), "{path}: say here what its keys are");
        match path {
            "/set-up" => format!("/set-up?token={}", known("link")),
            "/search" | "/api/v1/search" => format!("{path}?q={}", encode("sam")),
            p if p.ends_with("/lifecycle") && !p.starts_with("/api/") => format!("{address}?to=start-leave"),
            _ => address,
        }
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

impl Running {
    pub fn picture(&self) -> Picture {
        let mut sql = self.database.sql();
        let tables = sql.texts("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_sqlx%' AND name NOT LIKE 'identity_search%' AND name NOT LIKE 'audit_%' AND name <> 'sign_in_attempts'");
        let mut state = Vec::new();
        for table in tables {
            let columns = sql.texts(&format!("SELECT name FROM pragma_table_info('{table}')"));
            // When something was last used, or looked at, is no change; nor is a sign-in that begins.
            let columns = columns
                .into_iter()
                .filter(|c| !matches!(c.as_str(), "last_seen_at" | "last_used_at" | "looked_at" | "expires_at" | "data"));
            let row: Vec<_> = columns.map(|c| format!("quote({c})")).collect();
            let rows = sql.texts(&format!("SELECT {} FROM {table}", row.join(" || '|' || ")));
            // Of a session before sign-in nobody has anything.
            state.extend(rows.into_iter().map(|row| format!("{table} {row}")));
        }
        state.sort();
        Picture { state, events: self.database.events() }
    }
}

impl Picture {
    pub fn difference(&self, after: &Picture) -> String {
        let only = |these: &Picture, those: &Picture| {
            let rows = these.state.iter().filter(|row| those.state.binary_search(row).is_err());
            rows.take(4).cloned().collect::<Vec<_>>().join("\n    ")
        };
        format!("{} events, now {}\n  - {}\n  + {}", self.events, after.events, only(self, after), only(after, self))
    }
}

fn copy(from: &PathBuf, to: &PathBuf) {
    fs::copy(from, to).unwrap_or_else(|error| panic!("{}: {error}", from.display()));
}

fn hyphens(hex: &str) -> String {
    assert_eq!(hex.len(), 32, "{hex}");
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}
