//! What is in the database, as far as a command changes it, and what must never be in it.

use tenure_tests::Database;

/// Everything that the commands write, without keys and times, as lines that can be compared.
pub fn picture(database: &Database) -> Vec<String> {
    let mut sql = database.sql();
    let mut lines = Vec::new();
    for (name, query) in PICTURE {
        let rows = sql.texts(query);
        lines.extend(rows.into_iter().map(|row| format!("{name} {row}")));
    }
    lines.sort();
    lines
}

const PICTURE: [(&str, &str); 10] = [
    (
        "identity",
        "SELECT i.user_name || '|' || COALESCE(i.employee_id, '') || '|' || i.state || '|' || i.department || '|' || i.title
            || '|' || CAST(i.epoch AS TEXT) || '|' || CAST(i.version AS TEXT) || '|' || CAST(i.source_present AS TEXT)
            || '|' || COALESCE(m.user_name, '') || '|' || CASE WHEN i.ended_at IS NULL THEN '' ELSE 'ended' END
         FROM identities i LEFT JOIN identities m ON m.id = i.manager_id",
    ),
    (
        "employments",
        "SELECT i.user_name || '|' || CAST(COUNT(*) AS TEXT) || '|' || CAST(SUM(CASE WHEN e.ended_on IS NULL THEN 1 ELSE 0 END) AS TEXT)
         FROM employments e JOIN identities i ON i.id = e.identity_id GROUP BY i.user_name",
    ),
    (
        "grant",
        "SELECT i.user_name || '|' || e.name || '|' || g.state FROM grants g JOIN identities i ON i.id = g.identity_id JOIN entitlements e ON e.id = g.entitlement_id",
    ),
    (
        "assignments",
        "SELECT i.user_name || '|' || r.name || '|' || a.state || '|' || CAST(COUNT(*) AS TEXT)
         FROM assignments a JOIN identities i ON i.id = a.identity_id JOIN roles r ON r.id = a.role_id GROUP BY i.user_name, r.name, a.state",
    ),
    (
        "operations",
        "SELECT i.user_name || '|' || o.kind || '|' || o.state || '|' || CAST(COUNT(*) AS TEXT)
         FROM operations o JOIN identities i ON i.id = o.identity_id GROUP BY i.user_name, o.kind, o.state",
    ),
    (
        "credential",
        "SELECT c.label || '|' || c.state || '|' || CAST(c.version AS TEXT) FROM credentials c",
    ),
    (
        "alive",
        "SELECT i.user_name FROM portal_sessions s JOIN identities i ON i.id = s.identity_id
         UNION ALL SELECT i.user_name FROM api_tokens t JOIN identities i ON i.id = t.identity_id",
    ),
    (
        "imports",
        "SELECT kind || '|' || CAST(as_of AS TEXT) || '|' || state FROM imports",
    ),
    (
        "ending",
        "SELECT i.user_name || '|' || e.reason FROM ending_members m JOIN identities i ON i.id = m.identity_id JOIN endings e ON e.id = m.ending_id",
    ),
    (
        "events",
        "SELECT a.action || '|' || a.outcome || '|' || COALESCE(i.user_name, '') || '|' || CAST(COUNT(*) AS TEXT)
         FROM audit_events a LEFT JOIN identities i ON i.id = a.identity_id GROUP BY a.action, a.outcome, i.user_name",
    ),
];

/// What differs between two pictures fails the test, by its first lines.
#[track_caller]
pub fn assert_same(left: &[&String], right: &[&String], what: &str) {
    let only = |these: &[&String], those: &[&String]| {
        let these = these.iter().filter(|line| those.binary_search(line).is_err());
        these.take(10).map(ToString::to_string).collect::<Vec<_>>()
    };
    let difference = (only(left, right), only(right, left));
    assert!(left == right, "{what}: {difference:#?}");
}

