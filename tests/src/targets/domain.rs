//! An Active Directory in which people have accounts.

use tenure_test_support::Samba;
use tenure_test_support::samba::SUFFIX;

use super::{Setup, Wire};

/// The password of everybody in it, and as Active Directory takes it: in quotes, UTF-16, base64.
const OF_A_PERSON: &str = "Passw0rd-of-a-person";
const SEALED: &str = "IgBQAGEAcwBzAHcAMAByAGQALQBvAGYALQBhAC0AcABlAHIAcwBvAG4AIgA=";

/// Samba as a domain controller, behind a wire.
pub struct Domain {
    server: Samba,
    pub wire: Wire,
    password: &'static str,
}

/// Tenure's own account, and its passwords, one after the other.
const TENURE: &str = "tenure";
const FIRST: (&str, &str) = ("Passw0rd-of-tenure", "IgBQAGEAcwBzAHcAMAByAGQALQBvAGYALQB0AGUAbgB1AHIAZQAiAA==");
const SECOND: (&str, &str) =
    ("Passw0rd-of-tenure-and-more", "IgBQAGEAcwBzAHcAMAByAGQALQBvAGYALQB0AGUAbgB1AHIAZQAtAGEAbgBkAC0AbQBvAHIAZQAiAA==");

impl Domain {
    /// Without people, but with an account for Tenure, which administers the domain. It takes a while.
    pub fn start() -> Self {
        let server = Samba::start().unwrap_or_else(|error| panic!("{error}"));
        let wire = Wire::to_address(server.tls_address());
        let (password, sealed) = FIRST;
        let domain = Self { server, wire, password };
        domain.apply(&format!("dn: OU=Staff,{SUFFIX}\nchangetype: add\nobjectClass: organizationalUnit\nou: Staff\n"));
        let account = format!("CN={TENURE},CN=Users,{SUFFIX}");
        domain.apply(&format!(
            "dn: {account}\nchangetype: add\nobjectClass: user\ncn: {TENURE}\nsAMAccountName: {TENURE}\nunicodePwd:: {sealed}\nuserAccountControl: 512\n\n\
             dn: CN=Domain Admins,CN=Users,{SUFFIX}\nchangetype: modify\nadd: member\nmember: {account}\n"
        ));
        domain
    }

    /// With these people, whose employee numbers are E0, E1 and so on.
    pub fn with(names: &[&str]) -> Self {
        let domain = Self::start();
        names.iter().enumerate().for_each(|(n, name)| domain.add_user(name, &format!("E{n}")));
        domain
    }

    fn apply(&self, ldif: &str) {
        self.server.modify(ldif).unwrap_or_else(|error| panic!("{error}: {ldif}"));
    }

    /// Gives Tenure's own account another password.
    pub fn change_password(&mut self) {
        let (password, sealed) = SECOND;
        self.password = password;
        self.apply(&format!("dn: CN={TENURE},CN=Users,{SUFFIX}\nchangetype: modify\nreplace: unicodePwd\nunicodePwd:: {sealed}\n"));
    }

    pub fn setup(&self, name: &str) -> Setup {
        let settings = format!(
            "url = \"ldaps://127.0.0.1:{}\"\nbind-dn = \"CN={TENURE},CN=Users,{SUFFIX}\"\npeople-base = \"OU=Staff,{SUFFIX}\"\ngroups-base = \"OU=Staff,{SUFFIX}\"\n\
             flavour = \"active-directory\"\nattributes = [\"employeeID\", \"mail\"]\nca-certificate = \"\"\"{}\"\"\"\n",
            self.wire.port,
            self.server.ca_certificate()
        );
        Setup::new(name, "ldap", settings, self.password)
    }

    fn dn(name: &str) -> String {
        format!("CN={name},OU=Staff,{SUFFIX}")
    }

    /// Makes an account that can be used, for the person with this employee number.
    pub fn add_user(&self, name: &str, number: &str) {
        let dn = Self::dn(name);
        let user = format!(
            "dn: {dn}\nchangetype: add\nobjectClass: user\ncn: {name}\nsAMAccountName: {name}\nemployeeID: {number}\nunicodePwd:: {SEALED}\nuserAccountControl: 512\n"
        );
        self.apply(&user);
    }

    /// Makes a group of accounts or groups.
    pub fn add_group(&self, name: &str, members: &[&str]) {
        let members: String = members.iter().map(|member| format!("member: {}\n", Self::dn(member))).collect();
        let group = format!("dn: {}\nchangetype: add\nobjectClass: group\ncn: {name}\nsAMAccountName: {name}\n{members}", Self::dn(name));
        self.apply(&group);
    }

    pub fn lets_in(&self, name: &str) -> bool {
        self.server.lets_in(&Self::dn(name), OF_A_PERSON).expect("an answer").0
    }

    /// What `ldapsearch` finds in the unit.
    pub fn search(&self, filter: &str, attributes: &[&str]) -> String {
        self.server.search(&format!("OU=Staff,{SUFFIX}"), filter, attributes).expect("an answer")
    }

    /// Who is in a group, directly or through others.
    pub fn all_members(&self, group: &str) -> String {
        self.search(&format!("(memberOf:1.2.840.113556.1.4.1941:={})", Self::dn(group)), &["sAMAccountName"])
    }
}
