//! Circles of managers. Real files have them: two leads of two teams, each in the other's team.

use std::collections::HashMap;

use tenure_domain::people::PersonRow;

/// Where the walk has been.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    Never,
    /// On the walk with this number.
    On(usize),
}

/// Every circle of two or more managers, once: the indexes of its members only, from the first in
/// the file, each followed by its manager. Linear in the number of rows.
pub fn manager_cycles(rows: &[PersonRow]) -> Vec<Vec<usize>> {
    let by_key: HashMap<&str, usize> = rows.iter().enumerate().map(|(index, row)| (row.employee_id.as_str(), index)).collect();
    let manager: Vec<_> = rows.iter().map(|row| by_key.get(row.manager.as_str()).copied()).collect();
    circles(&manager)
}

/// The same, of the index of each one's manager.
pub(super) fn circles(manager: &[Option<usize>]) -> Vec<Vec<usize>> {
    let mut seen = vec![Seen::Never; manager.len()];
    let mut cycles = Vec::new();
    for start in 0..manager.len() {
        let mut here = start;
        // Everybody has at most one manager, so a walk that meets itself has found a circle, and
        // one that meets an earlier walk has nothing new ahead.
        let meets = loop {
            if seen[here] != Seen::Never {
                break Some(here);
            }
            seen[here] = Seen::On(start);
            match manager[here] {
                Some(next) => here = next,
                None => break None,
            }
        };
        let Some(entry) = meets.filter(|entry| seen[*entry] == Seen::On(start)) else { continue };
        let members: Vec<usize> = std::iter::successors(Some(entry), |index| manager[*index].filter(|next| *next != entry)).collect();
        if members.len() > 1 {
            cycles.push(from_first(members));
        }
    }
    cycles.sort_by_key(|members| members[0]);
    cycles
}

fn from_first(mut members: Vec<usize>) -> Vec<usize> {
    let first = members.iter().enumerate().min_by_key(|(_, index)| **index).map_or(0, |(place, _)| place);
    members.rotate_left(first);
    members
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rows(managers: &[Option<usize>]) -> Vec<PersonRow> {
        let key = |index: usize| format!("E{index}");
        managers
            .iter()
            .enumerate()
            .map(|(index, manager)| PersonRow {
                employee_id: key(index),
                manager: manager.map(key).unwrap_or_default(),
                ..PersonRow::default()
            })
            .collect()
    }

    #[test]
    fn each_circle_is_found_once_with_its_members_only() {
        for (managers, expected) in [
            (vec![], vec![]),
            (vec![None, Some(0), Some(1)], vec![]),
            (vec![Some(0)], vec![]),
            (vec![Some(1), Some(0)], vec![vec![0, 1]]),
            (vec![Some(2), Some(3), Some(1), Some(2)], vec![vec![1, 3, 2]]),
            (vec![Some(1), Some(0), Some(1), Some(4), Some(5), Some(3), Some(9)], vec![vec![0, 1], vec![3, 4, 5]]),
        ] {
            assert_eq!(manager_cycles(&rows(&managers)), expected, "{managers:?}");
        }
    }

    #[test]
    fn a_long_chain_and_a_long_circle_are_no_deeper_than_a_short_one() {
        let count = 300_000;
        let chain: Vec<_> = (0..count).map(|index| (index + 1 < count).then_some(index + 1)).collect();
        assert!(manager_cycles(&rows(&chain)).is_empty());
        let circle: Vec<_> = (0..count).map(|index| Some((index + 1) % count)).collect();
        assert_eq!(manager_cycles(&rows(&circle)), [(0..count).collect::<Vec<_>>()]);
    }

    proptest! {
        #[test]
        fn who_meets_themselves_going_up_is_in_a_circle_and_nobody_else(managers in prop::collection::vec(prop::option::of(0usize..12), 0..12)) {
            let found = manager_cycles(&rows(&managers));
            let up = |index: usize| managers[index].filter(|manager| *manager < managers.len());
            for index in 0..managers.len() {
                let meets = std::iter::successors(up(index), |next| up(*next)).take(managers.len()).any(|next| next == index);
                let places = found.iter().filter(|members| members.contains(&index)).count();
                prop_assert_eq!(places, usize::from(meets && up(index) != Some(index)));
            }
            for members in &found {
                for (place, index) in members.iter().enumerate() {
                    prop_assert_eq!(up(*index), Some(members[(place + 1) % members.len()]));
                }
            }
        }
    }
}
