//! What the artists release, before and during the simulated days: drafts that know nothing of ids yet.

use music::unit::DAY_MS;
use music::{Millis, ReleaseDate, ReleaseKind, Sound, UnixMillis};
use rand::{Rng, RngExt as _};

use crate::artist::{ACTIVE_SHARE, ArtistTruth};
use crate::chance::{happens, log_normal, normal};
use crate::name::title;
use crate::origin::Language;
use crate::params::WorldParams;
use crate::sound::sound_at;
use crate::space::{Axis, Point};
use crate::style::Style;

/// A release that is thought up.
#[derive(Clone, Debug)]
pub(crate) struct ReleaseDraft {
    pub(crate) artist: usize,
    pub(crate) title: String,
    pub(crate) kind: ReleaseKind,
    pub(crate) date: ReleaseDate,
    pub(crate) tracks: Vec<TrackDraft>,
}

/// A track that is thought up.
#[derive(Clone, Debug)]
pub(crate) struct TrackDraft {
    /// Its place among all drafts of its artist.
    pub(crate) serial: usize,
    /// The serial of the track it is another version of.
    pub(crate) version_of: Option<usize>,
    pub(crate) title: String,
    pub(crate) style: usize,
    pub(crate) centre: Point,
    pub(crate) appeal: f32,
    pub(crate) duration: Millis,
    pub(crate) explicit: bool,
    pub(crate) sung: bool,
    pub(crate) sound: Sound,
}

/// How another version differs from the original.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Version {
    Live,
    Remaster,
}

/// All releases of one artist, `track_count` tracks in total, in the order of their dates.
pub(crate) fn discography(
    params: &WorldParams,
    styles: &[Style],
    (row, artist): (usize, &ArtistTruth),
    track_count: usize,
    rng: &mut impl Rng,
) -> Vec<ReleaseDraft> {
    let sizes = release_sizes(track_count, rng);
    let mut dates: Vec<ReleaseDate> = sizes.iter().map(|_| release_date(params, artist, rng)).collect();
    dates.sort_by_key(|date| (date.earliest(), *date));
    let mut writer = Writer { styles, artist, rng, serial: 0 };
    let mut releases: Vec<ReleaseDraft> = Vec::with_capacity(sizes.len());
    for (size, date) in sizes.into_iter().zip(dates) {
        let album = releases.iter().rfind(|release| release.kind == ReleaseKind::Album);
        let version = match writer.rng.random::<f32>() {
            u if u < 0.07 => Some(Version::Live),
            u if u < 0.11 => Some(Version::Remaster),
            _ => None,
        };
        let again = album.zip(version).filter(|(album, _)| size >= 4 && album.tracks.len() >= size.min(8));
        let (title, kind, tracks) = match again {
            Some((album, version)) => writer.again(album, version, size),
            None => writer.release(size),
        };
        releases.push(ReleaseDraft { artist: row, title, kind, date, tracks });
    }
    releases
}

/// Cuts a number of tracks into albums, EPs and singles.
fn release_sizes(track_count: usize, rng: &mut impl Rng) -> Vec<usize> {
    let mut left = track_count;
    let mut sizes = Vec::new();
    while left > 0 {
        let size = match rng.random::<f32>() {
            u if u < 0.45 => rng.random_range(8..=14),
            u if u < 0.60 => rng.random_range(4..=6),
            u if u < 0.70 => 2,
            _ => 1,
        };
        sizes.push(size.min(left));
        left -= sizes[sizes.len() - 1];
    }
    sizes
}

/// A day in the artist's years of work, or during the simulated days.
fn release_date(params: &WorldParams, artist: &ArtistTruth, rng: &mut impl Rng) -> ReleaseDate {
    let start = params.start.get();
    let fresh_share = params.fresh_share / ACTIVE_SHARE;
    let at = match artist.quiet_since {
        None if happens(rng, fresh_share) => rng.random_range(start..params.end().get()),
        // Whoever still works has released more in recent years.
        None => start - ((start - artist.debut.get()) as f32 * rng.random::<f32>().powf(1.4)) as i64,
        Some(quiet) => rng.random_range(artist.debut.get()..=quiet.get()),
    };
    let age_days = (start - at) / DAY_MS;
    let precision = if age_days > 400 { rng.random::<f32>() } else { 1.0 };
    date_of(UnixMillis::new(at), precision)
}

/// The day of a moment; below .25 only its year, below .35 only its month is known.
fn date_of(at: UnixMillis, precision: f32) -> ReleaseDate {
    let moment =
        jiff::Timestamp::from_millisecond(at.get()).expect("parameters keep time within four centuries");
    let day = jiff::tz::Offset::UTC.to_datetime(moment).date();
    let month = (precision >= 0.25).then_some(day.month() as u8);
    let day_of_month = (precision >= 0.35).then_some(day.day() as u8);
    ReleaseDate::new(day.year() as u16, month, day_of_month).expect("a day of the calendar is a release date")
}

/// Writes the tracks of one artist.
struct Writer<'a, R> {
    styles: &'a [Style],
    artist: &'a ArtistTruth,
    rng: &'a mut R,
    serial: usize,
}

