//! What a person asks for: which files, in which format, and how they are to be understood.

use std::path::PathBuf;
use std::str::FromStr;

use encoding_rs::Encoding;
use music::UnixMillis;

use super::format::ImportFormat;
use super::mapping::{Lookup, Mapping};

/// One import.
#[derive(Clone, Debug)]
pub struct ImportRequest {
    /// How the files are written.
    pub format: ImportFormat,
    /// Files, folders and archives; the files of one import belong together.
    pub paths: Vec<PathBuf>,
    /// How they are to be understood.
    pub options: ImportOptions,
}

impl ImportRequest {
    /// A request without options.
    pub fn new(format: ImportFormat, paths: impl IntoIterator<Item = impl Into<PathBuf>>) -> Self {
        Self { format, paths: paths.into_iter().map(Into::into).collect(), options: ImportOptions::default() }
    }
}

/// How files are to be understood. All formats take them; most files need none.
#[derive(Clone, Debug, Default)]
pub struct ImportOptions {
    /// Whose history it is where the file does not say so; `me` without it.
    ///
    /// It owns the playlists of the file too.
    /// Without it, those of a data set belong to a listener of their own, such as `spotify-32k-songs playlists`.
    pub listener: Option<Box<str>>,
    /// Which system the file's ids are from, such as `lastfm-2k`.
    ///
    /// A listener's id in a table is in that space too, and becomes the name `lastfm-2k/17`.
    pub space: Option<Box<str>>,
    /// The time of what has none, such as sums of plays; the time of the import without it.
    pub as_of: Option<UnixMillis>,
    /// How far the listener's clock was ahead of UTC.
    ///
    /// Times that are known to be local, or say nothing about their zone in a table, are read with it, and every event
    /// keeps it, so that habits by hour are right.
    pub utc_offset: Option<UtcOffset>,
    /// How a table is to be read; for `csv`, `tsv` and `parquet`.
    pub table: TableOptions,
}

/// How a table is to be read.
#[derive(Clone, Debug, Default)]
pub struct TableOptions {
    /// Which column means what; usual names in the header need no mapping.
    pub mappings: Vec<Mapping>,
    /// Tables that replace ids by names.
    pub lookups: Vec<Lookup>,
    /// What stands between columns; by the format and the first line without it.
    pub delimiter: Option<Delimiter>,
    /// Whether the first line holds the names of the columns; found out without it.
    pub header: Option<bool>,
    /// The encoding of the text.
    pub encoding: TextEncoding,
    /// How times are written.
    pub time: TimeFormat,
}

/// One character between columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delimiter(u8);

/// A text that is no option's value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OptionError {
    /// No delimiter.
    #[error("`{0}` is not a delimiter; write one character, or tab, space, comma, semicolon or pipe")]
    Delimiter(Box<str>),
    /// No encoding.
    #[error("`{0}` is not an encoding; write utf-8, latin-1 or another name from the WHATWG list")]
    Encoding(Box<str>),
    /// No way to write a time.
    #[error("`{0}` is not a form of time; write auto, unix, unix-ms, or a pattern such as %d.%m.%Y %H:%M")]
    Time(Box<str>),
    /// No offset.
    #[error("`{0}` is not an offset from UTC; write one such as +02:00, at most 15 hours")]
    Offset(Box<str>),
}

impl Delimiter {
    /// A comma.
    pub const COMMA: Self = Self(b',');
    /// A tab.
    pub const TAB: Self = Self(b'\t');

    /// The byte.
    pub const fn byte(self) -> u8 {
        self.0
    }
}

impl FromStr for Delimiter {
    type Err = OptionError;

    fn from_str(text: &str) -> Result<Self, OptionError> {
        let byte = match text {
            "tab" | "\\t" => b'\t',
            "space" => b' ',
            "comma" => b',',
            "semicolon" => b';',
            "pipe" => b'|',
            // A letter, a digit, a quote or a line break between columns would be a slip.
            other => match other.as_bytes() {
                [byte] if !byte.is_ascii_alphanumeric() && !matches!(byte, b'"' | b'\n' | b'\r') => *byte,
                _ => return Err(OptionError::Delimiter(text.chars().take(40).collect())),
            },
        };
        Ok(Self(byte))
    }
}

/// The encoding of a file's text, by any name of the WHATWG Encoding Standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextEncoding(&'static Encoding);

impl TextEncoding {
    /// The encoding itself.
    pub(super) const fn get(self) -> &'static Encoding {
        self.0
    }
}

