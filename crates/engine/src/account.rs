//! Who may use Segue: accounts, API tokens and login sessions.
//!
//! An account belongs to one listener; a listener without an account is history without a login.
//! There is no default account and no default password: the first administrator is made on purpose.
//! This module does not decide which route an account may use, nor how often a login may be tried: that is the
//! server's.

mod accounts;
mod password;
mod random;
mod record;
mod token;

#[cfg(test)]
mod tests;

pub use accounts::{AccountError, Accounts, NewAccount};
pub use random::{OsRandom, Random};
pub use record::{Account, ParseWordError, Role, Token, TokenHash, TokenKind};
pub use token::Secret;
