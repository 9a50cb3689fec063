use super::super::{Frontier, FrontierError, Hash, TreeHead};
use super::leaves;

#[test]
fn a_new_frontier_is_the_empty_tree() {
    assert_eq!(Frontier::new().head(), TreeHead::empty());
}

#[test]
fn appending_gives_the_index_of_the_leaf() {
    let mut frontier = Frontier::new();
    let indexes: Vec<u64> = leaves(5).into_iter().map(|leaf| frontier.append(leaf)).collect();
    assert_eq!(indexes, [0, 1, 2, 3, 4]);
}

#[test]
fn a_long_log_needs_few_bytes() {
    let frontier: Frontier = leaves(65_535).into_iter().collect();
    assert_eq!(frontier.to_bytes().len(), 8 + 16 * Hash::LEN);
}

#[test]
fn bytes_that_end_too_soon_or_too_late_are_no_frontier() {
    let bytes = leaves(3).into_iter().collect::<Frontier>().to_bytes();
    assert_eq!(Frontier::from_bytes(&bytes[..7]), Err(FrontierError::NoSize));
    let wrong = |bytes| Err(FrontierError::Hashes { size: 3, expected: 2, bytes });
    assert_eq!(Frontier::from_bytes(&bytes[..8]), wrong(0));
    assert_eq!(Frontier::from_bytes(&bytes[..40]), wrong(32));
    assert_eq!(Frontier::from_bytes(&[&bytes[..], &[0]].concat()), wrong(65));
}

#[test]
fn a_size_that_no_column_could_hold_is_refused() {
    let bytes = [&u64::MAX.to_be_bytes()[..], &[0; 64 * Hash::LEN]].concat();
    assert_eq!(Frontier::from_bytes(&bytes), Err(FrontierError::Size(u64::MAX)));
}
