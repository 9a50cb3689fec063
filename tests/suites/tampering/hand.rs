//! A log with several checkpoints, and the hand that changes it and puts it back.

use serde_json::Value;
use tenure_tests::{Company, Database, Random, Sql};

/// The hand.
pub struct Hand {
    pub database: Database,
    /// How many events are sealed.
    pub events: i64,
    connection: Sql,
    repairs: usize,
}

/// What `audit verify` finds.
#[derive(Debug)]
pub struct Fault {
    pub leaf: Option<i64>,
    pub id: Option<String>,
    pub what: String,
}

const KEPT: [&str; 2] = ["audit_events", "audit_checkpoints"];

/// A log of a few dozen events under several checkpoints.
pub fn log(database: Database) -> Hand {
    let mut company = Company::new(Random::of(7), 30);
    for _ in 0..3 {
        let file = database.write("people.csv", company.csv());
        database.import(&file, &company.day(), &[]).done();
        company.go_on(10, 10, 7, 50, 4);
    }
    database.json(["account", "grant", "user00001", "admin"]).done();
    database.assert_sound();
    let mut sql = database.sql();
    for table in KEPT {
        sql.execute(&format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}"));
    }
    let events = sql.number("SELECT COUNT(*) FROM audit_events");
    assert!(events > 40, "{events}");
    Hand { database, events, connection: sql, repairs: 0 }
}

impl Hand {
    pub fn sql(&mut self, sql: &str) -> u64 {
        let touched = self.connection.execute(sql);
        assert!(touched > 0 || sql.starts_with("DROP"), "nothing was touched: {sql}");
        touched
    }

    pub fn numbers(&mut self, sql: &str) -> Vec<i64> {
        self.connection.numbers(sql)
    }

    /// What `audit verify` finds, which exits with 1.
    #[track_caller]
    pub fn faults(&mut self) -> Vec<Fault> {
        let answer = self.database.json(["audit", "verify"]).refused().json_error();
        assert_eq!(answer["sound"], false, "{answer:#}");
        let faults = answer["faults"].as_array().expect("faults");
        let fault = |fault: &Value| Fault {
            leaf: fault["leaf"].as_i64(),
            id: fault["id"].as_str().map(|id| id.replace('-', "")),
            what: fault["what"].as_str().unwrap_or_default().to_owned(),
        };
        let faults: Vec<_> = faults.iter().map(fault).collect();
        let words = answer["error"].as_str().expect("words");
        assert!(words.contains(&faults[0].what), "people are told, too: {words}");
        faults
    }

    /// Everything is as it was.
    pub fn put_back(&mut self) {
        for table in KEPT {
            self.connection.execute(&format!("DELETE FROM {table}"));
            self.connection.execute(&format!("INSERT INTO {table} SELECT * FROM kept_{table}"));
        }
        self.repairs += 1;
        if self.repairs % 8 == 1 {
            self.database.assert_sound();
        }
    }

    /// Changes one bit of a column; where nothing stands, something comes to stand.
    pub fn flip(&mut self, column: &str, leaf: i64) {
        let new = self.changed(column, "audit_events", &format!("leaf = {leaf}"));
        self.sql(&format!("UPDATE audit_events SET {column} = {new} WHERE leaf = {leaf}"));
    }

    pub fn flip_checkpoint(&mut self, column: &str, size: i64) {
        let new = self.changed(column, "audit_checkpoints", &format!("tree_size = {size}"));
        self.sql(&format!("UPDATE audit_checkpoints SET {column} = {new} WHERE tree_size = {size}"));
    }

    /// The value of a column with one bit changed, in SQL.
    fn changed(&mut self, column: &str, table: &str, place: &str) -> String {
        let sqlite = self.database.url.starts_with("sqlite");
        let sql = &mut self.connection;
        match column {
            "leaf" => return format!("{column} + 1048576"),
            "at" if !sqlite => return format!("{column} + interval '1 microsecond'"),
            "id" | "actor_id" | "identity_id" => {
                let hex = sql.hex(column);
                let old = sql.texts(&format!("SELECT {hex} FROM {table} WHERE {place} AND {column} IS NOT NULL"));
                let old = old.first().map_or([9; 16], |hex| bytes(hex).try_into().expect("16 bytes"));
                let mut new = old;
                new[15] ^= 1;
                return sql.key(new);
            }
            "mac" | "leaf_hash" | "root" | "frontier" => {
                let hex = if sqlite { format!("hex({column})") } else { format!("encode({column}, 'hex')") };
                let mut new = bytes(&sql.text(&format!("SELECT {hex} FROM {table} WHERE {place}")));
                let middle = new.len() / 2;
                new[middle] ^= 0x10;
                return sql.bytes(&new);
            }
            _ => {}
        }
        let old = sql.text(&format!("SELECT {column} FROM {table} WHERE {place}"));
        if old.is_empty() {
            return literal("x");
        }
        literal(&flipped(&old, old.len() / 2))
    }

    /// Changes one bit somewhere in the text of an event. Gives the place.
    pub fn flip_in_body(&mut self, leaf: i64, random: &mut Random) -> usize {
        let body = self.connection.text(&format!("SELECT body FROM audit_events WHERE leaf = {leaf}"));
        let at = random.below(body.len());
        let new = literal(&flipped(&body, at));
        self.sql(&format!("UPDATE audit_events SET body = {new} WHERE leaf = {leaf}"));
        at
    }

    /// Puts a copy of an event in, under another key. Gives the key, as `audit verify` writes it.
    pub fn put_in(&mut self, copy_of: i64, leaf: &str) -> Option<String> {
        let key = *uuid::Uuid::new_v4().as_bytes();
        let id = self.connection.key(key);
        self.sql(&format!(
            "INSERT INTO audit_events (id, at, stream, action, actor_id, actor_label, channel, request_id, target_kind, target_id, identity_id, outcome, body, mac, leaf, leaf_hash)
             SELECT {id}, at, stream, action, actor_id, actor_label, channel, request_id, target_kind, target_id, identity_id, outcome, body, mac, {leaf}, CASE WHEN {leaf} IS NULL THEN NULL ELSE leaf_hash END
             FROM audit_events WHERE leaf = {copy_of}"
        ));
        Some(uuid::Uuid::from_bytes(key).simple().to_string())
    }
}

/// The text with the lowest bit of one ASCII character changed, at a place or soon after it.
fn flipped(text: &str, at: usize) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let near = (at..bytes.len()).chain(0..at).find(|at| bytes[*at] > 1 && bytes[*at] < 0x7f);
    bytes[near.expect("an ASCII character")] ^= 1;
    String::from_utf8(bytes).expect("ASCII stays ASCII")
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn bytes(hex: &str) -> Vec<u8> {
    let digit = |at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal");
    (0..hex.len()).step_by(2).map(digit).collect()
}
