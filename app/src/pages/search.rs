//! `/search`: one search over everything that the person may open.

use leptos::prelude::*;
use tenure_services::search::Hit;

use crate::components::{Empty, Face, Icon, Kind, PageHeader, Panel, Tab, Views, encode};
use crate::page::Frame;
use crate::pages::words::many;

/// The kinds of result: the word, the title of the section, and the list behind it.
const KINDS: [(&str, &str, &str, &str); 5] = [
    ("identity", "Identities", "people", "/identities?q="),
    ("credential", "Credentials", "key", "/credentials?q="),
    ("role", "Roles", "layers", "/roles?q="),
    ("application", "Applications", "server", ""),
    ("page", "Pages", "next", ""),
];

/// What the page shows.
#[derive(Debug)]
pub struct Model {
    /// What was searched.
    pub searched: String,
    /// What was found.
    pub hits: Vec<Hit>,
    /// Only this kind; empty for all.
    pub kind: String,
    /// At most so many of each kind are found.
    pub limit: usize,
}

/// The page.
pub fn page(frame: &Frame, model: Model) -> String {
    let searched = model.searched.clone();
    let title = if searched.is_empty() { "Search".to_owned() } else { format!("Search: {searched}") };
    frame.page_searched(title, None, searched, move || body(model))
}

fn body(model: Model) -> AnyView {
    let Model { searched, hits, kind, limit } = model;
    let value = searched.clone();
    let found = if hits.is_empty() { nothing(&searched) } else { results(&hits, &searched, &kind, limit) };
    view! {
        <PageHeader title="Search" lead="People, things, roles, applications and pages. You see only what you may open."/>
        <form class="toolbar" role="search" aria-label="Search everything" action="/search">
            <div class="search search--big">
                <Icon name="search" small=true/>
                <label class="vh" for="search-q">"Search"</label>
                <input class="input" type="search" id="search-q" name="q" value=value autocomplete="off"/>
            </div>
            <button class="btn">"Search"</button>
        </form>
        {found}
    }
    .into_any()
}

fn results(hits: &[Hit], searched: &str, kind: &str, limit: usize) -> AnyView {
    let of = |kind: &str| hits.iter().filter(|h| h.kind == kind).collect::<Vec<_>>();
    let address = |kind: &str| {
        let kind = if kind.is_empty() { String::new() } else { format!("&kind={kind}") };
        format!("/search?q={}{kind}", encode(searched))
    };
    let mut tabs = vec![Tab::new("All", address("")).count(hits.len() as u64).current(kind.is_empty())];
    tabs.extend(
        KINDS.iter().filter(|k| !of(k.0).is_empty()).map(|k| Tab::new(k.1, address(k.0)).count(of(k.0).len() as u64).current(kind == k.0)),
    );
    let tabs = (!searched.is_empty()).then(|| view! { <Views label="Kinds of result" views=tabs/> });
    let panels = KINDS
        .iter()
        .filter(|k| kind.is_empty() || kind == k.0)
        .map(|k| (k, of(k.0)))
        .filter(|(_, hits)| !hits.is_empty())
        .map(|((_, title, icon, list), hits)| {
            let whole = (hits.len() >= limit && !list.is_empty())
                .then(|| view! { <a class="sub" href=format!("{list}{}", encode(searched))>"All of them"</a> }.into_any());
            let rows = hits.into_iter().map(|hit| row(hit, icon, searched)).collect_view();
            view! { <Panel title=*title aside=crate::components::Slot(whole)><ul class="hits">{rows}</ul></Panel> }
        })
        .collect_view();
    let said = if kind.is_empty() {
        many(hits.len() as i64, "result", "results")
    } else {
        many(of(kind).len() as i64, "result of this kind", "results of this kind")
    };
    let class = if kind.is_empty() { "cols cols--2" } else { "" };
    view! {
        <div class="stack">{tabs}<p class="sub">{said}</p></div>
        <div class=class>{panels}</div>
    }
    .into_any()
}

fn row(hit: &Hit, icon: &'static str, searched: &str) -> AnyView {
    let sign = match hit.face {
        Some(kind) => view! { <Face kind=Kind::from_word(kind.as_str()) name=hit.label.clone()/> }.into_any(),
        None => view! { <Icon name=icon/> }.into_any(),
    };
    view! {
        <li><a href=hit.href.clone()>{sign}<span>{marked(&hit.label, searched)}<small>{marked(&hit.detail, searched)}</small></span></a></li>
    }
    .into_any()
}

fn nothing(searched: &str) -> AnyView {
    if searched.is_empty() {
        return view! { <Empty level=2 title="What are you looking for?" icon="search">"A name, a number, a mail address, a role, an application."</Empty> }.into_any();
    }
    view! { <Empty level=2 title=format!("Nothing found for “{searched}”") icon="search">"Search for the beginning of a word: of a name, a user name, a number, a department. Secrets are never searched."</Empty> }.into_any()
}

/// The words with what was searched marked where a word begins with it.
fn marked(words: &str, searched: &str) -> AnyView {
    let mut parts: Vec<AnyView> = Vec::new();
    let mut rest = words;
    while let Some((before, hit, after)) = split(rest, searched) {
        parts.push(before.to_owned().into_any());
        parts.push(view! { <mark>{hit.to_owned()}</mark> }.into_any());
        rest = after;
    }
    parts.push(rest.to_owned().into_any());
    parts.collect_view().into_any()
}

/// The first word that begins with one of the searched words, in three parts.
fn split<'a>(words: &'a str, searched: &str) -> Option<(&'a str, &'a str, &'a str)> {
    let terms: Vec<Vec<char>> = searched.split_whitespace().map(|t| t.chars().flat_map(char::to_lowercase).collect()).collect();
    let mut begins = true;
    for (at, letter) in words.char_indices() {
        if begins {
            for term in &terms {
                let mut end = at;
                let mut letters = words[at..].char_indices();
                let fits = term.iter().all(|wanted| {
                    letters.next().is_some_and(|(offset, letter)| {
                        end = at + offset + letter.len_utf8();
                        letter.to_lowercase().eq([*wanted])
                    })
                });
                if fits && !term.is_empty() {
                    return Some((&words[..at], &words[at..end], &words[end..]));
                }
            }
        }
        begins = !letter.is_alphanumeric();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn only_the_beginning_of_a_word_is_marked() {
        assert_eq!(split("Head of treasury", "Treas"), Some(("Head of ", "treas", "ury")));
        assert_eq!(split("Priya Raghunathan", "rag pri"), Some(("", "Pri", "ya Raghunathan")));
        assert_eq!(split("untreasured", "treas"), None);
        assert_eq!(split("Éclair İx", "éc"), Some(("", "Éc", "lair İx")));
        assert_eq!(split("abc", ""), None);
        assert_eq!(split("", "a"), None);
    }
}
