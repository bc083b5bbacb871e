// Exports one run with the OpenTelemetry modules for Go, in the words of docs/DEVELOPING.md, calling
// the address that it is given.
package main

import (
	"context"
	"log"
	"net/http"
	"os"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

func syncStock(ctx context.Context) error {
	exporter, err := otlptracehttp.New(ctx) // go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp
	if err != nil {
		return err
	}
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithBatcher(exporter),
		sdktrace.WithResource(resource.NewSchemaless(
			attribute.String("service.name", "stock-sync"), attribute.String("flow.key", "stock"))),
	)
	defer provider.Shutdown(ctx)

	ctx, root := provider.Tracer("sync").Start(ctx, "sync stock", trace.WithAttributes(
		attribute.String("integration.key", "int_8f31a2"), attribute.String("user.id", "u_1")))
	defer root.End()
	client := http.Client{Transport: otelhttp.NewTransport(nil, otelhttp.WithTracerProvider(provider))}
	// A call becomes a step of this run by its context: client.Get has none.
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, os.Args[1], nil)
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	return response.Body.Close()
}

func main() {
	if err := syncStock(context.Background()); err != nil {
		log.Fatal(err)
	}
}
