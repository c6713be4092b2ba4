//! How long it takes to make a world and to let its days pass.

use sim::{World, WorldParams};

fn main() {
    divan::main();
}

/// The demo's world and the one for benches.
const TRACK_COUNTS: [u32; 2] = [5_000, 50_000];

#[divan::bench(args = TRACK_COUNTS, sample_count = 3, sample_size = 1)]
fn compose(track_count: u32) -> World {
    World::new(&WorldParams::with_track_count(track_count)).expect("the parameters are in range")
}

#[divan::bench(args = TRACK_COUNTS, sample_count = 3, sample_size = 1)]
fn simulate(bencher: divan::Bencher<'_, '_>, track_count: u32) {
    let world = World::new(&WorldParams::with_track_count(track_count)).expect("the parameters are in range");
    bencher.bench(|| {
        let mut event_count = 0_u32;
        world.simulate(&mut |_| event_count += 1);
        event_count
    });
}
