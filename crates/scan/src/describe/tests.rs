use super::*;
use crate::tags::{Flags, MusicBrainzIds};

#[test]
fn tags_speak_for_the_track_and_the_path_is_silent() {
    let tags = Tags {
        title: Some("Sinnerman".to_owned()),
        artists: vec!["Nina Simone".to_owned()],
        release: Some("Pastel Blues".to_owned()),
        genres: vec!["jazz".to_owned()],
        languages: vec!["en".to_owned()],
        flags: Flags { live: Some(true), explicit: Some(false), ..Flags::default() },
        musicbrainz: MusicBrainzIds {
            recording: Some("b1a9c0e9-d987-4042-ae91-78d6a3267d69".to_owned()),
            artists: vec!["2944824d-4c26-476f-a981-be849081942f".to_owned()],
            ..MusicBrainzIds::default()
        },
        bpm: Some(141.0),
        key: Some("Bm".to_owned()),
        ..Tags::default()
    };
    let described = describe(&tags, Path::new("x/y/z.flac"));
    assert!(!described.is_guessed);
    insta::assert_json_snapshot!(described.track, @r#"
    {
      "title": "Sinnerman",
      "artists": [
        {
          "name": "Nina Simone",
          "external": [
            {
              "mbid": "2944824d-4c26-476f-a981-be849081942f"
            }
          ]
        }
      ],
      "release": {
        "title": "Pastel Blues"
      },
      "explicit": false,
      "external": [
        {
          "mbid": "b1a9c0e9-d987-4042-ae91-78d6a3267d69"
        }
      ],
      "tags": [
        {
          "name": "jazz",
          "kind": "genre",
          "weight": 1.0
        },
        {
          "name": "en",
          "kind": "language",
          "weight": 1.0
        },
        {
          "name": "live",
          "kind": "other",
          "weight": 1.0
        }
      ],
      "sound": {
        "tempo": 141.0,
        "key": 11.0,
        "mode": 0.0
      }
    }
    "#);
}

#[test]
fn a_file_without_tags_is_named_by_its_path() {
    let described = describe(&Tags::default(), Path::new("Nina Simone/Pastel Blues/10 Sinnerman.flac"));
    assert!(described.is_guessed);
    let track = described.track;
    assert_eq!((track.title.as_str(), track.artists[0].name.as_str()), ("Sinnerman", "Nina Simone"));
    assert_eq!(track.external, [ExternalId::Path("Nina Simone/Pastel Blues/10 Sinnerman.flac".into())]);
}

#[test]
fn a_path_that_is_too_long_or_no_text_is_a_name_all_the_same() {
    let long = "x".repeat(3_000);
    for path in [long.as_str(), "a\nb"] {
        let ExternalId::Path(name) = path_id(Path::new(path)) else { panic!("{path} is named by its path") };
        assert!(name.chars().count() <= 1_000 && !name.chars().any(char::is_control), "{name}");
    }
}
