use chrono::NaiveDate;
use tenure_domain::people::PersonRow;

use super::*;
use crate::people::mapping::CyclePolicy;

fn day(text: &str) -> Option<NaiveDate> {
    Some(text.parse().unwrap())
}

#[test]
fn a_row_becomes_a_person() {
    let file = format!("{HEADER}\nE1,nadia.varga,Nadia,Varga,nadia@example.com,core,Team lead,,2019-01-01\nE2,otto,,,,,,E1,\n");
    let rows = taken(file.as_bytes(), &Mapping::default()).rows;
    assert_eq!(
        rows[0],
        PersonRow {
            line: 2,
            employee_id: "E1".into(),
            user_name: "nadia.varga".into(),
            given_name: "Nadia".into(),
            family_name: "Varga".into(),
            display_name: "Nadia Varga".into(),
            email: "nadia@example.com".into(),
            department: "core".into(),
            title: "Team lead".into(),
            start_on: day("2019-01-01"),
            ..PersonRow::default()
        }
    );
    assert_eq!(
        rows[1],
        PersonRow {
            line: 3,
            employee_id: "E2".into(),
            user_name: "otto".into(),
            display_name: "otto".into(),
            manager: "E1".into(),
            ..PersonRow::default()
        }
    );
}

#[test]
fn every_way_to_write_the_same_file_reads_the_same() {
    let plain = format!("{HEADER}\nE1,ann,Ann,Öberg,a@b.c,core,Lead,,2020-01-01\nE2,bo,Bo,Li,,core,Member,E1,2020-02-02\n");
    let quoted = plain
        .lines()
        .map(|line| line.split(',').map(|field| format!("\"{field}\"")).collect::<Vec<_>>().join(","))
        .collect::<Vec<_>>()
        .join("\r\n");
    let expected = taken(plain.as_bytes(), &Mapping::default());
    for (what, text) in [
        ("mark", format!("\u{feff}{plain}")),
        ("CRLF", plain.replace('\n', "\r\n")),
        ("CR", plain.replace('\n', "\r")),
        ("no last line break", plain.trim_end().to_owned()),
        ("quotes", quoted.clone()),
        ("mark and quotes", format!("\u{feff}{quoted}\r\n")),
        ("capitals in the header", plain.replacen("email", "E-Mail", 1).replacen("E-Mail", "EMail", 1)),
        ("blanks", plain.replace(',', " , ")),
        ("decomposed", plain.replace('Ö', "O\u{308}")),
        ("blank lines at the end", format!("{plain}\n\r\n\n")),
    ] {
        for at_once in [1, 2, 3, 7, 4096] {
            let snapshot = read_people(Drip::new(text.as_bytes(), at_once), &Mapping::default()).unwrap();
            assert_eq!(snapshot, expected, "{what}, {at_once} bytes at once");
        }
    }
}

#[test]
fn a_quoted_field_may_hold_delimiters_quotes_and_line_breaks_and_lines_are_still_counted() {
    for end in ["\n", "\r\n", "\r"] {
        let file = format!(
            "{HEADER}{end}E1,ann,\"Ann \"\"Andy\"\"\",Li,,\"core, and{end}more\",\"Lead\",,2020-01-01{end}{end}E2,bo,Bo,Li,,core,Member,E1,bad{end}"
        );
        let snapshot = read(&file).unwrap();
        let ann = &snapshot.rows[0];
        assert_eq!((ann.line, ann.given_name.as_str(), ann.department.as_str()), (2, "Ann \"Andy\"", "core, and more"));
        assert_eq!(snapshot.rejected[0].line, 5, "{end:?}");
    }
}

