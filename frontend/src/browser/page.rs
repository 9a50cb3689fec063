//! Pages, and how what has changed gets from one into another.

use super::bound::Value;
use leptos::prelude::document;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Anything that stands in a page.
    pub(super) type Node;

    #[wasm_bindgen(method, js_name = isEqualNode)]
    fn is_equal(this: &Node, other: &Node) -> bool;

    #[wasm_bindgen(method, js_name = cloneNode)]
    fn without_children(this: &Node) -> Node;

    #[wasm_bindgen(method, js_name = querySelectorAll)]
    fn all(this: &Node, selector: &str) -> JsValue;

    #[wasm_bindgen(method, js_name = getAttribute)]
    fn attribute(this: &Node, name: &str) -> Option<String>;

    #[wasm_bindgen(method, js_name = replaceWith)]
    fn replace_with(this: &Node, other: &Node);
}

/// A page.
pub struct Page(pub(super) Node);

impl Page {
    /// The one that is open.
    pub fn open() -> Self {
        Self(document().unchecked_into())
    }

    /// The value of an attribute, of the first element that has it.
    pub fn attribute(&self, name: &str) -> Option<String> {
        nodes(self.0.all(&["[", name, "]"].concat())).first()?.attribute(name)
    }

    /// Makes what a selector finds like it is in another page, where it finds as much.
    pub fn renew(&self, with: &Self, selector: &str) {
        renew_all(&nodes(self.0.all(selector)), &nodes(with.0.all(selector)));
    }
}

/// Makes `old` like `new`, and leaves alone whatever is alike: what has the focus keeps it, what a person has
/// scrolled stays, and a live region stays the one that is listened to.
fn renew(old: &Node, new: &Node) {
    if old.is_equal(new) {
        return;
    }
    let (before, after) = (children(old), children(new));
    if before.len() == after.len() && !before.is_empty() && old.without_children().is_equal(&new.without_children()) {
        renew_all(&before, &after);
    } else {
        old.replace_with(new);
    }
}

fn renew_all(old: &[Node], new: &[Node]) {
    old.iter().zip(new).for_each(|(old, new)| renew(old, new));
}

fn children(of: &Node) -> Vec<Node> {
    nodes(Value(of.into()).field("childNodes").0)
}

/// A list as it is now: what replaces another leaves the list that it came from.
fn nodes(list: JsValue) -> Vec<Node> {
    Value(list).items().into_iter().map(|node| node.0.unchecked_into()).collect()
}
