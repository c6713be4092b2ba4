use std::fmt::Write as _;

use super::*;
use crate::eval::{MemoryDataSet, NoMeter};

/// Six playlists of two genres; each playlist has artists of its own.
fn data() -> MemoryDataSet {
    let sounds = "danceability,energy,loudness,speechiness,acousticness,instrumentalness,liveness,valence,tempo,duration_ms";
    let mut rows = format!(
        "track_id,playlist_id,playlist_genre,track_artist,track_album_id,track_album_release_date,track_popularity,{sounds}\n"
    );
    for playlist in 0..6 {
        let genre = if playlist % 2 == 0 { "rock" } else { "rap" };
        for track in 0..60 {
            let artist = playlist * 4 + track % 4;
            let sound = format!("0.{},{}", 1 + playlist, "0.5,".repeat(8)) + "200000";
            writeln!(rows, "t{playlist}x{track},p{playlist},{genre},\"Artist, {artist}\",a{track},20{track},{track},{sound}")
                .unwrap();
        }
    }
    MemoryDataSet::new("small").with("spotify_songs.csv", rows)
}

#[test]
fn hidden_tracks_of_the_same_artists_come_first() {
    // There are fewer than 50 hidden tracks, all of which any list of 50 finds.
    let options = EvalOptions { choose_by: Some(Metric::Ndcg(10)), ..EvalOptions::default() };
    let report = task(&data(), &options, &NoMeter, &mut |_| {}).unwrap();
    let recall = |name: &str| report.model(name).unwrap().metrics["recall@10"];
    assert!(recall("stack") >= recall("artist") && recall("artist") > 0.8, "{report:?}");
    assert!(recall("popularity") < 0.5, "{report:?}");
    assert!(recall("ials_new_item") > 0.8, "artists stand near their playlist: {report:?}");
    assert_eq!(report.models.len(), SIGNALS.len() + 2);
}

#[test]
fn hidden_tracks_are_in_no_history() {
    let catalogue = Catalogue::read(&data()).unwrap();
    assert_eq!((catalogue.tracks.len(), catalogue.playlists.len(), catalogue.artist_count), (360, 6, 24));
    let whole: usize = (0..10)
        .map(|tenth| World::new(&catalogue, tenth, &[], 1).map(|world| world.new_count()).unwrap())
        .sum();
    assert_eq!(whole, 360, "every track is hidden once");
}

#[test]
fn malformed_tables_are_refused() {
    let none = MemoryDataSet::new("none");
    let run = |data: &MemoryDataSet| task(data, &EvalOptions::default(), &NoMeter, &mut |_| {}).unwrap_err();
    assert!(matches!(run(&none), LearnError::Missing { .. }));
    assert!(matches!(run(&none.with("spotify_songs.csv", "track_id\n")), LearnError::Line { line: 1, .. }));
}
