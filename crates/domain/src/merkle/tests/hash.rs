use super::super::{Hash, HashError};

#[test]
fn a_hash_reads_back_from_its_text() {
    let hash = Hash::leaf(b"an entry");
    assert_eq!(hash.to_string().parse(), Ok(hash));
    assert_eq!(hash.to_string().to_uppercase().parse(), Ok(hash));
}

#[test]
fn a_hash_is_a_string_of_digits_in_json() {
    let hash = Hash::empty();
    let json = serde_json::to_string(&hash).unwrap();
    assert_eq!(json, "\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"");
    assert_eq!(serde_json::from_str::<Hash>(&json).unwrap(), hash);
}

#[test]
fn a_text_of_another_length_is_no_hash() {
    assert_eq!("".parse::<Hash>(), Err(HashError::Length(0)));
    assert_eq!("e3".parse::<Hash>(), Err(HashError::Length(2)));
    assert_eq!("0".repeat(65).parse::<Hash>(), Err(HashError::Length(65)));
    assert_eq!(Hash::try_from(vec![0; 31]), Err(HashError::Length(31)));
}

#[test]
fn a_text_with_other_characters_is_no_hash() {
    assert_eq!("g".repeat(64).parse::<Hash>(), Err(HashError::Digit));
    assert_eq!("+1".repeat(32).parse::<Hash>(), Err(HashError::Digit));
    assert_eq!("é".repeat(32).parse::<Hash>(), Err(HashError::Digit));
}

#[test]
fn a_leaf_cannot_be_passed_off_as_a_node() {
    let (left, right) = (Hash::leaf(b"left"), Hash::leaf(b"right"));
    let both = [left.as_bytes().as_slice(), right.as_bytes().as_slice()].concat();
    assert_ne!(Hash::leaf(&both), Hash::node(left, right));
}
