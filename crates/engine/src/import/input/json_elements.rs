//! Finds the elements of a list in a JSON document of any size.
//!
//! It only sees where values begin and end; what stands in an element is for `serde_json` to read.
//! That keeps memory bounded by one element, and one bad element costs itself: a parser of the whole document would
//! have to give up at the first wrong byte.

use std::io::{self, BufRead};

use smallvec::SmallVec;

use crate::import::limits::{ARRAY_DEPTH_MAX, KEY_LEN_MAX, RECORD_LEN_MAX};

/// The elements at a path of keys; lists on the way are gone through, and so are documents one after another.
///
/// With the path `["track"]` it finds the tracks in `{"track": [1, 2]}` as well as in `[{"track": [1]}, {"track": 2}]`;
/// with an empty path it finds the members of lists, and objects that stand alone.
#[derive(Debug)]
pub(super) struct JsonElements<R> {
    input: R,
    path: &'static [&'static str],
    frames: SmallVec<[Frame; 4]>,
    /// The longest element that is kept.
    len_max: usize,
}

/// What is open around the next value, and how many keys of the path lead here.
#[derive(Clone, Copy, Debug)]
enum Frame {
    Array(usize),
    Object(usize),
}

/// An element that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Element {
    /// It stands in the buffer.
    Whole,
    /// It was passed over.
    TooLarge,
}

/// Why no further element can be found.
#[derive(Debug)]
pub(super) enum JsonFault {
    /// Reading failed.
    Io(io::Error),
    /// The document ends within a value.
    Truncated,
    /// Something stands where it cannot stand.
    Unexpected(u8),
}

impl From<io::Error> for JsonFault {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl<R: BufRead> JsonElements<R> {
    /// The elements of `input` at `path`, of up to `len_max` bytes.
    pub(super) fn new(input: R, path: &'static [&'static str], len_max: usize) -> Self {
        Self { input, path, frames: SmallVec::new(), len_max }
    }

    /// Puts the next element into `buffer`; none at the end.
    pub(super) fn next(&mut self, buffer: &mut Vec<u8>) -> Result<Option<Element>, JsonFault> {
        loop {
            let frame = self.frames.last().copied();
            let Some(byte) = self.token()? else {
                return if frame.is_none() { Ok(None) } else { Err(JsonFault::Truncated) };
            };
            let found = match (frame, byte) {
                (Some(Frame::Array(_)), b']') | (Some(Frame::Object(_)), b'}') => {
                    self.input.consume(1);
                    self.frames.pop();
                    None
                }
                (_, b']' | b'}' | b':') => return Err(JsonFault::Unexpected(byte)),
                (Some(Frame::Object(depth)), b'"') => self.member(depth, buffer)?,
                (Some(Frame::Object(_)), _) => return Err(JsonFault::Unexpected(byte)),
                (Some(Frame::Array(depth)), _) => self.enter(depth, byte, buffer)?,
                (None, _) => self.enter(0, byte, buffer)?,
            };
            if found.is_some() {
                return Ok(found);
            }
        }
    }

    /// Goes into the value of a key that is on the path, or passes over it.
    fn member(&mut self, depth: usize, buffer: &mut Vec<u8>) -> Result<Option<Element>, JsonFault> {
        let key = self.key()?;
        let byte = self.value_of_key()?;
        // Objects are only opened while keys of the path are left.
        if key.as_slice() == self.path[depth].as_bytes() {
            return self.enter(depth + 1, byte, buffer);
        }
        self.capture(byte, None)?;
        Ok(None)
    }

    fn enter(&mut self, depth: usize, byte: u8, buffer: &mut Vec<u8>) -> Result<Option<Element>, JsonFault> {
        match byte {
            b'[' if self.frames.len() < ARRAY_DEPTH_MAX => self.frames.push(Frame::Array(depth)),
            b'{' if depth < self.path.len() => self.frames.push(Frame::Object(depth)),
            _ => return self.capture(byte, Some(buffer)).map(Some),
        }
        self.input.consume(1);
        Ok(None)
    }

    /// The next byte that is neither space nor comma; it is not consumed.
    fn token(&mut self) -> Result<Option<u8>, JsonFault> {
        loop {
            let bytes = self.input.fill_buf()?;
            let Some(last) = bytes.len().checked_sub(1) else { return Ok(None) };
            match bytes.iter().position(|&byte| !is_space(byte) && byte != b',') {
                Some(index) => {
                    let byte = bytes[index];
                    self.input.consume(index);
                    return Ok(Some(byte));
                }
                None => self.input.consume(last + 1),
            }
        }
    }

    /// The key that begins here; nothing of one that is too long to be on any path.
    fn key(&mut self) -> Result<Vec<u8>, JsonFault> {
        let mut key = Vec::new();
        self.input.consume(1);
        let mut is_escaped = false;
        loop {
            let bytes = self.input.fill_buf()?;
            let Some(&byte) = bytes.first() else { return Err(JsonFault::Truncated) };
            self.input.consume(1);
            match byte {
                b'"' if !is_escaped => break,
                _ if key.len() <= KEY_LEN_MAX => key.push(byte),
                _ => {}
            }
            is_escaped = byte == b'\\' && !is_escaped;
        }
        if key.len() > KEY_LEN_MAX {
            key.clear();
        }
        Ok(key)
    }

