//! Messages on a pipe: four bytes of length, then JSON.

use std::io::{self, Read, Write};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The longest message: an hour's analysis takes a tenth of it.
const MESSAGE_SIZE_MAX_BYTES: u32 = 256 << 20;

/// Writes one message and flushes it.
pub(super) fn write(pipe: &mut impl Write, message: &impl Serialize) -> io::Result<()> {
    let json = serde_json::to_vec(message)?;
    let len = u32::try_from(json.len()).ok().filter(|&len| len <= MESSAGE_SIZE_MAX_BYTES);
    let len = len.ok_or_else(|| io::Error::other("a message is longer than what is sent"))?;
    pipe.write_all(&len.to_le_bytes())?;
    pipe.write_all(&json)?;
    pipe.flush()
}

/// Reads one message; none where the other side has closed the pipe between two messages.
pub(super) fn read<T: DeserializeOwned>(pipe: &mut impl Read) -> io::Result<Option<T>> {
    let mut len = [0; 4];
    match pipe.read_exact(&mut len) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let len = u32::from_le_bytes(len);
    if len > MESSAGE_SIZE_MAX_BYTES {
        return Err(io::Error::other("a message is longer than what is taken"));
    }
    // Grows as bytes arrive: a length alone, which a broken process may have written, costs no memory.
    let mut json = Vec::new();
    pipe.take(u64::from(len)).read_to_end(&mut json)?;
    if json.len() < len as usize {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Some(serde_json::from_slice(&json)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_come_out_as_they_went_in() {
        let mut pipe = Vec::new();
        write(&mut pipe, &"one").unwrap();
        write(&mut pipe, &"two").unwrap();
        let mut reader = pipe.as_slice();
        assert_eq!(read::<String>(&mut reader).unwrap().as_deref(), Some("one"));
        assert_eq!(read::<String>(&mut reader).unwrap().as_deref(), Some("two"));
        assert_eq!(read::<String>(&mut reader).unwrap(), None);
    }

    #[test]
    fn a_message_that_breaks_off_or_lies_about_its_length_is_an_error() {
        assert!(read::<String>(&mut [5_u8, 0, 0, 0, b'"'].as_slice()).is_err());
        assert!(read::<String>(&mut [255_u8; 8].as_slice()).is_err());
        assert!(read::<String>(&mut [2_u8, 0, 0, 0, b'x', b'x'].as_slice()).is_err());
    }
}
