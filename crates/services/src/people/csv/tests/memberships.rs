use super::super::{MembershipRow, read_memberships};

#[test]
fn memberships_are_read_in_the_order_of_the_file() {
    let snapshot = read_memberships(&b"team,role,employee_id\r\ncargo,lead,E1\r\ncore,member,E1\r\n"[..]).unwrap();
    let row = |line, team: &str, role: &str| MembershipRow { line, employee_id: "E1".into(), team: team.into(), role: role.into() };
    assert_eq!(snapshot.rows, [row(2, "cargo", "lead"), row(3, "core", "member")]);
    assert_eq!((snapshot.rejected.len(), snapshot.rejected_more), (0, 0));
}

#[test]
fn each_fault_of_a_membership_names_its_line_and_its_person() {
    let file = "employee_id,team,role\nE1,a,lead\nE1,a,member\nE1,a,lead\n,a,lead\nE2,,lead\nE3,a,\nE4,=a,lead\nE5,a\nE6,b,member\n";
    let snapshot = read_memberships(file.as_bytes()).unwrap();
    assert_eq!(snapshot.rows.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 3, 10]);
    let told: Vec<_> = snapshot.rejected.iter().map(|row| (row.employee_id.as_deref(), row.to_string())).collect();
    let expected = [
        (Some("E1"), "line 4: the same membership is on line 2 and on line 4; take one out"),
        (None, "line 5, employee_id: is empty; fill it in at the source"),
        (Some("E2"), "line 6, team: is empty; fill it in at the source"),
        (Some("E3"), "line 7, role: is empty; fill it in at the source"),
        (Some("E4"), "line 8, team: `=a` begins with `=`, which spreadsheets run as a formula; take it out at the source"),
        (None, "line 9: 2 fields where the header has 3: write every field, also empty ones"),
    ];
    assert_eq!(told.iter().map(|(key, text)| (*key, text.as_str())).collect::<Vec<_>>(), expected);
}

#[test]
fn a_file_of_memberships_has_its_three_columns_and_rows() {
    for (file, says) in [
        ("employee_id,team\nE1,a\n", "line 1, role: the column is missing; the header has `employee_id`, `team`"),
        ("employee_id,team,role,since\nE1,a,b,c\n", "line 1, since: the column is unknown"),
        ("employee_id,team,role\n", "line 1: the file has a header and no rows"),
        ("", "line 1: the file is empty"),
        ("employee_id,team,role\nE1,a,b\nE1,c", "line 3: the file ends inside this record"),
    ] {
        let fault = read_memberships(file.as_bytes()).unwrap_err().to_string();
        assert!(fault.starts_with(says), "{fault}");
    }
}
