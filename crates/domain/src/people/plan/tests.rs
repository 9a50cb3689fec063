use super::*;

fn policy(zone: &str) -> Policy {
    let as_of = NaiveDate::from_ymd_opt(2024, 3, 1).unwrap_or_default();
    Policy { mover_attributes: vec!["department".to_owned()], as_of, default_time_zone: zone.to_owned() }
}

fn joiner() -> PersonRow {
    PersonRow { line: 2, employee_id: "1".to_owned(), user_name: "ann".to_owned(), display_name: "Ann".to_owned(), ..PersonRow::default() }
}

fn hash(row: PersonRow, zone: &str) -> String {
    let snapshot = Snapshot { rows: vec![row], ..Snapshot::default() };
    plan_people(&snapshot, &Recorded::default(), &policy(zone)).hash()
}

#[test]
fn another_row_of_a_joiner_is_another_plan() {
    let seen = hash(joiner(), "UTC");
    assert_eq!(hash(PersonRow { line: 3, ..joiner() }, "UTC"), seen, "where it stands does not matter");
    for other in [
        PersonRow { email: "ann@example.com".to_owned(), ..joiner() },
        PersonRow { department: "Sales".to_owned(), ..joiner() },
        PersonRow { title: "Sales".to_owned(), ..joiner() },
        PersonRow { user_name: "anna".to_owned(), ..joiner() },
        PersonRow { end_on: NaiveDate::from_ymd_opt(2024, 5, 1), ..joiner() },
        PersonRow { attributes: [("site".to_owned(), "Ghent".to_owned())].into(), ..joiner() },
    ] {
        assert_ne!(hash(other.clone(), "UTC"), seen, "{other:?}");
    }
    assert_ne!(hash(joiner(), "Asia/Tokyo"), seen, "a default is a value too");
    let filled = PersonRow { time_zone: "UTC".to_owned(), ..joiner() };
    assert_eq!(hash(filled, "Asia/Tokyo"), seen);
}
