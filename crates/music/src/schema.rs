//! The JSON form of words that are written as text or as a map, for the description of the API.
//!
//! The other words derive theirs; these have a form of their own, so it is told here by hand, and the tests hold it
//! against what is really read.

use utoipa::openapi::schema::{AdditionalProperties, Object, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::context::Region;
use crate::date::ReleaseDate;
use crate::event::EventKey;
use crate::id::{ArtistId, Id, ListenerId, PlaylistId, ReleaseId, SlateId, TagId, TrackId};
use crate::sound::{Sound, SoundFeature};

/// A text of this shape.
fn text(description: &str, pattern: &str, example: &str) -> RefOr<Schema> {
    let text = ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .description(Some(description))
        .pattern(Some(pattern))
        .examples([example]);
    RefOr::T(Schema::Object(text.build()))
}

macro_rules! id {
    ($($name:ident: $thing:literal),*) => {
        $(impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                // Nine digits: what fits into 32 bits whatever they are.
                let pattern = format!("^{}[0-9]{{1,9}}$", Self::LETTER);
                text(concat!("The id of ", $thing, "."), &pattern, &Self::new(42).to_string())
            }
        }

        impl ToSchema for $name {})*
    };
}

id! {
    TrackId: "a track",
    ArtistId: "an artist",
    ReleaseId: "a release",
    PlaylistId: "a playlist",
    ListenerId: "a listener",
    TagId: "a tag"
}

impl PartialSchema for SlateId {
    fn schema() -> RefOr<Schema> {
        let example = Self::new(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef).to_string();
        text("The name of a slate in the log.", "^[0-9a-fA-F]{32}$", &example)
    }
}

impl ToSchema for SlateId {}

impl PartialSchema for EventKey {
    fn schema() -> RefOr<Schema> {
        let example = Self::from_bytes([0xab; 16]).to_string();
        text("What makes an event the same event when it arrives twice.", "^[0-9a-fA-F]{32}$", &example)
    }
}

impl ToSchema for EventKey {}

impl PartialSchema for Region {
    fn schema() -> RefOr<Schema> {
        text("A country as two letters (ISO 3166-1 alpha-2).", "^[A-Za-z]{2}$", "FR")
    }
}

impl ToSchema for Region {}

impl PartialSchema for ReleaseDate {
    fn schema() -> RefOr<Schema> {
        let day = "(-(0[1-9]|1[0-2])(-(0[1-9]|1[0-9]|2[0-8]))?)?";
        // The last days of a month are read too; a pattern cannot tell which months have them.
        text("A year, month or day.", &format!("^[1-9][0-9]{{3}}{day}$"), "2019-06-14")
    }
}

impl ToSchema for ReleaseDate {}

impl PartialSchema for Sound {
    fn schema() -> RefOr<Schema> {
        let number = |feature: SoundFeature| {
            let (least, greatest) = feature.range();
            ObjectBuilder::new()
                .schema_type(SchemaType::Type(Type::Number))
                .minimum(Some(f64::from(least)))
                .maximum(Some(f64::from(greatest)))
                .build()
        };
        let object = ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::Object))
            .description(Some("A track's sound in numbers; any may be missing."))
            .additional_properties(Some(AdditionalProperties::FreeForm(false)));
        let object = SoundFeature::ALL.into_iter().fold(object, |object: ObjectBuilder, feature| {
            object.property::<_, Object>(feature.name(), number(feature))
        });
        RefOr::T(Schema::Object(object.build()))
    }
}

impl ToSchema for Sound {}

#[cfg(test)]
mod tests {
    use super::*;

    fn example<T: PartialSchema>() -> serde_json::Value {
        let schema = serde_json::to_value(T::schema()).unwrap();
        schema["examples"][0].clone()
    }

    #[test]
    fn every_example_is_read() {
        assert_eq!(serde_json::from_value::<TrackId>(example::<TrackId>()).unwrap(), TrackId::new(42));
        assert_eq!(serde_json::from_value::<ListenerId>(example::<ListenerId>()).unwrap().get(), 42);
        serde_json::from_value::<SlateId>(example::<SlateId>()).unwrap();
        serde_json::from_value::<EventKey>(example::<EventKey>()).unwrap();
        serde_json::from_value::<Region>(example::<Region>()).unwrap();
        serde_json::from_value::<ReleaseDate>(example::<ReleaseDate>()).unwrap();
    }

    #[test]
    fn every_feature_of_a_sound_is_described() {
        let schema = serde_json::to_value(Sound::schema()).unwrap();
        for feature in SoundFeature::ALL {
            assert_eq!(schema["properties"][feature.name()]["type"], "number", "{}", feature.name());
        }
    }
}
