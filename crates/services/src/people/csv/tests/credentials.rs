use tenure_domain::credential::{CredentialKind, CredentialState};

use super::super::{CredentialRow, read_credentials};

const HEADER: &str = "issuer,external_id,kind,label,purpose,owner,application,created,last_used,rotated,expires,dependents,state";

#[test]
fn a_row_becomes_a_credential() {
    let file = format!(
        "{HEADER}\nvault,k1,API-Key,Deploy key,\"deploys, hourly\",nadia,Build,2024-01-31,2026-01-31T10:00:00+01:00,2025-06-01,2027-01-01T00:00:00Z,web; worker ;,suspended\nca,c1,certificate,,,,,2024-01-31,,,,,\n"
    );
    let snapshot = read_credentials(file.as_bytes()).unwrap();
    assert_eq!(snapshot.rejected, []);
    let at = |text: &str| text.parse().unwrap();
    assert_eq!(
        snapshot.rows,
        [
            CredentialRow {
                line: 2,
                issuer: "vault".into(),
                external_id: "k1".into(),
                kind: CredentialKind::ApiKey,
                label: "Deploy key".into(),
                purpose: "deploys, hourly".into(),
                owner: "nadia".into(),
                application: "Build".into(),
                created: at("2024-01-31T00:00:00Z"),
                last_used: Some(at("2026-01-31T09:00:00Z")),
                rotated: Some(at("2025-06-01T00:00:00Z")),
                expires: Some(at("2027-01-01T00:00:00Z")),
                dependents: vec!["web".into(), "worker".into()],
                state: CredentialState::Suspended,
            },
            CredentialRow {
                line: 3,
                issuer: "ca".into(),
                external_id: "c1".into(),
                kind: CredentialKind::Certificate,
                label: "c1".into(),
                purpose: String::new(),
                owner: String::new(),
                application: String::new(),
                created: at("2024-01-31T00:00:00Z"),
                last_used: None,
                rotated: None,
                expires: None,
                dependents: Vec::new(),
                state: CredentialState::Active,
            },
        ]
    );
}

#[test]
fn the_state_may_be_left_out() {
    let file = format!("{}\nca,c1,token,,,,,2024-01-31,,,,\n", HEADER.trim_end_matches(",state"));
    assert_eq!(read_credentials(file.as_bytes()).unwrap().rows[0].state, CredentialState::Active);
}

#[test]
fn each_fault_of_a_credential_names_its_line_and_what_to_do() {
    for (row, says) in [
        (",k,token,,,,,2024-01-31,,,,,", "line 2, issuer: is empty"),
        ("i,,token,,,,,2024-01-31,,,,,", "line 2, external_id: is empty"),
        ("i,k,,,,,,2024-01-31,,,,,", "line 2, kind: is empty; write what it is, such as api-key"),
        (
            "i,k,key,,,,,2024-01-31,,,,,",
            "line 2, kind: `key` is not known here; write one of password, api-key, token, certificate, ssh-key, mfa-factor, cloud-role, session",
        ),
        ("i,k,token,,,,,,,,,,", "line 2, created: is empty; write when it was made"),
        ("i,k,token,,,,,yesterday,,,,,", "line 2, created: `yesterday` is not a time; write a day as 2026-01-31, or a time with its zone"),
        ("i,k,token,,,,,2024-01-31T10:00:00,,,,,", "line 2, created: `2024-01-31T10:00:00` is not a time"),
        ("i,k,token,,,,,2024-02-30,,,,,", "line 2, created: `2024-02-30` is not a time"),
        ("i,k,token,,,,,0024-01-31,,,,,", "line 2, created: `0024-01-31` is not between 1900 and 2200"),
        ("i,k,token,,,,,2024-01-31,2024-01-30,,,,", "line 2, last_used: 2024-01-30 is before the credential was created, 2024-01-31"),
        ("i,k,token,,,,,2024-01-31,,2023-01-31,,,", "line 2, rotated: 2023-01-31 is before"),
        ("i,k,token,,,,,2024-01-31,,,2023-01-31,,", "line 2, expires: 2023-01-31 is before"),
        (
            "i,k,token,,,,,2024-01-31,,,,,revoking",
            "line 2, state: `revoking` is not known here; write one of issued, active, suspended, compromised, revoked, expired",
        ),
        ("i,k,token,=x,,,,2024-01-31,,,,,", "line 2, label: `=x` begins with `=`"),
        ("i,k,token,,@x,,,2024-01-31,,,,,", "line 2, purpose: `@x` begins with `@`"),
        ("i,k", "line 2: 2 fields where the header has 13"),
    ] {
        let snapshot =
            read_credentials(format!("{HEADER}\n{row}\ni,other,token,,,,,2024-01-31T10:00:00Z,2024-01-31,,,,\n").as_bytes()).unwrap();
        assert_eq!(snapshot.rows.len(), 1, "{row}");
        assert!(snapshot.rejected[0].to_string().starts_with(says), "{}", snapshot.rejected[0]);
    }
}

#[test]
fn two_rows_for_one_credential_name_both_lines_and_none_is_taken() {
    let row = "i,k,token,,,,,2024-01-31,,,,,\n";
    let snapshot = read_credentials(format!("{HEADER}\n{row}j,k,token,,,,,2024-01-31,,,,,\n{row}").as_bytes()).unwrap();
    assert_eq!(snapshot.rows.iter().map(|row| row.issuer.as_str()).collect::<Vec<_>>(), ["j"]);
    let told: Vec<_> = snapshot.rejected.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "line 2, external_id: `k` of `i` is on line 2 and on line 4; take one out",
            "line 4, external_id: `k` of `i` is on line 2 and on line 4; take one out"
        ]
    );
}

#[test]
fn a_secret_is_not_taken_along() {
    let fault = read_credentials(format!("{HEADER},secret\n").as_bytes()).unwrap_err();
    assert!(fault.to_string().starts_with("line 1, secret: the column is unknown"), "{fault}");
}
