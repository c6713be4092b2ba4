//! What a file says about itself, in words: what is no sound and yet belongs to it.

use scan::tags::{Art, Gain, Tags};

/// A line for each thing that the tags say; nothing where they say nothing that is told here.
pub(super) fn told(tags: &Tags) -> Option<String> {
    let lines = [name(tags), words(tags), gain(&tags.gain), cover(tags), musicbrainz(tags)];
    let lines: Vec<String> = lines.into_iter().flatten().collect();
    (!lines.is_empty()).then(|| format!("\nThe file says of itself:\n{}", lines.join("\n")))
}

fn entry(name: &str, text: &str) -> String {
    format!("  {name:<12} {text}")
}

fn name(tags: &Tags) -> Option<String> {
    let title = tags.title.as_deref()?;
    let by = if tags.artists.is_empty() { String::new() } else { format!(" by {}", tags.artists.join(", ")) };
    let on = tags.release.as_ref().map(|release| format!(", on {release}")).unwrap_or_default();
    let year = tags.original_date.or(tags.date).map(|date| format!(" ({date})")).unwrap_or_default();
    Some(entry("Title", &format!("{title}{by}{on}{year}")))
}

fn words(tags: &Tags) -> Option<String> {
    let timed = &tags.lyrics.timed;
    let text = match &tags.lyrics.plain {
        _ if !timed.is_empty() => format!("{} lines with their times", timed.len()),
        Some(plain) => format!("{} lines without times", plain.lines().count()),
        None => return None,
    };
    Some(entry("Lyrics", &text))
}

fn gain(gain: &Gain) -> Option<String> {
    let decibels = |what: &str, gain: Option<f32>| gain.map(|gain| format!("{what} {gain:+.1} dB"));
    let peak = |what: &str, peak: Option<f32>| peak.map(|peak| format!("{what} peak {peak:.2}"));
    let parts = [
        decibels("track", gain.track_db),
        peak("track", gain.track_peak),
        decibels("release", gain.album_db),
        peak("release", gain.album_peak),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| entry("ReplayGain", &parts.join(", ")))
}

fn cover(tags: &Tags) -> Option<String> {
    let picture = |art: &Art| {
        let kind = art.media_type.trim_start_matches("image/").to_uppercase();
        format!("{kind}, {} × {} pixels, {} kB", art.width, art.height, art.size.div_ceil(1_000))
    };
    let more = |count: usize| if count > 1 { format!(", and {} more", count - 1) } else { String::new() };
    let text = match tags.front() {
        Some(art) => picture(art) + &more(tags.art.len()),
        None if tags.has_oversized_art => "a picture that is too large to be read".to_owned(),
        None if !tags.art.is_empty() => "of no kind that is shown".to_owned(),
        None => return None,
    };
    Some(entry("Cover", &text))
}

fn musicbrainz(tags: &Tags) -> Option<String> {
    let ids = &tags.musicbrainz;
    let of = |what: &str, id: &Option<String>| id.as_ref().map(|id| format!("{what} {id}"));
    let parts = [of("recording", &ids.recording), of("release", &ids.release)];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| entry("MusicBrainz", &parts.join(", ")))
}

#[cfg(test)]
mod tests {
    use scan::tags::{Lyrics, TimedLine};

    use super::*;

    #[test]
    fn tags_are_told_a_line_for_each_thing() {
        let art = |shows: &str, media_type: &str| Art {
            shows: shows.to_owned(),
            media_type: media_type.to_owned(),
            width: 600,
            height: 500,
            size: 84_100,
            hash: String::new(),
        };
        let tags = Tags {
            title: Some("Sinnerman".to_owned()),
            artists: vec!["Nina Simone".to_owned()],
            release: Some("Pastel Blues".to_owned()),
            gain: Gain { track_db: Some(-7.25), track_peak: Some(0.98), ..Gain::default() },
            lyrics: Lyrics {
                plain: Some("O".to_owned()),
                timed: vec![TimedLine { at_ms: 0, text: "O".to_owned() }],
            },
            art: vec![art("back", "image/png"), art("front", "image/jpeg"), art("front", "")],
            ..Tags::default()
        };
        let expected = [
            "",
            "The file says of itself:",
            "  Title        Sinnerman by Nina Simone, on Pastel Blues",
            "  Lyrics       1 lines with their times",
            "  ReplayGain   track -7.2 dB, track peak 0.98",
            "  Cover        JPEG, 600 × 500 pixels, 85 kB, and 2 more",
        ];
        assert_eq!(told(&tags), Some(expected.join("\n")));
        assert_eq!(told(&Tags::default()), None);
    }
}