/// Rows that must never be there, whatever happened.
pub fn violations(database: &Database) -> Vec<String> {
    let mut sql = database.sql();
    let mut found = Vec::new();
    for (what, query) in NEVER {
        let count = sql.number(query);
        if count != 0 {
            found.push(format!("{what}: {count}"));
        }
    }
    found
}

const NEVER: [(&str, &str); 15] = [
    (
        "sessions of ended identities",
        "SELECT COUNT(*) FROM portal_sessions s JOIN identities i ON i.id = s.identity_id WHERE i.state IN ('terminated', 'archived')",
    ),
    (
        "API tokens of ended identities",
        "SELECT COUNT(*) FROM api_tokens t JOIN identities i ON i.id = t.identity_id WHERE i.state IN ('terminated', 'archived')",
    ),
    (
        "passwords, links and portal roles of ended identities",
        "SELECT (SELECT COUNT(*) FROM local_accounts x JOIN identities i ON i.id = x.identity_id WHERE i.state IN ('terminated', 'archived'))
              + (SELECT COUNT(*) FROM setup_links x JOIN identities i ON i.id = x.identity_id WHERE i.state IN ('terminated', 'archived'))
              + (SELECT COUNT(*) FROM portal_roles x JOIN identities i ON i.id = x.identity_id WHERE i.state IN ('terminated', 'archived'))",
    ),
    (
        "live credentials of ended identities",
        "SELECT COUNT(*) FROM credentials c JOIN identities i ON i.id = c.identity_id
         WHERE i.state IN ('terminated', 'archived') AND c.state NOT IN ('revoked', 'revoking', 'expired')",
    ),
    (
        "revocations that nobody owes",
        "SELECT COUNT(*) FROM credentials c WHERE c.state = 'revoking'
           AND NOT EXISTS (SELECT 1 FROM operations o WHERE o.credential_id = c.id AND o.kind = 'revoke-credential')",
    ),
    (
        "grants of ended identities that are still held",
        "SELECT COUNT(*) FROM grants g JOIN identities i ON i.id = g.identity_id
         WHERE i.state IN ('terminated', 'archived') AND g.state NOT IN ('removal-owed', 'removed')",
    ),
    (
        "removals that nobody owes",
        "SELECT COUNT(*) FROM grants g WHERE g.state = 'removal-owed'
           AND NOT EXISTS (SELECT 1 FROM operations o WHERE o.grant_id = g.id AND o.kind = 'remove-entitlement' AND o.state IN ('queued', 'running', 'acknowledged', 'needs-human'))",
    ),
    (
        "assignments of ended identities",
        "SELECT COUNT(*) FROM assignments a JOIN identities i ON i.id = a.identity_id WHERE i.state IN ('terminated', 'archived') AND a.state <> 'ended'",
    ),
    (
        "open employments of ended identities",
        "SELECT COUNT(*) FROM employments e JOIN identities i ON i.id = e.identity_id WHERE i.state IN ('terminated', 'archived') AND e.ended_on IS NULL",
    ),
    (
        "people at work without one open employment",
        "SELECT COUNT(*) FROM identities i WHERE i.state = 'active' AND i.source_id IS NOT NULL
           AND (SELECT COUNT(*) FROM employments e WHERE e.identity_id = i.id AND e.ended_on IS NULL) <> 1",
    ),
    (
        "ended identities without a moment",
        "SELECT COUNT(*) FROM identities i WHERE (i.state = 'terminated') <> (i.ended_at IS NOT NULL)",
    ),
    (
        "epochs that are not the number of endings",
        "SELECT COUNT(*) FROM identities i WHERE i.epoch <> (SELECT COUNT(*) FROM ending_members m WHERE m.identity_id = i.id)",
    ),
    (
        "endings without their event",
        "SELECT COUNT(*) FROM identities i WHERE (SELECT COUNT(*) FROM ending_members m WHERE m.identity_id = i.id)
           <> (SELECT COUNT(*) FROM audit_events a WHERE a.identity_id = i.id AND a.action = 'identity.ended')",
    ),
    (
        "employments without their event",
        "SELECT COUNT(*) FROM identities i WHERE i.source_id IS NOT NULL AND (SELECT COUNT(*) FROM employments e WHERE e.identity_id = i.id)
           <> (SELECT COUNT(*) FROM audit_events a WHERE a.identity_id = i.id AND a.action IN ('identity.joined', 'identity.rehired'))",
    ),
    (
        "imports without their event",
        "SELECT (SELECT COUNT(*) FROM imports WHERE kind = 'people' AND state = 'applied') - (SELECT COUNT(*) FROM audit_events WHERE action = 'import.applied')",
    ),
];

