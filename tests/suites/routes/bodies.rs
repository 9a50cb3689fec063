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
        "/applications/{id}/target/probe" | "/applications/{id}/target/read" | "/operations/{id}/retry" => fields(&[]),
        "/applications/{id}/target/hold" => fields(&[("state", "held")]),
        "/applications/{id}/mapping" => fields(&[("version", "1"), ("mapping", "name = \"lower(user_name)\"")]),
        "/applications/{id}/mapping/try" => fields(&[("mapping", "name = \"user_name\""), ("person", "sam.stranger")]),
        "/applications/{id}/missing/{grant}" | "/applications/{id}/accounts/{account}/repair" => fields(&[]),
        "/applications/{id}/accounts/{account}" => fields(&[("owner", "sam.stranger")]),
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

fn key(path: &str) -> String {
    path.split('/').find(|part| part.len() == 36).unwrap_or_default().replace('-', "").to_uppercase()
}

fn user_name(running: &Running, path: &str) -> String {
    running.database.sql().text(&format!("SELECT user_name FROM identities WHERE hex(id) = '{}'", key(path)))
}

fn label(running: &Running, path: &str) -> String {
    running.database.sql().text(&format!("SELECT label FROM credentials WHERE hex(id) = '{}'", key(path)))
}
