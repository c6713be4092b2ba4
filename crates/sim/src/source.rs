//! Where a listener takes the next music from.

use crate::listener::Temper;
use crate::occasion::Occasion;

/// A place in the app from which music is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Library,
    Album,
    Artist,
    OwnPlaylist,
    SharedPlaylist,
    Editorial,
    Search,
    Fresh,
    Radio,
    Home,
}

/// How many sources there are.
pub(crate) const SOURCE_COUNT: usize = 10;

impl Source {
    /// All sources, in the order of the weights in the table of occasions.
    pub(crate) const ALL: [Self; SOURCE_COUNT] = [
        Self::Library,
        Self::Album,
        Self::Artist,
        Self::OwnPlaylist,
        Self::SharedPlaylist,
        Self::Editorial,
        Self::Search,
        Self::Fresh,
        Self::Radio,
        Self::Home,
    ];

    /// Whether it works without a connection, from what the device keeps.
    pub(crate) const fn works_offline(self) -> bool {
        matches!(self, Self::Library | Self::Album | Self::OwnPlaylist)
    }

    /// How much a listener of this temper is drawn to each source on an occasion.
    pub(crate) fn weights(occasion: Occasion, temper: &Temper) -> [f32; SOURCE_COUNT] {
        let usual = &occasion.traits().sources;
        std::array::from_fn(|index| {
            let towards_new = 0.4 + 1.2 * temper.explorer;
            let towards_known = 1.6 - 1.2 * temper.explorer;
            let factor = match Self::ALL[index] {
                Self::Fresh | Self::Radio | Self::SharedPlaylist | Self::Editorial => towards_new,
                Self::Home => towards_new * (0.5 + temper.mainstream),
                Self::Library | Self::OwnPlaylist => towards_known,
                Self::Album | Self::Artist | Self::Search => 1.0,
            };
            usual[index] * factor
        })
    }
}
