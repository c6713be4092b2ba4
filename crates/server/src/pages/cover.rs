//! The picture of music: the one in its file, else one drawn from the ids, so that it is always the same one.

use std::fmt;

use music::TrackId;

/// A picture from a file, or a drawing that needs no file and no style of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cover {
    hue: u32,
    shape: u32,
    turn: u32,
    /// The track in whose file there is a picture, and the start of that picture's hash.
    file: Option<(TrackId, u64)>,
}

impl Cover {
    /// The cover of a thing by an artist: the artist gives the colour, the thing the drawing.
    pub(crate) fn of(artist: u32, thing: u32) -> Self {
        // Odd multipliers spread neighbouring ids over the circle (Knuth, The Art of Computer Programming 3, 6.4).
        let spread = |id: u32| id.wrapping_add(1).wrapping_mul(2_654_435_761);
        Self {
            hue: spread(artist) % 360,
            shape: spread(thing) >> 8 & 3,
            turn: (spread(thing) >> 12) % 360,
            file: None,
        }
    }
}

impl Cover {
    /// The picture in the file of `track`, which has this hash in hexadecimal.
    pub(super) fn show_file(&mut self, track: TrackId, hash: &str) {
        // Another picture has another address, so that browsers may keep each for ever.
        self.file =
            hash.get(..16).and_then(|start| u64::from_str_radix(start, 16).ok()).map(|hash| (track, hash));
    }
}

impl fmt::Display for Cover {
    /// Numbers and our own words only: safe to stand in a page as it is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { hue, shape, turn, file } = *self;
        if let Some((track, hash)) = file {
            return write!(
                f,
                r#"<img class="cover" src="/cover/{track}?v={hash:016x}" alt="" loading="lazy">"#
            );
        }
        let (second, third) = ((hue + 40) % 360, (hue + 320) % 360);
        write!(
            f,
            r##"<svg class="cover" viewBox="0 0 100 100" aria-hidden="true" focusable="false"><rect width="100" height="100" fill="hsl({hue},52%,34%)"/><g transform="rotate({turn} 50 50)">"##
        )?;
        match shape {
            0 => write!(
                f,
                r##"<circle cx="72" cy="38" r="46" fill="hsl({second},64%,50%)"/><circle cx="30" cy="76" r="30" fill="hsl({third},70%,66%)" opacity=".85"/>"##
            )?,
            1 => {
                for (index, radius) in [62, 48, 34, 20].into_iter().enumerate() {
                    let light = 38 + index * 11;
                    write!(
                        f,
                        r##"<circle cx="50" cy="50" r="{radius}" fill="hsl({second},60%,{light}%)"/>"##
                    )?;
                }
            }
            2 => write!(
                f,
                r##"<path d="M-40 62C-10 30 20 94 50 62S110 30 140 62V160H-40Z" fill="hsl({second},64%,50%)"/><path d="M-40 84C-10 52 20 116 50 84S110 52 140 84V160H-40Z" fill="hsl({third},70%,66%)" opacity=".9"/>"##
            )?,
            _ => write!(
                f,
                r##"<path d="M-40-40H60L140 140H40Z" fill="hsl({second},64%,50%)"/><path d="M-10-40H20L100 140H70Z" fill="hsl({third},72%,68%)" opacity=".85"/>"##
            )?,
        }
        f.write_str("</g></svg>")
    }
}
