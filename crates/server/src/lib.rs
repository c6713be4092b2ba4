//! Everything of Segue that speaks HTTP: the API for programs, the pages for people, health and metrics.
//!
//! | question | module |
//! |---|---|
//! | how is it set up and run? | `config`, `serve` |
//! | which routes are there, behind which layers? | `router` |
//! | who may reach which route? | `access`: one table, one layer, deny by default |
//! | which HTTP status for which error? | `error` |
//! | what does the API take and give? | `api`, one file per thing; `api::document` describes it |
//! | what do the files of a track have? | `files` |
//! | what do people see? | `pages` and the templates |
//! | what is measured and logged? | `observe`, `telemetry`, `health` |
//!
//! The command line opens an engine, starts a [`engine::Service`], binds an address and calls [`serve()`]:
//!
//! ```
//! # async fn run(service: std::sync::Arc<engine::Service>) -> Result<(), Box<dyn std::error::Error>> {
//! let address = "127.0.0.1:0".parse()?;
//! let config = server::Config::new(address);
//! // For the demo instead, where whoever reaches loopback is the administrator:
//! // let config = server::Config::open_to_loopback(address)?;
//! let listener = tokio::net::TcpListener::bind(address).await?;
//! server::serve(listener, service, config, async { /* until Ctrl-C */ }).await?;
//! # Ok(())
//! # }
//! ```
//!
//! [`serve()`] also takes over snapshots that another process publishes, and ends with
//! [`ServeError::Poisoned`] as soon as a write has failed, so that the process can end with it.
//! [`router()`] alone is for tests and for those who bring a loop of their own.
//!
//! It decides nothing about music: what an event means is `taste`'s, what to hear next `recommend`'s, and what is
//! acceptable `engine`'s.

mod access;
mod api;
mod app;
mod body;
mod config;
mod error;
mod files;
mod health;
mod name_search;
mod observe;
mod pages;
mod router;
mod serve;
mod telemetry;

#[cfg(test)]
mod tests;

pub use config::{Config, ConfigError, Limits};
pub use router::router;
pub use serve::{ServeError, serve};
