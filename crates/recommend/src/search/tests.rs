//! What words mean, and what is found for them.

use super::words::{language, words, years};
use super::*;
use crate::fixture::{NOW, artist_of, snapshot, style_of, tracks_of};

/// The understood parts as `text=kind:value`, and the rest behind a bar.
fn read(text: &str) -> String {
    let answer = search(&snapshot(), text, 5, NOW);
    let parts = answer.understood.iter().map(|part| format!("{}={}:{}", part.text, part.kind, part.value));
    let parts = parts.collect::<Vec<_>>().join(" ");
    if answer.not_understood.is_empty() {
        parts
    } else {
        format!("{parts} | {}", answer.not_understood.join(" "))
    }
}

#[test]
fn words_are_cut_at_everything_but_letters_and_what_names_need() {
    assert_eq!(
        words("Chill, FRENCH hip-hop/R&B (80s) don’t!"),
        ["chill", "french", "hip", "hop", "r&b", "80s", "don't"]
    );
    assert!(words(" -- ").is_empty());
}

#[test]
fn years_and_languages() {
    for (word, expected) in [
        ("1994", Some((1994, 1994))),
        ("80s", Some((1980, 1989))),
        ("80's", Some((1980, 1989))),
        ("1970s", Some((1970, 1979))),
        ("00s", Some((2000, 2009))),
        ("85s", None),
        ("80", None),
        ("s", None),
        ("99999", None),
    ] {
        assert_eq!(years(word), expected, "{word}");
    }
    assert_eq!((language("french"), language("klingon")), (Some("fr"), None));
}

#[test]
fn what_is_asked_for_is_understood_and_the_rest_is_said() {
    let snapshot = snapshot();
    let rock = snapshot.catalogue.tags()[0].name.to_string();
    let artist = snapshot.catalogue.artists()[3].name.to_string();
    assert_eq!(read(&format!("some {rock} songs")), format!("{rock}=genre:{rock}"));
    assert_eq!(
        read(&format!("energetic {rock} by {artist} from 2019, frobnicated")),
        format!(
            "energetic=sound:high energy {rock}=genre:{rock} {}=artist:{artist} 2019=years:2019 | frobnicated",
            artist.to_lowercase()
        )
    );
    assert_eq!(read("the of"), "");
    assert_eq!(read(""), "");
}

#[test]
fn a_hit_fits_every_part_and_says_why() {
    let snapshot = snapshot();
    let rock = snapshot.catalogue.tags()[0].name.to_string();
    let answer = search(&snapshot, &format!("{rock} 2025"), 5, NOW);
    assert_eq!(answer.hits.len(), 5);
    for hit in &answer.hits {
        assert_eq!(style_of(hit.track.id), 0, "{hit:?}");
        assert!(hit.score > 0.5 && hit.fits.len() == 2, "{hit:?}");
        assert_eq!(hit.fits[0].reason, "tagged so");
        assert_eq!(hit.fits[1].reason, "it is of 2025");
    }
    let artist = snapshot.catalogue.artists()[2].name.to_string();
    let by = search(&snapshot, &format!("by {artist}"), 100, NOW);
    assert!(by.hits.iter().all(|hit| artist_of(hit.track.id).get() == 2) && !by.hits.is_empty());
}

#[test]
fn what_nothing_fits_is_passed_over_and_said() {
    let snapshot = snapshot();
    let rock = snapshot.catalogue.tags()[0].name.to_string();
    let answer = search(&snapshot, &format!("{rock} 1950s"), 5, NOW);
    assert_eq!(answer.relaxed, ["1950s"]);
    assert!(answer.hits.iter().all(|hit| style_of(hit.track.id) == 0 && hit.fits.len() == 1));
    let nothing = search(&snapshot, "frobnicated", 5, NOW);
    assert!(nothing.hits.is_empty() && nothing.not_understood == ["frobnicated"]);
    assert_eq!(search(&snapshot, &rock, 0, NOW).hits, []);
}

#[test]
fn a_track_that_nobody_tagged_is_found_by_what_was_learnt_of_it() {
    use std::sync::Arc;

    use crate::attributes::{AttributeQuality, TrackAttributes};
    use crate::models::Models;

    let plain = snapshot();
    let catalogue = &plain.catalogue;
    let mut artists = catalogue.artists().to_vec();
    artists.iter_mut().for_each(|artist| artist.tags = Box::default());
    let bare = music::Catalogue::new(catalogue.tracks().to_vec(), artists, vec![], catalogue.tags().to_vec());
    let wanted = tracks_of(1).nth(4).unwrap();
    let by_tag = learn::Sparse::from_triplets(
        catalogue.tags().len(),
        catalogue.tracks().len(),
        [(1, wanted.get(), 0.8)],
    );
    let quality = AttributeQuality { auc: 0.9, calibration_error: 0.05 };
    let learnt = TrackAttributes::from_parts(by_tag.unwrap(), vec![quality; catalogue.tags().len()]).unwrap();
    let models = Models { track_attributes: Some(learnt), ..Models::default() };
    let snapshot = Snapshot::new("bare", Arc::new(bare), Arc::new(models));
    let answer = search(&snapshot, &catalogue.tags()[1].name, 5, NOW);
    assert_eq!(answer.hits.len(), 1, "nothing is known of the others: {:?}", answer.hits);
    assert_eq!(answer.hits[0].track.id, wanted);
    assert_eq!((answer.hits[0].score, &*answer.hits[0].fits[0].reason), (0.8, "probably, 80 %"));
}
