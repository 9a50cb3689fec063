//! Bytes: canonical JSON, moments, and the file.

use serde_json::json;

use super::super::{LooseFile, Moment, NotCanonical, Place, RecordFile, canonical};
use super::{at, frozen};

#[test]
fn canonical_json_is_that_of_rfc_8785() {
    // RFC 8785, 3.2.2, without what only fractions need.
    let value = json!({ "b": "\u{20ac}$\u{f}\nA'B\"\\\"/\u{8}\u{7f}", "a": [null, true, false, 0, 9_007_199_254_740_991_u64], "": {} });
    let expected = "{\"\":{},\"a\":[null,true,false,0,9007199254740991],\"b\":\"\u{20ac}$\\u000f\\nA'B\\\"\\\\\\\"/\\b\u{7f}\"}";
    assert_eq!(canonical(&value).as_deref(), Ok(expected));
}

#[test]
fn only_integers_that_every_reader_can_hold_are_numbers() {
    for number in [json!(1.5), json!(-1), json!(9_007_199_254_740_992_u64)] {
        assert_eq!(canonical(&number), Err(NotCanonical), "{number}");
    }
}

#[test]
fn a_moment_has_one_spelling() {
    assert_eq!(at("2026-11-20T16:00:00.000001Z").to_string(), "2026-11-20T16:00:00.000001Z");
    for text in ["2026-11-20T16:00:00Z", "2026-11-20T16:00:00.000001+00:00", "2026-11-20t16:00:00.000001z", "2026-11-20", ""] {
        assert!(text.parse::<Moment>().is_err(), "{text}");
    }
    let finer = "2026-11-20T16:00:00.000001999Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    assert_eq!(Moment::from(finer), at("2026-11-20T16:00:00.000001Z"));
}

#[test]
fn a_file_reads_back_to_the_same_record() {
    let file = RecordFile { record: frozen(3), note: "note".to_owned(), public_key: "key".to_owned() };
    let text = file.to_text().unwrap();
    let loose = LooseFile::read(text.as_bytes()).unwrap();
    assert_eq!(loose.check_leaves(), Ok(()));
    assert_eq!(loose.into_record(), Ok(file.record));
}

#[test]
fn an_id_in_another_spelling_is_refused_where_it_stands() {
    let file = RecordFile { record: frozen(1), note: String::new(), public_key: String::new() };
    let text = file.to_text().unwrap().replace("00000000-0000-0000-0000-0000000003ea", "00000000-0000-0000-0000-0000000003EA");
    let loose = LooseFile::read(text.as_bytes()).unwrap();
    assert_eq!(loose.check_leaves().unwrap_err().place, Place::Manifest);
    assert_eq!(loose.into_record().unwrap_err().place, Place::Manifest);
}
