//! The server's side: there is no browser. Nothing calls these while a page renders.

use leptos::web_sys::Element;

pub async fn copy(_text: &str) -> bool {
    false
}

pub fn scroll_to(_element: &Element) {}

pub async fn call(_path: &str, _argument: &str, _text: &str) -> Option<Value> {
    None
}

pub enum Value {}

impl Value {
    pub fn text(&self, _name: &str) -> String {
        match *self {}
    }

    pub fn items(&self) -> Vec<Value> {
        match *self {}
    }
}
