//! What the form of each route sends. A new form is told here; until then the suite fails with
//! what the form says.

use crate::world::{NEXT, Running, World};
use tenure_tests::server::PASSWORD;

/// A form that can be sent.
pub enum Body {
    Fields(Vec<(&'static str, String)>),
    Upload(Vec<(&'static str, String)>, Vec<u8>),
}

/// The form of a route, as this role would fill it in with success, if it may.
pub fn body(world: &World, running: &Running, route: &str, path: &str, role: &str) -> Body {
    let known = |name: &str| world.known[name].clone();
    let fields = |fields: &[(&'static str, &str)]| Body::Fields(fields.iter().map(|(k, v)| (*k, (*v).to_owned())).collect());
    let with_day = |more: &[(&'static str, &str)]| {
        let mut all = vec![("as_of-day", "1".to_owned()), ("as_of-month", "3".to_owned()), ("as_of-year", "2024".to_owned())];
        all.extend(more.iter().map(|(k, v)| (*k, (*v).to_owned())));
        all
    };
    match route {
        "/api/fn/{*name}" => fields(&[("query", "sam")]),
        "/sign-in" => fields(&[("user_name", World::name(role)), ("password", PASSWORD), ("next", "/")]),
        "/sign-in/break-glass" => {
            fields(&[("user_name", "glass.sealed"), ("password", PASSWORD), ("reason", "nobody else can get in")])
        }
        "/settings/break-glass" => fields(&[("user_name", "glass.new"), ("display_name", "Envelope 3"), ("minutes", "60")]),
        "/settings/break-glass/uses/{id}/close" => fields(&[("note", "mended the provider, nothing else")]),
        "/settings/sessions" => fields(&[
            ("employee_preset", "aal2"), ("manager_preset", "aal2"), ("auditor_preset", "aal2"), ("admin_preset", "own"),
            ("admin_overall", "600"), ("admin_idle", "60"), ("do", "apply"),
        ]),
        "/confirm" => fields(&[("password", PASSWORD), ("back", "/account")]),
        "/confirm/providers/{id}" => fields(&[("back", "/account")]),
        "/settings/sign-in/policy/plan" => fields(&crate::world::POLICY),
        "/settings/sign-in/policy" => {
            let mut all = crate::world::POLICY.to_vec();
            let hash = known("policy hash");
            all.push(("hash", &hash));
            fields(&all)
        }
        "/sign-in/forgotten" => fields(&[("user_name", World::name(role))]),
        "/set-up" => fields(&[("token", &known("link")), ("password", PASSWORD), ("repeated", PASSWORD)]),
        "/preferences" => fields(&[("theme", "dark"), ("density", "compact"), ("back", "/")]),
        "/views" => fields(&[("page", "identities"), ("name", "another"), ("query", "state=active")]),
        "/views/{id}/delete" => fields(&[("page", "identities")]),
        "/account/password" => {
            let new = "another kettle of marsh 31";
            fields(&[("current", PASSWORD), ("password", new), ("repeated", new)])
        }
        "/account/tokens/new" | "/identities/{id}/tokens/new" => {
            fields(&[("label", "another"), ("purpose", "a test"), ("access", "write"), ("days", "30")])
        }
        "/account/ssh-keys/new" | "/identities/{id}/ssh-keys/new" => fields(&[("key", &public_key(role)), ("label", "laptop"), ("days", "90")]),
        "/identities/new" => fields(&[("kind", "service"), ("user_name", "svc.new"), ("display_name", "New"), ("purpose", "builds"), ("owner_id", "sam.stranger")]),
        "/identities/{id}/edit" => {
            // A person has no owner.
            let owner = if user_name(running, path) == "svc.build" { "sam.stranger" } else { "" };
            fields(&[("version", "1"), ("display_name", "Renamed"), ("purpose", "builds"), ("owner_id", owner)])
        }
        "/identities/{id}/end" => fields(&[("reason", "left"), ("confirm", &user_name(running, path))]),
        "/identities/{id}/rehire" => fields(&[("start_on-day", "1"), ("start_on-month", "3"), ("start_on-year", "2024"), ("reason", "back")]),
        "/identities/{id}/lifecycle" => fields(&[("to", "start-leave"), ("reason", "a year abroad")]),
        "/identities/{id}/portal/roles" => fields(&[("role", "auditor"), ("held", "yes")]),
        "/identities/{id}/roles/new" => fields(&[("role", &known("role")), ("note", "for a test")]),
        "/identities/{id}/roles/{assignment}/end" => fields(&[("reason", "not needed")]),
        "/credentials/new" => fields(&[
            ("label", "another key"), ("kind", "api-key"), ("purpose", "deploys"), ("issuer", "Forge"), ("external_id", "k99"), ("identity_id", "sam.stranger"),
        ]),
        "/credentials/{id}/owner" => fields(&[("owner", "svc.build")]),
        "/credentials/{id}/revoke" => fields(&[("reason", "leaked"), ("confirm", &label(running, path))]),
        "/hand-overs/{id}" => fields(&[("owner", "sam.stranger")]),
        "/applications" => fields(&[("name", "Ledger"), ("description", "books")]),
        "/applications/{id}/target" => Body::Fields(world.target_fields("1")),
        "/applications/{id}/target/probe" | "/applications/{id}/target/read" | "/applications/{id}/target/readings/{reading}/cancel" | "/operations/{id}/retry" => fields(&[]),
        "/applications/{id}/target/hold" => fields(&[("state", "held")]),
        "/signals/receivers" => {
            fields(&[("kind", "webhook"), ("name", "Chat"), ("url", "https://hooks.example"), ("kinds", "identity.archived")])
        }
        "/signals/transmitters" => fields(&crate::world::transmitter("Idp", "https://idp.example")),
        "/signals/receivers/{id}/rotate" => fields(&[("version", "1")]),
        "/signals/receivers/{id}/remove" => fields(&[("confirm", "Tickets")]),
        "/signals/transmitters/{id}/remove" => fields(&[("confirm", "Directory")]),
        "/signals/receivers/{id}/edit" => {
            fields(&[("version", "1"), ("name", "Tickets anew"), ("url", "https://hooks.example/anew"), ("kinds", "identity.ended")])
        }
        "/applications/{id}/accounts/{account}/review" => {
            let due = world.in_a_week();
            let part = |n: usize| due.split('-').nth(n).unwrap_or_default().to_owned();
            fields(&[
                ("seen", r#"{"ou":["Board"]}"#), ("reviewer", "sam.stranger"), ("note", "Is it right?"),
                ("due_on-day", &part(2)), ("due_on-month", &part(1)), ("due_on-year", &part(0)),
            ])
        }
        "/drift-reviews/{id}/accept" | "/drift-reviews/{id}/repair" | "/drift-reviews/{id}/withdraw" => fields(&[("reason", "it is right so")]),
        p if p.starts_with("/settings/mail/") => fields(&[]),
        p if p.starts_with("/signals/") || p.starts_with("/api/ssf/") => fields(&[]),
        "/settings/sign-in" => fields(&crate::world::provider_fields("New ID", &known("issuer"))),
        "/settings/sign-in/{id}/edit" => {
            let mut all = crate::world::provider_fields("Renamed ID", "").to_vec();
            all.push(("version", "1"));
            fields(&all)
        }
        "/settings/sign-in/{id}/remove" => fields(&[("confirm", "Example ID")]),
        "/sign-in/providers/{id}" => fields(&[("next", "/")]),
        "/identities/{id}/sign-in-links" => fields(&[("provider", &known("provider")), ("subject", &format!("of {role}"))]),
        "/applications/{id}/hosts" => fields(&[("name", "build-02"), ("days", "90")]),
        "/applications/{id}/mapping" => fields(&[("version", "1"), ("mapping", "name = \"lower(user_name)\"")]),
        "/applications/{id}/mapping/try" => fields(&[("mapping", "name = \"user_name\""), ("person", "sam.stranger")]),
        "/applications/{id}/missing/{grant}" | "/applications/{id}/accounts/{account}/repair" => fields(&[]),
        "/applications/{id}/accounts/{account}/accept" => fields(&[("note", "it may stay so"), ("seen", r#"{"ou":["Board"]}"#)]),
        "/applications/{id}/accounts/{account}/remove" => fields(&[]),
        "/applications/{id}/accounts/{account}" | "/applications/{id}/accounts/{account}/service" => fields(&[("owner", "sam.stranger")]),
        "/tasks/{id}/done" => Body::Upload(vec![("note", "seen with my own eyes".to_owned())], b"a picture".to_vec()),
        "/tasks/{id}/cannot" => fields(&[("reason", "the machine is broken")]),
        "/operations/restored" => fields(&[("restore", &known("restore")), ("note", "looked at it"), ("unread", &known("target"))]),
        "/operations/{id}/attest" => fields(&[("note", "seen with my own eyes")]),
        "/applications/{id}/entitlements" => fields(&[("name", "core:lead"), ("description", "leads"), ("risk", "medium")]),
        "/roles/plan" => fields(&[("name", "Another"), ("kind", "business"), ("version", "0"), ("entitlement", &known("entitlement"))]),
        "/roles/draft" => fields(&[("draft", &known("role draft"))]),
        "/roles/apply" => fields(&[("draft", &known("role draft")), ("hash", &known("role hash"))]),
        "/rules/plan" | "/rules/match" => {
            fields(&[("name", "Others"), ("role_id", &known("spare role")), ("expression", "department == \"legal\""), ("enabled", "on"), ("version", "0")])
        }
        "/rules/draft" => fields(&[("draft", &known("rule draft"))]),
        "/rules/apply" => fields(&[("draft", &known("rule draft")), ("hash", &known("rule hash"))]),
        "/imports/new" => Body::Upload(with_day(&[("source", "HR")]), NEXT.as_bytes().to_vec()),
        "/imports/memberships/new" => Body::Upload(
            with_day(&[("source", "HR"), ("application", "Teams")]),
            b"employee_id,team,role\nE2,core,member\n".to_vec(),
        ),
        "/imports/credentials/new" => Body::Upload(
            Vec::new(),
            b"issuer,external_id,kind,label,purpose,owner,application,created,last_used,rotated,expires,dependents\nForge,k9,ssh-key,nine,deploys,sam.stranger,,2023-01-01,,,,\n".to_vec(),
        ),
        "/imports/{id}/apply" => fields(&[("plan", &known("import plan"))]),
        "/imports/{id}/map" => {
            let columns = ["employee_id", "user_name", "given_name", "family_name", "email", "department", "title", "manager_id", "start_date"];
            let names = [
                "column-employee_id", "column-user_name", "column-given_name", "column-family_name", "column-email",
                "column-department", "column-title", "column-manager_id", "column-start_date",
            ];
            let mut all = with_day(&[("delimiter", ","), ("default_time_zone", "UTC"), ("mover", "department"), ("mover", "title")]);
            all.extend(names.into_iter().zip(columns).map(|(name, column)| (name, column.to_owned())));
            Body::Fields(all)
        }
        _ => fields(&[]),
    }
}

/// The body of a request over SCIM; None for another route.
pub fn scim_body(method: &str, route: &str, role: &str) -> Option<String> {
    let rest = route.strip_prefix("/scim/v2/")?;
    let patch = |path: &str| format!(r#"{{"Operations":[{{"op":"replace","path":"{path}","value":"Changed by {role}"}}]}}"#);
    Some(match (method, rest) {
        ("POST", "Users") => format!(r#"{{"userName":"new.{role}"}}"#),
        ("POST", "Groups") => format!(r#"{{"displayName":"New of {role}"}}"#),
        ("POST", "Bulk") => {
            format!(r#"{{"Operations":[{{"method":"POST","path":"/Users","bulkId":"a","data":{{"userName":"bulk.{role}"}}}}]}}"#)
        }
        ("PUT", "Users/{id}") => format!(r#"{{"userName":"user.of.{role}","title":"Clerk"}}"#),
        ("PUT", "Groups/{id}") => format!(r#"{{"displayName":"Group of {role} again"}}"#),
        ("PATCH", "Users/{id}") => patch("title"),
        ("PATCH", "Groups/{id}") => patch("displayName"),
        ("DELETE", _) => String::new(),
        _ => "{}".to_owned(),
    })
}

/// What is sent to a route of REST: the kind of body, and the body. None for another route.
pub fn rest_body(world: &World, method: &str, route: &str) -> Option<(&'static str, String)> {
    let rest = route.strip_prefix("/api/v1/")?;
    let known = |name: &str| world.known[name].clone();
    let sam = || world.identity("sam.stranger");
    let json = |body: String| Some(("application/json", body));
    let csv = |body: &str| Some(("text/csv", body.to_owned()));
    match (method, rest) {
        ("POST", "identities") => {
            json(format!(r#"{{"kind":"service","user_name":"svc.new","display_name":"New","purpose":"builds","owner_id":"{}"}}"#, sam()))
        }
        ("PATCH", "identities/{id}") => json(r#"{"display_name":"Renamed"}"#.to_owned()),
        ("POST", "identities/{id}/end" | "identities/{id}/assignments/{assignment}/end" | "credentials/{id}/revoke") => {
            json(r#"{"reason":"left"}"#.to_owned())
        }
        ("POST", "identities/{id}/rehire") => json(r#"{"start_on":"2024-03-01","reason":"back"}"#.to_owned()),
        ("POST", "identities/{id}/lifecycle") => json(r#"{"transition":"start-leave","reason":"a year abroad"}"#.to_owned()),
        ("POST", "identities/{id}/assignments") => json(format!(r#"{{"role_id":"{}","note":"for a test"}}"#, known("role"))),
        ("POST", "credentials") => json(format!(
            r#"{{"kind":"api-key","label":"another","purpose":"deploys","issuer":"Forge","external_id":"k99","identity_id":"{}"}}"#,
            sam()
        )),
        ("PATCH", "credentials/{id}") => json(format!(r#"{{"identity_id":"{}"}}"#, world.identity("svc.build"))),
        ("POST", "applications") => json(r#"{"name":"Ledger","description":"books"}"#.to_owned()),
        ("POST", "applications/{id}/entitlements") => json(r#"{"name":"core:lead","description":"leads","risk":"medium"}"#.to_owned()),
        ("PUT", "applications/{id}/target") => {
            let url = tenure_test_support::postgres_url().expect("a PostgreSQL");
            let port = url.rsplit(':').next().and_then(|rest| rest.split('/').next()).expect("a port").to_owned();
            let settings = format!(r#"{{"host":"127.0.0.1","port":{port},"user":"postgres","ssl-mode":"disable"}}"#);
            json(format!(
                r#"{{"kind":"postgresql","settings":{settings},"secret":"a password","on_end":"delete","at_once":4,"per_minute":60,"timeout_seconds":10}}"#
            ))
        }
        ("PUT", "applications/{id}/target/mapping") => json(r#"{"mapping":{"name":"lower(user_name)"}}"#.to_owned()),
        ("POST", "applications/{id}/target/mapping/try") => {
            json(format!(r#"{{"mapping":{{"name":"user_name"}},"identity_id":"{}"}}"#, sam()))
        }
        ("POST", "applications/{id}/target/read") => json("{}".to_owned()),
        ("POST", "applications/{id}/target/hold") => json(r#"{"state":"held"}"#.to_owned()),
        ("POST", "accounts/{id}/accept") => json(r#"{"note":"it may stay so","attributes":{"ou":["Board"]}}"#.to_owned()),
        ("POST", "accounts/{id}/service") => json(format!(r#"{{"owner_id":"{}"}}"#, sam())),
        ("POST", "drift-reviews") => json(format!(
            r#"{{"account_id":"{}","attributes":{{"ou":["Board"]}},"reviewer_id":"{}","due_on":"{}","note":"Is it right?"}}"#,
            known("owned account"),
            sam(),
            world.in_a_week()
        )),
        ("POST", "drift-reviews/{id}/accept" | "drift-reviews/{id}/repair" | "drift-reviews/{id}/withdraw") => {
            json(r#"{"reason":"it is right so"}"#.to_owned())
        }
        ("PATCH", "signals/receivers/{id}") => json(r#"{"name":"Tickets anew"}"#.to_owned()),
        ("POST", "accounts/{id}/owner") => json(format!(r#"{{"identity_id":"{}"}}"#, sam())),
        ("POST", "roles/plan") => json(format!(r#"{{"name":"Another","kind":"business","entitlements":["{}"]}}"#, known("entitlement"))),
        ("POST", "roles/apply") => json(format!(r#"{{"draft":{},"hash":"{}"}}"#, known("role draft"), known("role hash"))),
        ("POST", "rules/match") => json(r#"{"expression":"department == \"legal\""}"#.to_owned()),
        ("POST", "rules/plan") => json(format!(
            r#"{{"name":"Others","role_id":"{}","expression":"department == \"legal\"","enabled":true}}"#,
            known("spare role")
        )),
        ("POST", "rules/apply") => json(format!(r#"{{"draft":{},"hash":"{}"}}"#, known("rule draft"), known("rule hash"))),
        ("POST", "operations/{id}/attest" | "tasks/{id}/done") => json(r#"{"note":"seen with my own eyes"}"#.to_owned()),
        ("POST", "tasks/{id}/cannot") => json(r#"{"reason":"the machine is broken"}"#.to_owned()),
        ("POST", "views") => json(r#"{"list":"identities","name":"one more","query":"state=active"}"#.to_owned()),
        ("POST", "restore/release") => {
            json(format!(r#"{{"restore_id":"{}","note":"looked at it","unread":["{}"]}}"#, known("restore"), known("target")))
        }
        ("POST", "hand-overs/{id}") => json(format!(r#"{{"new_owner":"{}"}}"#, sam())),
        ("POST", "signals/receivers") => {
            json(r#"{"kind":"webhook","name":"Chat","url":"https://hooks.example","kinds":["identity.archived"]}"#.to_owned())
        }
        ("POST", "signals/receivers/{id}/pause") => json(r#"{"reason":"it moves"}"#.to_owned()),
        ("POST", "signals/receivers/{id}/rotate") => json("{}".to_owned()),
        ("POST", "signals/transmitters") => json(
            r#"{"name":"Idp","issuer":"https://idp.example","audience":"https://tenure.example","match_by":"email",
                "jwks":{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]},
                "on_session_revoked":"end-sessions","on_credential_change":"record","on_account_disabled":"suspend"}"#
                .to_owned(),
        ),
        ("POST", "sign-in-providers") => json(crate::world::provider_body(&known("issuer"))),
        ("PUT", "sign-in-providers/{id}") => {
            let sql = format!("SELECT issuer FROM sign_in_providers WHERE hex(id) = '{}'", key(&format!("/{}", known("provider"))));
            json(crate::world::provider_body(&world.text(&sql)))
        }
        ("POST", "identities/{id}/sign-in-links") => json(format!(r#"{{"provider_id":"{}","subject":"new"}}"#, known("provider"))),
        ("POST", "audit/verify") => json("{}".to_owned()),
        ("POST", "imports/people") => csv(NEXT),
        ("POST", "imports/memberships") => csv("employee_id,team,role\nE2,core,member\n"),
        ("POST", "imports/credentials") => csv(
            "issuer,external_id,kind,label,purpose,owner,application,created,last_used,rotated,expires,dependents\nForge,k9,ssh-key,nine,deploys,sam.stranger,,2023-01-01,,,,\n",
        ),
        ("PUT", "imports/{id}/mapping") => json(
            r#"{"as_of":"2024-03-01","mapping":{"employee_id":"employee_id","user_name":"user_name","given_name":"given_name","family_name":"family_name","email":"email","department":"department","title":"title","manager_id":"manager_id","start_date":"start_date","end_date":null,"time_zone":null,"display_name":null,"attributes":{},"ignore":[],"mover_attributes":["department","title"],"default_time_zone":"UTC","delimiter":","}}"#
                .to_owned(),
        ),
        ("POST", "imports/{id}/apply") => json(format!(r#"{{"plan":"{}"}}"#, known("import plan"))),
        // Nothing is sent.
        _ => Some(("", String::new())),
    }
}

/// An Ed25519 key of each role's own (RFC 8709, 4): its 32 bytes are as good as any.
fn public_key(role: &str) -> String {
    let letter = match role {
        "employee" => 'B',
        "manager" => 'C',
        "auditor" => 'D',
        "admin" => 'E',
        _ => 'F',
    };
    format!("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{}{}", "A".repeat(2), letter.to_string().repeat(41))
}

fn key(path: &str) -> String {
    path.split('/').find(|part| part.len() == 36).unwrap_or_default().replace('-', "").to_uppercase()
}

fn user_name(running: &Running, path: &str) -> String {
    running.database.sql().text(&format!("SELECT user_name FROM identities WHERE hex(id) = '{}'", key(path)))
}

fn label(running: &Running, path: &str) -> String {
    running.database.sql().text(&format!("SELECT label FROM credentials WHERE hex(id) = '{}'", key(path)))
}
