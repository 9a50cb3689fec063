//! The composition root: configuration, command line, HTTP, workers.

mod asked;
pub mod assets;
pub mod cli;
pub mod config;
mod http;
mod log;
mod mail;
mod readings;
mod runtime;
mod seal;
mod serve;
mod signals;
mod targets;
mod web;

pub use http::{Guard, Passes, RouteInfo, route_list};
