//! The end of somebody, and the record of it.

use std::process::Command;

use serde_json::Value;

use crate::{Client, Database};

/// The record of somebody's end, in the portal.
#[derive(Clone, Debug)]
pub struct Record {
    /// Its page.
    pub at: String,
}

/// The key of somebody.
#[track_caller]
pub fn identity(database: &Database, user_name: &str) -> String {
    database.json(["identity", "show", user_name]).done().json()["id"].as_str().expect("an id").to_owned()
}

impl Record {
    /// Ends somebody by the form of the portal.
    #[track_caller]
    pub fn of_the_end(admin: &mut Client, database: &Database, user_name: &str) -> Self {
        let id = identity(database, user_name);
        let reply = admin.send(&format!("/identities/{id}/end"), &[("reason", "left"), ("confirm", user_name)]);
        assert_eq!(reply.status, 303, "{}", reply.text());
        Self::newest(admin)
    }

    /// The newest of all.
    #[track_caller]
    pub fn newest(admin: &mut Client) -> Self {
        let page = admin.get("/offboarding").text();
        let start = page.find("href=\"/offboarding/").expect("a record") + "href=\"".len();
        Self { at: page[start..].split('"').next().expect("an address").to_owned() }
    }

    /// Its page.
    pub fn page(&self, admin: &mut Client) -> String {
        admin.get(&self.at).text()
    }

    /// The file, as it is now.
    #[track_caller]
    pub fn bytes(&self, admin: &mut Client) -> Vec<u8> {
        let reply = admin.get(&format!("{}/record.json", self.at));
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.body
    }

    /// The same as JSON.
    #[track_caller]
    pub fn json(&self, admin: &mut Client) -> Value {
        serde_json::from_slice(&self.bytes(admin)).expect("JSON")
    }

    /// Whether the signed note says that nothing is open.
    #[track_caller]
    pub fn is_complete(&self, admin: &mut Client) -> bool {
        self.json(admin)["note"].as_str().expect("a note").lines().any(|line| line == "complete")
    }

    /// The record, verified elsewhere by two programs: another folder, an empty environment, no database, no
    /// configuration. One changed byte is found by both.
    #[track_caller]
    pub fn verify_elsewhere(&self, admin: &mut Client) {
        let elsewhere = tempfile::tempdir().expect("a folder");
        let body = self.bytes(admin);
        let key = serde_json::from_slice::<Value>(&body).expect("JSON")["public_key"].as_str().expect("a key").to_owned();
        let mut changed = body.clone();
        let at = changed.windows(5).position(|w| w == b"Varga").expect("her name");
        changed[at] = b'W';
        let write = |name: &str, content: &[u8]| std::fs::write(elsewhere.path().join(name), content).expect("it can be written");
        write("record.json", &body);
        write("bad.json", &changed);
        write("record.pub", key.as_bytes());
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/record-format/verify.py");
        write("verify.py", &std::fs::read(script).expect("the script"));
        let path = std::env::var_os("PATH").unwrap_or_default();
        let python = std::env::split_paths(&path).map(|folder| folder.join("python3")).find(|program| program.is_file());
        let python = python.expect("python3 is installed");
        for (file, is_sound) in [("record.json", true), ("bad.json", false)] {
            let mut binary = Command::new(crate::binary());
            binary.args(["record", "verify", file, "--key", "record.pub"]);
            let mut script = Command::new(&python);
            script.args(["verify.py", "--key", "record.pub", file]);
            for program in [&mut binary, &mut script] {
                let answer = program.env_clear().current_dir(elsewhere.path()).output().expect("it runs");
                let said = [answer.stdout, answer.stderr].concat();
                assert_eq!(answer.status.success(), is_sound, "{program:?}: {}", String::from_utf8_lossy(&said));
            }
        }
    }
}
