//! What the standard says, and what holds for every tree.

mod frontier;
mod hash;
mod properties;
mod vectors;

use super::Hash;

/// Distinct leaves, as many as wanted.
fn leaves(count: u64) -> Vec<Hash> {
    (0..count).map(|index| Hash::leaf(&index.to_be_bytes())).collect()
}

/// The root as RFC 6962, 2.1, defines it, word for word.
fn by_definition(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Hash::empty(),
        [leaf] => *leaf,
        _ => {
            let middle = leaves.len().next_power_of_two() / 2;
            let (left, right) = leaves.split_at(middle);
            Hash::node(by_definition(left), by_definition(right))
        }
    }
}
