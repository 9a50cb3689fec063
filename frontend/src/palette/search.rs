//! What the palette asks the server, and how the server finds its answer.

use crate::browser;
use leptos::{prelude::*, server_fn::ServerFn};
use serde::{Deserialize, Serialize};
use std::{future::Future, pin::Pin};

/// A longer query is cut: nobody types it, and the database should not see it.
#[cfg(feature = "ssr")]
const LONGEST_QUERY: usize = 200;

/// One line of the palette.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaletteHit {
    /// What it is, in one word: "Person", "Role", "Action".
    pub kind: String,
    /// Its name.
    pub label: String,
    /// What tells it from another of the same name; may be empty.
    pub detail: String,
    /// Where it opens: a path on this site.
    pub href: String,
}

/// What a search will have found.
pub type PaletteAnswer = Pin<Box<dyn Future<Output = Result<Vec<PaletteHit>, String>> + Send>>;

/// Finds hits for the person who asks, and only what they may open.
///
/// The server puts an `Arc<dyn PaletteSource>` that knows the caller into the context of each call,
/// so that this crate need not know the services.
pub trait PaletteSource: Send + Sync {
    /// The best hits for `query`, best first. An empty query may answer with usual places to go.
    /// An error's text is shown to the caller.
    fn search(&self, query: String) -> PaletteAnswer;
}

/// Searches everything that the caller may open.
#[server(prefix = "/api/fn", endpoint = "search_palette")]
pub async fn search_palette(
    /// What was typed.
    query: String,
) -> Result<Vec<PaletteHit>, ServerFnError> {
    let source = use_context::<std::sync::Arc<dyn PaletteSource>>().ok_or_else(|| ServerFnError::new("The palette has no source."))?;
    let query: String = query.trim().chars().take(LONGEST_QUERY).collect();
    source.search(query).await.map_err(ServerFnError::new)
}

/// Asks the server from the browser. None if it does not answer, or refuses.
pub(super) async fn ask(query: &str) -> Option<Vec<PaletteHit>> {
    let answer = browser::call(SearchPalette::PATH, "query", query).await?;
    let hit = |item: &browser::Value| PaletteHit {
        kind: item.text("kind"),
        label: item.text("label"),
        detail: item.text("detail"),
        href: item.text("href"),
    };
    Some(answer.items().iter().map(hit).collect())
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use std::sync::Arc;

    struct Echo;

    impl PaletteSource for Echo {
        fn search(&self, query: String) -> PaletteAnswer {
            Box::pin(async move {
                if query == "boom" {
                    return Err("Search is being rebuilt.".to_owned());
                }
                Ok(vec![PaletteHit { kind: "Person".into(), label: query, detail: String::new(), href: "/".into() }])
            })
        }
    }

    /// Runs a future that never truly waits.
    fn now<T>(future: impl Future<Output = T>) -> T {
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        match std::pin::pin!(future).poll(&mut context) {
            std::task::Poll::Ready(value) => value,
            std::task::Poll::Pending => panic!("the future waits for something"),
        }
    }

    fn ask(query: &str) -> Result<Vec<PaletteHit>, ServerFnError> {
        Owner::new().with(|| {
            provide_context::<Arc<dyn PaletteSource>>(Arc::new(Echo));
            now(search_palette(query.to_owned()))
        })
    }

    #[test]
    fn it_asks_the_source_for_the_trimmed_and_bounded_query() {
        assert_eq!(ask("  priya ").unwrap()[0].label, "priya");
        let long = ask(&"é".repeat(5_000)).unwrap();
        assert_eq!(long[0].label.chars().count(), LONGEST_QUERY);
    }

    #[test]
    fn what_the_source_refuses_is_refused() {
        let refused = ask("boom").unwrap_err().to_string();
        assert!(refused.contains("Search is being rebuilt."), "{refused}");
    }

    #[test]
    fn without_a_source_it_is_an_error_and_not_an_empty_answer() {
        assert!(Owner::new().with(|| now(search_palette("x".into()))).is_err());
    }
}
