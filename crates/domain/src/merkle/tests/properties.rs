use proptest::prelude::*;

use super::super::{ConsistencyProof, Frontier, Hash, InclusionProof, ProofError, Tree, TreeHead, root};
use super::{by_definition, leaves};

/// The same hash with one bit turned.
fn turned(hash: Hash, bit: usize) -> Hash {
    let mut bytes = *hash.as_bytes();
    bytes[bit / 8 % Hash::LEN] ^= 1 << (bit % 8);
    Hash::from_bytes(bytes)
}

fn heads(leaves: &[Hash]) -> Vec<TreeHead> {
    (0..=leaves.len()).map(|size| TreeHead { size: size as u64, root: by_definition(&leaves[..size]) }).collect()
}

proptest! {
    #[test]
    fn frontier_and_tree_agree_with_the_definition(entries in prop::collection::vec(any::<[u8; 3]>(), 0..300)) {
        let leaves: Vec<Hash> = entries.iter().map(|entry| Hash::leaf(entry)).collect();
        let frontier: Frontier = leaves.iter().copied().collect();
        let expected = by_definition(&leaves);
        prop_assert_eq!(frontier.root(), expected);
        prop_assert_eq!(root(&leaves), expected);
        prop_assert_eq!(Tree::new(leaves).head(), frontier.head());
    }

    #[test]
    fn a_frontier_goes_on_from_its_bytes(before in 0_u64..200, after in 0_u64..200) {
        let leaves = leaves(before + after);
        let (first, second) = leaves.split_at(before as usize);
        let kept = first.iter().copied().collect::<Frontier>().to_bytes();
        let mut frontier = Frontier::from_bytes(&kept).unwrap();
        frontier.extend(second.iter().copied());
        prop_assert_eq!(frontier.head(), Tree::new(leaves).head());
    }

    #[test]
    fn an_inclusion_proof_fails_on_any_changed_bit(size in 1_u64..200, at in any::<prop::sample::Index>(), bit in 0_usize..256) {
        let leaves = leaves(size);
        let tree = Tree::new(leaves.clone());
        let (head, at) = (tree.head(), at.index(leaves.len()));
        let proof = tree.inclusion(at as u64).unwrap();
        let leaf = leaves[at];
        prop_assert_eq!(proof.verify(leaf, &head), Ok(()));

        prop_assert_eq!(proof.verify(turned(leaf, bit), &head), Err(ProofError::WrongRoot));
        let other_head = TreeHead { root: turned(head.root, bit), ..head };
        prop_assert_eq!(proof.verify(leaf, &other_head), Err(ProofError::WrongRoot));
        for step in 0..proof.path.len() {
            let mut changed = proof.clone();
            changed.path[step] = turned(changed.path[step], bit);
            prop_assert_eq!(changed.verify(leaf, &head), Err(ProofError::WrongRoot));
        }
        let number = 1 << (bit % 64);
        let changed = InclusionProof { leaf_index: proof.leaf_index ^ number, ..proof.clone() };
        prop_assert!(changed.verify(leaf, &head).is_err());
        let changed = InclusionProof { tree_size: proof.tree_size ^ number, ..proof.clone() };
        prop_assert!(changed.verify(leaf, &head).is_err());
    }

    #[test]
    fn verifying_nonsense_ends(leaf_index: u64, size: u64, old: u64, hashes in 0_usize..80) {
        let path = vec![Hash::empty(); hashes];
        let head = |size| TreeHead { size, root: Hash::leaf(b"another") };
        let proof = InclusionProof { leaf_index, tree_size: size, path: path.clone() };
        prop_assert!(proof.verify(Hash::empty(), &head(size)).is_err());
        let proof = ConsistencyProof { old_size: old, new_size: size, path };
        let before = TreeHead { size: old, root: Hash::leaf(b"old") };
        prop_assert!(proof.verify(&before, &head(size)).is_err());
    }
}

