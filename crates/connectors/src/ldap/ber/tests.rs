use proptest::prelude::*;

use super::*;

/// `uid=a` with one value of `cn`.
const ENTRY: &[u8] = b"\x02\x01\x07\x64\x12\x04\x05uid=a\x30\x09\x30\x07\x04\x02cn\x31\x01\x04";

fn entry_message() -> Vec<u8> {
    let mut attribute = vec![0x04, 2, b'c', b'n', 0x31, 3, 0x04, 1, 0xff];
    attribute.splice(0..0, [0x30, 9]);
    let mut content = b"\x04\x05uid=a\x30".to_vec();
    content.push(u8::try_from(attribute.len()).expect("short"));
    content.extend(attribute);
    let mut message = vec![2, 1, 7, 0x64, u8::try_from(content.len()).expect("short")];
    message.extend(content);
    message
}

#[test]
fn an_entry_with_a_binary_value_is_one() {
    assert_eq!(response(&entry_message()), Some(Message { id: 7, operation: operation::ENTRY }));
}

#[test]
fn a_result_with_a_page_cookie_is_one() {
    let mut message = vec![2, 1, 2, 0x65, 7, 0x0a, 1, 0, 4, 0, 4, 0];
    let value = [0x30, 6, 2, 1, 0, 4, 1, 9];
    let mut control = vec![4, 22];
    control.extend(b"1.2.840.113556.1.4.319");
    control.extend([4, 8]);
    control.extend(value);
    message.extend([0xa0, u8::try_from(control.len() + 2).expect("short"), 0x30, u8::try_from(control.len()).expect("short")]);
    message.extend(&control);
    assert_eq!(response(&message), Some(Message { id: 2, operation: operation::DONE }));
    // The cookie's tag is not that of a string of octets.
    let at = message.len() - 3;
    message[at] = 2;
    assert_eq!(response(&message), None);
}

#[test]
fn what_is_cut_or_nested_or_has_no_length_is_none() {
    assert_eq!(response(ENTRY), None);
    let whole = entry_message();
    for end in 0..whole.len() {
        assert_eq!(response(&whole[..end]), None, "{end}");
    }
    assert_eq!(response(b"\x02\x01\x01\x64\x80\x04\x01a\x00\x00"), None);
    let nested = [vec![2, 1, 1, 0x65], [0x30, 0x80].repeat(10_000)].concat();
    assert_eq!(response(&nested), None);
}

#[test]
fn names_that_are_not_utf8_are_refused() {
    assert_eq!(response(b"\x02\x01\x01\x65\x08\x0a\x01\x00\x04\x01\xff\x04\x00"), None);
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic_and_what_passes_is_read_by_ldap3(mut bytes in proptest::collection::vec(any::<u8>(), 0..60), op in 0usize..4) {
        let head: &[u8] = [&b"\x02\x01\x01\x64"[..], b"\x02\x01\x01\x65", b"\x02\x01\x01\x78", b""][op];
        if !head.is_empty() {
            bytes.insert(0, u8::try_from(bytes.len()).expect("short"));
        }
        let _ = response(&[head, &bytes].concat());
    }

    #[test]
    fn a_changed_byte_of_an_entry_never_makes_ldap3_panic(at in 3usize..24, byte in any::<u8>()) {
        let mut message = entry_message();
        let at = at % message.len();
        message[at] = byte;
        if response(&message).is_some_and(|m| m.operation == operation::ENTRY) {
            let (_, tag) = ldap3::asn1::parse_tag(&message[3..]).expect("passed");
            let _ = ldap3::SearchEntry::construct(ldap3::ResultEntry::new(tag));
        }
    }
}
