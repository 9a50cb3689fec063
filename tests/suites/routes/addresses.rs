//! With whose things a route is tried, and where they are.

use super::World;
use tenure_tests::client::encode;

impl World {
    /// Whose things a route is tried with.
    pub fn whose(&self, path: &str) -> &'static [&'static str] {
        let path = path.strip_prefix("/api/v1").unwrap_or(path);
        let ended = path.contains("/rehire") || path.contains("/ended") || path.ends_with("/ending");
        let keyed = ["/identities/{id}", "/credentials/{id}"];
        if keyed.iter().any(|prefix| path.starts_with(prefix)) && !ended {
            return &["", "own", "report"];
        }
        // Of somebody else's there is none here, for administrators either.
        if path.starts_with("/account/factors/{id}") || path.starts_with("/account/tokens/{id}") || path.starts_with("/me/tokens/{id}") {
            return &["own"];
        }
        // Streams are machines' own.
        if path.starts_with("/api/ssf/") && !path.ends_with("/jwks") && !path.ends_with("/events") {
            return &["own"];
        }
        let own = path.starts_with("/drift-reviews/{id}") || path.starts_with("/views/{id}") || path.starts_with("/account/sessions/{id}");
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
            // Nobody has a second factor here: something else of theirs is none either.
            p if p.starts_with("/account/factors/{id}") => of("credentials", "AND kind = 'session' ORDER BY created_at DESC"),
            p if p.starts_with("/account/tokens/{id}") || p.starts_with("/me/tokens/{id}") => of("credentials", "AND kind = 'token'"),
            p if p.starts_with("/views/{id}") => of("saved_views", ""),
            p if p.starts_with("/imports/{id}") => known("import"),
            p if p.starts_with("/roles/{id}") => known("role"),
            p if p.starts_with("/rules/{id}") => known("rule"),
            p if p.ends_with("/readings/{reading}/cancel") => known("hosts"),
            p if ["target", "accounts", "mapping", "missing"].iter().any(|at| p.starts_with(&format!("/applications/{{id}}/{at}"))) => {
                known("target")
            }
            p if p.starts_with("/settings/break-glass/uses/{id}") => known("break-glass use"),
            p if p.starts_with("/settings/break-glass/{id}") => self.identity("glass.sealed"),
            p if p.starts_with("/settings/mail/{id}") => known("mail"),
            "/settings/sign-in/{id}/enable" | "/sign-in-providers/{id}/enable" => known("disabled provider"),
            p if ["/settings/sign-in/{id}", "/sign-in-providers/{id}", "/sign-in/providers/{id}", "/confirm/providers/{id}"]
                .iter()
                .any(|at| p.starts_with(at)) =>
            {
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
            p if p.starts_with("/accounts/{id}") => known("account"),
            p if p.starts_with("/drift-reviews/{id}") => self.id(&format!(
                "SELECT id FROM drift_reviews WHERE reviewer_id = (SELECT i.id FROM identities i WHERE i.user_name = '{holder}')"
            )),
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
        address = address.replace(
            "{account}",
            &known(if ["/repair", "/accept", "/review"].iter().any(|end| path.ends_with(end)) { "owned account" } else { "account" }),
        );
        address = address.replace("{name}", "User").replace("{urn}", "urn:ietf:params:scim:schemas:core:2.0:User");
        assert!(!address.contains('{'), "{path}: say here what its keys are");
        match path {
            "/set-up" => format!("/set-up?token={}", known("link")),
            "/search" | "/api/v1/search" => format!("{path}?q={}", encode("sam")),
            p if p.ends_with("/lifecycle") && !p.starts_with("/api/") => format!("{address}?to=start-leave"),
            _ => address,
        }
    }
}
