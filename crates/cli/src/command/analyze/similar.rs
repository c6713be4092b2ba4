//! What in the user's own music sounds like the file: the tracks whose descriptors are nearest to its own.

use anyhow::{Context as _, Result, bail};
use music::analysis::Descriptor;
use music::{Catalogue, TrackId};
use serde::Serialize;

use crate::home::HomeArguments;
use crate::output::{line, table};

/// A track that sounds like the file.
#[derive(Debug, Serialize)]
pub(super) struct Similar {
    track: TrackId,
    title: String,
    artists: String,
    /// Between descriptors: 0 is the same sound; half of all pairs of 305 recordings are further apart than 3.0.
    distance: f32,
}

/// The `count` tracks of the library that are nearest, the nearest first.
///
/// # Errors
/// Where there is no library, or no track of it was analysed by the same recipe.
pub(super) async fn find(home: &HomeArguments, to: &Descriptor, count: usize) -> Result<Vec<Similar>> {
    let engine = home.open_read_only().await.context("there is no music to compare with")?;
    let catalogue = engine.catalogue().await;
    let found = nearest(&catalogue, to, count);
    engine.close().await?;
    if found.is_empty() {
        bail!("no track of yours was analysed by this version; run `segue scan` on your music first");
    }
    Ok(found)
}

fn nearest(catalogue: &Catalogue, to: &Descriptor, count: usize) -> Vec<Similar> {
    let mut distances: Vec<(f32, TrackId)> = catalogue
        .tracks()
        .iter()
        .filter_map(|track| Some((catalogue.descriptor(track.id)?.distance(to).ok()?, track.id)))
        .collect();
    distances.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    distances.truncate(count);
    let tracks = distances.into_iter().filter_map(|(distance, id)| Some((distance, catalogue.track(id)?)));
    tracks
        .map(|(distance, track)| Similar {
            track: track.id,
            title: track.title.to_string(),
            artists: catalogue.artist_names(track),
            distance,
        })
        .collect()
}

/// Prints them.
pub(super) fn print(similar: &[Similar]) -> std::io::Result<()> {
    line("\nOf your music, these sound most like it:")?;
    let mut rows = table(&["distance", "track", "by"], &[0]);
    for row in similar {
        rows.add_row([format!("{:.2}", row.distance), row.title.clone(), row.artists.clone()]);
    }
    line(rows.to_string())
}
