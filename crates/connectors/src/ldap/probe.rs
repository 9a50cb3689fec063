//! What the directory says of itself.

use ldap3::Scope;

use super::{
    Target,
    connection::Connection,
    search::{Entry, Query, people_bases},
};
use crate::{Fault, Probe};

const PAGED_RESULTS: &str = "1.2.840.113556.1.4.319";
/// What only Active Directory offers (LDAP_CAP_ACTIVE_DIRECTORY_OID).
const ACTIVE_DIRECTORY: &str = "1.2.840.113556.1.4.800";

const OF_THE_ROOT: [&str; 12] = [
    "vendorName",
    "vendorVersion",
    "objectClass",
    "supportedControl",
    "supportedCapabilities",
    "namingContexts",
    "dnsHostName",
    "dsServiceName",
    "highestCommittedUSN",
    "domainControllerFunctionality",
    "configContext",
    "defaultNamingContext",
];

/// The root of the directory's own description (RFC 4512, 5.1).
pub(super) async fn root(on: &mut Connection<'_>) -> Result<Entry, Fault> {
    let query = Query { scope: Scope::Base, ..Query::below("", "(objectClass=*)".to_owned(), &OF_THE_ROOT) };
    let root = on.all(&query, 1).await?.and_then(|mut found| found.pop());
    root.ok_or_else(|| Fault::new(crate::FaultKind::Forbidden, "The directory does not describe itself (its root cannot be read)."))
}

pub(super) async fn probe(target: &Target) -> Result<Probe, Fault> {
    let mut on = Connection::signed_in(target).await?;
    let root = root(&mut on).await?;
    let is_ad = root.texts("supportedCapabilities").any(|oid| oid == ACTIVE_DIRECTORY);
    let mut remarks = Vec::new();
    let mut remark = |so: bool, words: &str| {
        if so {
            remarks.push(words.to_owned());
        }
    };
    remark(
        !target.is_secure(),
        "The connection is not secure: passwords, also Tenure's own, can be read on the way. Use ldaps:// or start-tls.",
    );
    remark(
        !root.texts("supportedControl").any(|oid| oid == PAGED_RESULTS),
        "The directory does not give its entries in pages; a large one cannot be read.",
    );
    remark(is_ad && !target.settings.is_ad(), "This is an Active Directory: set flavour to active-directory.");
    remark(!is_ad && target.settings.is_ad(), "This is no Active Directory: set flavour to open-ldap.");
    for base in people_bases(target).iter().chain([&target.settings.groups_base]) {
        if on.entry(base, &["objectClass"]).await?.is_none() {
            remarks.push(format!("{base} is not there, or Tenure's account may not read it."));
        }
    }
    let signed_in_as = on.who_am_i().await?.unwrap_or_else(|| target.settings.bind_dn.clone());
    Ok(Probe { product: product(&root, is_ad), signed_in_as, remarks })
}

fn product(root: &Entry, is_ad: bool) -> String {
    let vendor = root.text("vendorName").map(|name| format!("{name} {}", root.text("vendorVersion").unwrap_or_default()));
    let name = match vendor {
        Some(vendor) => vendor,
        // OpenLDAP does not tell its version, but its root is of a class of its own.
        None if root.is_a("OpenLDAProotDSE") => "OpenLDAP".to_owned(),
        None if is_ad => "Active Directory".to_owned(),
        None => "LDAP directory".to_owned(),
    };
    name.chars().filter(|c| !c.is_control()).take(200).collect::<String>().trim().to_owned()
}
