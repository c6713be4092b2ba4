//! Names as 128 bits.
//!
//! The maps of the catalogue are keyed by these, so that a name costs 16 bytes however long it is.
//! A cryptographic hash, because names come from outside: nobody can make two names collide and thereby merge.

/// 128 bits that stand for a list of texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Digest([u64; 2]);

impl Digest {
    /// The digest of `parts`; where one part ends and the next begins counts.
    pub(super) fn of<'a>(parts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut hasher = blake3::Hasher::new();
        for part in parts {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        let mut words = [0; 2];
        for (word, bytes) in words.iter_mut().zip(hasher.finalize().as_bytes().chunks_exact(8)) {
            *word = u64::from_le_bytes(bytes.try_into().expect("chunks of eight bytes"));
        }
        Self(words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_parts_end_counts() {
        assert_ne!(Digest::of(["ab", "c"]), Digest::of(["a", "bc"]));
        assert_ne!(Digest::of(["a"]), Digest::of(["a", ""]));
        assert_eq!(Digest::of(["a", "b"]), Digest::of(["a", "b"]));
    }
}
