// Not a part of the product. `xtask/src/test/clients/go.rs` builds it with these modules where the
// module proxy is reached, else with the same versions as Debian packages them (debian.txt).
//
// There is no go.sum: these modules were never fetched where this was written, and Debian's sources
// are patched, so that their sums are others. `go build -mod=mod` asks the checksum database.
module client

go 1.22

require (
	go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp v0.56.0
	go.opentelemetry.io/otel v1.31.0
	go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp v1.31.0
	go.opentelemetry.io/otel/sdk v1.31.0
	go.opentelemetry.io/otel/trace v1.31.0
)
