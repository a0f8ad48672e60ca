//! What may be logged: routes, outcomes, durations and partner names; never content.

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;
use std::sync::Mutex;
use tracing_subscriber::EnvFilter;

/// Logs to standard error, filtered by `PIUX_LOG` (default `warn`).
pub fn start_logging() {
    let filter = EnvFilter::try_from_env("PIUX_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    let logging = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .try_init();
    if logging.is_err() {
        tracing::debug!("logging was already set up");
    }
    silence_panic_messages();
}

/// A panic names its place and nothing else: its message might quote data.
fn silence_panic_messages() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(
            place,
            "a task stopped unexpectedly; this is a defect of piux, please report the place"
        );
    }));
}

/// One served request, as counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Served {
    /// The listener: `exchange` or `desk`.
    pub listener: &'static str,
    /// The route, never the path with its names.
    pub route: &'static str,
    /// `ok`, or the slug of the problem.
    pub outcome: &'static str,
}

/// Counters of the ops listener.
pub struct Metrics {
    registry: Mutex<Registry>,
    served: Family<Served, Counter>,
}

impl Metrics {
    /// Fresh counters.
    pub fn new() -> Self {
        let served = Family::<Served, Counter>::default();
        let mut registry = Registry::with_prefix("piux");
        registry.register(
            "requests",
            "Requests served, by listener, route and outcome",
            served.clone(),
        );
        Self {
            registry: Mutex::new(registry),
            served,
        }
    }

    /// Counts one request.
    pub fn count(&self, served: Served) {
        self.served.get_or_create(&served).inc();
    }

    /// The text a metrics collector reads.
    pub fn render(&self) -> String {
        let mut out = String::new();
        let registry = self.registry.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if text::encode(&mut out, &registry).is_err() {
            out.clear();
        }
        out
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Metrics(..)")
    }
}
