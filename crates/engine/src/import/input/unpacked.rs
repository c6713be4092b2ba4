//! What comes out of a compressed file, up to a limit.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use super::LimitError;
use crate::import::limits::{DECOMPRESSED_LEN_FREE, DECOMPRESSED_LEN_MAX, DECOMPRESSED_RATIO_MAX};

/// How much one compressed file may still hold, shared by all members of an archive.
///
/// One bound for the whole archive, because its members may overlap and each be harmless.
#[derive(Clone, Debug)]
pub(in crate::import) struct UnpackLimit {
    limit: u64,
    left: Rc<Cell<u64>>,
}

impl UnpackLimit {
    /// The limit of a file that is `len` bytes long as it lies on the disk.
    pub(in crate::import) fn of_file(len: u64) -> Self {
        let limit =
            len.saturating_mul(DECOMPRESSED_RATIO_MAX).clamp(DECOMPRESSED_LEN_FREE, DECOMPRESSED_LEN_MAX);
        Self { limit, left: Rc::new(Cell::new(limit)) }
    }
}

/// Passes bytes on until the limit is met; then every read fails.
#[derive(Debug)]
pub(in crate::import) struct Unpacked<R> {
    inner: R,
    limit: UnpackLimit,
}

impl<R: Read> Unpacked<R> {
    /// Bounds `inner`.
    pub(in crate::import) const fn new(inner: R, limit: UnpackLimit) -> Self {
        Self { inner, limit }
    }
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = self.inner.read(buffer)?;
        let left = self.limit.left.get().checked_sub(len as u64);
        self.limit.left.set(left.unwrap_or(0));
        if left.is_some() { Ok(len) } else { Err(LimitError::Unpacked(self.limit.limit).into()) }
    }
}
