use leptos::prelude::*;
use qrcodegen::{QrCode, QrCodeEcc};

/// A text as a square of dots (ISO/IEC 18004), for the camera of a phone. The same text must stand beside it: not everybody
/// has a camera, or sees the square.
#[component]
pub fn Qr(
    /// What it says.
    text: String,
    /// What it is, for who does not see it.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    // Too long for a square: what stands beside it serves.
    let Ok(code) = QrCode::encode_text(&text, QrCodeEcc::Medium) else { return ().into_any() };
    let size = code.size();
    // Four dots of quiet around it, as the standard asks.
    let view_box = format!("-4 -4 {0} {0}", size + 8);
    let dots = (0..size).flat_map(|y| (0..size).map(move |x| (x, y))).filter(|(x, y)| code.get_module(*x, *y));
    let path: String = dots.map(|(x, y)| format!("M{x} {y}h1v1h-1z")).collect();
    // Dark on light whatever the theme: cameras want it so.
    view! {
        <svg class="qr" viewBox=view_box width="240" height="240" role="img" aria-label=label shape-rendering="crispEdges">
            <rect x="-4" y="-4" width="100%" height="100%" fill="#fff"></rect>
            <path d=path fill="#000"></path>
        </svg>
    }
    .into_any()
}
