//! The words that titles are put together from.

use crate::origin::Language;

/// Words of one language.
pub(super) struct Words {
    /// Things, outside English with their article.
    pub(super) nouns: &'static [&'static str],
    /// What may stand before a thing.
    pub(super) openings: &'static [&'static str],
    /// What joins two things.
    pub(super) and: &'static str,
}

/// Who plays, as the last word of a name.
pub(super) const ACTS: [&str; 14] = [
    "Larks",
    "Ensemble",
    "Parade",
    "Collective",
    "Trio",
    "Machine",
    "Orchard",
    "Union",
    "Quartet",
    "Signals",
    "Brothers",
    "Sisters",
    "Theory",
    "Club",
];

/// Adjectives for dark music.
pub(super) const DARK: &[&str] = &[
    "Black", "Cold", "Broken", "Hollow", "Sunken", "Last", "Bitter", "Ashen", "Buried", "Lonely", "Burning",
    "Grey", "Fading", "Haunted", "Empty", "Drowned",
];
/// Adjectives for bright music.
pub(super) const BRIGHT: &[&str] = &[
    "Golden",
    "Sweet",
    "Sunny",
    "Dancing",
    "Electric",
    "Happy",
    "Lucky",
    "Brand-New",
    "Shining",
    "Candy",
    "Sunlit",
    "Easy",
    "Laughing",
    "Rosy",
    "Wild",
    "Young",
];
/// Adjectives for the rest.
pub(super) const PLAIN: &[&str] = &[
    "Blue", "Silver", "Paper", "Distant", "Slow", "Wooden", "Silent", "Second", "Northern", "Early",
    "Hidden", "Open", "Narrow", "Quiet", "Foreign", "Simple",
];

/// The words of a language.
#[rustfmt::skip]
pub(super) const fn words(language: Language) -> Words {
    match language {
        Language::English => Words {
            nouns: &[
                "River", "Window", "Street", "Lantern", "Harbour", "Mirror", "Garden", "Thunder", "Engine",
                "Letter", "Ocean", "Bridge", "Ember", "Signal", "Orchard", "Winter", "Feather", "Station",
                "Island", "Shadow", "Compass", "Velvet", "Machine", "Summer", "Rain", "Mountain", "Carousel",
                "Tide", "Cathedral", "Dust", "Honey", "Satellite", "Paradise", "Stranger", "Kingdom",
                "Midnight", "Avenue", "Sparrow", "Diamond", "Horizon", "Fever", "Garage", "Echo", "Desert",
                "Telephone", "Balcony", "Crown", "Meadow", "Neon", "Vapour", "Anchor", "Ribbon", "Circuit",
                "Saturday", "Morning", "Ladder", "Wire", "Wolf", "Tiger", "Motel",
            ],
            openings: &[
                "Under", "Beyond", "Before", "Into", "Without", "Beside", "Against", "Leaving", "Hold",
            ],
            and: "and",
        },
        Language::French => Words {
            nouns: &[
                "la nuit", "le fleuve", "la lumière", "le vent", "la fenêtre", "le silence", "la pluie",
                "le jardin", "la mer", "le miroir", "la ville", "le printemps", "la route", "le feu",
                "la neige", "le soir", "la lune", "le pont", "la voix", "le sable", "la cour", "le train",
                "la saison", "le rêve",
            ],
            openings: &["Sous", "Vers", "Avant", "Sans", "Depuis", "Derrière"],
            and: "et",
        },
        Language::Spanish => Words {
            nouns: &[
                "la noche", "el río", "la luz", "el viento", "la ventana", "el silencio", "la lluvia",
                "el jardín", "la calle", "el espejo", "la ciudad", "el verano", "la luna", "el fuego",
                "la sombra", "el camino", "la orilla", "el baile", "la plaza", "el sueño", "la playa",
                "el puente",
            ],
            openings: &["Hacia", "Bajo", "Sin", "Desde", "Tras", "Sobre"],
            and: "y",
        },
        Language::German => Words {
            nouns: &[
                "die Nacht", "der Fluss", "das Licht", "der Wind", "das Fenster", "die Stille", "der Regen",
                "der Garten", "die Stadt", "der Spiegel", "das Meer", "der Winter", "die Straße",
                "das Feuer", "der Schnee", "die Brücke", "der Mond", "die Stimme", "das Zimmer", "der Traum",
                "die Uhr",
            ],
            openings: &["Nur", "Wie", "Als", "Hier ist", "Wo ist", "Bald"],
            and: "und",
        },
        Language::Portuguese => Words {
            nouns: &[
                "a noite", "o rio", "a luz", "o vento", "a janela", "o silêncio", "a chuva", "o jardim",
                "a cidade", "o espelho", "o mar", "o verão", "a rua", "o fogo", "a sombra", "o caminho",
                "a praia", "o samba", "a lua", "o sonho",
            ],
            openings: &["Sob", "Sem", "Sobre", "Ante", "Entre"],
            and: "e",
        },
        Language::Japanese => Words {
            nouns: &[
                "yoru", "kawa", "hikari", "kaze", "mado", "ame", "niwa", "umi", "kagami", "machi", "natsu",
                "michi", "yuki", "tsuki", "hashi", "koe", "yume", "sora", "hana", "mori",
            ],
            openings: &["Aoi", "Shiroi", "Tooi", "Chiisana", "Kurai", "Atarashii"],
            and: "to",
        },
    }
}
