//! A portal with two people, an administrator's token, and providers.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use tenure_test_support::OpenIdProvider;
use tenure_tests::{Client, Database, Reply, Server};

pub const CLIENT: &str = "tenure";
pub const SECRET: &str = "a secret of the test & its 'signs'";
const PEOPLE: &str = "employee_id,user_name,given_name,family_name,email,department,title,manager_id,start_date
E1,nadia.varga,Nadia,Varga,nadia@example.com,core,Engineer,,2020-01-01
E2,otto.wang,Otto,Wang,otto@example.com,core,Engineer,,2020-01-01
";

/// A portal, and who asks it.
pub struct World {
    pub database: Database,
    pub server: Server,
    /// An administrator by a token.
    pub api: Client,
}

/// A provider that the portal knows.
pub struct Known {
    pub id: String,
    pub at: OpenIdProvider,
    /// Who asks the provider.
    pub ask: Client,
}

pub fn now() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a time").as_secs();
    i64::try_from(now).expect("it fits")
}

/// The part of an address behind the host.
pub fn path_of(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.find('/').map_or_else(|| "/".to_owned(), |at| rest[at..].to_owned())
}

/// The parameters of an address.
pub fn parameters(url: &str) -> BTreeMap<String, String> {
    let query = url.split_once('?').map(|(_, query)| query).unwrap_or_default();
    query.split('&').filter_map(|pair| pair.split_once('=')).map(|(name, value)| (name.to_owned(), decode(value))).collect()
}

fn decode(text: &str) -> String {
    let bytes = text.replace('+', " ").into_bytes();
    let (mut out, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let hex = (bytes[at] == b'%').then(|| std::str::from_utf8(bytes.get(at + 1..at + 3)?).ok()).flatten();
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Where a page sends a browser on by itself.
#[track_caller]
pub fn forwarded(reply: &Reply) -> String {
    let refresh = reply.header("refresh").unwrap_or_else(|| panic!("no way on: {} {}", reply.status, reply.text()));
    refresh.strip_prefix("0; url=").expect("at once").to_owned()
}

impl World {
    pub fn new(database: Database) -> Self {
        let file = database.write("people.csv", PEOPLE);
        database.import(&file, "2024-01-01", &[]).done();
        let server = Server::start(&database);
        let api = server.administrator().program("write");
        Self { database, server, api }
    }

    /// What a new provider is, by a rule.
    pub fn draft(issuer: &str, rule: Value) -> Value {
        let mut draft = json!({
            "name": "Example ID", "issuer": issuer, "client_id": CLIENT, "client_auth": "basic", "client_secret": SECRET,
            "scopes": "profile email", "sign_out_there": true,
        });
        for (name, value) in rule.as_object().expect("a rule") {
            draft[name] = value.clone();
        }
        draft
    }

    /// Lets people sign in by a provider.
    #[track_caller]
    pub fn know(&mut self, at: OpenIdProvider, rule: Value) -> Known {
        let made = self.api.send_json("POST", "/api/v1/sign-in-providers", &Self::draft(&at.issuer(), rule));
        assert_eq!(made.status, 201, "{}", made.text());
        let id = made.json()["id"].as_str().expect("an id").to_owned();
        let ask = Client::new(SocketAddr::from(([127, 0, 0, 1], at.port())));
        Known { id, at, ask }
    }

    pub fn by_employee_id() -> Value {
        json!({ "link_by": "employee-id", "link_claim": "employee_id" })
    }

    /// Why sign-ins and logouts were refused, oldest first.
    pub fn refusals(&self) -> Vec<String> {
        let sql =
            "SELECT CAST(body AS TEXT) FROM audit_events WHERE action IN ('sign-in', 'sign-in.logout') AND outcome = 'refused' ORDER BY id";
        let reason = |body: &String| serde_json::from_str::<Value>(body).expect("JSON")["reason"].as_str().unwrap_or_default().to_owned();
        self.database.sql().texts(sql).iter().map(reason).collect()
    }

    pub fn id(&self, user_name: &str) -> String {
        self.database.json(["identity", "show", user_name]).done().json()["id"].as_str().expect("an id").to_owned()
    }

    /// Begins a sign-in in a browser; the address to which it is sent.
    #[track_caller]
    pub fn begin(&self, browser: &mut Client, id: &str) -> String {
        let reply = browser.post(&format!("/sign-in/providers/{id}"), &[("next", "/my-access")]);
        assert_eq!(reply.status, 200, "{}", reply.text());
        forwarded(&reply)
    }

    /// Whether a browser is signed in.
    pub fn is_in(browser: &mut Client) -> bool {
        browser.get("/my-access").status == 200
    }
}

impl Known {
    #[track_caller]
    pub fn tell(&mut self, settings: &Value) {
        assert_eq!(self.ask.send_json("POST", "/control", settings).status, 204, "{}", self.at.log());
    }

    /// A token as the hostile provider signs it.
    #[track_caller]
    pub fn sign(&mut self, header: &Value, claims: &Value, with: &str) -> String {
        self.ask.send_json("POST", "/sign", &json!({ "header": header, "claims": claims, "with": with })).text()
    }

    pub fn callback(&self) -> String {
        format!("/sign-in/providers/{}/callback", self.id)
    }

    pub fn logout(&self) -> String {
        format!("/sign-in/providers/{}/logout", self.id)
    }
}
