//! The commands, one file each.

pub(crate) mod account;
pub(crate) mod analyze;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod eval;
pub(crate) mod export;
pub(crate) mod import;
pub(crate) mod recommend;
pub(crate) mod scan;
pub(crate) mod search;
pub(crate) mod serve;
pub(crate) mod sim;
pub(crate) mod train;
