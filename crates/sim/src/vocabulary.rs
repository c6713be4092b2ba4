//! The tags of a world: its genres, its languages and a few moods.

use music::{Tag, TagId, TagKind, TagWeight};

use crate::origin::Language;
use crate::space::{Axis, Point};
use crate::style::Style;

/// Moods that people write on tracks: the axis, the least or greatest coordinate, and whether that is the least.
const MOODS: [(&str, Axis, f32, bool); 6] = [
    ("energetic", Axis::Energy, 1.1, true),
    ("calm", Axis::Energy, -0.9, false),
    ("cheerful", Axis::Brightness, 1.0, true),
    ("melancholic", Axis::Brightness, -0.8, false),
    ("dreamy", Axis::Roughness, -1.0, false),
    ("aggressive", Axis::Roughness, 1.5, true),
];

/// All tags in the order of their ids: genres in the order of the styles, then languages, then moods.
pub(crate) fn vocabulary(styles: &[Style]) -> Vec<Tag> {
    let genres = styles.iter().map(|style| (&*style.name, TagKind::Genre));
    let languages = Language::ALL.iter().map(|language| (language.code(), TagKind::Language));
    let moods = MOODS.iter().map(|(name, ..)| (*name, TagKind::Mood));
    let rows = genres.chain(languages).chain(moods).enumerate();
    rows.map(|(row, (name, kind))| Tag { id: TagId::new(row as u32), name: name.into(), kind }).collect()
}

/// The tag of a language.
pub(crate) fn language_tag(styles: &[Style], language: Language) -> TagId {
    TagId::new((styles.len() + language as usize) as u32)
}

/// The moods that fit music at `point`.
pub(crate) fn mood_tags(styles: &[Style], point: &Point) -> Vec<TagWeight> {
    let first = styles.len() + Language::ALL.len();
    let fits = |(row, &(_, axis, limit, is_least)): (usize, &(&str, Axis, f32, bool))| {
        let beyond = if is_least { point.on(axis) - limit } else { limit - point.on(axis) };
        let weight = (0.5 + 0.5 * beyond).min(1.0);
        (beyond > 0.0).then(|| TagWeight { tag: TagId::new((first + row) as u32), weight })
    };
    MOODS.iter().enumerate().filter_map(fits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::style::styles;

    #[test]
    fn tags_stand_where_their_ids_say() {
        let styles = styles(1);
        let tags = vocabulary(&styles);
        let name = |id: TagId| &*tags[id.get() as usize].name;
        assert_eq!(name(language_tag(&styles, Language::French)), "fr");
        let dark = Point([-1.5, -1.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        let moods: Vec<_> = mood_tags(&styles, &dark).iter().map(|weight| name(weight.tag)).collect();
        assert_eq!(moods, ["calm", "melancholic"]);
    }
}
