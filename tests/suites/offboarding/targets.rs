//! A directory and a database cluster in which two people have accounts, and how Tenure is told of them.

use std::io;
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use sqlx::{Connection, PgConnection, Row};
use tenure_test_support::openldap::{OpenLdap, ROOT_DN, ROOT_PASSWORD, SUFFIX};
use tenure_test_support::postgres::{Durability, Postgres};
use tenure_tests::Client;

const PASSWORD: &str = "a password of a person";

/// Records an application, says how it is reached, tries it and reads it.
fn configure(admin: &mut Client, name: &str, kind: &str, settings: &str, secret: &str, on_end: &str) {
    let reply = admin.send("/applications", &[("name", name), ("description", "a target")]);
    assert_eq!(reply.status, 303, "{}", reply.text());
    let at = reply.location().split('?').next().expect("an address").to_owned();
    let fields = [
        ("version", "0"),
        ("kind", kind),
        ("settings", settings),
        ("secret", secret),
        ("on_end", on_end),
        ("at_once", "4"),
        ("per_minute", "600"),
        ("timeout_seconds", "10"),
    ];
    for (step, fields) in [("target", fields.as_slice()), ("target/probe", &[]), ("target/read", &[])] {
        let reply = admin.send(&format!("{at}/{step}"), fields);
        assert_eq!(reply.status, 303, "{name}, {step}: {}", words(&reply.text()));
    }
}

fn words(page: &str) -> String {
    let start = page.find("<main").unwrap_or_default();
    page[start..].chars().take(1500).collect()
}

/// OpenLDAP, behind a wire that can be cut.
pub struct Directory {
    server: OpenLdap,
    wire: Wire,
}

impl Directory {
    pub fn start() -> Self {
        let person = |uid: &str, number: &str| {
            format!(
                "dn: uid={uid},ou=people,{SUFFIX}\nobjectClass: inetOrgPerson\nuid: {uid}\ncn: {uid}\nsn: {uid}\nemployeeNumber: {number}\nuserPassword: {PASSWORD}\n\n"
            )
        };
        let unit = |name: &str| format!("dn: ou={name},{SUFFIX}\nobjectClass: organizationalUnit\nou: {name}\n\n");
        let group = |name: &str, members: &[String]| {
            let members: String = members.iter().map(|m| format!("member: {m}\n")).collect();
            format!("dn: cn={name},ou=groups,{SUFFIX}\nobjectClass: groupOfNames\ncn: {name}\n{members}\n")
        };
        let dn = |uid: &str| format!("uid={uid},ou=people,{SUFFIX}");
        let policy = format!(
            "dn: cn=default,ou=policies,{SUFFIX}\nobjectClass: device\nobjectClass: pwdPolicy\ncn: default\npwdAttribute: userPassword\npwdLockout: TRUE\n\n"
        );
        let ldif = [
            format!("dn: {SUFFIX}\nobjectClass: dcObject\nobjectClass: organization\ndc: example\no: Example\n\n"),
            unit("people"),
            unit("groups"),
            unit("policies"),
            policy,
            person("nadia.varga", "E1"),
            person("sam.stone", "E2"),
            group("staff", &[dn("nadia.varga"), dn("sam.stone")]),
            // Everybody of the staff, by way of the staff.
            group("everybody", &[format!("cn=staff,ou=groups,{SUFFIX}")]),
        ];
        let server = OpenLdap::start(&ldif.concat()).expect("slapd starts");
        let port = server.url().rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
        Self { server, wire: Wire::to(port) }
    }

    pub fn configure(&self, admin: &mut Client) {
        let settings = format!(
            "url = \"ldap://127.0.0.1:{}\"\nbind-dn = \"{ROOT_DN}\"\npeople-base = \"ou=people,{SUFFIX}\"\ngroups-base = \"ou=groups,{SUFFIX}\"\nflavour = \"open-ldap\"\n",
            self.wire.port
        );
        configure(admin, "Directory", "ldap", &settings, ROOT_PASSWORD, "disable");
    }

    pub fn lets_in(&self, uid: &str) -> bool {
        self.server.lets_in(&format!("uid={uid},ou=people,{SUFFIX}"), PASSWORD).expect("an answer")
    }

    /// The same: it is Tenure alone that does not get through.
    pub fn is_lets_in_behind_the_cut(&self, uid: &str) -> bool {
        self.lets_in(uid)
    }

    pub fn members(&self, group: &str) -> String {
        self.server.search(&format!("cn={group},ou=groups,{SUFFIX}"), "(objectClass=*)", &["member"]).expect("an answer")
    }

    pub fn cut_off(&mut self) {
        self.wire.cut();
    }

    pub fn mend(&mut self) {
        self.wire.mend();
    }
}

