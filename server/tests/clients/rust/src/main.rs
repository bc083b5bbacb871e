//! Exports one run with the OpenTelemetry crates, in the words of `docs/DEVELOPING.md`. Prints its
//! trace id.

use opentelemetry::{
    KeyValue,
    trace::{Span as _, Tracer as _, TracerProvider as _},
};
use opentelemetry_sdk::Resource;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let exporter = opentelemetry_otlp::SpanExporter::builder().with_http().build()?;
    let provider = opentelemetry_sdk::trace::SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_resource(Resource::builder().with_service_name("lead-import").build())
        .build();
    let root = provider.tracer("import").span_builder("import leads")
        .with_attributes([KeyValue::new("integration.key", "int_8f31a2"), KeyValue::new("user.id", "u_1")])
        .start(&provider.tracer("import"));
    println!("{}", root.span_context().trace_id());
    drop(root);
    provider.shutdown()?;
    Ok(())
}
