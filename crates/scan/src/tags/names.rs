//! One name for each tag, whatever a format calls it.
//!
//! *Source*: the tag mapping of MusicBrainz Picard, and what other servers read besides.

/// Native names that say something else than their letters do, and the name they stand for.
const NATIVE: &[(&str, &str)] = &[
    // ID3v2 frames.
    ("TIT1", "GROUPING"),
    ("GRP1", "GROUPING"),
    ("TIT2", "TITLE"),
    ("TIT3", "SUBTITLE"),
    ("TALB", "ALBUM"),
    ("TPE1", "ARTIST"),
    ("TPE2", "ALBUMARTIST"),
    ("TPE3", "CONDUCTOR"),
    ("TPE4", "REMIXER"),
    ("TCOM", "COMPOSER"),
    ("TEXT", "LYRICIST"),
    ("TOPE", "ORIGINALARTIST"),
    ("TRCK", "TRACKNUMBER"),
    ("TPOS", "DISCNUMBER"),
    ("TDRC", "DATE"),
    ("TYER", "DATE"),
    ("TDRL", "RELEASEDATE"),
    ("TDOR", "ORIGINALDATE"),
    ("TORY", "ORIGINALDATE"),
    ("TCON", "GENRE"),
    ("TMOO", "MOOD"),
    ("TLAN", "LANGUAGE"),
    ("TBPM", "BPM"),
    ("TKEY", "KEY"),
    ("TSRC", "ISRC"),
    ("TCMP", "COMPILATION"),
    ("USLT", "UNSYNCEDLYRICS"),
    // MP4 atoms; the copyright sign is dropped before the look-up.
    ("NAM", "TITLE"),
    ("ALB", "ALBUM"),
    ("ART", "ARTIST"),
    ("AART", "ALBUMARTIST"),
    ("WRT", "COMPOSER"),
    ("DAY", "DATE"),
    ("GEN", "GENRE"),
    ("GRP", "GROUPING"),
    ("LYR", "UNSYNCEDLYRICS"),
    ("TMPO", "BPM"),
    ("CPIL", "COMPILATION"),
    ("RTNG", "ITUNESADVISORY"),
    ("TRKN", "TRACKNUMBER"),
    ("DISK", "DISCNUMBER"),
    // RIFF INFO and AIFF chunks.
    ("INAM", "TITLE"),
    ("IART", "ARTIST"),
    ("IPRD", "ALBUM"),
    ("ICRD", "DATE"),
    ("IGNR", "GENRE"),
    ("ILNG", "LANGUAGE"),
    ("IPRT", "TRACKNUMBER"),
    ("ITRK", "TRACKNUMBER"),
    ("IMUS", "COMPOSER"),
    ("NAME", "TITLE"),
    ("AUTH", "ARTIST"),
    // APE and the odd habits of taggers.
    ("TRACK", "TRACKNUMBER"),
    ("DISC", "DISCNUMBER"),
    ("YEAR", "DATE"),
    ("ORIGINALYEAR", "ORIGINALDATE"),
    ("ORIGINALRELEASEDATE", "ORIGINALDATE"),
    ("TOTALTRACKS", "TRACKTOTAL"),
    ("TOTALDISCS", "DISCTOTAL"),
    ("INITIALKEY", "KEY"),
    ("TEMPO", "BPM"),
    ("MIXARTIST", "REMIXER"),
    ("WRITER", "LYRICIST"),
    ("AUTHOR", "LYRICIST"),
    ("UNSYNCHRONISEDLYRICS", "UNSYNCEDLYRICS"),
    ("MUSICBRAINZRECORDINGID", "MUSICBRAINZTRACKID"),
    ("MUSICBRAINZALBUMTYPE", "RELEASETYPE"),
    ("EXPLICIT", "ITUNESADVISORY"),
    ("ADVISORY", "ITUNESADVISORY"),
    ("PARENTALADVISORY", "ITUNESADVISORY"),
    ("LANGUAGES", "LANGUAGE"),
    ("MOODS", "MOOD"),
    ("GENRES", "GENRE"),
    ("STYLE", "GENRE"),
    ("INSTRUMENTS", "INSTRUMENT"),
    ("PERFORMERS", "PERFORMER"),
    ("ISORIGINAL", "ORIGINAL"),
    ("ISCOVER", "COVER"),
    ("COVERVERSION", "COVER"),
    ("ISLIVE", "LIVE"),
    ("ISINSTRUMENTAL", "INSTRUMENTAL"),
];

/// The one name of a tag: upper case, without spaces and marks, native names translated.
pub(super) fn canonical(native: &str) -> String {
    let bare: String = native
        .chars()
        .filter(|character| character.is_alphanumeric())
        .flat_map(char::to_uppercase)
        .take(64)
        .collect();
    let known = NATIVE.iter().find(|(from, _)| *from == bare);
    known.map_or(bare, |(_, to)| (*to).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_has_its_own_name_for_the_same() {
        for (names, one) in [
            (&["TIT2", "TITLE", "title", "©nam", "INAM", "NAME"][..], "TITLE"),
            (&["TPE2", "ALBUMARTIST", "Album Artist", "aART"], "ALBUMARTIST"),
            (&["MusicBrainz Album Id", "MUSICBRAINZ_ALBUMID"], "MUSICBRAINZALBUMID"),
            (&["MUSICBRAINZ_TRACKID", "MusicBrainz Track Id"], "MUSICBRAINZTRACKID"),
            (&["MUSICBRAINZ_RELEASETRACKID", "MusicBrainz Release Track Id"], "MUSICBRAINZRELEASETRACKID"),
            (&["ITUNESADVISORY", "rtng"], "ITUNESADVISORY"),
            (&["REPLAYGAIN_TRACK_GAIN", "replaygain_track_gain"], "REPLAYGAINTRACKGAIN"),
            (&["tmpo", "TBPM", "BPM"], "BPM"),
            (&["RELEASETYPE", "MusicBrainz Album Type", "MUSICBRAINZ_ALBUMTYPE"], "RELEASETYPE"),
        ] {
            for name in names {
                assert_eq!(canonical(name), one, "{name}");
            }
        }
    }
}
