//! Numbers for Prometheus: what is asked, how fast, what is shown, what is stored, what fails.
//!
//! Nothing in here is about a person: labels are routes, mixes, sources and reasons, never ids or names.

use std::time::Duration;

use engine::Service;
use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusRecorder};
use recommend::Slate;

/// The numbers of one server. Two servers in one process do not share theirs.
pub(crate) struct Telemetry {
    recorder: PrometheusRecorder,
}

impl std::fmt::Debug for Telemetry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Telemetry")
    }
}

/// The upper ends of the classes of latency in seconds: the goals are 5 ms at the median and 150 ms at the 99th
/// percentile, so the classes are finest around them.
const LATENCY_SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 5.0];

/// How the trace of a slate names a source that was not waited for any longer.
const LATE: &str = "was late";

impl Telemetry {
    pub(crate) fn new() -> Self {
        let builder = PrometheusBuilder::new().set_buckets(&LATENCY_SECONDS);
        let recorder = builder.expect("the classes are not empty").build_recorder();
        let telemetry = Self { recorder };
        telemetry.record(|| {
            describe_counter!("segue_requests_total", "Requests by route, method and status.");
            describe_histogram!("segue_request_seconds", "How long requests took.");
            describe_counter!("segue_slates_total", "Slates made, by mix.");
            describe_counter!(
                "segue_source_misses_total",
                "Times a source did not answer, by source and reason."
            );
            describe_counter!("segue_events_total", "Events that came in, by what became of them.");
            describe_counter!("segue_logins_total", "Attempts to log in, by what became of them.");
            describe_gauge!("segue_snapshot_info", "1 for the snapshot in use.");
            describe_gauge!("segue_snapshot_age_seconds", "Seconds since the snapshot in use was learnt.");
            describe_gauge!("segue_tracks", "Tracks in the catalogue in use.");
            describe_gauge!(
                "segue_store_is_poisoned",
                "1 after a write has failed; the process must be restarted."
            );
        });
        telemetry
    }

    fn record(&self, work: impl FnOnce()) {
        metrics::with_local_recorder(&self.recorder, work);
    }

    pub(crate) fn request(&self, route: &str, method: &'static str, status: u16, took: Duration) {
        let route = route.to_owned();
        self.record(|| {
            let labels =
                [("route", route.clone()), ("method", method.to_owned()), ("status", status.to_string())];
            counter!("segue_requests_total", &labels).increment(1);
            histogram!("segue_request_seconds", "route" => route).record(took);
        });
    }

    pub(crate) fn slate(&self, slate: &Slate) {
        self.record(|| {
            counter!("segue_slates_total", "mix" => slate.mix).increment(1);
            for source in &slate.trace.sources {
                let Some(error) = &source.error else { continue };
                let reason = if error.starts_with(LATE) { "late" } else { "failed" };
                counter!("segue_source_misses_total", "source" => source.name, "reason" => reason)
                    .increment(1);
            }
        });
    }

    pub(crate) fn events(&self, outcome: &'static str, count: usize) {
        self.record(|| counter!("segue_events_total", "outcome" => outcome).increment(count as u64));
    }

    pub(crate) fn login(&self, outcome: &'static str) {
        self.record(|| counter!("segue_logins_total", "outcome" => outcome).increment(1));
    }

    /// All numbers in Prometheus' text format.
    pub(crate) fn render(&self, service: &Service) -> String {
        let snapshot = service.snapshot();
        let created = service.snapshot_created();
        self.record(|| {
            // The name changes now and then; a gauge of an earlier one would stay at 1 for ever, so it says which.
            gauge!("segue_snapshot_info", "name" => snapshot.name.to_string()).set(1.0);
            if let Some(created) = created {
                let age_ms = service.engine().clock().now().since(created);
                gauge!("segue_snapshot_age_seconds").set(age_ms as f64 / 1000.0);
            }
            gauge!("segue_tracks").set(snapshot.catalogue.tracks().len() as f64);
            let is_poisoned = service.engine().store().poison().is_poisoned();
            gauge!("segue_store_is_poisoned").set(f64::from(u8::from(is_poisoned)));
        });
        self.recorder.handle().render()
    }
}