#[test]
fn columns_are_mapped_ignored_and_left_out() {
    let mapping = Mapping {
        employee_id: "Personalnummer".into(),
        user_name: "Login".into(),
        given_name: String::new(),
        family_name: String::new(),
        email: String::new(),
        department: "Abteilung".into(),
        title: String::new(),
        manager_id: String::new(),
        start_date: "Eintritt".into(),
        end_date: Some("Austritt".into()),
        time_zone: Some("Zone".into()),
        display_name: Some("Name".into()),
        attributes: [("site".to_owned(), "Standort".to_owned()), ("phone".to_owned(), "Telefon".to_owned())].into(),
        ignore: vec!["Gehalt".into()],
        delimiter: ';',
        ..Mapping::default()
    };
    let file = "Login;Personalnummer;Name;Abteilung;Gehalt;Eintritt;Austritt;Zone;Standort;Telefon\nann;1;Ann Li;IT, Netz;=1;2020-01-01;9999-12-31;Europe/Vienna;Wien;+43 (1) 23-4\nbo;2;;IT;2;2020-01-01;2020-01-01;;;\n";
    let rows = taken(file.as_bytes(), &mapping).rows;
    let ann = &rows[0];
    assert_eq!(
        (ann.employee_id.as_str(), ann.display_name.as_str(), ann.department.as_str(), ann.time_zone.as_str()),
        ("1", "Ann Li", "IT, Netz", "Europe/Vienna")
    );
    assert_eq!((ann.end_on, rows[1].end_on), (None, day("2020-01-01")), "the year 9999 is no end");
    assert_eq!(
        ann.attributes.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect::<Vec<_>>(),
        [("phone", "+43 (1) 23-4"), ("site", "Wien")]
    );
    assert_eq!(rows[1].attributes["site"], "", "an empty field empties the attribute");
    assert_eq!(rows[1].display_name, "bo");
}

#[test]
fn one_column_may_serve_two_attributes() {
    let mapping = Mapping { user_name: "email".into(), ignore: vec!["user_name".into()], ..Mapping::default() };
    let rows = taken(format!("{HEADER}\nE1,x,Ann,Li,ann@example.com,core,Lead,,\n").as_bytes(), &mapping).rows;
    assert_eq!((rows[0].user_name.as_str(), rows[0].email.as_str()), ("ann@example.com", "ann@example.com"));
}

#[test]
fn a_circle_of_managers_is_a_warning_or_by_configuration_a_fault() {
    let file = format!("{HEADER}\nE1,a,,,,,,E3,\nE2,b,,,,,,E1,\nE3,c,,,,,,E2,\nE4,d,,,,,,E1,\nE5,e,,,,,,,\n");
    let snapshot = read(&file).unwrap();
    assert_eq!((snapshot.rows.len(), snapshot.rejected.len(), snapshot.warnings.len()), (5, 0, 1));
    assert_eq!(
        snapshot.warnings[0].to_string(),
        "line 2, manager_id: these people are each other's managers in a circle: `E1` → `E3` → `E2` → `E1`; taken as it is, correct it at the source"
    );
    assert_eq!(snapshot.warnings[0].employee_id.as_deref(), Some("E1"));

    let refused = read_people(file.as_bytes(), &Mapping { manager_cycles: CyclePolicy::Refuse, ..Mapping::default() }).unwrap();
    assert_eq!(refused.rows.iter().map(|row| row.employee_id.as_str()).collect::<Vec<_>>(), ["E4", "E5"]);
    assert_eq!(
        refused.rejected.iter().map(|row| (row.line, row.employee_id.as_deref().unwrap())).collect::<Vec<_>>(),
        [(2, "E1"), (3, "E2"), (4, "E3")]
    );
    for rejected in &refused.rejected {
        assert!(rejected.reason.contains("`E1` → `E3` → `E2` → `E1`"), "{rejected}");
    }
    assert!(refused.warnings[0].reason.contains("the row of the manager `E1`, on line 2, is rejected"), "{}", refused.warnings[0]);
}

#[test]
fn a_manager_whose_own_row_is_rejected_is_a_warning() {
    let snapshot = read(&format!("{HEADER}\nE1,a,,,nomail,,,,\nE2,b,,,,,,E1,\nE3,B,,,,,,E1,\nE4,d,,,,,,E2,\n")).unwrap();
    assert_eq!(snapshot.rows.iter().map(|row| row.line).collect::<Vec<_>>(), [5]);
    assert_eq!(snapshot.rejected.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 3, 4]);
    assert_eq!(
        snapshot.warnings.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["line 5, manager_id: the row of the manager `E2`, on line 3, is rejected; correct that row"]
    );
}