impl Default for TextEncoding {
    fn default() -> Self {
        Self(encoding_rs::UTF_8)
    }
}

impl FromStr for TextEncoding {
    type Err = OptionError;

    fn from_str(text: &str) -> Result<Self, OptionError> {
        let label = if text.eq_ignore_ascii_case("latin-1") { "latin1" } else { text };
        let wrong = || OptionError::Encoding(text.chars().take(40).collect());
        Encoding::for_label(label.as_bytes()).map(Self).ok_or_else(wrong)
    }
}

/// How times are written in a table.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum TimeFormat {
    /// Seconds, milliseconds or microseconds since 1970 by their size, RFC 3339, or a date as exporters write it.
    #[default]
    Auto,
    /// Seconds since 1970.
    UnixSeconds,
    /// Milliseconds since 1970.
    UnixMillis,
    /// A pattern in the manner of `strptime`.
    Pattern(Box<str>),
}

impl FromStr for TimeFormat {
    type Err = OptionError;

    fn from_str(text: &str) -> Result<Self, OptionError> {
        match text {
            "auto" => Ok(Self::Auto),
            "unix" => Ok(Self::UnixSeconds),
            "unix-ms" => Ok(Self::UnixMillis),
            pattern if pattern.contains('%') => Ok(Self::Pattern(pattern.into())),
            _ => Err(OptionError::Time(text.chars().take(40).collect())),
        }
    }
}

/// Minutes by which a clock is ahead of UTC, at most 15 hours either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct UtcOffset(i16);

impl UtcOffset {
    const MINUTES_MAX: i16 = 15 * 60;

    /// The offset of `minutes`, where it is one.
    pub const fn from_minutes(minutes: i16) -> Option<Self> {
        if minutes.unsigned_abs() <= Self::MINUTES_MAX.unsigned_abs() { Some(Self(minutes)) } else { None }
    }

    /// The minutes.
    pub const fn minutes(self) -> i16 {
        self.0
    }
}

impl FromStr for UtcOffset {
    type Err = OptionError;

    /// `+02:00`, `-0330`, `+1`.
    fn from_str(text: &str) -> Result<Self, OptionError> {
        let parse = || {
            let (sign, rest) = match text.as_bytes().first()? {
                b'+' => (1, &text[1..]),
                b'-' => (-1, &text[1..]),
                _ => return None,
            };
            let (hours, minutes) = match rest.split_once(':') {
                Some(parts) => parts,
                None if rest.len() == 4 && rest.is_ascii() => rest.split_at(2),
                None => (rest, "0"),
            };
            let number = |digits: &str| {
                let plain = (1..=2).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
                plain.then(|| digits.parse::<i16>().ok()).flatten()
            };
            let minutes = number(minutes).filter(|minutes| *minutes < 60)?;
            Self::from_minutes(sign * (number(hours)? * 60 + minutes))
        };
        parse().ok_or_else(|| OptionError::Offset(text.chars().take(40).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_from_the_words_people_type() {
        assert_eq!("tab".parse(), Ok(Delimiter(b'\t')));
        assert_eq!(";".parse(), Ok(Delimiter(b';')));
        for wrong in ["", "ab", "x", "\"", "é"] {
            assert!(wrong.parse::<Delimiter>().is_err(), "{wrong:?}");
        }
        assert_eq!("latin-1".parse(), Ok(TextEncoding(encoding_rs::WINDOWS_1252)));
        assert_eq!("UTF-8".parse(), Ok(TextEncoding::default()));
        assert!("klingon".parse::<TextEncoding>().is_err());
        assert_eq!("unix-ms".parse(), Ok(TimeFormat::UnixMillis));
        assert_eq!("%d.%m.%Y".parse(), Ok(TimeFormat::Pattern("%d.%m.%Y".into())));
        assert!("yesterday".parse::<TimeFormat>().is_err());
    }

    #[test]
    fn offsets_have_a_sign() {
        let minutes = |text: &str| text.parse::<UtcOffset>().map(UtcOffset::minutes);
        assert_eq!(minutes("+02:00"), Ok(120));
        assert_eq!(minutes("-0330"), Ok(-210));
        assert_eq!(minutes("+1"), Ok(60));
        for wrong in ["02:00", "+", "+16", "+2:99", "-é:00", "+123", "+-1:00", ""] {
            assert!(minutes(wrong).is_err(), "{wrong:?}");
        }
    }
}
