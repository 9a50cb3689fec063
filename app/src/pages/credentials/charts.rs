//! Live credentials by kind, and by age and last use. On home too.

use leptos::prelude::*;
use tenure_domain::credential::CredentialKind;

use crate::components::{Bar, Column, Empty, Fill, Heat, HeatCell, HeatGrid, Panel, Table, TableLook, count};
use crate::pages::words::{capital, size};

const AGES: [&str; 4] = ["≤ 30 days", "31–90 days", "91–365 days", "Over a year"];
const USES: [&str; 5] = ["≤ 30 days", "31–45", "46–90", "Over 90", "No data"];

/// What policy says to a cell: secrets are replaced within a year and dormant after 45 days.
const fn heat(age: usize, use_: usize) -> Heat {
    match (age, use_) {
        (0..=2, 0 | 1) | (0, 4) => Heat::Fine,
        (0..=2, 2 | 4) => Heat::Watch,
        (3, 3) => Heat::First,
        _ => Heat::Outside,
    }
}

/// What a cell's address, `3-1`, asks for.
pub(crate) fn cell_words(address: &str) -> String {
    let place = address
        .split_once('-')
        .and_then(|(age, use_)| Some((AGES.get(age.parse::<usize>().ok()?)?, USES.get(use_.parse::<usize>().ok()?)?)));
    place.map_or_else(|| address.to_owned(), |(age, use_)| format!("{age}; last used: {use_}"))
}

/// The heat grid; `cells` are row, column and count.
pub(crate) fn heat_panel(cells: &[(i32, i32, i64)], level: u8) -> AnyView {
    let n = |age: usize, use_: usize| {
        cells.iter().find(|c| usize::try_from(c.0) == Ok(age) && usize::try_from(c.1) == Ok(use_)).map_or(0, |c| c.2)
    };
    let rows = (0..AGES.len())
        .map(|age| {
            let cells = (0..USES.len())
                .map(|use_| HeatCell { n: size(n(age, use_)), heat: heat(age, use_), href: format!("/credentials?heat={age}-{use_}") })
                .collect();
            (AGES[age].to_owned(), cells)
        })
        .collect();
    let total: i64 = cells.iter().map(|c| c.2).sum();
    let stale: i64 = cells.iter().filter(|c| c.0 == 3).map(|c| c.2).sum();
    let said = format!("{} of {} live credentials have a secret that is more than a year old.", count(stale), count(total));
    let body = if total == 0 {
        view! { <Empty title="No live credentials yet" icon="key" level={level + 1}>"Record one by hand, or import an inventory."</Empty> }
            .into_any()
    } else {
        view! {
            <HeatGrid caption="Live credentials by age of the secret and by last use" unit="credentials" rows_are="Age" columns_are="last used" columns=USES.map(str::to_owned).to_vec() rows/>
            <p class="faint after">{said}" “No data” does not mean unused: nobody tells."</p>
        }
        .into_any()
    };
    view! { <Panel title="Credentials: age × last use" id="heat" level aside=view! { <span class="faint">"Sessions left out"</span> }>{body}</Panel> }.into_any()
}

/// Live credentials by kind.
pub(crate) fn kinds_panel(kinds: &[(CredentialKind, i64)], level: u8) -> AnyView {
    let most = kinds.iter().map(|k| k.1).max().unwrap_or_default();
    let total: i64 = kinds.iter().map(|k| k.1).sum();
    let mut sorted = kinds.to_vec();
    sorted.sort_by_key(|k| std::cmp::Reverse(k.1));
    let rows = sorted
        .into_iter()
        .map(|(kind, n)| {
            let name = capital(kind.label());
            let said = format!("{name}: {} of {} live", count(n), count(total));
            view! {
                <tr>
                    <th scope="row">{name}</th>
                    <td class="num"><a href=format!("/credentials?live=yes&kind={}", kind.as_str())>{count(n)}</a></td>
                    <td><Bar said parts=vec![(Fill::Accent, size(n))] of=size(most)/></td>
                </tr>
            }
        })
        .collect_view();
    let body = if kinds.is_empty() {
        view! { <Empty title="No live credentials yet" icon="key" level={level + 1}>"Record one by hand, or import an inventory."</Empty> }
            .into_any()
    } else {
        view! { <Table caption="Live credentials by kind" name="Credentials by kind, numbers" columns=vec![Column::new("Kind"), Column::new("Live").numeric(), Column::new("Share")] look=TableLook::Last>{rows}</Table> }.into_any()
    };
    view! { <Panel title="Credentials by kind" id="kinds" level aside=view! { <a class="sub" href="/credentials?live=yes">{format!("All {} live", count(total))}</a> }>{body}</Panel> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_and_longest_unused_come_first() {
        assert_eq!(heat(3, 3), Heat::First);
        assert_eq!(heat(0, 0), Heat::Fine);
        assert_eq!(heat(3, 0), Heat::Outside);
        assert_eq!(heat(1, 4), Heat::Watch);
    }
}