/// A port that leads to another one, until it is cut: then nobody listens there.
struct Wire {
    port: u16,
    to: u16,
    /// While it is whole.
    stop: Option<Arc<AtomicBool>>,
    open: Arc<Mutex<Vec<TcpStream>>>,
}

impl Wire {
    fn to(to: u16) -> Self {
        let mut wire = Self { port: 0, to, stop: None, open: Arc::default() };
        wire.mend();
        wire
    }

    fn mend(&mut self) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port)).expect("the port is free");
        self.port = listener.local_addr().expect("an address").port();
        let stop = Arc::new(AtomicBool::new(false));
        self.stop = Some(Arc::clone(&stop));
        let (to, open) = (self.to, Arc::clone(&self.open));
        thread::spawn(move || {
            for near in listener.incoming().flatten() {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                let Ok(far) = TcpStream::connect((Ipv4Addr::LOCALHOST, to)) else { continue };
                open.lock().expect("no thread panicked").extend([&near, &far].map(|s| s.try_clone().expect("a copy")));
                for (from, into) in [(near.try_clone(), far.try_clone()), (Ok(far), Ok(near))] {
                    let (mut from, mut into) = (from.expect("a copy"), into.expect("a copy"));
                    thread::spawn(move || {
                        let _ = io::copy(&mut from, &mut into);
                        let _ = into.shutdown(Shutdown::Both);
                    });
                }
            }
        });
    }

    fn cut(&mut self) {
        if let Some(stop) = self.stop.take() {
            stop.store(true, Ordering::Relaxed);
            // Wakes the one who listens.
            let _ = TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, self.port)));
        }
        for stream in self.open.lock().expect("no thread panicked").drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

/// A PostgreSQL cluster that asks people for their passwords.
pub struct Roles {
    server: Postgres,
    runtime: tokio::runtime::Runtime,
    admin: Mutex<PgConnection>,
}

impl Roles {
    pub fn start() -> Self {
        let server = Postgres::start(Durability::Off).expect("PostgreSQL starts");
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let admin = runtime.block_on(PgConnection::connect(&server.url())).expect("a connection");
        let roles = Self { server, runtime, admin: Mutex::new(admin) };
        for statement in [
            "CREATE ROLE heir NOLOGIN",
            "CREATE ROLE \"nadia.varga\" LOGIN",
            "CREATE ROLE \"sam.stone\" LOGIN",
            "CREATE ROLE finance NOLOGIN",
            "GRANT finance TO \"nadia.varga\"",
            "CREATE TABLE ledger (n INTEGER)",
            "ALTER TABLE ledger OWNER TO \"nadia.varga\"",
        ] {
            roles.sql(statement);
        }
        roles
    }

    fn sql(&self, statement: &'static str) {
        let mut admin = self.admin.lock().expect("no thread panicked");
        self.runtime.block_on(sqlx::query(statement).execute(&mut *admin)).expect(statement);
    }

    fn ask(&self, query: &'static str, with: &str) -> Option<String> {
        let mut admin = self.admin.lock().expect("no thread panicked");
        self.runtime.block_on(sqlx::query(query).bind(with).fetch_optional(&mut *admin)).expect(query).map(|row| row.get(0))
    }

    fn port(&self) -> &'static str {
        let url = self.server.url();
        let port = url.split(':').nth(2).and_then(|rest| rest.split('/').next()).expect("a port").to_owned();
        Box::leak(port.into_boxed_str())
    }

    pub fn configure(&self, admin: &mut Client) {
        let settings =
            format!("host = \"127.0.0.1\"\nport = {}\nuser = \"postgres\"\nssl-mode = \"disable\"\nreassign-to = \"heir\"\n", self.port());
        configure(admin, "Books", "postgresql", &settings, "not asked for", "delete");
    }

    fn connect_as(&self, role: &str) -> Result<PgConnection, sqlx::Error> {
        self.runtime.block_on(PgConnection::connect(&format!("postgres://{role}@127.0.0.1:{}/postgres", self.port())))
    }

    pub fn lets_in(&self, role: &str) -> bool {
        self.connect_as(role).is_ok()
    }

    /// A session that stays open.
    pub fn session_of(&self, role: &str) -> PgConnection {
        self.connect_as(role).expect("a session")
    }

    pub fn is_over(&self, mut session: PgConnection) -> bool {
        self.runtime.block_on(sqlx::query("SELECT 1").execute(&mut session)).is_err()
    }

    pub fn exists(&self, role: &str) -> bool {
        self.ask("SELECT rolname::text FROM pg_roles WHERE rolname = $1", role).is_some()
    }

    pub fn owner_of(&self, table: &str) -> String {
        self.ask("SELECT tableowner::text FROM pg_tables WHERE tablename = $1", table).expect("the table")
    }

    pub fn heir(&self) -> &'static str {
        "heir"
    }
}
