//! Passwords as hashes that are slow to guess.

use std::sync::LazyLock;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};

use super::random::Random;
use crate::error::EngineError;

/// The shortest password (NIST SP 800-63B, section 5.1.1.1: at least 8 characters).
pub(super) const LEN_MIN: usize = 8;

/// The longest password in bytes; enough for any phrase, and a bound on the work of a login.
pub(super) const LEN_MAX: usize = 1024;

const SALT_LEN: usize = 16;

/// Argon2id with 19 MiB, two passes and one lane: the first choice of OWASP's Password Storage Cheat Sheet, and the
/// default of the library.
fn hasher() -> Argon2<'static> {
    Argon2::default()
}

/// The hash of `password` with a new salt, as a PHC string.
///
/// *Complexity*: some tens of milliseconds and 19 MiB, on purpose; keep it off the threads that serve.
pub(super) fn hash(password: &str, random: &dyn Random) -> Result<Box<str>, EngineError> {
    let mut salt = [0; SALT_LEN];
    random.fill(&mut salt)?;
    Ok(hash_with(password, &salt))
}

fn hash_with(password: &str, salt: &[u8; SALT_LEN]) -> Box<str> {
    let hash = hasher().hash_password_with_salt(password.as_bytes(), salt);
    hash.expect("salt and parameters are within the limits of Argon2").to_string().into()
}

/// Whether `password` is the one that was hashed. Takes the same time where there is no hash.
///
/// Nothing where the stored hash is none.
pub(super) fn verify(password: &str, hash: Option<&str>) -> Option<bool> {
    /// The hash to compare with where there is no account, so that a stopwatch does not tell who has one.
    static NOBODY: LazyLock<Box<str>> = LazyLock::new(|| hash_with("nobody", &[0; SALT_LEN]));
    let parsed = PasswordHash::new(hash.unwrap_or(&NOBODY)).ok()?;
    let matches = hasher().verify_password(password.as_bytes(), &parsed).is_ok();
    Some(matches && hash.is_some())
}
