use music::analysis::{FeaturesVersion, Melody, TrackAnalysis, TrackSummary};
use music::unit::{Bpm, Lufs, Seconds};
use music::{Mode, PitchClass, SoundFeature};

use super::*;
use crate::store::AudioHash;

fn analysis(version: u16, energy: f32) -> TrackAnalysis {
    let track = TrackSummary {
        tempo: Bpm(92.0),
        tempo_confidence: 0.8,
        key: PitchClass::new(9).unwrap(),
        key_confidence: 0.0,
        mode: Mode::Minor,
        mode_confidence: 0.0,
        time_signature: 4,
        time_signature_confidence: 0.5,
        loudness: Lufs(-14.0),
        loudness_confidence: 1.0,
        danceability: 0.5,
        danceability_confidence: 0.5,
        energy,
        energy_confidence: 0.5,
        valence: 0.5,
        valence_confidence: 0.5,
        acousticness: 0.5,
        acousticness_confidence: 0.5,
        instrumentalness: 0.5,
        instrumentalness_confidence: 0.5,
        speechiness: 0.5,
        speechiness_confidence: 0.5,
        liveness: 0.5,
        liveness_confidence: 0.5,
    };
    TrackAnalysis {
        features_version: FeaturesVersion(version),
        duration: Seconds(1.0),
        track,
        tatums: Vec::new(),
        beats: Vec::new(),
        bars: Vec::new(),
        sections: Vec::new(),
        segments: Vec::new(),
        chords: Vec::new(),
        melody: Melody::default(),
        drums: None,
        descriptor: vec![0.5; 42],
        report: "Short.".to_owned(),
    }
}

fn stored(audio: u8, version: u16, energy: f32) -> StoredAnalysis {
    let fingerprint = vec![u32::from(audio), 7];
    StoredAnalysis { audio: AudioHash::new([audio; 32]), analysis: analysis(version, energy), fingerprint }
}

#[tokio::test]
async fn an_analysis_is_found_by_its_sound_and_replaced_by_a_newer_one() {
    let directory = tempfile::tempdir().unwrap();
    let store = AnalysisStore::open(directory.path()).await.unwrap();
    store.put(&[stored(1, 1, 0.1), stored(2, 1, 0.2)]).await.unwrap();
    store.put(&[stored(1, 2, 0.9)]).await.unwrap();
    let (one, two) = (AudioHash::new([1; 32]), AudioHash::new([2; 32]));
    let versions = store.versions().await.unwrap();
    assert_eq!((versions[&one], versions[&two]), (FeaturesVersion(2), FeaturesVersion(1)));
    let heard = store.heard().await.unwrap();
    assert_eq!(heard[&one].sound.get(SoundFeature::Energy), Some(0.9));
    assert_eq!(heard[&one].sound.get(SoundFeature::Key), None, "nobody is sure of it");
    assert_eq!(heard[&two].descriptor.as_ref().map(|d| d.values()[41]), Some(0.5));
    assert_eq!(store.analysis(one).await.unwrap(), Some(analysis(2, 0.9)));
    assert_eq!(store.analysis(AudioHash::new([3; 32])).await.unwrap(), None);
    assert_eq!(store.fingerprints().await.unwrap(), [(one, vec![1, 7]), (two, vec![2, 7])]);
}

#[tokio::test]
async fn analyses_that_cannot_be_read_are_made_anew() {
    let directory = tempfile::tempdir().unwrap();
    assert!(AnalysisStore::open_read_only(directory.path()).await.is_none());
    std::fs::write(directory.path().join("analyses.db"), b"no database at all, but long enough for a header")
        .unwrap();
    assert!(AnalysisStore::open_read_only(directory.path()).await.is_none());
    let store = AnalysisStore::open(directory.path()).await.unwrap();
    assert!(store.heard().await.unwrap().is_empty());
    store.put(&[stored(1, 1, 0.1)]).await.unwrap();
    store.close().await;
    let again = AnalysisStore::open_read_only(directory.path()).await.unwrap();
    assert_eq!(again.heard().await.unwrap().len(), 1);
}
