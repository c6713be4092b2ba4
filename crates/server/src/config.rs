//! How the server is set up: whom it lets in, which names it answers to, and what it takes at most.
//!
//! It reads no file and no environment; the command line fills it in.

use std::net::SocketAddr;
use std::time::Duration;

use scan::worker::WorkerCommand;

/// Settings of one server.
///
/// A server that is reached over the network wants a login from everybody.
/// One without a login exists too, for the demo, and only [`Config::open_to_loopback`] makes it.
#[derive(Clone, Debug)]
pub struct Config {
    /// How long a login in a browser lasts.
    pub session: Duration,
    /// Whether browsers reach the server through HTTPS only, so that cookies are never sent in the clear.
    pub is_https: bool,
    /// What is taken at most.
    pub limits: Limits,
    /// How a process is started that reads covers out of files; without one, none are shown.
    pub reader: Option<WorkerCommand>,
    /// Whether whoever is let in by the network is an administrator.
    is_open: bool,
    /// The names of this server in the `Host` header; none for any.
    hosts: Vec<Box<str>>,
}

/// What the server takes at most, from one request and at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a request's body.
    pub body_bytes: usize,
    /// Bytes of a request's head.
    pub head_bytes: usize,
    /// Headers of a request.
    pub header_count: usize,
    /// Events in one request.
    pub event_count: usize,
    /// How long the head of a request may take to arrive.
    pub head_time: Duration,
    /// How long a request may take in all, the arrival of its body included.
    pub request_time: Duration,
    /// Connections at once; more wait.
    pub connection_count: usize,
}

impl Default for Limits {
    /// Ten thousand events of ordinary length fit into 8 MiB.
    fn default() -> Self {
        Self {
            body_bytes: 8 << 20,
            head_bytes: 32 << 10,
            header_count: 100,
            event_count: 10_000,
            head_time: Duration::from_secs(10),
            request_time: Duration::from_secs(30),
            connection_count: 1_024,
        }
    }
}

/// A setting that would let strangers in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// Without a login, only this machine may reach the server.
    #[error(
        "a server without a login listens on a loopback address only, not on {address}; \
         use 127.0.0.1 or ::1, or serve with accounts"
    )]
    OpenBeyondLoopback {
        /// The address that was asked for.
        address: SocketAddr,
    },
}

/// The names under which a browser reaches its own machine.
const LOOPBACK_HOSTS: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

impl Config {
    /// A server at `address` that wants a login.
    ///
    /// On a loopback address it answers to the names of loopback only, so that no page on the web can reach it under a
    /// name of its own; [`allow_host`](Self::allow_host) adds names, for example that of a proxy in front.
    pub fn new(address: SocketAddr) -> Self {
        let hosts =
            if address.ip().is_loopback() { LOOPBACK_HOSTS.map(Box::from).to_vec() } else { Vec::new() };
        Self {
            session: Duration::from_secs(30 * 24 * 60 * 60),
            is_https: false,
            limits: Limits::default(),
            reader: None,
            is_open: false,
            hosts,
        }
    }

    /// A server at `address` that treats whoever reaches it as its administrator, as the demo does.
    ///
    /// # Errors
    /// [`ConfigError::OpenBeyondLoopback`] for any address that another machine might reach.
    pub fn open_to_loopback(address: SocketAddr) -> Result<Self, ConfigError> {
        if !address.ip().is_loopback() {
            return Err(ConfigError::OpenBeyondLoopback { address });
        }
        Ok(Self { is_open: true, ..Self::new(address) })
    }

    /// Adds a name to those that the server answers to; on an address beyond loopback the first one added makes all
    /// other names wrong. A server without a login keeps to the names of loopback.
    #[must_use]
    pub fn allow_host(mut self, name: &str) -> Self {
        if !self.is_open {
            self.hosts.push(name.to_ascii_lowercase().into());
        }
        self
    }

    /// Whether there is no login.
    pub const fn is_open(&self) -> bool {
        self.is_open
    }

    /// Whether `host`, as a `Host` header has it, is a name of this server.
    pub(crate) fn answers_to(&self, host: &str) -> bool {
        let name = match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
            _ => host,
        };
        self.hosts.is_empty() || self.hosts.iter().any(|known| known.eq_ignore_ascii_case(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_server_without_login_keeps_to_loopback() {
        for fine in ["127.0.0.1:1", "127.8.9.1:80", "[::1]:4040"] {
            assert!(Config::open_to_loopback(address(fine)).is_ok(), "{fine}");
        }
        for open in ["0.0.0.0:1", "[::]:1", "192.168.1.2:80", "10.0.0.1:80"] {
            assert!(Config::open_to_loopback(address(open)).is_err(), "{open}");
        }
    }

    #[test]
    fn a_foreign_name_for_loopback_is_refused() {
        let config = Config::open_to_loopback(address("127.0.0.1:4040")).unwrap().allow_host("evil.example");
        for fine in ["localhost", "localhost:4040", "LOCALHOST:1", "127.0.0.1:4040", "[::1]", "[::1]:4040"] {
            assert!(config.answers_to(fine), "{fine}");
        }
        for foreign in ["evil.example", "evil.example:4040", "", "localhost.evil.example", "127.0.0.1.evil:1"]
        {
            assert!(!config.answers_to(foreign), "{foreign}");
        }
        let public = Config::new(address("0.0.0.0:80"));
        assert!(public.answers_to("music.example"));
        assert!(!public.allow_host("music.example").answers_to("evil.example"));
    }
}
