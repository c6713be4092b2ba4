//! Messages on a pipe: four bytes of length, then JSON; or samples or bytes, which the highest two bits announce.

use std::io::{self, Read, Write};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::tags::PICTURE_SIZE_MAX_BYTES;

/// The longest message: an hour's analysis takes a tenth of it.
const MESSAGE_SIZE_MAX_BYTES: u32 = 256 << 20;
/// Set in the length of a message that holds samples.
const SAMPLES: u32 = 1 << 31;
/// Set in the length of a message that holds bytes of a file.
const BYTES: u32 = 1 << 30;
/// The most samples of one message, so that neither side holds more than that.
pub(super) const SAMPLE_COUNT_MAX: usize = 1 << 18;

/// What comes over a pipe.
#[derive(Debug, PartialEq)]
pub(super) enum Message<T> {
    /// A value.
    Value(T),
    /// Samples, at most [`SAMPLE_COUNT_MAX`].
    Samples(Vec<f32>),
    /// Bytes of a file, at most [`PICTURE_SIZE_MAX_BYTES`].
    Bytes(Vec<u8>),
}

/// Writes one message and flushes it.
pub(super) fn write(pipe: &mut impl Write, message: &impl Serialize) -> io::Result<()> {
    let json = serde_json::to_vec(message)?;
    let len = u32::try_from(json.len()).ok().filter(|&len| len <= MESSAGE_SIZE_MAX_BYTES);
    let len = len.ok_or_else(|| io::Error::other("a message is longer than what is sent"))?;
    pipe.write_all(&len.to_le_bytes())?;
    pipe.write_all(&json)?;
    pipe.flush()
}

/// Writes samples as one message, without flushing it.
///
/// # Panics
/// When there are more than [`SAMPLE_COUNT_MAX`].
pub(super) fn write_samples(pipe: &mut (impl Write + ?Sized), samples: &[f32]) -> io::Result<()> {
    assert!(samples.len() <= SAMPLE_COUNT_MAX, "the caller cuts what is longer");
    let len = SAMPLES | (4 * samples.len()) as u32;
    pipe.write_all(&len.to_le_bytes())?;
    samples.iter().try_for_each(|sample| pipe.write_all(&sample.to_le_bytes()))
}

/// Writes bytes of a file as one message and flushes it.
///
/// # Panics
/// When there are more than [`PICTURE_SIZE_MAX_BYTES`].
pub(super) fn write_bytes(pipe: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    assert!(bytes.len() <= PICTURE_SIZE_MAX_BYTES, "no larger picture is read");
    pipe.write_all(&(BYTES | bytes.len() as u32).to_le_bytes())?;
    pipe.write_all(bytes)?;
    pipe.flush()
}

/// Reads one message that is a value; none where the other side has closed the pipe between two messages.
pub(super) fn read<T: DeserializeOwned>(pipe: &mut impl Read) -> io::Result<Option<T>> {
    match read_any(pipe)? {
        Some(Message::Value(value)) => Ok(Some(value)),
        Some(_) => Err(io::Error::other("there is something else where a value was asked for")),
        None => Ok(None),
    }
}

/// Reads one message of any kind, likewise.
pub(super) fn read_any<T: DeserializeOwned>(pipe: &mut impl Read) -> io::Result<Option<Message<T>>> {
    let mut len = [0; 4];
    match pipe.read_exact(&mut len) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let len = u32::from_le_bytes(len);
    let (kind, len) = (len & (SAMPLES | BYTES), len & !(SAMPLES | BYTES));
    let len_max = match kind {
        SAMPLES => 4 * SAMPLE_COUNT_MAX as u32,
        BYTES => PICTURE_SIZE_MAX_BYTES as u32,
        _ => MESSAGE_SIZE_MAX_BYTES,
    };
    if len > len_max {
        return Err(io::Error::other("a message is longer than what is taken"));
    }
    // Grows as bytes arrive: a length alone, which a broken process may have written, costs no memory.
    let mut bytes = Vec::new();
    pipe.take(u64::from(len)).read_to_end(&mut bytes)?;
    if bytes.len() < len as usize {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let sample = |bytes: &[u8]| f32::from_le_bytes(bytes.try_into().expect("chunks are of four bytes"));
    Ok(Some(match kind {
        SAMPLES => Message::Samples(bytes.chunks_exact(4).map(sample).collect()),
        BYTES => Message::Bytes(bytes),
        _ => Message::Value(serde_json::from_slice(&bytes)?),
    }))
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
    fn samples_and_values_take_turns() {
        let mut pipe = Vec::new();
        write(&mut pipe, &"one").unwrap();
        write_samples(&mut pipe, &[0.5, -1.0]).unwrap();
        write_bytes(&mut pipe, b"abc").unwrap();
        write(&mut pipe, &"two").unwrap();
        let mut reader = pipe.as_slice();
        let mut next = || read_any::<String>(&mut reader).unwrap();
        assert_eq!(next(), Some(Message::Value("one".to_owned())));
        assert_eq!(next(), Some(Message::Samples(vec![0.5, -1.0])));
        assert_eq!(next(), Some(Message::Bytes(b"abc".to_vec())));
        assert_eq!(next(), Some(Message::Value("two".to_owned())));
        assert_eq!(next(), None);
        assert!(read::<String>(&mut [8_u8, 0, 0, 128, 0, 0, 0, 0, 0, 0, 0, 0].as_slice()).is_err());
        assert!(read_any::<String>(&mut [8_u8, 0, 255, 128, 0].as_slice()).is_err());
        assert!(read_any::<String>(&mut [0_u8, 0, 0, 65, 0].as_slice()).is_err());
    }

    #[test]
    fn a_message_that_breaks_off_or_lies_about_its_length_is_an_error() {
        assert!(read::<String>(&mut [5_u8, 0, 0, 0, b'"'].as_slice()).is_err());
        assert!(read::<String>(&mut [255_u8; 8].as_slice()).is_err());
        assert!(read::<String>(&mut [2_u8, 0, 0, 0, b'x', b'x'].as_slice()).is_err());
    }
}
