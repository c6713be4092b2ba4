//! How a store is opened.

/// Settings of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct StoreOptions {
    /// Whether an acknowledgement waits for the disk.
    pub durability: Durability,
}

/// Whether an acknowledgement waits for the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Durability {
    /// It does: what was acknowledged survives a loss of power.
    #[default]
    Full,
    /// It does not.
    ///
    /// The control of the power-loss test, which must lose events with it; nothing else may use it.
    Off,
}
