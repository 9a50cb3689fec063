//! A page that moves by itself: the server says that something has changed, and the marked parts of the page
//! are loaded again. Without script the page has a link to itself.

mod island;
mod state;

pub use island::LivePage;