/// Gives people more to lose than a file can: roles by rule, sessions, tokens, passwords and
/// credentials of other systems.
pub fn prepare(database: &Database) {
    let mut sql = database.sql();
    let id = sql.new_id();
    let now = "'2020-01-01 00:00:00+00:00'";
    let someone = "FROM identities WHERE source_id IS NOT NULL AND user_name <> 'user00001'";
    let mut statements = vec![format!("INSERT INTO applications (id, name, description, created_at) VALUES ({id}, 'Portal', '', {now})")];
    for department in ["core", "sales", "finance"] {
        statements.push(format!(
            "INSERT INTO entitlements (id, application_id, name, description, risk, created_at)
             SELECT {id}, id, '{department}', '', 'low', {now} FROM applications WHERE name = 'Portal'"
        ));
        statements.push(format!(
            "INSERT INTO roles (id, name, name_key, kind, description, grace_days, version, created_at, updated_at)
             VALUES ({id}, '{department}', '{department}', 'business', '', 0, 1, {now}, {now})"
        ));
        statements.push(format!(
            "INSERT INTO role_entitlements (role_id, entitlement_id)
             SELECT r.id, e.id FROM roles r JOIN entitlements e ON e.name = r.name WHERE r.name = '{department}'"
        ));
        statements.push(format!(
            "INSERT INTO birthright_rules (id, name, role_id, expression, enabled, version, created_at, updated_at)
             SELECT {id}, name, id, 'department == \"{department}\"', {enabled}, 1, {now}, {now} FROM roles WHERE name = '{department}'",
            enabled = if database.url.starts_with("sqlite") { "1" } else { "true" },
        ));
    }
    for (kind, origin, issuer) in [("session", "issued", "Tenure"), ("token", "issued", "Tenure"), ("ssh-key", "recorded", "Forge")] {
        statements.push(format!(
            "INSERT INTO credentials (id, identity_id, kind, label, label_key, purpose, issuer, external_id, origin, state, created_at, dependents, version)
             SELECT {id}, id, '{kind}', '{kind} ' || user_name, '{kind} ' || user_name, '', '{issuer}', '{kind}:' || user_name, '{origin}', 'active', {now}, '[]', 1 {someone}"
        ));
    }
    statements.push(format!(
        "INSERT INTO portal_sessions (id_hash, credential_id, identity_id, epoch, data, created_at, last_seen_at, expires_at)
         SELECT {bytes}, id, identity_id, 0, '{{}}', {now}, {now}, '2099-01-01 00:00:00+00:00' FROM credentials WHERE kind = 'session'",
        bytes = bytes_of(database, "external_id"),
    ));
    statements.push(format!(
        "INSERT INTO api_tokens (token_hash, credential_id, identity_id, epoch, may_write, hint, expires_at)
         SELECT {bytes}, id, identity_id, 0, {no}, '', '2099-01-01 00:00:00+00:00' FROM credentials WHERE kind = 'token'",
        bytes = bytes_of(database, "external_id"),
        no = if database.url.starts_with("sqlite") { "0" } else { "false" },
    ));
    for statement in statements {
        sql.execute(&statement);
    }
}

fn bytes_of(database: &Database, column: &str) -> String {
    if database.url.starts_with("sqlite") { format!("CAST({column} AS BLOB)") } else { format!("convert_to({column}, 'UTF8')") }
}
