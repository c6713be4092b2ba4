//! Accounts and tokens as they are stored.

use std::fmt;
use std::str::FromStr;

use music::{ListenerId, UnixMillis};
use serde::Serialize;

/// One account.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// The name to log in with.
    pub name: Box<str>,
    /// The password's Argon2id hash with its salt and parameters, as a PHC string.
    pub password_hash: Box<str>,
    /// What the account may do.
    pub role: Role,
    /// The listener it belongs to.
    pub listener: ListenerId,
    /// When it was made.
    pub created: UnixMillis,
}

impl fmt::Debug for Account {
    /// Everything but the hash, which has no place in a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("name", &self.name)
            .field("role", &self.role)
            .field("listener", &self.listener)
            .finish_non_exhaustive()
    }
}

/// What an account may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything, also with the data of others.
    Administrator,
    /// Everything with the data of its own listener, nothing with that of others.
    Listener,
}

/// One API token or login session. The secret itself is not here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The hash of the secret.
    pub hash: TokenHash,
    /// The account it stands for.
    pub account: Box<str>,
    /// What it was made for.
    pub kind: TokenKind,
    /// What its owner calls it.
    pub label: Box<str>,
    /// When it was made.
    pub created: UnixMillis,
    /// From when on it no longer counts; never where none.
    pub expires: Option<UnixMillis>,
}

/// What a token was made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenKind {
    /// A program's access.
    Api,
    /// A browser's login.
    Session,
}

/// A text that names none of the variants.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not one of the words that are known here")]
pub struct ParseWordError(pub String);

impl Role {
    /// The word in the store and in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Listener => "listener",
        }
    }
}

impl FromStr for Role {
    type Err = ParseWordError;

    fn from_str(text: &str) -> Result<Self, ParseWordError> {
        let found = [Self::Administrator, Self::Listener].into_iter().find(|role| role.name() == text);
        found.ok_or_else(|| ParseWordError(text.chars().take(40).collect()))
    }
}

impl TokenKind {
    /// The word in the store and in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Session => "session",
        }
    }
}

impl FromStr for TokenKind {
    type Err = ParseWordError;

    fn from_str(text: &str) -> Result<Self, ParseWordError> {
        let found = [Self::Api, Self::Session].into_iter().find(|kind| kind.name() == text);
        found.ok_or_else(|| ParseWordError(text.chars().take(40).collect()))
    }
}

/// The BLAKE3 hash of a token's secret. Comparing two takes the same time whatever they hold.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TokenHash(blake3::Hash);

impl TokenHash {
    /// The hash with these bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(blake3::Hash::from_bytes(bytes))
    }

    /// The hash of these bytes.
    pub(crate) fn of(secret: &[u8]) -> Self {
        Self(blake3::hash(secret))
    }

    /// The bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenHash({}…)", &self.0.to_hex()[..8])
    }
}
