use super::malformed::{self, Malformed};
use super::*;

fn check(case: &Malformed, result: Result<Snapshot, RejectedRow>) {
    let (fault, stay) = match result {
        Ok(snapshot) => {
            let first = snapshot.rejected.first().unwrap_or_else(|| panic!("{}: nothing is rejected", case.what)).clone();
            (first, Some(snapshot.rows.len()))
        }
        Err(fault) => (fault, None),
    };
    assert_eq!(fault.line, case.line, "{}: {fault}", case.what);
    assert!(fault.reason.contains(case.says), "{}: {fault}", case.what);
    assert_eq!(stay, case.stay, "{}: {fault}", case.what);
    assert!(fault.reason.len() < 900 && !fault.reason.contains(|c: char| c.is_control()), "{}: {fault}", case.what);
}

#[test]
fn each_malformed_file_is_refused_with_its_line_and_its_reason() {
    let cases = malformed::all();
    assert!(cases.len() >= 200, "{}", cases.len());
    for case in &cases {
        check(case, read_people(&case.bytes[..], &Mapping::default()));
        check(case, read_people(Drip::new(&case.bytes, 1_000), &Mapping::default()));
    }
    println!("{} malformed files", cases.len());
}

#[test]
fn each_malformed_file_is_refused_with_a_mark_in_front_too() {
    for mut case in malformed::all().into_iter().filter(|case| case.bytes.starts_with(b"employee_id")) {
        case.bytes.splice(0..0, *b"\xef\xbb\xbf");
        check(&case, read_people(&case.bytes[..], &Mapping::default()));
    }
}

#[test]
fn rows_that_contradict_each_other_name_both_lines_and_none_is_taken() {
    let snapshot = read(&format!("{HEADER}\nE1,a,,,,,,,\nE2,b,,,,,,,\nE1,c,,,,,,,\nE3,B,,,,,,,\nE4,d,,,,,,,bad\nE4,e,,,,,,,\n")).unwrap();
    assert!(snapshot.rows.is_empty());
    assert_eq!(
        snapshot.rejected.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [
            "line 2, employee_id: `E1` is on line 2 and on line 4; one person has one row: take one out",
            "line 3, user_name: `b` is the user name on line 3 (`E2`) and on line 5 (`E3`); case does not count: give one of the two another name",
            "line 4, employee_id: `E1` is on line 2 and on line 4; one person has one row: take one out",
            "line 5, user_name: `B` is the user name on line 3 (`E2`) and on line 5 (`E3`); case does not count: give one of the two another name",
            "line 6, start_date: `bad` is not a day of the calendar; write it as 2026-01-31",
            "line 7, employee_id: `E4` is on line 6 and on line 7; one person has one row: take one out",
        ]
    );
}

#[test]
fn a_rejected_row_names_the_person_only_when_the_key_is_sure() {
    let snapshot = read(&format!("{HEADER}\nE1,,,,,,,,\n,b,,,,,,,\nE3,c,too,few\nE4,d,,,,,,,\n")).unwrap();
    assert_eq!(snapshot.rejected.iter().map(|row| row.employee_id.as_deref()).collect::<Vec<_>>(), [Some("E1"), None, None]);
    assert_eq!(
        snapshot.rejected.iter().map(|row| row.field.as_deref()).collect::<Vec<_>>(),
        [Some("user_name"), Some("employee_id"), None]
    );
}

#[test]
fn a_missing_column_names_those_that_were_found() {
    let fault = read("employee_id,login\nE1,a\n").unwrap_err();
    assert_eq!(
        fault.to_string(),
        "line 1, user_name: the column is missing; the header has `employee_id`, `login`: add it, or map the attribute to one of these"
    );
}

#[test]
fn a_mapping_that_is_wrong_is_not_read_by() {
    let mapping = Mapping { delimiter: 'x', ..Mapping::default() };
    assert!(read_people(&b"a\n"[..], &mapping).unwrap_err().reason.contains("the column mapping in the configuration is wrong: delimiter"));
    let mapping = Mapping { end_date: Some("Austritt".into()), ..Mapping::default() };
    let fault = read_people(format!("{HEADER}\nE1,a,,,,,,,\n").as_bytes(), &mapping).unwrap_err();
    assert!(fault.to_string().starts_with("line 1, Austritt: the column is missing"), "{fault}");
}
