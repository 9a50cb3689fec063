//! The few calls into the browser that Leptos does not bring along.
//!
//! Bound by hand, because a further feature of `web-sys` would rebuild half of the native tree too.
//! The native halves exist so that an island's body compiles; handlers never run there.

#[cfg(feature = "hydrate")]
mod imp {
    use leptos::web_sys::Element;
    use wasm_bindgen::prelude::*;

    #[wasm_bindgen]
    extern "C" {
        #[wasm_bindgen(catch, js_namespace = ["navigator", "clipboard"], js_name = writeText)]
        async fn write_text(text: &str) -> Result<JsValue, JsValue>;

        #[wasm_bindgen(js_namespace = JSON)]
        fn parse(json: &str) -> JsValue;

        #[wasm_bindgen(extends = Element)]
        type Scrolls;

        #[wasm_bindgen(method, js_name = scrollIntoView)]
        fn scroll_into_view(this: &Scrolls, options: &JsValue);
    }

    pub async fn copy(text: &str) -> bool {
        write_text(text).await.is_ok()
    }

    pub fn scroll_to(element: &Element) {
        let element: &Scrolls = element.unchecked_ref();
        element.scroll_into_view(&parse(r#"{"block":"nearest"}"#));
    }
}

#[cfg(not(feature = "hydrate"))]
mod imp {
    use leptos::web_sys::Element;

    pub async fn copy(_text: &str) -> bool {
        false
    }

    pub fn scroll_to(_element: &Element) {}
}

/// Puts `text` on the clipboard. False where the browser refuses, or has none (a page without TLS).
pub async fn copy(text: &str) -> bool {
    imp::copy(text).await
}

/// Scrolls as little as needed to show `element`.
pub fn scroll_to(element: &leptos::web_sys::Element) {
    imp::scroll_to(element);
}
