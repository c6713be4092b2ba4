//! Who may reach which route: one table, one layer in front of every handler.
//!
//! | question | module |
//! |---|---|
//! | what may whom? | [`table`] |
//! | where is that enforced? | [`authorise`] |
//! | who is asking, and about whom? | [`caller`] |
//! | did a form come from our own page? | [`csrf`] |
//! | how often may a login be tried? | [`throttle`] |
//!
//! A route that is not in the table answers nobody.
//! Whose data a request is about is settled here, from the path, the query or the login, never from a body; handlers
//! get a [`caller::Subject`] that has been checked, and have no other way to a listener.

pub(crate) mod authorise;
pub(crate) mod caller;
pub(crate) mod csrf;
pub(crate) mod table;
pub(crate) mod throttle;
