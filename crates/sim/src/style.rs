//! Styles of music: a tree of invented genres, each at a place in the space.
//!
//! The roots are broad words that everybody knows; a leaf joins a root with a word that bends it, so `dusk folk` is
//! calmer and darker than `garage folk`, in every world.

mod table;

use music::TagId;
use rand::RngExt as _;

use self::table::{BENDS, ROOTS};
use crate::chance::{Purpose, normal, stream};
use crate::space::Point;

/// Leaves on each root.
const LEAVES_PER_ROOT: usize = 4;
/// How many roots there are.
pub(crate) const ROOT_COUNT: usize = ROOTS.len();

/// A root or a leaf: where the music of that name lies, and what is usual there.
#[derive(Clone, Debug, PartialEq)]
pub struct Style {
    /// The genre's name.
    pub name: Box<str>,
    /// The genre in the catalogue.
    pub tag: TagId,
    /// The genre it belongs to in the catalogue; its own tag for a root.
    pub root: TagId,
    /// The middle of its music.
    pub centre: Point,
    /// Its share of all artists and listeners; those of all leaves add up to 1, a root has that of its leaves.
    pub share: f32,
    /// The usual tempo in BPM.
    pub tempo_bpm: f32,
    /// The usual length of a track in seconds.
    pub duration_s: f32,
    /// How many tracks have explicit words, 0 to 1.
    pub explicit_share: f32,
    /// How much of the voice speaks, 0 to 1.
    pub speech: f32,
}

/// The styles of a world.
///
/// Roots come first, then the leaves of each root in turn; a style's row is also the row of its tag.
pub(crate) fn styles(seed: u64) -> Vec<Style> {
    let mut rng = stream(seed, Purpose::Styles, 0);
    let root = |(row, root): (usize, &table::Root)| Style {
        name: root.name.into(),
        tag: TagId::new(row as u32),
        root: TagId::new(row as u32),
        centre: Point(root.centre),
        share: root.share,
        tempo_bpm: root.tempo_bpm,
        duration_s: root.duration_s,
        explicit_share: root.explicit_share,
        speech: root.speech,
    };
    let mut styles: Vec<Style> = ROOTS.iter().enumerate().map(root).collect();
    for row in 0..ROOT_COUNT {
        let mut bends: Vec<_> = BENDS.iter().collect();
        for leaf in 0..LEAVES_PER_ROOT {
            let bend = bends.swap_remove(rng.random_range(0..bends.len()));
            let root = styles[row].clone();
            // The first leaf of a root is its mainstream, the others share the rest.
            let share = root.share * [0.45, 0.25, 0.18, 0.12][leaf];
            let faster = 0.08 * bend.step[0] + normal(&mut rng, 0.0, 0.05);
            styles.push(Style {
                name: format!("{} {}", bend.name, root.name).into(),
                tag: TagId::new(styles.len() as u32),
                centre: root.centre.plus(&Point(bend.step), 1.0).near(&mut rng, 0.1),
                share,
                tempo_bpm: root.tempo_bpm * faster.exp(),
                ..root
            });
        }
    }
    styles
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_lie_nearer_to_their_root_than_to_most_others() {
        let styles = styles(5);
        assert_eq!(styles.len(), ROOT_COUNT * (1 + LEAVES_PER_ROOT));
        let leaves = &styles[ROOT_COUNT..];
        let share: f32 = leaves.iter().map(|leaf| leaf.share).sum();
        assert!((share - 1.0).abs() < 1e-4, "{share}");
        let nearest_is_own = leaves.iter().filter(|leaf| {
            let distance = |root: &Style| root.centre.squared_distance(&leaf.centre);
            let nearest = styles[..ROOT_COUNT].iter().min_by(|a, b| distance(a).total_cmp(&distance(b)));
            nearest.is_some_and(|nearest| nearest.tag == leaf.root)
        });
        let count = nearest_is_own.count();
        assert!(count * 5 >= leaves.len() * 4, "{count} of {}", leaves.len());
    }

    #[test]
    fn names_are_unique_and_rows_are_tags() {
        let styles = styles(6);
        let mut names: Vec<&str> = styles.iter().map(|style| &*style.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), styles.len());
        assert!(styles.iter().enumerate().all(|(row, style)| style.tag.get() as usize == row));
    }
}