#[test]
fn every_leaf_of_every_small_tree_can_be_proven_and_nowhere_else() {
    let all = leaves(65);
    for head in heads(&all).into_iter().skip(1) {
        let tree = Tree::new(all[..head.size as usize].to_vec());
        for (index, leaf) in (0..head.size).zip(&all) {
            let proof = tree.inclusion(index).unwrap();
            assert_eq!(proof.verify(*leaf, &head), Ok(()), "leaf {index} of {}", head.size);
            for elsewhere in (0..head.size).filter(|other| *other != index) {
                let moved = InclusionProof { leaf_index: elsewhere, ..proof.clone() };
                assert!(moved.verify(*leaf, &head).is_err(), "leaf {index} at {elsewhere} of {}", head.size);
            }
        }
        assert_eq!(tree.inclusion(head.size), None);
    }
}

#[test]
fn every_small_tree_grows_consistently_from_every_smaller_one() {
    let all = leaves(64);
    let heads = heads(&all);
    for new in &heads {
        let tree = Tree::new(all[..new.size as usize].to_vec());
        assert_eq!(tree.consistency(new.size + 1), None);
        for old in &heads[..=new.size as usize] {
            let proof = tree.consistency(old.size).unwrap();
            assert_eq!(proof.verify(old, new), Ok(()), "{} to {}", old.size, new.size);
        }
    }
}

#[test]
fn a_consistency_proof_fails_on_any_changed_hash_size_or_root() {
    let all = leaves(64);
    let heads = heads(&all);
    for new in &heads[1..] {
        let tree = Tree::new(all[..new.size as usize].to_vec());
        for old in &heads[1..=new.size as usize] {
            let proof = tree.consistency(old.size).unwrap();
            let bit = (old.size * 7 + new.size) as usize % 256;
            for step in 0..proof.path.len() {
                let mut changed = proof.clone();
                changed.path[step] = turned(changed.path[step], bit);
                assert_eq!(changed.verify(old, new), Err(ProofError::WrongRoot));
            }
            let forged = |head: &TreeHead| TreeHead { root: turned(head.root, bit), ..*head };
            assert_eq!(proof.verify(&forged(old), new), Err(ProofError::WrongRoot));
            assert_eq!(proof.verify(old, &forged(new)), Err(ProofError::WrongRoot));
            for other in heads.iter().filter(|other| other.size != old.size) {
                let moved = ConsistencyProof { old_size: other.size, ..proof.clone() };
                let lied = TreeHead { size: other.size, ..*old };
                assert!(moved.verify(&lied, new).is_err(), "{} as {} in {}", old.size, other.size, new.size);
            }
        }
    }
}

#[test]
fn a_proof_with_a_hash_too_many_or_too_few_is_refused() {
    let tree = Tree::new(leaves(7));
    let old = Tree::new(leaves(6)).head();
    let mut inclusion = tree.inclusion(2).unwrap();
    let mut consistency = tree.consistency(6).unwrap();
    inclusion.path.push(Hash::empty());
    consistency.path.push(Hash::empty());
    assert_eq!(inclusion.verify(leaves(7)[2], &tree.head()), Err(ProofError::Length(4)));
    assert_eq!(consistency.verify(&old, &tree.head()), Err(ProofError::Length(4)));
    inclusion.path.truncate(2);
    consistency.path.truncate(2);
    assert_eq!(inclusion.verify(leaves(7)[2], &tree.head()), Err(ProofError::Length(2)));
    assert_eq!(consistency.verify(&old, &tree.head()), Err(ProofError::Length(2)));
    consistency.path.clear();
    assert_eq!(consistency.verify(&old, &tree.head()), Err(ProofError::Length(0)));
}

#[test]
fn a_rewritten_log_is_not_consistent_with_what_it_was() {
    let mut rewritten = leaves(20);
    rewritten[3] = Hash::leaf(b"nothing to see here");
    let old = Tree::new(leaves(10)).head();
    let tree = Tree::new(rewritten);
    assert_eq!(tree.consistency(10).unwrap().verify(&old, &tree.head()), Err(ProofError::WrongRoot));
}

#[test]
fn proofs_read_back_from_json() {
    let tree = Tree::new(leaves(11));
    let inclusion = tree.inclusion(4).unwrap();
    let json = serde_json::to_string(&inclusion).unwrap();
    assert_eq!(serde_json::from_str::<InclusionProof>(&json).unwrap(), inclusion);
    let consistency = tree.consistency(6).unwrap();
    let json = serde_json::to_string(&consistency).unwrap();
    assert_eq!(serde_json::from_str::<ConsistencyProof>(&json).unwrap(), consistency);
}
