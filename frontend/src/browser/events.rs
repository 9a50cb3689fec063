//! Server-sent events, and the page as it would be now: what the browser has for both, heard by one function.

use super::{Heard, Page, bound::Value};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Whatever says something.
    type EventTarget;

    #[wasm_bindgen(method, js_name = addEventListener)]
    fn listen(this: &EventTarget, name: &str, hears: &JsValue);

    #[wasm_bindgen(extends = EventTarget)]
    type EventSource;

    #[wasm_bindgen(constructor)]
    fn new(address: &str) -> EventSource;

    #[wasm_bindgen(method, getter, js_name = readyState)]
    fn state(this: &EventSource) -> u8;

    #[wasm_bindgen(method)]
    fn close(this: &EventSource);

    /// It parses what it loads, and needs no future: 1 kB less than `fetch`.
    #[wasm_bindgen(extends = EventTarget)]
    type XMLHttpRequest;

    #[wasm_bindgen(constructor)]
    fn new() -> XMLHttpRequest;

    #[wasm_bindgen(method)]
    fn open(this: &XMLHttpRequest, method: &str, address: &str);

    #[wasm_bindgen(method, setter, js_name = responseType)]
    fn set_type(this: &XMLHttpRequest, kind: &str);

    #[wasm_bindgen(method, setter)]
    fn set_timeout(this: &XMLHttpRequest, milliseconds: u32);

    #[wasm_bindgen(method, getter)]
    fn status(this: &XMLHttpRequest) -> u16;

    #[wasm_bindgen(method, getter)]
    fn response(this: &XMLHttpRequest) -> JsValue;

    #[wasm_bindgen(method, js_name = setRequestHeader)]
    fn set_header(this: &XMLHttpRequest, name: &str, value: &str);

    #[wasm_bindgen(method)]
    fn send(this: &XMLHttpRequest);
}

/// The state of a source that does not try again.
const CLOSED: u8 = 2;
/// The longest wait for a page, in milliseconds.
const TIMEOUT: u32 = 30_000;
/// From this status on (too many requests, and faults of servers) an answer is none: it may be another later.
const LATER: u16 = 429;

/// A stream of events, which can be connected anew.
#[derive(Default)]
pub struct Events {
    source: Rc<RefCell<Option<EventSource>>>,
    hears: RefCell<JsValue>,
}

impl Events {
    /// Has all heard from the next connection on. Whoever hears lives as long as the page.
    pub fn hear(&self, hears: impl Fn(Heard) + 'static) {
        let source = Rc::clone(&self.source);
        let hears = Closure::<dyn Fn(JsValue)>::new(move |event| {
            let event = Value(event);
            hears(match event.text("type").as_str() {
                "open" => Heard::Open,
                "changed" => Heard::Changed(event.text("data")),
                "complete" => Heard::Complete,
                "loadend" => Heard::Loaded(loaded(event.field("target").0.unchecked_ref())),
                _ if source.borrow().as_ref().is_some_and(|source| source.state() != CLOSED) => Heard::Lost,
                _ => Heard::Refused,
            });
        });
        self.hears.replace(hears.into_js_value());
    }

    /// Connects to an address, in place of what was connected before.
    pub fn connect(&self, address: &str) {
        self.close();
        let source = EventSource::new(address);
        for name in ["open", "error", "changed", "complete"] {
            source.listen(name, &self.hears.borrow());
        }
        self.source.replace(Some(source));
    }

    /// Connects no more.
    pub fn close(&self) {
        if let Some(source) = self.source.take() {
            source.close();
        }
    }

    /// Loads the open page as it would be now.
    pub fn load(&self) {
        let request = XMLHttpRequest::new();
        request.open("GET", "");
        request.set_type("document");
        request.set_timeout(TIMEOUT);
        // No person asked for it: it is no use of their session.
        request.set_header("tenure-live", "1");
        request.listen("loadend", &self.hears.borrow());
        request.send();
    }
}

/// The page that a request brought, if it did.
fn loaded(request: &XMLHttpRequest) -> Option<Page> {
    let page = Some(request).filter(|request| request.status() < LATER)?;
    page.response().dyn_into().ok().map(Page)
}
