//! A service provider in the cloud, reached by SCIM.

use serde_json::{Value, json};
use tenure_test_support::ScimServer;
use tenure_test_support::openldap::Authority;
use tenure_test_support::scim_server::{Paging, TOKEN};

use super::{Front, Setup, Wire};
use crate::{Client, Reply};

/// A SCIM server, behind a wire, and behind a proxy with TLS.
pub struct Service {
    server: ScimServer,
    pub wire: Wire,
    front: Front,
    /// Whose certificates the proxy has.
    authority: Authority,
    token: String,
}

impl Service {
    pub fn start() -> Self {
        let server = ScimServer::start(Paging::Index).unwrap_or_else(|error| panic!("{error}"));
        let authority = Authority::new().expect("an authority");
        let (wire, front) = (Wire::to(server.port()), Front::of(server.port(), &authority));
        Self { server, wire, front, authority, token: TOKEN.to_owned() }
    }

    pub fn setup(&self, name: &str) -> Setup {
        Setup::new(name, "scim", format!("base-url = \"http://127.0.0.1:{}/v2\"\n", self.wire.port), &self.token)
    }

    /// The same through the proxy, and the authority that it has now.
    pub fn secure_setup(&self, name: &str) -> Setup {
        let settings = format!("base-url = \"https://127.0.0.1:{}/v2\"\nca-pem = \"\"\"{}\"\"\"\n", self.front.port, self.authority.pem());
        Setup::new(name, "scim", settings, &self.token)
    }

    /// Asks it as another client would.
    fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> Reply {
        let mut client = Client::with_token(([127, 0, 0, 1], self.server.port()).into(), &self.token);
        let body = body.map(Value::to_string).unwrap_or_default();
        client.ask(method, &format!("/v2{path}"), &[("content-type", "application/scim+json")], body.as_bytes())
    }

    fn add(&self, path: &str, body: &Value) -> String {
        let made = self.ask("POST", path, Some(body));
        assert_eq!(made.status, 201, "{}", made.text());
        made.json()["id"].as_str().expect("an id").to_owned()
    }

    /// Makes an account for the person with this employee number; yields its id.
    pub fn add_user(&self, name: &str, number: &str) -> String {
        let user =
            json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": name, "externalId": number, "active": true });
        self.add("/Users", &user)
    }

    pub fn add_group(&self, name: &str, members: &[&str]) -> String {
        let members: Vec<Value> = members.iter().map(|id| json!({ "value": id })).collect();
        self.add("/Groups", &json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": name, "members": members }))
    }

    /// Whether an account may be used; none if there is none.
    pub fn is_active(&self, id: &str) -> Option<bool> {
        let reply = self.ask("GET", &format!("/Users/{id}"), None);
        (reply.status == 200).then(|| reply.json()["active"].as_bool().expect("a word on it"))
    }

    pub fn members(&self, group: &str) -> Vec<String> {
        let group = self.ask("GET", &format!("/Groups/{group}"), None).json();
        group["members"].as_array().into_iter().flatten().filter_map(|member| member["value"].as_str().map(str::to_owned)).collect()
    }

    /// Takes another token from now on, and the old one no more.
    pub fn change_password(&mut self) {
        self.token.push_str("-and-more");
        self.server.accept(&[&self.token]).expect("its tokens");
    }

    /// Shows a certificate of another authority from now on.
    pub fn change_certificate(&mut self) {
        self.authority = Authority::new().expect("an authority");
        self.front.certify(&self.authority);
    }
}
