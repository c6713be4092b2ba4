//! Segments of listeners as tensors, and back.

use learn::Sparse;
use learn::segments::{SegmentTable, Segments};
use music::TrackId;
use recommend::segments::{ListenerSegments, SegmentTrack};

use super::artifact::{File, Reader, Tensor, broken, tensors};
use crate::error::EngineError;

pub(super) const NAME: &str = "segments";

/// Names of the tensors of a table: where each segment starts, categories, counts, the number of categories, the smoothing.
type TableNames = [&'static str; 5];

const TASTE: TableNames =
    ["taste_starts", "taste_artists", "taste_counts", "taste_categories", "taste_smoothing"];
const TAGS: TableNames = ["tag_starts", "tag_tags", "tag_counts", "tag_categories", "tag_smoothing"];
const REGIONS: TableNames =
    ["region_starts", "region_codes", "region_counts", "region_categories", "region_smoothing"];
const DEVICES: TableNames =
    ["device_starts", "device_codes", "device_counts", "device_categories", "device_smoothing"];
const DAY_PARTS: TableNames =
    ["day_part_starts", "day_part_codes", "day_part_counts", "day_part_categories", "day_part_smoothing"];

/// The artifact.
pub(super) fn encode(segments: &ListenerSegments) -> Result<File, EngineError> {
    let taste = &segments.taste;
    let mut all = vec![
        Tensor::f32("listener_counts", vec![taste.count()], taste.listener_counts()),
        Tensor::f32("certainty", vec![1], &[taste.certainty()]),
    ];
    for (names, table) in [
        (TASTE, taste.table()),
        (TAGS, &segments.tags),
        (REGIONS, &segments.regions),
        (DEVICES, &segments.devices),
        (DAY_PARTS, &segments.day_parts),
    ] {
        let counts = table.counts();
        all.push(Tensor::u64(names[0], counts.row_starts()));
        all.push(Tensor::u32(names[1], counts.columns()));
        all.push(Tensor::f32(names[2], vec![counts.entry_count()], counts.values()));
        all.push(Tensor::u64(names[3], &[counts.column_count()]));
        all.push(Tensor::f32(names[4], vec![1], &[table.smoothing()]));
    }
    let mut starts = vec![0];
    starts.extend(segments.tracks.iter().scan(0, |end, tracks| {
        *end += tracks.len();
        Some(*end)
    }));
    let tracks: Vec<&SegmentTrack> = segments.tracks.iter().flatten().collect();
    let of = |value: fn(&SegmentTrack) -> u32| tracks.iter().map(|track| value(track)).collect::<Vec<u32>>();
    let standing: Vec<f32> = tracks.iter().flat_map(|track| [track.score, track.lift]).collect();
    all.push(Tensor::u64("track_starts", &starts));
    all.push(Tensor::u32("tracks", &of(|track| track.track.get())));
    all.push(Tensor::u32("track_listeners", &of(|track| track.listener_count)));
    all.push(Tensor::f32("track_standing", vec![tracks.len(), 2], &standing));
    tensors(NAME, &all)
}

/// What is in the artifact.
pub(super) fn decode(file: &str, bytes: &[u8]) -> Result<ListenerSegments, EngineError> {
    let reader = Reader::new(file, bytes)?;
    let (listener_counts, _) = reader.f32("listener_counts")?;
    let (certainty, _) = reader.f32("certainty")?;
    let [certainty] = certainty[..] else { return Err(broken(file, "`certainty` is not one number")) };
    let taste = reader.learnt(Segments::from_parts(listener_counts, table(&reader, TASTE)?, certainty))?;
    let segments = ListenerSegments {
        taste,
        tags: table(&reader, TAGS)?,
        regions: table(&reader, REGIONS)?,
        devices: table(&reader, DEVICES)?,
        day_parts: table(&reader, DAY_PARTS)?,
        tracks: tracks(&reader)?,
    };
    reader.learnt(segments.check())?;
    Ok(segments)
}

fn table(reader: &Reader<'_>, names: TableNames) -> Result<SegmentTable, EngineError> {
    let (counts, _) = reader.f32(names[2])?;
    let (columns, (smoothing, _)) = (reader.u64(names[3])?, reader.f32(names[4])?);
    let ([columns], [smoothing]) = (&columns[..], &smoothing[..]) else {
        return Err(broken(reader.file(), "the shape of a table is not one number each"));
    };
    let (starts, categories) = (reader.u64(names[0])?, reader.u32(names[1])?);
    let counts = reader.learnt(Sparse::from_parts(*columns, starts, categories, counts))?;
    reader.learnt(SegmentTable::new(counts, *smoothing))
}

fn tracks(reader: &Reader<'_>) -> Result<Vec<Vec<SegmentTrack>>, EngineError> {
    let starts = reader.u64("track_starts")?;
    let (tracks, listeners) = (reader.u32("tracks")?, reader.u32("track_listeners")?);
    let (standing, _) = reader.f32("track_standing")?;
    let is_whole = listeners.len() == tracks.len() && standing.len() == 2 * tracks.len();
    let one = |place: usize| SegmentTrack {
        track: TrackId::new(tracks[place]),
        listener_count: listeners[place],
        score: standing[2 * place],
        lift: standing[2 * place + 1],
    };
    let of_segment = |ends: &[usize]| match *ends {
        [start, end] if is_whole && start <= end && end <= tracks.len() => {
            Ok((start..end).map(one).collect())
        }
        _ => Err(broken(reader.file(), "the tracks of segments are not where they should be")),
    };
    starts.windows(2).map(of_segment).collect()
}
