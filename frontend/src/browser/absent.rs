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

#[derive(Default)]
pub struct Events {}

impl Events {
    pub fn hear(&self, _hears: impl Fn(super::Heard) + 'static) {}

    pub fn connect(&self, _address: &str) {}

    pub fn close(&self) {}

    pub fn load(&self) {}
}

pub struct Page;

impl Page {
    pub fn open() -> Self {
        Self
    }

    pub fn attribute(&self, _name: &str) -> Option<String> {
        None
    }

    pub fn renew(&self, _with: &Self, _marked: &str) {}
}
