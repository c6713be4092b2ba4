//! On what, over what and doing what a session is heard.

use music::{Activity, Context, Device, Network, PlaylistId, Surface, Tier};
use rand::{Rng, RngExt as _};

use crate::chance::{happens, weighted_index};
use crate::listener::Listener;
use crate::occasion::Occasion;

/// The share of the listeners whose clients say what they are doing.
const TELLING_SHARE: f32 = 0.25;

/// What stays the same throughout a session.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Setting {
    base: Context,
}

impl Setting {
    /// A setting that suits the occasion.
    pub(super) fn draw(who: &Listener, occasion: Occasion, rng: &mut impl Rng) -> Self {
        let traits = occasion.traits();
        let weights: Vec<f32> = traits.devices.iter().map(|(_, weight)| *weight).collect();
        let index = weighted_index(rng, &weights).expect("every occasion has a device");
        let device = traits.devices[index].0;
        let online = !(may_go_offline(who.tier, device) && happens(rng, offline_share(occasion)));
        // Clients are set up once, so the same listeners tell every time.
        let tells = who.id.get().wrapping_mul(2_654_435_769) as f32 / u32::MAX as f32 <= TELLING_SHARE;
        let activity = traits.activity.filter(|_| tells).map(|activity| match device {
            Device::Car => Activity::Driving,
            _ => activity,
        });
        let base = Context {
            device: Some(device),
            online: Some(online),
            network: online.then(|| network(device, occasion, rng)),
            tier: Some(who.tier),
            region: Some(who.origin.region()),
            utc_offset_minutes: Some(who.origin.utc_offset_minutes),
            activity,
            ..Context::default()
        };
        Self { base }
    }

    /// Whether there is a connection.
    pub(super) fn is_online(&self) -> bool {
        self.base.online == Some(true)
    }

    /// The same with a connection.
    pub(super) fn connected(mut self) -> Self {
        if !self.is_online() {
            self.base.online = Some(true);
            // What can be offline moves about.
            self.base.network = Some(Network::Cellular);
        }
        self
    }

    /// The context of an event on a surface.
    pub(super) fn context(
        &self,
        surface: Surface,
        playlist: Option<PlaylistId>,
        shuffle: Option<bool>,
    ) -> Context {
        Context { surface, playlist, shuffle, ..self.base.clone() }
    }
}

/// Keeping music on the device has to be paid for, and is for things that move.
fn may_go_offline(tier: Tier, device: Device) -> bool {
    tier != Tier::Free && matches!(device, Device::Phone | Device::Car | Device::Wearable)
}

fn offline_share(occasion: Occasion) -> f32 {
    match occasion {
        Occasion::Commute => 0.25,
        Occasion::Workout => 0.15,
        _ => 0.03,
    }
}

fn network(device: Device, occasion: Occasion, rng: &mut impl Rng) -> Network {
    let is_outside = matches!(occasion, Occasion::Commute | Occasion::Workout | Occasion::Night);
    match device {
        Device::Car => Network::Cellular,
        Device::Phone | Device::Wearable if is_outside => Network::Cellular,
        Device::Phone if rng.random::<f32>() < 0.25 => Network::Cellular,
        Device::Computer | Device::Television if rng.random::<f32>() < 0.3 => Network::Wired,
        _ => Network::Wifi,
    }
}
