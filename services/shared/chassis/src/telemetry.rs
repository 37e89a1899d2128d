//! Logs as JSON on stdout, spans by OTLP, metrics for Prometheus.

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use opentelemetry::{KeyValue, trace::TracerProvider as _};
use opentelemetry_otlp::WithExportConfig as _;
use opentelemetry_sdk::{Resource, trace::SdkTracerProvider};
use regulation::Region;
use tracing_subscriber::{
    EnvFilter, Layer as _, layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

use crate::config::Telemetry;

/// What has to be flushed at the end.
#[derive(Debug)]
pub struct Observation {
    provider: Option<SdkTracerProvider>,
    metrics: PrometheusHandle,
}

/// Telemetry can't be set up.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The log filter is not one.
    #[error("telemetry.log is not a filter")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// The exporter can't be made.
    #[error("telemetry.otlp can't be used")]
    Exporter(#[from] opentelemetry_otlp::ExporterBuildError),
    /// There is a subscriber already.
    #[error("logging is already set up")]
    Twice(#[from] tracing_subscriber::util::TryInitError),
    /// There is a recorder already.
    #[error("metrics are already set up")]
    Recorder(#[from] metrics_exporter_prometheus::BuildError),
}

/// Sets up logs, traces and metrics of the process.
///
/// # Errors
/// When a setting is unusable or this is called twice.
pub fn start(
    config: &Telemetry,
    service: &str,
    region: Region,
) -> Result<Observation, TelemetryError> {
    let logs = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_filter(EnvFilter::try_new(&config.log)?);
    let provider = config
        .otlp
        .as_deref()
        .map(|to| provider(to, service, region))
        .transpose()?;
    // Without a filter of its own h2's spans would flood the traces.
    let spans = provider.as_ref().map(|provider| {
        tracing_opentelemetry::layer()
            .with_tracer(provider.tracer("jiebang"))
            .with_filter(EnvFilter::new(
                "info,h2=off,hyper=off,tower=off,tonic=off,sqlx=off,async_nats=off",
            ))
    });
    tracing_subscriber::registry()
        .with(logs)
        .with(spans)
        .try_init()?;
    let metrics = PrometheusBuilder::new()
        .add_global_label("region", region.as_str())
        .add_global_label("service", service)
        .install_recorder()?;
    Ok(Observation { provider, metrics })
}

fn provider(
    endpoint: &str,
    service: &str,
    region: Region,
) -> Result<SdkTracerProvider, TelemetryError> {
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_tonic()
        .with_endpoint(endpoint)
        .build()?;
    let resource = Resource::builder()
        .with_service_name(format!("{region}-{service}"))
        // One process of each a node. The pages of traces tell processes apart by this alone.
        .with_attribute(KeyValue::new(
            "service.instance.id",
            format!("{region}-{service}"),
        ))
        .with_attribute(KeyValue::new("service.namespace", "jiebang"))
        .with_attribute(KeyValue::new("jiebang.region", region.to_string()))
        .build();
    Ok(SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_resource(resource)
        .build())
}

impl Observation {
    /// The metrics' text for Prometheus.
    pub fn metrics(&self) -> PrometheusHandle {
        self.metrics.clone()
    }

    /// Sends what has not been sent. Blocking inside, so it runs on a thread of its own.
    pub async fn flush(self) {
        if let Some(provider) = self.provider {
            let _ = tokio::task::spawn_blocking(move || provider.shutdown()).await;
        }
    }
}
