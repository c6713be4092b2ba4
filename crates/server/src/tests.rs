//! The whole server in process, without a socket: requests go in at the router, answers come out.

mod access;
mod document;
mod fixture;
mod listening;
mod log;
