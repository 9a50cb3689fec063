//! The browser's side: what each function truly does.

use leptos::web_sys::{Element, js_sys::Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    // Not `async`: that would miss what is thrown before there is a promise, where there is no clipboard.
    #[wasm_bindgen(catch, js_namespace = ["navigator", "clipboard"], js_name = writeText)]
    fn write_text(text: &str) -> Result<Promise, JsValue>;

    #[wasm_bindgen(js_namespace = JSON)]
    fn parse(json: &str) -> JsValue;

    #[wasm_bindgen(catch, js_namespace = Reflect, js_name = get)]
    fn get(object: &JsValue, key: &str) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_namespace = Reflect, js_name = get)]
    fn get_at(object: &JsValue, index: u32) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_name = encodeURIComponent)]
    fn encode(text: &str) -> String;

    #[wasm_bindgen(catch)]
    async fn fetch(address: &str, options: &JsValue) -> Result<JsValue, JsValue>;

    type Answer;

    #[wasm_bindgen(method, getter)]
    fn ok(this: &Answer) -> bool;

    #[wasm_bindgen(method, catch)]
    async fn json(this: &Answer) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(extends = Element)]
    type Scrolls;

    #[wasm_bindgen(method, js_name = scrollIntoView)]
    fn scroll_into_view(this: &Scrolls, options: &JsValue);
}

/// Puts `text` on the clipboard. False where the browser refuses, or has none (a page without TLS).
pub async fn copy(text: &str) -> bool {
    match write_text(text) {
        Ok(written) => JsFuture::from(written).await.is_ok(),
        Err(_) => false,
    }
}

/// Scrolls as little as needed to show `element`.
pub fn scroll_to(element: &Element) {
    let element: &Scrolls = element.unchecked_ref();
    element.scroll_into_view(&parse(r#"{"block":"nearest"}"#));
}

/// Calls a server function at its path with one text argument. None unless it answers well.
pub async fn call(path: &str, argument: &str, text: &str) -> Option<Value> {
    // Encoded, the text holds nothing that JSON would have to escape.
    let options = format!(
        r#"{{"method":"POST","headers":{{"accept":"application/json","content-type":"application/x-www-form-urlencoded"}},"body":"{argument}={}"}}"#,
        encode(text)
    );
    let answer: Answer = fetch(path, &parse(&options)).await.ok()?.unchecked_into();
    if !answer.ok() {
        return None;
    }
    answer.json().await.ok().map(Value)
}

/// A value that the server answered with.
pub struct Value(pub(super) JsValue);

impl Value {
    /// A field that is a text; empty if it is not there.
    pub fn text(&self, name: &str) -> String {
        let field = get(&self.0, name).ok();
        field.and_then(|field| field.as_string()).unwrap_or_default()
    }

    /// A field; undefined if it is not there.
    pub(super) fn field(&self, name: &str) -> Value {
        Value(get(&self.0, name).unwrap_or_default())
    }

    /// The items, if it is a list.
    pub fn items(&self) -> Vec<Value> {
        let at = |index| get_at(&self.0, index).ok().filter(|item| !item.is_undefined());
        (0..).map_while(at).map(Value).collect()
    }
}
