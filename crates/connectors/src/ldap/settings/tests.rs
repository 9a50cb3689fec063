use super::*;

fn settings(change: &str) -> Result<LdapSettings, String> {
    let base = serde_json::json!({
        "url": "ldaps://directory.example.org", "bind-dn": "cn=tenure,dc=example,dc=org", "people-base": "ou=people,dc=example,dc=org",
        "groups-base": "ou=groups,dc=example,dc=org", "flavour": "open-ldap",
    });
    let mut all = base;
    let change: serde_json::Value = serde_json::from_str(change).expect("JSON");
    for (name, value) in change.as_object().expect("an object") {
        all[name] = value.clone();
    }
    let settings: LdapSettings = serde_json::from_value(all).map_err(|e| e.to_string())?;
    settings.validate().map_err(|e| e.to_string())?;
    Ok(settings)
}

#[test]
fn what_is_not_said_has_a_default() {
    let settings = settings("{}").expect("valid");
    assert_eq!(settings.naming(), "uid");
    assert_eq!(settings.page_size, 500);
    assert_eq!(settings.address(), Ok(Address { secure: true, host: "directory.example.org".into(), port: 636 }));
}

#[test]
fn a_fault_names_its_field() {
    for (change, field) in [
        (r#"{"url": "http://x"}"#, "url"),
        (r#"{"url": "ldap://x:0"}"#, "url"),
        (r#"{"url": "ldap://user@x"}"#, "url"),
        (r#"{"start-tls": true}"#, "start-tls"),
        (r#"{"url": "ldap://directory.example.org"}"#, "start-tls"),
        (r#"{"url": "ldap://10.1.2.3"}"#, "start-tls"),
        (r#"{"bind-dn": "tenure"}"#, "bind-dn"),
        (r#"{"people-base": ""}"#, "people-base"),
        (r#"{"groups-base": "a,,"}"#, "groups-base"),
        (r#"{"naming-attribute": "mail"}"#, "naming-attribute"),
        (r#"{"page-size": 0}"#, "page-size"),
        (r#"{"object-classes": ["a)(b"]}"#, "object-classes"),
        (r#"{"attributes": ["userPassword"]}"#, "attributes"),
        (r#"{"disable-by": {"move-to": "ou=people,dc=example,dc=org"}}"#, "disable-by"),
        (r#"{"disable-by": {"attribute": {"name": "loginShell", "disabled": "x", "enabled": "x"}}}"#, "disable-by"),
        (r#"{"flavour": "active-directory", "disable-by": {"move-to": "ou=gone,dc=example,dc=org"}}"#, "disable-by"),
    ] {
        let error = settings(change).expect_err(change);
        assert!(error.starts_with(&format!("{field}: ")), "{change}: {error}");
    }
}

#[test]
fn there_is_no_switch_to_leave_the_certificate_unchecked() {
    let error = settings(r#"{"insecure": true}"#).expect_err("unknown");
    assert!(error.contains("unknown field `insecure`"), "{error}");
    let error = settings(r#"{"disable-by": {"attribute": {"name": "x", "disabled": "y", "more": 1}}}"#).expect_err("unknown");
    assert!(error.contains("unknown field `more`"), "{error}");
}

#[test]
fn in_the_clear_only_the_loopback_is_spoken_to() {
    for change in [
        r#"{"url": "ldap://127.0.0.1:1389"}"#,
        r#"{"url": "ldap://localhost"}"#,
        r#"{"url": "ldap://directory.example.org", "start-tls": true}"#,
    ] {
        assert!(settings(change).is_ok(), "{change}");
    }
}

#[test]
fn an_address_may_be_one_of_ipv6() {
    let settings = settings(r#"{"url": "ldap://[::1]:1389/"}"#).expect("valid");
    assert_eq!(settings.address(), Ok(Address { secure: false, host: "::1".into(), port: 1389 }));
}