    /// The first byte of the value behind the key that was just read.
    fn value_of_key(&mut self) -> Result<u8, JsonFault> {
        match self.token()?.ok_or(JsonFault::Truncated)? {
            b':' => self.input.consume(1),
            other => return Err(JsonFault::Unexpected(other)),
        }
        match self.token()?.ok_or(JsonFault::Truncated)? {
            byte @ (b']' | b'}' | b':') => Err(JsonFault::Unexpected(byte)),
            byte => Ok(byte),
        }
    }

    /// Reads the value that begins with `byte`, into `buffer` where there is one.
    fn capture(&mut self, byte: u8, mut buffer: Option<&mut Vec<u8>>) -> Result<Element, JsonFault> {
        let mut scan = Scan::starting_with(byte);
        let mut element = Element::Whole;
        if let Some(buffer) = buffer.as_deref_mut() {
            buffer.clear();
        }
        loop {
            let bytes = self.input.fill_buf()?;
            if bytes.is_empty() {
                // A number ends with the document; everything else has an end of its own.
                return if scan.is_bare { Ok(element) } else { Err(JsonFault::Truncated) };
            }
            let (used, is_done) = scan.advance(bytes);
            if let Some(buffer) = buffer.as_deref_mut() {
                if buffer.len() + used > self.len_max {
                    element = Element::TooLarge;
                    buffer.clear();
                } else if element == Element::Whole {
                    buffer.extend_from_slice(&bytes[..used]);
                }
            }
            self.input.consume(used);
            if is_done {
                return Ok(element);
            }
        }
    }
}

/// What JSON takes for space, and nothing else: were it less than what ends a word, a word could have no bytes.
const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// Looks for the end of one value.
#[derive(Debug)]
struct Scan {
    /// A number or word, which ends before the next mark.
    is_bare: bool,
    /// Open brackets and braces; whether they fit together is not looked at.
    depth: u64,
    in_string: bool,
    is_escaped: bool,
}

impl Scan {
    const fn starting_with(byte: u8) -> Self {
        let is_bare = !matches!(byte, b'{' | b'[' | b'"');
        Self { is_bare, depth: 0, in_string: false, is_escaped: false }
    }

    /// How many of `bytes` belong to the value, and whether it ends there.
    fn advance(&mut self, bytes: &[u8]) -> (usize, bool) {
        if self.is_bare {
            let is_end =
                |byte: &u8| is_space(*byte) || matches!(byte, b',' | b']' | b'}' | b':' | b'[' | b'{' | b'"');
            let end = bytes.iter().position(is_end);
            return (end.unwrap_or(bytes.len()), end.is_some());
        }
        for (index, &byte) in bytes.iter().enumerate() {
            if self.in_string {
                match byte {
                    _ if self.is_escaped => self.is_escaped = false,
                    b'\\' => self.is_escaped = true,
                    b'"' => self.in_string = false,
                    _ => continue,
                }
                if self.in_string || self.depth > 0 {
                    continue;
                }
            } else {
                match byte {
                    b'"' => self.in_string = true,
                    b'{' | b'[' => self.depth += 1,
                    b'}' | b']' => self.depth -= 1,
                    _ => continue,
                }
                if self.in_string || self.depth > 0 {
                    continue;
                }
            }
            return (index + 1, true);
        }
        (bytes.len(), false)
    }
}

