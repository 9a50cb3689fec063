use super::assets::asset;
use crate::components::Words;
use leptos::prelude::*;

/// The colours a user chose.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// Reads a cookie's or a form's word; what it does not know is the system's.
    pub fn from_word(word: &str) -> Self {
        match word {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::System,
        }
    }

    /// The word of cookie and form.
    pub fn word(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// How close rows stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Density {
    /// With room.
    #[default]
    Comfortable,
    /// Close.
    Compact,
}

impl Density {
    /// Reads a cookie's or a form's word; what it does not know is comfortable.
    pub fn from_word(word: &str) -> Self {
        if word == "compact" { Self::Compact } else { Self::Comfortable }
    }

    /// The word of cookie and form.
    pub fn word(self) -> &'static str {
        match self {
            Self::Comfortable => "comfortable",
            Self::Compact => "compact",
        }
    }
}

/// `html`, `head` and the skip link around a body.
#[component]
pub(super) fn Frame(title: String, theme: Theme, density: Density, nonce: Words, islands: bool, children: Children) -> impl IntoView {
    // One text: inside a title Leptos must not set its markers between two.
    let title = if title == "Tenure" { title } else { format!("{title} · Tenure") };
    let scheme = if theme == Theme::System { "light dark" } else { theme.word() };
    let theme = (theme != Theme::System).then(|| theme.word());
    let density = (density != Density::Comfortable).then(|| density.word());
    let loader = islands.then(|| view! { <script type="module" src=asset("loader.js") nonce=nonce.0></script> });
    view! {
        <html lang="en" data-theme=theme data-density=density>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content=scheme/>
                <title>{title}</title>
                <link rel="stylesheet" href=asset("tenure.css")/>
                <link rel="icon" type="image/svg+xml" href=asset("favicon.svg")/>
                {loader}
            </head>
            <body>
                <a class="skip" href="#main">"Skip to main content"</a>
                {children()}
            </body>
        </html>
    }
    .into_any()
}

/// The sign and name of the product.
pub(super) fn brand(home: bool) -> AnyView {
    let sign = format!("<use href=\"{}#logo\"/>", asset("icons.svg"));
    let sign = view! { <svg aria-hidden="true" inner_html=sign></svg> };
    if home {
        view! { <a class="brand" href="/">{sign}"Tenure"</a> }.into_any()
    } else {
        view! { <span class="brand">{sign}"Tenure"</span> }.into_any()
    }
}
