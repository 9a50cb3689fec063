//! The server's configuration file: one database, as small and as usual as can be.

use std::{fs, path::Path};

use super::{Authority, ROOT_DN, ROOT_PASSWORD, SUFFIX};
use crate::ServerError;

/// SSH keys in a directory: the schema that OpenSSH's users share, as it is not part of OpenLDAP.
const SSH_KEYS: &str = r"attributetype ( 1.3.6.1.4.1.24552.500.1.1.1.13 NAME 'sshPublicKey'
  EQUALITY octetStringMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 )
objectclass ( 1.3.6.1.4.1.24552.500.1.1.2.0 NAME 'ldapPublicKey' SUP top AUXILIARY MAY ( sshPublicKey $ uid ) )
";

/// Writes the configuration, the certificates and an empty folder for the data.
pub(super) fn write(folder: &Path, authority: &Authority) -> Result<(), ServerError> {
    certify(folder, authority, "")?;
    for (name, content) in [("ssh.schema", SSH_KEYS.to_owned()), ("slapd.conf", text(folder))] {
        fs::write(folder.join(name), content).map_err(ServerError::io("its configuration"))?;
    }
    fs::create_dir(folder.join("data")).map_err(ServerError::io("its data"))
}

/// Writes a certificate of this authority, with its key and the authority's own.
pub(super) fn certify(folder: &Path, authority: &Authority, prefix: &str) -> Result<(), ServerError> {
    let (certificate, key) = authority.issue(&["127.0.0.1"])?;
    for (name, content) in [("ca.pem", authority.pem()), ("server.pem", &certificate), ("server.key", &key)] {
        fs::write(folder.join(format!("{prefix}{name}")), content).map_err(ServerError::io("its certificate"))?;
    }
    Ok(())
}

fn text(folder: &Path) -> String {
    let folder = folder.display();
    let schemas = ["core", "cosine", "inetorgperson", "nis"].map(|name| format!("include /etc/ldap/schema/{name}.schema\n")).concat();
    format!(
        r#"{schemas}include {folder}/ssh.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload memberof
moduleload ppolicy
pidfile {folder}/pid
argsfile {folder}/args
sizelimit 500
TLSCACertificateFile {folder}/ca.pem
TLSCertificateFile {folder}/server.pem
TLSCertificateKeyFile {folder}/server.key
database config
rootpw "{ROOT_PASSWORD}"
database mdb
suffix "{SUFFIX}"
rootdn "{ROOT_DN}"
rootpw "{ROOT_PASSWORD}"
directory {folder}/data
dbnosync
maxsize 1073741824
index objectClass,entryUUID,uid,cn,member,uniqueMember,memberUid eq
index entryCSN,modifyTimestamp eq
limits dn.exact="cn=tenure,{SUFFIX}" size.soft=500 size.hard=500 size.prtotal=unlimited
access to attrs=userPassword by dn.exact="cn=tenure,{SUFFIX}" write by anonymous auth by * none
access to attrs=employeeType by * read
access to * by dn.exact="cn=tenure,{SUFFIX}" manage by * read
overlay memberof
overlay ppolicy
ppolicy_default "cn=default,ou=policies,{SUFFIX}"
ppolicy_hash_cleartext
"#
    )
}

/// The least that a directory has.
#[cfg(test)]
pub(super) fn ldif_of_the_suffix() -> String {
    format!("dn: {SUFFIX}\nobjectClass: dcObject\nobjectClass: organization\ndc: example\no: Example\n")
}