/// The keys of the first object in `head`, each with the first byte of its value, as far as they can be seen.
///
/// Lists around the object are looked through.
pub(super) fn first_keys(head: &[u8]) -> Vec<(Vec<u8>, u8)> {
    let mut scan = JsonElements::new(head, &[], RECORD_LEN_MAX);
    let mut keys = Vec::new();
    let mut depth = 0;
    while let Ok(Some(byte)) = scan.token() {
        match byte {
            b'[' if depth < ARRAY_DEPTH_MAX => depth += 1,
            b'{' => {
                scan.input.consume(1);
                break;
            }
            _ => return keys,
        }
        scan.input.consume(1);
    }
    while let Ok(Some(b'"')) = scan.token() {
        let Ok(key) = scan.key() else { break };
        let Ok(byte) = scan.value_of_key() else { break };
        keys.push((key, byte));
        if keys.len() == KEY_LEN_MAX || scan.capture(byte, None).is_err() {
            break;
        }
    }
    keys
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn elements(path: &'static [&'static str], text: &str) -> String {
        let mut found = Vec::new();
        // A buffer of three bytes, so that every mark is once at its end.
        let input = io::BufReader::with_capacity(3, text.as_bytes());
        let mut elements = JsonElements::new(input, path, 30);
        let mut buffer = Vec::new();
        loop {
            match elements.next(&mut buffer) {
                Ok(Some(Element::Whole)) => found.push(String::from_utf8(buffer.clone()).unwrap()),
                Ok(Some(Element::TooLarge)) => found.push("too large".to_owned()),
                Ok(None) => break,
                Err(JsonFault::Truncated) => return found.join(" ") + " truncated",
                Err(JsonFault::Unexpected(byte)) => {
                    return found.join(" ") + &format!(" unexpected {}", char::from(byte));
                }
                Err(JsonFault::Io(error)) => panic!("{error}"),
            }
        }
        found.join(" ")
    }

    #[test]
    fn elements_are_found_in_lists_and_in_a_row() {
        assert_eq!(elements(&[], r#"[{"a":1}, {"b":[2,3]} ]"#), r#"{"a":1} {"b":[2,3]}"#);
        assert_eq!(elements(&[], "{\"a\":1}\n{\"a\":2}\n"), r#"{"a":1} {"a":2}"#);
        assert_eq!(elements(&[], r#"[[1,"x"],[null]]"#), r#"1 "x" null"#);
        assert_eq!(elements(&[], r#"["a]\"}\\", 7]"#), r#""a]\"}\\" 7"#);
        assert_eq!(elements(&[], ""), "");
        assert_eq!(elements(&[], "[]"), "");
    }

    #[test]
    fn elements_are_found_at_a_path() {
        const PATH: &[&str] = &["p", "q"];
        assert_eq!(elements(PATH, r#"{"x":[1],"p":{"q":[1,2],"z":{"q":[9]}},"q":[8]}"#), "1 2");
        assert_eq!(elements(PATH, r#"[{"p":{"q":[1]}},{"p":[{"q":[2]},{"q":3}]}]"#), "1 2 3");
        assert_eq!(elements(PATH, r#"{"p":{"x":1}}"#), "");
        let long_key = "k".repeat(1000);
        assert_eq!(elements(PATH, &format!(r#"{{"{long_key}":[1],"p":{{"q":[2]}}}}"#)), "2");
    }

    #[test]
    fn a_bad_element_costs_itself() {
        assert_eq!(elements(&[], r#"[{"a":oops},{"a":2}]"#), r#"{"a":oops} {"a":2}"#);
        let long = format!(r#"[{{"a":"{}"}},{{"a":2}}]"#, "x".repeat(100));
        assert_eq!(elements(&[], &long), r#"too large {"a":2}"#);
    }

    #[test]
    fn a_broken_document_keeps_what_stood_before() {
        assert_eq!(elements(&[], r#"[{"a":1},{"a":"#), r#"{"a":1} truncated"#);
        assert_eq!(elements(&[], r#"[{"a":1}"#), r#"{"a":1} truncated"#);
        assert_eq!(elements(&[], r#"[{"a":1}}"#), r#"{"a":1} unexpected }"#);
        assert_eq!(elements(&["p"], r#"{"p":[1],2:3}"#), "1 unexpected 2");
        assert_eq!(elements(&["p"], r#"{"p"[1]}"#), " unexpected [");
    }

    #[test]
    fn a_million_levels_are_one_element() {
        let deep = "[".repeat(1_000_000) + &"]".repeat(1_000_000);
        let mut elements = JsonElements::new(deep.as_bytes(), &[], RECORD_LEN_MAX);
        let mut buffer = Vec::new();
        assert_eq!(elements.next(&mut buffer).unwrap(), Some(Element::Whole));
        assert_eq!(buffer.len(), 2 * (1_000_000 - ARRAY_DEPTH_MAX));
        assert_eq!(elements.next(&mut buffer).unwrap(), None);
    }

    #[test]
    fn the_first_keys_tell_the_layout() {
        let keys = |text: &str| -> String {
            let keys = first_keys(text.as_bytes()).into_iter();
            keys.map(|(key, byte)| format!("{}={} ", String::from_utf8(key).unwrap(), char::from(byte)))
                .collect()
        };
        assert_eq!(keys(r#"{"info":{"a":1},"playlists":[{"x":"#), "info={ playlists=[ ");
        assert_eq!(keys(r#" [[{"a":1}]]"#), "a=1 ");
        assert_eq!(keys("nothing"), "");
    }

    proptest! {
        #[test]
        fn any_bytes_end_and_never_panic(text in "[\\[\\]{}\":,\\\\a1 \n\x0c]{0,64}") {
            for path in [&[][..], &["a"], &["a", "1"]] {
                let mut elements = JsonElements::new(text.as_bytes(), path, 16);
                let mut buffer = Vec::new();
                let mut count = 0;
                while let Ok(Some(_)) = elements.next(&mut buffer) {
                    count += 1;
                    prop_assert!(count <= text.len());
                }
                first_keys(text.as_bytes());
            }
        }

        #[test]
        fn members_of_a_list_come_out_as_they_went_in(
            values in prop::collection::vec("[a-z\\[\\]{}\",: ]{0,8}", 0..8)
        ) {
            let text = serde_json::to_string(&values).unwrap();
            let mut elements = JsonElements::new(text.as_bytes(), &[], 1000);
            let mut buffer = Vec::new();
            let mut found = Vec::new();
            while let Ok(Some(_)) = elements.next(&mut buffer) {
                found.push(serde_json::from_slice::<String>(&buffer).unwrap());
            }
            prop_assert_eq!(found, values);
        }
    }
}
