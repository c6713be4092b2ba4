//! What matching a description costs, and what a snapshot for readers costs.
//!
//! `cargo bench -p engine --bench catalogue`; counted per track.

#![expect(clippy::unwrap_used, reason = "a bench that cannot be set up shall stop")]

use divan::Bencher;
use divan::counter::ItemsCount;
use engine::Library;
use engine::catalogue::normal_form;
use music::description::{ReleaseDescription, TagDescription};
use music::{ExternalId, Millis, TrackDescription};

fn main() {
    divan::main();
}

fn descriptions(count: u32) -> Vec<TrackDescription> {
    let describe = |number: u32| TrackDescription {
        release: Some(ReleaseDescription { title: format!("Album {}", number / 10), ..Default::default() }),
        duration: Some(Millis::new(120_000 + number % 200_000)),
        external: vec![ExternalId::SpotifyUri(format!("spotify:track:{number:022}").into())],
        tags: vec![TagDescription::genre(["trip hop", "jazz", "ambient", "house"][number as usize % 4])],
        ..TrackDescription::named(
            format!("Artist Number {}", number / 25),
            format!("A Title of Some Words {number}"),
        )
    };
    (0..count).map(describe).collect()
}

fn library(descriptions: &[TrackDescription]) -> Library {
    let mut library = Library::default();
    for description in descriptions {
        library.add_track(description).unwrap();
    }
    library
}

#[divan::bench(args = [50_000], sample_count = 5)]
fn new_tracks(bencher: Bencher, count: u32) {
    let descriptions = descriptions(count);
    bencher.counter(ItemsCount::new(count)).bench_local(|| library(&descriptions));
}

#[divan::bench(args = [50_000], sample_count = 5)]
fn known_tracks_by_id(bencher: Bencher, count: u32) {
    let descriptions = descriptions(count);
    let mut library = library(&descriptions);
    bencher.counter(ItemsCount::new(count)).bench_local(|| {
        for description in &descriptions {
            library.add_track(description).unwrap();
        }
    });
}

#[divan::bench(args = [50_000], sample_count = 5)]
fn known_tracks_by_name(bencher: Bencher, count: u32) {
    let mut descriptions = descriptions(count);
    let mut library = library(&descriptions);
    for description in &mut descriptions {
        description.external.clear();
    }
    bencher.counter(ItemsCount::new(count)).bench_local(|| {
        for description in &descriptions {
            library.add_track(description).unwrap();
        }
    });
}

/// The copy that readers get after the library has changed.
#[divan::bench(args = [50_000, 1_000_000], sample_count = 3)]
fn snapshot(bencher: Bencher, count: u32) {
    let mut library = library(&descriptions(count));
    let mut number = count;
    bencher.counter(ItemsCount::new(count)).bench_local(|| {
        number += 1;
        library.add_track(&TrackDescription::named("Somebody", format!("Title {number}"))).unwrap();
        library.catalogue()
    });
}

#[divan::bench]
fn normal_form_of_ascii(bencher: Bencher) {
    bencher.bench_local(|| normal_form(divan::black_box("Don't Stop 'Til You Get Enough (feat. Nobody)")));
}

#[divan::bench]
fn normal_form_of_unicode(bencher: Bencher) {
    bencher
        .bench_local(|| normal_form(divan::black_box("Hoppípolla – Með Suð Í Eyrum “Við Spilum Endalaust”")));
}
