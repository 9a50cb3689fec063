//! A directory in which two people have accounts.

use tenure_test_support::openldap::{OpenLdap, ROOT_DN, ROOT_PASSWORD, SUFFIX};

use super::configure;
use super::wire::Wire;
use crate::Client;

/// The password of everybody in it.
const PASSWORD: &str = "a password of a person";

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

    /// Tells Tenure of it; yields the application's address.
    pub fn configure(&self, admin: &mut Client) -> String {
        let settings = format!(
            "url = \"ldap://127.0.0.1:{}\"\nbind-dn = \"{ROOT_DN}\"\npeople-base = \"ou=people,{SUFFIX}\"\ngroups-base = \"ou=groups,{SUFFIX}\"\nflavour = \"open-ldap\"\n",
            self.wire.port
        );
        configure(admin, "Directory", "ldap", &settings, ROOT_PASSWORD, "disable")
    }

    pub fn lets_in(&self, uid: &str) -> bool {
        self.server.lets_in(&format!("uid={uid},ou=people,{SUFFIX}"), PASSWORD).expect("an answer")
    }

    pub fn members(&self, group: &str) -> String {
        self.server.search(&format!("cn={group},ou=groups,{SUFFIX}"), "(objectClass=*)", &["member"]).expect("an answer")
    }

    /// What an account is made of, as the directory tells it; empty if there is none.
    pub fn account(&self, uid: &str) -> String {
        self.server.search(&format!("ou=people,{SUFFIX}"), &format!("(uid={uid})"), &["*"]).expect("an answer")
    }

    /// Makes an account behind Tenure's back.
    pub fn add(&self, uid: &str, name: &str) {
        let lines =
            format!("objectClass: inetOrgPerson\nuid: {uid}\ncn: {name}\ndisplayName: {name}\nsn: {uid}\nuserPassword: {PASSWORD}\n");
        self.server.modify(&format!("dn: uid={uid},ou=people,{SUFFIX}\nchangetype: add\n{lines}")).expect("it is made");
    }

    /// Changes an account behind Tenure's back.
    pub fn change(&self, uid: &str, lines: &str) {
        self.server.modify(&format!("dn: uid={uid},ou=people,{SUFFIX}\nchangetype: modify\n{lines}")).expect("it is changed");
    }

    /// Takes an account out of a group behind Tenure's back.
    pub fn leave(&self, group: &str, uid: &str) {
        let member = format!("uid={uid},ou=people,{SUFFIX}");
        let lines = format!("dn: cn={group},ou=groups,{SUFFIX}\nchangetype: modify\ndelete: member\nmember: {member}\n");
        self.server.modify(&lines).expect("it is changed");
    }

    pub fn cut_off(&mut self) {
        self.wire.cut();
    }

    pub fn mend(&mut self) {
        self.wire.mend();
    }
}
