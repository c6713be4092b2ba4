//! Which descriptions mean the same thing, and which do not: wrong merges are worse than duplicates.

use proptest::prelude::*;

use music::description::{ReleaseDescription, TagDescription};
use music::{ArtistDescription, ExternalId, Millis, SoundFeature, TagKind, TrackDescription};

use super::*;
use crate::ingest::Rejection;
use crate::store::{CatalogueChange, CatalogueRows};

/// A description in few letters; see [`describe`].
type Short = &'static str;

/// Reads `artist / title [/ part]…`, where a part is `180s` (length), `on=` (release), `mbid=`, `amb=` (the artist's
/// MusicBrainz identifier), `aspot=` (the artist's Spotify URI), `spot=`, `isrc=`, `path=`, `set=` (a data set's name),
/// `aset=` (the artist's name there), `explicit` or `clean`.
fn describe(short: &str) -> TrackDescription {
    let mut parts = short.split(" / ");
    let artists = parts.next().unwrap();
    let mut description =
        TrackDescription { title: parts.next().unwrap().to_owned(), ..TrackDescription::default() };
    description.artists =
        artists.split(" + ").filter(|name| !name.is_empty()).map(ArtistDescription::named).collect();
    let foreign = |value: &str| ExternalId::Foreign { space: "set".into(), value: value.into() };
    for part in parts {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        match name {
            "on" => {
                description.release =
                    Some(ReleaseDescription { title: value.to_owned(), ..Default::default() });
            }
            "mbid" => description.external.push(ExternalId::Mbid(value.into())),
            "spot" => description.external.push(ExternalId::SpotifyUri(value.into())),
            "isrc" => description.external.push(ExternalId::Isrc(value.into())),
            "path" => description.external.push(ExternalId::Path(value.into())),
            "set" => description.external.push(foreign(value)),
            "amb" => description.artists[0].external.push(ExternalId::Mbid(value.into())),
            "aspot" => description.artists[0].external.push(ExternalId::SpotifyUri(value.into())),
            "aset" => description.artists[0].external.push(foreign(value)),
            "explicit" => description.explicit = Some(true),
            "clean" => description.explicit = Some(false),
            length => {
                let seconds: f64 = length.strip_suffix('s').unwrap().parse().unwrap();
                description.duration = Some(Millis::new((seconds * 1000.0) as u32));
            }
        }
    }
    description
}

/// The ids that a new library gives to these descriptions, one after another.
fn ids(shorts: &[Short]) -> Vec<u32> {
    let mut library = Library::default();
    let ids = shorts.iter().map(|short| library.add_track(&describe(short)).unwrap().get());
    ids.collect()
}

#[test]
fn these_are_one_track() {
    let cases: &[&[Short]] = &[
        &["Queen / Innuendo", "QUEEN / innuendo"],
        &["Simon & Garfunkel / The Boxer", "Simon and Garfunkel / The  Boxer"],
        &["Guns N’ Roses / Don’t Cry", "Guns N' Roses / Don't Cry"],
        &["A / Song (feat. B)", "A / Song (ft. B)", "A / Song (Featuring B)"],
        &["A + B / Song", "a + b / song"],
        &["A / Song / 180s", "A / Song / 182.9s"],
        &["A / Song / 180s", "A / Song", "A / Song / 181s"],
        &["A / Song", "A / Song / 180s"],
        &["A / Song / on=One / 180s", "A / Song / on=Best Of / 180s"],
        &["A / Song / on=One", "A / Song / on=One (Deluxe Edition)"],
        &["A / Song / mbid=x", "Somebody Else / Another Name / mbid=x"],
        &["A / Song / path=a.flac", "A (typo) / Sogn / path=a.flac"],
        &["A / Song / spot=1", "A / Song / spot=2"],
        &["A / Song / 180s / isrc=I", "A / Song - Remaster / 180s / isrc=I"],
        &["A / Song / mbid=x", "A / Song"],
        &["A / Song", "A / Song / mbid=x"],
        &["A / Song / amb=x", "A / Song"],
        &["The A / Song / amb=x", "The A / Song / spot=1", "A, The / Song / amb=x"],
        &["A / Song / explicit", "A / Song"],
        &["A / Intro / on=One", "A / Intro / on=One"],
        &["A / Intro", "A / Intro"],
        &["A / Intro / on=One / 61s", "A / Intro / on=Two / 61s"],
        &["A + A / Song", "A / Song", "A + A / Song"],
        &[" / field recording / set=1", " / something else / set=1"],
        &["A + [unknown] / Song", "A / Song", "[unknown] + A / Song"],
    ];
    for case in cases {
        assert_eq!(ids(case), vec![0; case.len()], "{case:?}");
    }
}

