use super::frame::{Density, Frame, Theme, brand};
use super::nav::{NavItem, nav};
use crate::components::{Face, Icon, Kind, PostForm, Segmented, Slot, Words};
use leptos::prelude::*;

/// Who is signed in, and what their forms need.
#[derive(Debug, Clone, Default)]
pub struct ShellUser {
    /// The name.
    pub name: String,
    /// Title or department.
    pub note: String,
    /// The token of the session, for the forms of the rail.
    pub token: String,
    /// Path and query of this page: theme and density come back to it.
    pub back: String,
}

/// A whole page with the rail. Below 60rem the rail is a native popover; it works
/// without script.
#[component]
pub fn Shell(
    /// The page's own title; ` · Tenure` is added.
    #[prop(into)]
    title: String,
    /// Who is signed in.
    user: ShellUser,
    /// The entries this user may use.
    #[prop(into, default = NavItem::ALL.to_vec())]
    nav_items: Vec<NavItem>,
    /// The entry this page belongs to.
    #[prop(optional)]
    current: Option<NavItem>,
    /// Numbers beside entries.
    #[prop(optional)]
    counts: Vec<(NavItem, u64)>,
    /// The colours the user chose.
    #[prop(optional)]
    theme: Theme,
    /// How close rows stand.
    #[prop(optional)]
    density: Density,
    /// What was searched, on the page that answers.
    #[prop(into, optional)]
    searched: String,
    /// What the live region says: the answer to what the person just did.
    #[prop(into, optional)]
    status: Words,
    /// The page has islands, hence the loader.
    #[prop(optional)]
    islands: bool,
    /// The nonce of the policy, for the loader.
    #[prop(into, optional)]
    nonce: Words,
    /// The palette, where the page has islands.
    #[prop(into, optional)]
    palette: Slot,
    /// The content of `main`.
    children: Children,
) -> impl IntoView {
    view! {
        <Frame title theme density nonce islands>
            <div class="app">
                <header class="side">
                    {brand(true)}
                    <button class="btn btn--quiet btn--icon menu-btn" type="button" popovertarget="side" aria-label="Menu">
                        <Icon name="menu"/>
                    </button>
                    <div class="side__body" id="side" popover="auto">
                        <form class="jump" role="search" aria-label="Everything" action="/search">
                            <Icon name="search" small=true/>
                            <label class="vh" for="jump">"Search"</label>
                            <input id="jump" type="search" name="q" placeholder="Search" autocomplete="off" value=searched/>
                            <a class="jump__key" href="/search" data-palette-open="" aria-label="Ctrl K: search everything">
                                <kbd>"Ctrl K"</kbd>
                            </a>
                        </form>
                        {nav(&nav_items, current, &counts)}
                        {user_menu(user, theme, density)}
                    </div>
                </header>
                <main id="main" class="main" tabindex="-1">
                    <div role="status" class="vh" id="live">{status.0}</div>
                    {children()}
                </main>
            </div>
            {palette.0}
        </Frame>
    }
    .into_any()
}

fn user_menu(user: ShellUser, theme: Theme, density: Density) -> AnyView {
    let ShellUser { name, note, token, back } = user;
    let choose = |label: &'static str, name: &'static str, options: Vec<(&'static str, &'static str)>, current: &'static str| {
        let (token, back) = (token.clone(), back.clone());
        view! {
            <PostForm action="/preferences" token class="choose">
                <input type="hidden" name="back" value=back/>
                <span class="faint">{label}</span>
                <Segmented label name options current/>
            </PostForm>
        }
    };
    let themes = vec![("system", "System"), ("light", "Light"), ("dark", "Dark")];
    let densities = vec![("comfortable", "Comfortable"), ("compact", "Compact")];
    view! {
        <details class="menu side__user">
            <summary>
                <Face kind=Kind::Person name=name.clone()/>
                <span><b>{name}</b><small class="faint">{note}</small></span>
                <Icon name="sort" small=true/>
            </summary>
            <div class="stack stack--s">
                {choose("Colours", "theme", themes, theme.word())}
                {choose("Rows", "density", densities, density.word())}
                <a class="row" href="/account"><Icon name="session" small=true/>"My sessions and tokens"</a>
                <PostForm action="/sign-out" token=token.clone() class="">
                    <button class="btn btn--s">"Sign out"</button>
                </PostForm>
            </div>
        </details>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::document;

    fn page(islands: bool) -> String {
        let user = ShellUser { name: "Inês Carvalho".into(), token: "t0".into(), back: "/identities?q=a".into(), ..ShellUser::default() };
        document(view! {
            <Shell title="Identities" user current=NavItem::Identities theme=Theme::Dark islands nonce="n0">
                <h1>"Identities"</h1>
            </Shell>
        })
    }

    #[test]
    fn a_page_without_islands_has_no_script_and_no_inline_style() {
        let html = page(false);
        assert!(html.starts_with(r#"<!DOCTYPE html><html lang="en" data-theme="dark">"#), "{html}");
        assert!(html.contains("<title>Identities · Tenure</title>"), "{html}");
        assert!(!html.contains("<script") && !html.contains(" style="), "{html}");
        assert!(html.contains(r#"<a href="/identities" aria-current="page">"#), "{html}");
        assert!(html.contains(r#"name="_token" value="t0""#), "{html}");
    }

    #[test]
    fn a_page_with_islands_has_the_loader_with_its_nonce() {
        let html = page(true);
        assert!(html.contains(r#"<script type="module" src="/assets/loader.js" nonce="n0"></script>"#), "{html}");
    }
}
