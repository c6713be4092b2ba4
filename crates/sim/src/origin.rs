//! Countries with their language and clock, for artists and listeners.

use music::Region;

/// A country.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Origin {
    /// Two letters, ISO 3166-1.
    code: &'static str,
    /// What is sung there.
    pub language: Language,
    /// How far its clock is ahead of UTC; one zone for each country, and no summer time.
    pub utc_offset_minutes: i16,
    /// Its share of the listeners.
    pub(crate) listener_share: f32,
    /// Its share of the artists.
    pub(crate) artist_share: f32,
}

impl Origin {
    /// The country's code.
    pub fn region(&self) -> Region {
        self.code.parse().expect("the table below holds codes of two letters")
    }
}

/// A language that is sung.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Language {
    English,
    French,
    Spanish,
    German,
    Portuguese,
    Japanese,
}

impl Language {
    /// All languages.
    pub const ALL: [Self; 6] =
        [Self::English, Self::French, Self::Spanish, Self::German, Self::Portuguese, Self::Japanese];

    /// The ISO 639 code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
            Self::Spanish => "es",
            Self::German => "de",
            Self::Portuguese => "pt",
            Self::Japanese => "ja",
        }
    }
}

const fn origin(
    code: &'static str,
    language: Language,
    utc_offset_minutes: i16,
    listener_share: f32,
    artist_share: f32,
) -> Origin {
    Origin { code, language, utc_offset_minutes, listener_share, artist_share }
}

/// The countries of every world; shares are invented.
#[rustfmt::skip]
pub const ORIGINS: [Origin; 11] = [
    origin("US", Language::English,    -360, 0.24, 0.30),
    origin("GB", Language::English,       0, 0.14, 0.16),
    origin("CA", Language::English,    -300, 0.05, 0.05),
    origin("AU", Language::English,     600, 0.04, 0.04),
    origin("SE", Language::English,      60, 0.03, 0.05),
    origin("FR", Language::French,       60, 0.13, 0.10),
    origin("DE", Language::German,       60, 0.13, 0.09),
    origin("ES", Language::Spanish,      60, 0.06, 0.05),
    origin("MX", Language::Spanish,    -360, 0.07, 0.05),
    origin("BR", Language::Portuguese, -180, 0.07, 0.06),
    origin("JP", Language::Japanese,    540, 0.04, 0.05),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up_and_codes_are_codes() {
        let listeners: f32 = ORIGINS.iter().map(|origin| origin.listener_share).sum();
        let artists: f32 = ORIGINS.iter().map(|origin| origin.artist_share).sum();
        assert!((listeners - 1.0).abs() < 1e-4 && (artists - 1.0).abs() < 1e-4);
        assert!(ORIGINS.iter().all(|origin| origin.region().to_string() == origin.code));
    }
}