#[test]
fn these_are_two_tracks() {
    let cases: &[[Short; 2]] = &[
        ["A / Song", "B / Song"],
        ["A / Song", "A + B / Song"],
        ["A / Song", "A / Song (Live)"],
        ["A / Song", "A / Song - Remastered 2011"],
        ["A / Song", "A / Song (Acoustic)"],
        ["A / Part 1", "A / Part 2"],
        ["A / C+", "A / C-"],
        ["A / !!!", "A / ???"],
        ["A / か", "A / が"],
        ["Zoé / Song", "Zoe / Song"],
        ["A / Song / 180s", "A / Song / 183.1s"],
        ["A / Song / explicit", "A / Song / clean"],
        ["A / Song / mbid=x", "A / Song / mbid=y"],
        ["A / Song / 180s / mbid=x", "A / Song / 180s / mbid=y"],
        ["A / Song / mbid=x / path=a.flac", "A / Song / mbid=y / path=a.flac"],
        ["A / Song / mbid=x / isrc=I", "A / Song / mbid=y / isrc=I"],
        ["A / Song / set=1", "A / Song / set=2"],
        ["A / Song / 180s / isrc=I", "A / Song / 250s / isrc=I"],
        ["A / Song / isrc=I", "B / Other / isrc=I"],
        ["A / Song / amb=x", "A / Song / amb=y"],
        ["A / Song / aspot=x", "A / Song / aspot=y"],
        ["A / Song / aset=x", "A / Song / aset=y"],
        ["A / Intro / on=One", "A / Intro / on=Two"],
        ["A / Interlude / on=One", "A / Interlude"],
        [" / field recording / set=1", " / field recording / set=2"],
        ["[unknown] / Track 1 / path=a", "[unknown] / Track 1 / path=b"],
        ["A / Song / set=1", "A / Song / set=2 / isrc=I"],
    ];
    for case in cases {
        for shorts in [[case[0], case[1]], [case[1], case[0]]] {
            assert_eq!(ids(&shorts), [0, 1], "{shorts:?}");
        }
    }
}

#[test]
fn a_match_among_several_is_the_nearest_one() {
    let cases: &[(&[Short], &[u32])] = &[
        // The length decides where it can.
        (&["A / S / 100s", "A / S / 200s", "A / S / 199s", "A / S / 101s"], &[0, 1, 1, 0]),
        (&["A / S / 100s", "A / S / 104s", "A / S / 102.5s"], &[0, 1, 1]),
        // A known length goes before an unknown one.
        (&["A / S / 100s", "A / S / 200s", "A / S / 101s / on=Q"], &[0, 1, 0]),
        // Without a length the release decides, else who came first.
        (
            &["A / S / 100s / on=P", "A / S / 200s / on=Q", "A / S / on=Q", "A / S / on=R", "A / S"],
            &[0, 1, 1, 0, 0],
        ),
        // The most trusted name decides between two tracks.
        (&["A / S / mbid=x", "A / T / spot=1", "A / U / spot=1 / mbid=x"], &[0, 1, 0]),
        (&["A / S / path=p", "A / T / mbid=x", "A / U / mbid=x / path=p"], &[0, 1, 0]),
        // A name that forbids one candidate leaves the next.
        (&["A / S / mbid=x / 100s", "A / S / 104s", "A / S / mbid=y"], &[0, 1, 1]),
        // An artist's name alone means the earliest of that name.
        (&["N / S / amb=x", "N / S / amb=y", "N / S", "N / T", "N / T / amb=y"], &[0, 1, 0, 2, 3]),
    ];
    for (shorts, expected) in cases {
        assert_eq!(ids(shorts), *expected, "{shorts:?}");
    }
}

#[test]
fn two_artists_with_one_name_stay_two() {
    let mut library = Library::default();
    let mut artist = |external: Vec<ExternalId>| {
        let description = ArtistDescription { external, ..ArtistDescription::named("Nirvana") };
        library.add_artist(&description).unwrap().get()
    };
    let mbid = |value: &str| ExternalId::Mbid(value.into());
    assert_eq!(artist(vec![]), 0);
    assert_eq!(artist(vec![mbid("us")]), 0, "the first to have an identifier gives it to the one without");
    assert_eq!(artist(vec![mbid("uk")]), 1);
    assert_eq!(artist(vec![mbid("us")]), 0);
    assert_eq!(artist(vec![]), 0, "a name alone means the earliest");
    assert_eq!(artist(vec![mbid("uk"), ExternalId::SpotifyUri("spotify:artist:1".into())]), 1);
    assert_eq!(artist(vec![ExternalId::SpotifyUri("spotify:artist:1".into())]), 1);
    assert_eq!(artist(vec![ExternalId::SpotifyUri("spotify:artist:2".into())]), 0);
}

