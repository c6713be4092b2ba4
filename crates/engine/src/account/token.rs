//! The secret half of a token.

use std::fmt;
use std::str::FromStr;

use super::random::Random;
use super::record::TokenHash;
use crate::error::EngineError;

/// 256 random bits that stand for an account; shown once, kept nowhere.
///
/// In text it is `segue_` and 64 hexadecimal digits, so that a scanner for leaked secrets can find it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; 32]);

const PREFIX: &str = "segue_";

/// A text that cannot be a token.
///
/// It does not repeat the text, which may be somebody's password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a token; one starts with `segue_` and has 64 hexadecimal digits after it")]
pub struct SecretError;

impl Secret {
    /// A new secret.
    pub(crate) fn generate(random: &dyn Random) -> Result<Self, EngineError> {
        let mut bytes = [0; 32];
        random.fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// What is stored of it.
    pub fn hash(&self) -> TokenHash {
        TokenHash::of(&self.0)
    }

    /// The text that is shown once.
    pub fn reveal(&self) -> String {
        let digits = blake3::Hash::from_bytes(self.0).to_hex();
        format!("{PREFIX}{digits}")
    }
}

impl FromStr for Secret {
    type Err = SecretError;

    fn from_str(text: &str) -> Result<Self, SecretError> {
        let digits = text.strip_prefix(PREFIX).ok_or(SecretError)?;
        // Borrowed for its reading and writing of 32 bytes as hexadecimal digits; nothing is hashed here.
        blake3::Hash::from_hex(digits).map(|bytes| Self(*bytes.as_bytes())).map_err(|_| SecretError)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