impl<R: Rng> Writer<'_, R> {
    /// A release of new tracks.
    fn release(&mut self, size: usize) -> (String, ReleaseKind, Vec<TrackDraft>) {
        let kind = match size {
            0..4 => ReleaseKind::Single,
            4..8 => ReleaseKind::Ep,
            _ => ReleaseKind::Album,
        };
        // An artist moves about a little from release to release.
        let middle = self.artist.centre.near(self.rng, 0.2);
        let mut tracks: Vec<TrackDraft> = Vec::with_capacity(size);
        for index in 0..size {
            let mut track = self.track(&middle, index);
            // What is taken out as a single, or opens an album, is what the artist believes in.
            track.appeal += if kind == ReleaseKind::Single || index < 2 { 0.4 } else { 0.0 };
            while tracks.iter().any(|other| other.title == track.title) {
                track.title = self.title(&track.centre, track.sung);
            }
            tracks.push(track);
        }
        let title = match kind {
            ReleaseKind::Single => tracks[0].title.clone(),
            ReleaseKind::Ep => format!("{} EP", self.title(&middle, true)),
            _ => self.title(&middle, true),
        };
        (title, kind, tracks)
    }

    fn track(&mut self, middle: &Point, index: usize) -> TrackDraft {
        let visits = index > 0 && happens(self.rng, 0.1);
        let style = if visits { self.artist.second_style } else { self.artist.style };
        let home = if visits { middle.plus(&middle.to(&self.styles[style].centre), 0.6) } else { *middle };
        let centre = home.near(self.rng, 0.33);
        let sung = centre.on(Axis::Voice) + normal(self.rng, 0.0, 0.3) > -0.6;
        let rougher = 1.0 + 0.3 * centre.on(Axis::Roughness).max(-1.0);
        let usual = &self.styles[style];
        let duration_s = log_normal(self.rng, usual.duration_s, 0.22).clamp(45.0, 780.0);
        self.serial += 1;
        TrackDraft {
            serial: self.serial - 1,
            version_of: None,
            title: self.title(&centre, sung),
            style,
            centre,
            appeal: normal(self.rng, 0.0, 1.0),
            duration: Millis::new((duration_s * 1000.0) as u32),
            explicit: sung && happens(self.rng, usual.explicit_share * rougher),
            sung,
            sound: sound_at(&centre, usual, false, self.rng),
        }
    }

    /// An earlier album once more, live or remastered.
    fn again(
        &mut self,
        album: &ReleaseDraft,
        version: Version,
        size: usize,
    ) -> (String, ReleaseKind, Vec<TrackDraft>) {
        let (title, mark, kind, change) = match version {
            Version::Live => (format!("{} (Live)", album.title), " (Live)", ReleaseKind::Live, 0.25),
            Version::Remaster => {
                (format!("{} (Remastered)", album.title), " - Remastered", ReleaseKind::Album, 0.06)
            }
        };
        let mut tracks: Vec<TrackDraft> = Vec::with_capacity(size);
        for original in album.tracks.iter().take(size) {
            let mut centre = original.centre.near(self.rng, change);
            if version == Version::Live {
                centre = centre.plus(&Point([0.3, 0.0, 0.2, 0.0, 0.0, 0.3, 0.0, 0.0]), 1.0);
            }
            let longer = log_normal(self.rng, 1.0 + 0.4 * change, 0.3 * change);
            let duration_ms = (original.duration.get() as f32 * longer).clamp(40_000.0, 900_000.0);
            let sound = sound_at(&centre, &self.styles[original.style], version == Version::Live, self.rng);
            self.serial += 1;
            tracks.push(TrackDraft {
                serial: self.serial - 1,
                version_of: Some(original.version_of.unwrap_or(original.serial)),
                title: format!("{}{mark}", original.title),
                centre,
                appeal: original.appeal - 0.5,
                duration: Millis::new(duration_ms as u32),
                sound,
                ..original.clone()
            });
        }
        // A longer slot is filled with new tracks, as on a deluxe edition.
        let middle = self.artist.centre;
        for index in tracks.len()..size {
            let track = self.track(&middle, index);
            tracks.push(track);
        }
        (title, kind, tracks)
    }

    fn title(&mut self, point: &Point, sung: bool) -> String {
        let language = if sung { self.artist.language } else { Language::English };
        title(language, point, self.rng)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artist::artists;
    use crate::chance::{Purpose, stream};
    use crate::style::styles;

    fn all() -> Vec<ReleaseDraft> {
        let params = WorldParams::default();
        let styles = styles(1);
        let mut rng = stream(1, Purpose::Discography, 0);
        let artists = artists(&params, &styles);
        artists.iter().enumerate().flat_map(|row| discography(&params, &styles, row, 40, &mut rng)).collect()
    }

    #[test]
    fn every_artist_gets_the_tracks_that_were_asked_for() {
        let releases = all();
        let count =
            |artist| releases.iter().filter(|r| r.artist == artist).map(|r| r.tracks.len()).sum::<usize>();
        assert!((0..600).all(|artist| count(artist) == 40));
    }

    #[test]
    fn another_version_comes_later_and_lies_near() {
        let releases = all();
        let mut found = 0;
        for release in &releases {
            for track in release.tracks.iter().filter(|track| track.version_of.is_some()) {
                let of_artist = releases.iter().filter(|other| other.artist == release.artist);
                let (home, original) = of_artist
                    .flat_map(|release| release.tracks.iter().map(move |track| (release, track)))
                    .find(|(_, other)| Some(other.serial) == track.version_of)
                    .unwrap();
                assert!(home.date.earliest() <= release.date.earliest());
                assert!(track.title.starts_with(&original.title) && track.title != original.title);
                assert!(track.centre.squared_distance(&original.centre) < 6.0);
                found += 1;
            }
        }
        assert!(found > 100, "{found}");
    }
}