#[test]
fn releases_are_told_apart_by_artist_title_and_year() {
    let mut library = Library::default();
    let mut release = |artist: &str, title: &str, year: &str, credit: Option<&str>| {
        let release = ReleaseDescription {
            title: title.to_owned(),
            artist: credit.map(str::to_owned),
            date: (!year.is_empty()).then(|| year.parse().unwrap()),
            ..Default::default()
        };
        let number = library.tracks.len();
        let track = TrackDescription {
            release: Some(release),
            ..TrackDescription::named(artist, format!("track {number}"))
        };
        let track = library.add_track(&track).unwrap();
        library.track(track).unwrap().release.unwrap().get()
    };
    assert_eq!(release("Weezer", "Weezer", "1994", None), 0);
    assert_eq!(release("Weezer", "WEEZER", "1995-01-01", None), 0);
    assert_eq!(release("Weezer", "Weezer", "2001", None), 1);
    assert_eq!(release("Weezer", "Weezer", "", None), 0);
    assert_eq!(release("Seal", "Weezer", "1994", None), 2);
    assert_eq!(release("Seal", "Now 7", "", Some("Various Artists")), 3);
    assert_eq!(release("Weezer", "Now 7", "", Some("various artists")), 3);
}

#[test]
fn later_descriptions_fill_in_and_never_overwrite() {
    let mut library = Library::default();
    let mut first = describe("A / Song");
    first.sound.set(SoundFeature::Tempo, 100.0).unwrap();
    first.tags = vec![TagDescription::genre("Drum & Bass")];
    let id = library.add_track(&first).unwrap();

    let mut second = describe("a / SONG / 180s / explicit / on=Album / mbid=x / amb=y");
    second.date = Some("1999".parse().unwrap());
    second.sound.set(SoundFeature::Tempo, 200.0).unwrap();
    second.sound.set(SoundFeature::Energy, 0.5).unwrap();
    second.tags = vec![
        TagDescription { name: "drum and bass".to_owned(), kind: TagKind::Other, weight: 0.1 },
        TagDescription { name: "Rainy Day".to_owned(), kind: TagKind::Mood, weight: 0.7 },
    ];
    second.artists[0].tags = vec![TagDescription::genre("jungle")];
    assert_eq!(library.add_track(&second).unwrap(), id);
    let third = describe("A / Song / 182s / on=Other Album");
    assert_eq!(library.add_track(&third).unwrap(), id);

    let track = library.track(id).unwrap();
    assert_eq!(&*track.title, "Song", "the spelling that was seen first stays");
    assert_eq!(track.duration, Some(Millis::new(180_000)));
    assert_eq!((track.explicit, track.date), (Some(true), Some("1999".parse().unwrap())));
    assert_eq!(&*library.release(track.release.unwrap()).unwrap().title, "Album");
    let sound = track.sound.as_deref().unwrap();
    assert_eq!((sound.get(SoundFeature::Tempo), sound.get(SoundFeature::Energy)), (Some(100.0), Some(0.5)));
    let tags: Vec<_> = track.tags.iter().map(|tag| (tag.tag.get(), tag.weight)).collect();
    assert_eq!(tags, [(0, 1.0), (2, 0.7)], "`drum and bass` is known, `jungle` is the artist's");
    assert_eq!(&*library.tags[0].name, "drum & bass");
    assert_eq!(library.tags[0].kind, TagKind::Genre);
    assert_eq!(library.track_with(&ExternalId::Mbid("x".into())), Some(id));
    assert_eq!(library.artist_with(&ExternalId::Mbid("y".into())), Some(track.main_artist()));
}

#[test]
fn what_is_known_already_changes_nothing() {
    let mut library = Library::default();
    let mut description = describe("A + B / Song / 180s / on=Album / mbid=x / amb=y / spot=z");
    description.tags = vec![TagDescription::genre("jazz")];
    description.sound.set(SoundFeature::Tempo, 100.0).unwrap();
    library.add_track(&description).unwrap();
    let catalogue = library.catalogue();
    assert!(!library.take_changes().is_empty());
    library.add_track(&description).unwrap();
    library.add_track(&describe("A + B / Song")).unwrap();
    library.add_track(&describe("A + B / Song / 181s / on=Other / spot=z")).unwrap();
    assert_eq!(library.take_changes(), []);
    assert!(std::sync::Arc::ptr_eq(&catalogue, &library.catalogue()), "readers keep what they have");
}

