//! A directory in which people have accounts.

use tenure_test_support::openldap::{Authority, OpenLdap, SUFFIX};

use super::{Setup, Wire};
use crate::Client;

/// The password of everybody in it.
const PASSWORD: &str = "a password of a person";
/// As whom Tenure signs in.
const TENURE: &str = "cn=tenure,dc=example,dc=test";
const TENURES_PASSWORD: &str = "the password of tenure";

/// OpenLDAP, behind a wire that can be cut.
pub struct Directory {
    server: OpenLdap,
    pub wire: Wire,
    /// To its port with transport security from the start.
    tls_wire: Wire,
    /// Whose certificates it has.
    authority: Authority,
    password: String,
}

impl Directory {
    /// With two people, and everybody in a group by way of another one.
    pub fn start() -> Self {
        Self::start_with(
            &[
                Self::person("people", "nadia.varga", "E1"),
                Self::person("people", "sam.stone", "E2"),
                Self::group("groups", "staff", &[Self::dn("people", "nadia.varga"), Self::dn("people", "sam.stone")]),
                // Everybody of the staff, by way of the staff.
                Self::group("groups", "everybody", &[format!("cn=staff,ou=groups,{SUFFIX}")]),
            ]
            .concat(),
        )
    }

    /// With these entries below `ou=people`, `ou=groups` and units of their own.
    pub fn start_with(entries: &str) -> Self {
        let policy = format!(
            "dn: cn=default,ou=policies,{SUFFIX}\nobjectClass: device\nobjectClass: pwdPolicy\ncn: default\npwdAttribute: userPassword\npwdLockout: TRUE\n\n"
        );
        let ldif = [
            format!("dn: {SUFFIX}\nobjectClass: dcObject\nobjectClass: organization\ndc: example\no: Example\n\n"),
            format!(
                "dn: {TENURE}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: tenure\nuserPassword: {TENURES_PASSWORD}\n\n"
            ),
            Self::unit("people"),
            Self::unit("groups"),
            Self::unit("policies"),
            policy,
            entries.to_owned(),
        ];
        let authority = Authority::new().expect("an authority");
        let server = OpenLdap::start_with(&ldif.concat(), &authority).expect("slapd starts");
        let port = |url: String| url.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
        let (wire, tls_wire) = (Wire::to(port(server.url())), Wire::to(port(server.tls_url())));
        Self { wire, tls_wire, server, authority, password: TENURES_PASSWORD.to_owned() }
    }

    pub fn unit(name: &str) -> String {
        format!("dn: ou={name},{SUFFIX}\nobjectClass: organizationalUnit\nou: {name}\n\n")
    }

    pub fn person(unit: &str, uid: &str, number: &str) -> String {
        format!(
            "dn: {}\nobjectClass: inetOrgPerson\nuid: {uid}\ncn: {uid}\nsn: {uid}\nemployeeNumber: {number}\nuserPassword: {PASSWORD}\n\n",
            Self::dn(unit, uid)
        )
    }

    pub fn group(unit: &str, cn: &str, members: &[String]) -> String {
        let members: String = members.iter().map(|member| format!("member: {member}\n")).collect();
        format!("dn: cn={cn},ou={unit},{SUFFIX}\nobjectClass: groupOfNames\ncn: {cn}\n{members}\n")
    }

    pub fn dn(unit: &str, uid: &str) -> String {
        format!("uid={uid},ou={unit},{SUFFIX}")
    }

    /// How it is reached: the accounts of one unit, and the groups of another.
    pub fn setup(&self, name: &str, people: &str, groups: &str) -> Setup {
        let url = format!("ldap://127.0.0.1:{}", self.wire.port);
        Setup::new(name, "ldap", settings(&url, people, groups), &self.password)
    }

    /// The same with transport security, and the authority that it has now.
    pub fn secure_setup(&self, name: &str) -> Setup {
        let url = format!("ldaps://127.0.0.1:{}", self.tls_wire.port);
        let authority = format!("ca-certificate = \"\"\"{}\"\"\"\n", self.authority.pem());
        Setup::new(name, "ldap", settings(&url, "people", "groups") + &authority, &self.password)
    }

    /// Tells Tenure of it; yields the application's address.
    pub fn configure(&self, admin: &mut Client) -> String {
        self.setup("Directory", "people", "groups").record(admin)
    }

    pub fn lets_in(&self, uid: &str) -> bool {
        self.lets_in_as(&Self::dn("people", uid))
    }

    pub fn lets_in_as(&self, dn: &str) -> bool {
        self.server.lets_in(dn, PASSWORD).expect("an answer")
    }

    pub fn members(&self, group: &str) -> String {
        self.members_of("groups", group)
    }

    pub fn members_of(&self, unit: &str, group: &str) -> String {
        self.server.search(&format!("cn={group},ou={unit},{SUFFIX}"), "(objectClass=*)", &["member"]).expect("an answer")
    }

    /// What `ldapsearch` finds in all of it.
    pub fn search(&self, filter: &str, attributes: &[&str]) -> String {
        self.server.search(SUFFIX, filter, attributes).expect("an answer")
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

    /// Gives Tenure's own account another password.
    pub fn change_password(&mut self) {
        self.password.push_str(" and more");
        let lines = format!("dn: {TENURE}\nchangetype: modify\nreplace: userPassword\nuserPassword: {}\n", self.password);
        self.server.modify(&lines).expect("it is changed");
    }

    /// Shows a certificate of another authority from now on.
    pub fn change_certificate(&mut self) {
        self.authority = Authority::new().expect("an authority");
        self.server.certify(&self.authority).expect("the certificate is changed");
    }

    /// What the server has written of each request that it answered.
    pub fn log(&self) -> String {
        self.server.log()
    }

    pub fn cut_off(&mut self) {
        self.wire.cut();
    }

    pub fn mend(&mut self) {
        self.wire.mend();
    }
}

fn settings(url: &str, people: &str, groups: &str) -> String {
    format!(
        "url = \"{url}\"\nbind-dn = \"{TENURE}\"\npeople-base = \"ou={people},{SUFFIX}\"\ngroups-base = \"ou={groups},{SUFFIX}\"\nflavour = \"open-ldap\"\n"
    )
}
