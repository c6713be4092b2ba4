//! Whether a form was made by a page of this server, for this session.
//!
//! A page on another site can make a browser send a form here, but it can read neither the session's secret nor our
//! pages, so it cannot know the token that each of our forms carries.

use engine::{EngineError, Random};

/// What turns sessions into tokens; drawn anew at each start.
pub(crate) struct Key([u8; 32]);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

impl Key {
    pub(crate) fn draw(random: &dyn Random) -> Result<Self, EngineError> {
        let mut bytes = [0; 32];
        random.fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// The token of the session with this secret.
    pub(crate) fn token(&self, secret: &[u8]) -> CsrfToken {
        CsrfToken(blake3::keyed_hash(&self.0, secret))
    }
}

/// What a form of one session carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CsrfToken(blake3::Hash);

impl CsrfToken {
    /// Whether `text` is this token; takes the same time whatever it is.
    pub(crate) fn is(&self, text: &str) -> bool {
        blake3::Hash::from_hex(text).is_ok_and(|given| given == self.0)
    }
}

impl std::fmt::Display for CsrfToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.to_hex())
    }
}