/// What the store returns after it has been given these changes.
fn stored(changes: Vec<CatalogueChange>) -> CatalogueRows {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let directory = tempfile::tempdir().unwrap();
    runtime.block_on(async {
        use crate::store::{Batch, SqliteStore, Store, StoreOptions};
        let store = SqliteStore::open(directory.path(), StoreOptions::default()).await.unwrap();
        store.append(Batch { changes, ..Batch::default() }).await.unwrap();
        store.catalogue().await.unwrap()
    })
}

#[test]
fn a_library_from_the_store_matches_as_before() {
    let shorts = [
        "A / Song / 100s / on=One",
        "A / Song / 200s / on=Two / mbid=x",
        "The A / Song / amb=x",
        "A, The / Song / amb=x",
        "N / Song / amb=u",
        "N / Song / amb=v / spot=1",
        "A + A / Duet",
        " / noise / set=1",
        "B / Intro / on=One",
        "B / Intro / on=Two",
        "C / Song / explicit",
        "C / Song / clean / isrc=I",
    ];
    let mut library = Library::default();
    let before: Vec<u32> =
        shorts.iter().map(|short| library.add_track(&describe(short)).unwrap().get()).collect();
    let catalogue = library.catalogue();
    let mut again = Library::from_rows(stored(library.take_changes()));
    let after: Vec<u32> =
        shorts.iter().map(|short| again.add_track(&describe(short)).unwrap().get()).collect();
    assert_eq!(after, before);
    assert_eq!(again.take_changes(), [], "nothing is new");
    assert_eq!(again.catalogue().tracks(), catalogue.tracks());
    assert_eq!(again.catalogue().artists(), catalogue.artists());
    assert_eq!(again.catalogue().releases(), catalogue.releases());
}

#[test]
fn what_is_not_acceptable_is_rejected_and_leaves_no_trace() {
    let long = "x".repeat(NAME_LEN_MAX + 1);
    let mut many_artists = describe("A / Song");
    many_artists.artists = vec![ArtistDescription::named("A"); LIST_LEN_MAX + 1];
    let mut many_tags = describe("A / Song");
    many_tags.tags = vec![TagDescription::genre("x"); LIST_LEN_MAX + 1];
    let weighing = |weight: f32| {
        let mut description = describe("A / Song");
        description.tags = vec![TagDescription { weight, ..TagDescription::genre("x") }];
        description
    };
    let released = |title: &str| {
        let mut description = describe("A / Song");
        description.release = Some(ReleaseDescription { title: title.to_owned(), ..Default::default() });
        description
    };
    for (description, name) in [
        (TrackDescription::named("A", long.clone()), "too_long"),
        (TrackDescription::named(long.clone(), "Song"), "too_long"),
        (released(&long), "too_long"),
        (TrackDescription::named("A", "Song\0"), "control_character"),
        (TrackDescription::named("A\nB", "Song"), "control_character"),
        (released("One\u{85}Two"), "control_character"),
        (TrackDescription::named("A", "  "), "missing"),
        (TrackDescription::named("A", "\u{200B}"), "missing"),
        (TrackDescription::named("", "Song"), "missing"),
        (TrackDescription::named("[Unknown]", "Song"), "missing"),
        (describe(" / Song / isrc=I"), "missing"),
        (describe("A / Song / mbid= "), "missing"),
        (describe("A / Song / amb=\u{1b}"), "control_character"),
        (many_artists, "too_many"),
        (many_tags, "too_many"),
        (weighing(0.0), "tag_weight"),
        (weighing(f32::NAN), "tag_weight"),
        (weighing(1.1), "tag_weight"),
    ] {
        let mut library = Library::default();
        let rejection = library.add_track(&description).unwrap_err();
        assert_eq!(rejection.name(), name, "{description:?}");
        assert_eq!(library.take_changes(), [], "{description:?}");
    }
    let nobody = Library::default().add_artist(&ArtistDescription::named(" ")).unwrap_err();
    assert!(matches!(nobody, Rejection::Missing { .. }));
}

#[test]
fn a_name_may_have_as_many_characters_as_the_limit_says() {
    let title = "か".repeat(NAME_LEN_MAX);
    let mut library = Library::default();
    let id = library.add_track(&TrackDescription::named("A", format!(" {title}\n"))).unwrap();
    assert_eq!(&*library.track(id).unwrap().title, title);
}

