//! How often a login may be tried: a few times at once, then slowly, per name and per place.
//!
//! The answer is the same whether or not the name has an account.
//! Sessions and tokens that exist go on working, so nobody is locked out of what they are using.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

use music::UnixMillis;
use rustc_hash::FxHashMap;

/// Attempts at once.
const BURST: f64 = 8.0;
/// After that, one attempt per so many milliseconds.
const REFILL_MS: f64 = 20_000.0;
/// Names and places that are remembered; beyond it, those that have been quiet longest are forgotten.
const KEY_COUNT_MAX: usize = 20_000;

/// Who has tried how often.
#[derive(Debug, Default)]
pub(crate) struct Throttle {
    buckets: Mutex<FxHashMap<[u8; 16], Bucket>>,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    left: f64,
    at: UnixMillis,
}

impl Throttle {
    /// Counts one attempt, or says after how many seconds the next one may come.
    pub(crate) fn admit(&self, name: &str, peer: Option<IpAddr>, now: UnixMillis) -> Result<(), u64> {
        let by_name = key(b"name", name.trim().to_lowercase().as_bytes());
        let by_place = peer.map(|peer| key(b"place", &place(peer)));
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let mut wait_ms = 0.0_f64;
        for key in [Some(by_name), by_place].into_iter().flatten() {
            let bucket = buckets.entry(key).or_insert(Bucket { left: BURST, at: now });
            // A clock that jumped back gives nothing and takes nothing.
            let refill = now.since(bucket.at).max(0) as f64 / REFILL_MS;
            bucket.left = (bucket.left + refill).min(BURST);
            bucket.at = now;
            if bucket.left < 1.0 {
                wait_ms = wait_ms.max((1.0 - bucket.left) * REFILL_MS);
            } else {
                bucket.left -= 1.0;
            }
        }
        if buckets.len() > KEY_COUNT_MAX {
            let mut times: Vec<UnixMillis> = buckets.values().map(|bucket| bucket.at).collect();
            let (_, &mut limit, _) = times.select_nth_unstable(KEY_COUNT_MAX / 2);
            buckets.retain(|_, bucket| bucket.at > limit);
        }
        if wait_ms > 0.0 { Err((wait_ms / 1000.0).ceil() as u64) } else { Ok(()) }
    }
}

fn key(kind: &[u8], value: &[u8]) -> [u8; 16] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(kind).update(value);
    let mut key = [0; 16];
    key.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    key
}

/// One household has one IPv4 address, or a whole IPv6 network of 64 bits.
fn place(peer: IpAddr) -> [u8; 8] {
    let v6: Ipv6Addr = match peer.to_canonical() {
        IpAddr::V4(v4) => return u64::from(v4.to_bits()).to_be_bytes(),
        IpAddr::V6(v6) => v6,
    };
    ((v6.to_bits() >> 64) as u64).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_let_through_and_then_time_must_pass() {
        let throttle = Throttle::default();
        let at = |seconds| UnixMillis::from_seconds(seconds);
        for _ in 0..8 {
            assert_eq!(throttle.admit("anna", None, at(1000)), Ok(()));
        }
        assert_eq!(throttle.admit(" ANNA", None, at(1000)), Err(20));
        assert_eq!(throttle.admit("berta", None, at(1000)), Ok(()));
        assert_eq!(throttle.admit("anna", None, at(900)), Err(20));
        assert_eq!(throttle.admit("anna", None, at(1020)), Ok(()));
    }

    #[test]
    fn many_names_from_one_network_count_together() {
        let throttle = Throttle::default();
        let now = UnixMillis::from_seconds(5);
        let from = |host: u16| Some(IpAddr::from([0x2001, 0xdb8, 1, 2, 0, 0, 0, host]));
        for name in 0..8 {
            assert_eq!(throttle.admit(&name.to_string(), from(name), now), Ok(()));
        }
        assert!(throttle.admit("another", from(99), now).is_err());
        let elsewhere = Some(IpAddr::from([192, 0, 2, 1]));
        assert_eq!(throttle.admit("one more", elsewhere, now), Ok(()));
    }
}
