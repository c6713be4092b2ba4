//! Segments of listeners as a request reads them: who somebody of whom little is known is probably like.
//!
//! Segments are told apart by artists; where, when and on what somebody listens speaks beside them.
//! What is not known says nothing, so that a newcomer of whom nothing is known is anybody.
//! Who is in a segment is not kept, only how many.

use learn::LearnError;
use learn::segments::{Posterior, SegmentTable, Segments};
use music::{ArtistId, Catalogue, Context, Device, Region, TrackId};
use taste::{DayPart, TasteSummary};

/// What was learnt about segments.
///
/// *Shape*: all parts have the same segments.
#[derive(Clone, Debug, PartialEq)]
pub struct ListenerSegments {
    /// The segments, told apart by artists.
    pub taste: Segments,
    /// By the tags of what is liked, genres and languages among them; they speak for artists that nobody is known to like.
    pub tags: SegmentTable,
    /// By the country, as [`region_category`] numbers them.
    pub regions: SegmentTable,
    /// By what the music comes out of, as [`device_category`] numbers it.
    pub devices: SegmentTable,
    /// By the part of the week.
    pub day_parts: SegmentTable,
    /// What each segment plays that others play less, best first.
    pub tracks: Vec<Vec<SegmentTrack>>,
}

/// A track that a segment plays.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SegmentTrack {
    /// The track.
    pub track: TrackId,
    /// How many listeners of the segment play it.
    pub listener_count: u32,
    /// How much it stands out: much played, played more than elsewhere, and on its way up. *Range*: above 0.
    pub score: f32,
    /// How much more it is played than its fame lets expect; 1 is as much. *Range*: above 0.
    pub lift: f32,
}

/// Countries as numbers.
pub const REGION_COUNT: usize = 26 * 26;

/// The number of a country.
pub fn region_category(region: Region) -> u32 {
    region.to_string().bytes().fold(0, |code, letter| code * 26 + u32::from(letter - b'A'))
}

/// Devices in the order of their numbers, which stands in stored snapshots.
const DEVICES: [Device; 9] = [
    Device::Phone,
    Device::Tablet,
    Device::Computer,
    Device::Speaker,
    Device::Television,
    Device::Car,
    Device::Wearable,
    Device::Console,
    Device::Other,
];

/// Devices as numbers.
pub const DEVICE_COUNT: usize = DEVICES.len();

/// The number of a device.
///
/// # Panics
/// Never: all devices are listed.
pub fn device_category(device: Device) -> u32 {
    DEVICES.iter().position(|&other| other == device).expect("all devices are listed") as u32
}

impl ListenerSegments {
    /// Checks that all parts are of the same segments.
    ///
    /// # Errors
    /// [`LearnError::Shape`] where they are not, and [`LearnError::NotFinite`] for a track with a number that is none.
    pub fn check(&self) -> Result<(), LearnError> {
        let expected = self.taste.count();
        let tables = [&self.tags, &self.regions, &self.devices, &self.day_parts];
        let mut counts = tables.map(SegmentTable::segment_count).into_iter().chain([self.tracks.len()]);
        match counts.find(|&got| got != expected) {
            Some(got) => Err(LearnError::Shape { what: "the parts of segments", expected, got }),
            None => {
                let is_sound = |track: &SegmentTrack| {
                    track.score.is_finite() && track.score > 0.0 && track.lift.is_finite() && track.lift > 0.0
                };
                match self.tracks.iter().flatten().position(|track| !is_sound(track)) {
                    Some(index) => Err(LearnError::NotFinite { what: "tracks of segments", index }),
                    None => Ok(()),
                }
            }
        }
    }

    /// The probability of each segment, by what somebody likes and by what is around them now.
    ///
    /// *Complexity*: liked artists times segments.
    pub fn probabilities(
        &self,
        summary: &TasteSummary,
        catalogue: &Catalogue,
        now: Option<(&Context, DayPart)>,
    ) -> Vec<f32> {
        let liked = summary.artists.iter().filter(|(_, affinity)| *affinity > 0.0).map(|&(artist, _)| artist);
        let (known, unknown): (Vec<ArtistId>, Vec<ArtistId>) =
            liked.partition(|artist| self.taste.table().share(artist.get()) > 0.0);
        let facts: Vec<(u32, f32)> = known.iter().map(|artist| (artist.get(), 1.0)).collect();
        let mut posterior = self.taste.posterior(&facts);
        for artist in unknown.into_iter().take(UNKNOWN_MAX) {
            let tags = catalogue.artist(artist).map_or(&[][..], |artist| &artist.tags);
            let total: f32 = tags.iter().map(|tag| tag.weight).sum();
            for tag in tags {
                posterior.observe(&self.tags, tag.tag.get(), tag.weight / total.max(f32::MIN_POSITIVE));
            }
        }
        if let Some((context, day_part)) = now {
            self.look_around(&mut posterior, context, day_part);
        }
        posterior.probabilities()
    }

    fn look_around(&self, posterior: &mut Posterior, context: &Context, day_part: DayPart) {
        if let Some(region) = context.region {
            posterior.observe(&self.regions, region_category(region), 1.0);
        }
        if let Some(device) = context.device {
            posterior.observe(&self.devices, device_category(device), 1.0);
        }
        // Without an offset it is not known what time it is there.
        if context.utc_offset_minutes.is_some() {
            posterior.observe(&self.day_parts, day_part.index() as u32, 1.0);
        }
    }
}

/// Artists that nobody is known to like whose tags are looked at, the most liked first.
const UNKNOWN_MAX: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_and_devices_have_numbers_of_their_own() {
        let category = |code: &str| region_category(code.parse().unwrap());
        assert_eq!((category("AA"), category("AB"), category("BA"), category("ZZ")), (0, 1, 26, 675));
        for (number, device) in DEVICES.into_iter().enumerate() {
            assert_eq!(device_category(device) as usize, number);
        }
    }
}