#[test]
fn tags_beyond_the_limit_are_left_out() {
    let mut library = Library::default();
    for round in 0..3 {
        let mut description = describe("A / Song");
        description.tags =
            (0..LIST_LEN_MAX).map(|number| TagDescription::genre(format!("tag {round} {number}"))).collect();
        library.add_track(&description).unwrap();
    }
    assert_eq!(library.tracks[0].tags.len(), LIST_LEN_MAX);
}

#[test]
fn ten_thousand_tracks_of_one_name_do_not_slow_the_next_one_down() {
    let mut library = Library::default();
    for number in 0..10_000 {
        let mut description = describe("A / Song");
        description.external = vec![ExternalId::Mbid(number.to_string().into())];
        library.add_track(&description).unwrap();
    }
    assert_eq!(library.tracks.len(), 10_000);
    let known = describe("A / Song / mbid=9999");
    assert_eq!(library.add_track(&known).unwrap().get(), 9_999);
}

#[test]
fn tracks_without_an_artist_are_credited_to_nobody_in_particular() {
    let mut library = Library::default();
    let one = library.add_track(&describe(" / noise / set=1")).unwrap();
    let nameless = TrackDescription { external: describe("A / x / set=2").external, ..Default::default() };
    let two = library.add_track(&nameless).unwrap();
    let (one, two) = (library.track(one).unwrap(), library.track(two).unwrap());
    assert_eq!(one.artists, two.artists);
    assert_eq!(&*library.artist(one.main_artist()).unwrap().name, UNKNOWN_ARTIST);
    assert_eq!(&*two.title, "set:2", "what another system calls it stands for the title");
}

/// Descriptions over a small alphabet, so that names and ids meet in every way.
fn any_description() -> impl Strategy<Value = TrackDescription> {
    let part = |name: &'static str, values: &'static [&'static str]| {
        proptest::option::weighted(
            0.3,
            proptest::sample::select(values).prop_map(move |value| format!("{name}={value}")),
        )
    };
    let parts = (
        part("on", &["One", "Two"]),
        part("mbid", &["x", "y"]),
        part("spot", &["1", "2"]),
        part("isrc", &["I", "J"]),
        part("path", &["a", "b"]),
        part("set", &["1", "2"]),
        (part("amb", &["x", "y"]), part("aspot", &["1", "2"]), part("aset", &["1", "2"])),
        proptest::option::weighted(0.3, proptest::sample::select(&["100s", "102s", "104s", "200s"][..])),
        proptest::option::weighted(0.2, proptest::sample::select(&["explicit", "clean"][..])),
    );
    let artists = proptest::sample::select(
        &["A", "a", "B", "A + B", "B + A", "A + A", "[unknown]", "A + [unknown]"][..],
    );
    let titles = proptest::sample::select(&["S", "s", "T", "Intro", " "][..]);
    (artists, titles, parts).prop_map(|(artists, title, parts)| {
        let (on, mbid, spot, isrc, path, set, (amb, aspot, aset), length, explicit) = parts;
        let own = |word: &str| word.to_owned();
        let parts = [on, mbid, spot, isrc, path, set, amb, aspot, aset, length.map(own), explicit.map(own)];
        let short: Vec<String> =
            [own(artists), own(title)].into_iter().chain(parts.into_iter().flatten()).collect();
        describe(&short.join(" / "))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_description_finds_what_it_made_now_and_after_a_restart(
        descriptions in proptest::collection::vec(any_description(), 1..12),
    ) {
        let mut library = Library::default();
        let mut changes = Vec::new();
        for description in &descriptions {
            let Ok(first) = library.add_track(description) else { continue };
            prop_assert_eq!(library.add_track(description).unwrap(), first, "{:?}", description);
        }
        changes.extend(library.take_changes());
        let external = |change: CatalogueChange| match change {
            CatalogueChange::External { target, id } => Some((target, id)),
            _ => None,
        };
        let mut again = Library::from_rows(CatalogueRows {
            tracks: library.tracks.clone(),
            artists: library.artists.clone(),
            releases: library.releases.clone(),
            tags: library.tags.clone(),
            external: changes.into_iter().filter_map(external).collect(),
            ..CatalogueRows::default()
        });
        for description in &descriptions {
            let (now, then) = (library.add_track(description), again.add_track(description));
            prop_assert_eq!(now, then, "{:?}", description);
        }
        prop_assert_eq!(library.tracks, again.tracks);
    }
}
