//! The outline of a trace: what followed what, where and when. An allow-list: what is not named
//! here does not leave the node.

use otlp_embedded::{
    TraceService, TraceServiceImpl,
    proto::{
        collector::trace::v1::{ExportTraceServiceRequest, ExportTraceServiceResponse},
        resource::v1::Resource,
        trace::v1::{ResourceSpans, ScopeSpans, Span, Status as SpanStatus},
    },
};
use tonic::{Request, Response, Status};

/// Of whose span it is; both name a node and a service, nothing else.
const PROCESS: [&str; 2] = ["service.name", "service.instance.id"];

/// What may be shared of `request`.
pub(crate) fn of(request: &ExportTraceServiceRequest) -> ExportTraceServiceRequest {
    ExportTraceServiceRequest {
        resource_spans: request.resource_spans.iter().map(resource).collect(),
    }
}

fn resource(spans: &ResourceSpans) -> ResourceSpans {
    let attributes = spans
        .resource
        .iter()
        .flat_map(|resource| &resource.attributes);
    ResourceSpans {
        resource: Some(Resource {
            attributes: attributes
                .filter(|a| PROCESS.contains(&a.key.as_str()))
                .cloned()
                .collect(),
            ..Default::default()
        }),
        scope_spans: spans.scope_spans.iter().map(scope).collect(),
        ..Default::default()
    }
}

fn scope(spans: &ScopeSpans) -> ScopeSpans {
    ScopeSpans {
        spans: spans.spans.iter().map(span).collect(),
        ..Default::default()
    }
}

fn span(span: &Span) -> Span {
    Span {
        trace_id: span.trace_id.clone(),
        span_id: span.span_id.clone(),
        parent_span_id: span.parent_span_id.clone(),
        name: span.name.clone(),
        kind: span.kind,
        start_time_unix_nano: span.start_time_unix_nano,
        end_time_unix_nano: span.end_time_unix_nano,
        // The code without its message: a message may quote what was refused.
        status: span.status.as_ref().map(|status| SpanStatus {
            code: status.code,
            ..Default::default()
        }),
        ..Default::default()
    }
}

/// Takes in outlines of other nodes; whatever else they carry is left out here too.
pub(crate) struct Outlines {
    inner: TraceServiceImpl,
}

impl Outlines {
    pub(crate) fn new(inner: TraceServiceImpl) -> Self {
        Self { inner }
    }
}

#[tonic::async_trait]
impl TraceService for Outlines {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        self.inner.export(Request::new(of(request.get_ref()))).await
    }
}

#[cfg(test)]
mod tests {
    use otlp_embedded::proto::common::v1::{AnyValue, KeyValue, any_value::Value};
    use prost::Message as _;

    use super::*;

    #[test]
    fn an_outline_keeps_names_and_times_and_nothing_that_was_said() {
        let told = |key: &str| KeyValue {
            key: key.into(),
            value: Some(AnyValue {
                value: Some(Value::StringValue("TOLD".into())),
            }),
        };
        let named = KeyValue {
            key: PROCESS[0].into(),
            value: Some(AnyValue {
                value: Some(Value::StringValue("js-intake".into())),
            }),
        };
        let span = Span {
            trace_id: vec![1; 16],
            span_id: vec![2; 8],
            name: "SubmitDemand".into(),
            attributes: vec![told("demander")],
            trace_state: "TOLD".into(),
            status: Some(SpanStatus {
                message: "TOLD".into(),
                code: 2,
            }),
            ..Default::default()
        };
        let request = ExportTraceServiceRequest {
            resource_spans: vec![ResourceSpans {
                resource: Some(Resource {
                    attributes: vec![named, told("host.name")],
                    ..Default::default()
                }),
                scope_spans: vec![ScopeSpans {
                    spans: vec![span],
                    ..Default::default()
                }],
                ..Default::default()
            }],
        };
        let bytes = of(&request).encode_to_vec();
        let has = |text: &str| bytes.windows(text.len()).any(|w| w == text.as_bytes());
        assert!(has("SubmitDemand") && has("js-intake"));
        assert!(!has("TOLD"));
    }
}
