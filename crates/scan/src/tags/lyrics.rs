//! Words with their times: LRC text, whether it stands in a tag or in a file beside the sound.

use serde::{Deserialize, Serialize};

use super::clean;

/// Lines that are kept of one song.
const LINE_COUNT_MAX: usize = 5_000;

/// The words of a song.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct Lyrics {
    /// The words alone, a line each.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plain: Option<String>,
    /// The words with their times, in the order of time; empty where no times are known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub timed: Vec<TimedLine>,
}

/// One line and when it is sung.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimedLine {
    /// *Unit*: milliseconds from the start of the track.
    pub at_ms: u32,
    /// The words; empty between verses.
    pub text: String,
}

impl Lyrics {
    /// Whether there are no words.
    pub fn is_empty(&self) -> bool {
        self.plain.is_none() && self.timed.is_empty()
    }

    /// Takes text in, which may be LRC or plain; what is known already stays.
    pub(crate) fn add_text(&mut self, text: &str) {
        let timed = timed(text);
        if timed.is_empty() {
            self.plain = self.plain.take().or_else(|| clean::lines(text));
        } else {
            self.add_timed(timed);
        }
    }

    /// Takes lines with times in; what is known already stays.
    pub(super) fn add_timed(&mut self, mut lines: Vec<TimedLine>) {
        lines.truncate(LINE_COUNT_MAX);
        lines.sort_by_key(|line| line.at_ms);
        if self.timed.is_empty() {
            self.timed = lines;
        }
    }

    /// Makes the plain words out of the timed ones where there are none.
    pub(crate) fn complete(&mut self) {
        if self.plain.is_none() && !self.timed.is_empty() {
            let words: Vec<&str> = self.timed.iter().map(|line| line.text.as_str()).collect();
            self.plain = clean::lines(&words.join("\n"));
        }
    }
}

/// The lines of LRC text; empty where it has no times.
///
/// A line may carry several times; `[offset:…]` moves all of them; times of single words are dropped.
fn timed(text: &str) -> Vec<TimedLine> {
    let mut lines = Vec::new();
    let mut offset_ms = 0_i64;
    for line in text.lines().take(LINE_COUNT_MAX) {
        let mut rest = line.trim_start_matches('\u{feff}').trim();
        let mut times = Vec::new();
        while let Some((tag, after)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            if let Some(at_ms) = time(tag) {
                times.push(at_ms);
            } else if let Some(offset) = tag.strip_prefix("offset:") {
                offset_ms = offset.trim().parse().unwrap_or(0_i64).clamp(-600_000, 600_000);
            } else if times.is_empty() && !tag.contains(':') {
                break;
            }
            rest = after.trim_start();
        }
        if !times.is_empty() {
            let text = clean::line(&without_word_times(rest)).unwrap_or_default();
            lines.extend(times.into_iter().map(|at_ms| (at_ms, text.clone())));
        }
    }
    // A positive offset shows the words earlier.
    let moved = |at_ms: u32| u32::try_from((i64::from(at_ms) - offset_ms).max(0)).unwrap_or(u32::MAX);
    lines.into_iter().map(|(at_ms, text)| TimedLine { at_ms: moved(at_ms), text }).collect()
}

/// `mm:ss`, `mm:ss.xx` or `mm:ss:xx` in milliseconds.
fn time(text: &str) -> Option<u32> {
    let (minutes, seconds) = text.split_once(':')?;
    let minutes: u32 = minutes.trim().parse().ok().filter(|&minutes| minutes < 6_000)?;
    let seconds: f64 = seconds.trim().replace(':', ".").parse().ok()?;
    ((0.0..60.0).contains(&seconds)).then(|| minutes * 60_000 + (seconds * 1_000.0).round() as u32)
}

/// The text without `<mm:ss.xx>`.
fn without_word_times(text: &str) -> String {
    let mut words = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        words.push_str(before);
        match after.split_once('>') {
            Some((tag, after)) if time(tag).is_some() => rest = after,
            _ => {
                words.push('<');
                rest = after;
            }
        }
    }
    words + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(at_ms: u32, text: &str) -> TimedLine {
        TimedLine { at_ms, text: text.to_owned() }
    }

    #[test]
    fn lrc_becomes_lines_in_the_order_of_time() {
        let text = "\u{feff}[ar:Somebody]\n[offset:500]\n[01:02.50]Second\n[00:10][02:00.5] <00:10.1>Refrain\n[00:30]\n";
        let mut lyrics = Lyrics::default();
        lyrics.add_text(text);
        lyrics.complete();
        let expected =
            vec![line(9_500, "Refrain"), line(29_500, ""), line(62_000, "Second"), line(120_000, "Refrain")];
        assert_eq!(lyrics.timed, expected);
        assert_eq!(lyrics.plain.as_deref(), Some("Refrain\n\nSecond\nRefrain"));
    }

    #[test]
    fn plain_words_stay_plain() {
        let mut lyrics = Lyrics::default();
        lyrics.add_text("[Chorus]\nLa la <la>\n[99:99.99] no time");
        assert!(lyrics.timed.is_empty());
        assert_eq!(lyrics.plain.as_deref(), Some("[Chorus]\nLa la <la>\n[99:99.99] no time"));
    }
}
