// Exports one run of an integration with the official OpenTelemetry SDK for Node, in JSON.
//
// Where to and with which key is in OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_EXPORTER_OTLP_HEADERS, as
// everywhere. Prints the trace id.

import { SpanStatusCode, trace } from "@opentelemetry/api";
import { SeverityNumber } from "@opentelemetry/api-logs";
import { OTLPLogExporter } from "@opentelemetry/exporter-logs-otlp-http";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { registerInstrumentations } from "@opentelemetry/instrumentation";
import { HttpInstrumentation } from "@opentelemetry/instrumentation-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchLogRecordProcessor, LoggerProvider } from "@opentelemetry/sdk-logs";
import { BatchSpanProcessor, NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import { createRequire } from "node:module";

const resource = resourceFromAttributes({
  "service.name": "order-export",
  "integration.key": "int_node",
  "flow.key": "orders",
});
const spans = new NodeTracerProvider({
  resource,
  // The child leaves at once, before its root; and all of them again at the end.
  spanProcessors: [new SimpleSpanProcessor(new OTLPTraceExporter()), new BatchSpanProcessor(new OTLPTraceExporter())],
});
spans.register();
const records = new LoggerProvider({ resource, processors: [new BatchLogRecordProcessor({ exporter: new OTLPLogExporter() })] });
registerInstrumentations({
  tracerProvider: spans,
  instrumentations: [
    new HttpInstrumentation({
      disableIncomingRequestInstrumentation: true,
      // Bodies are in no convention: they are set on purpose.
      responseHook: (span) => span.setAttribute("integration.response.body", '{"error":"sold out"}'),
    }),
  ],
});
// Only what is loaded from now on is instrumented, and only in this way of loading.
const http = createRequire(import.meta.url)("node:http");

// What the integration talks to.
const shop = http.createServer((_, answer) => answer.writeHead(503, { "content-type": "application/json" }).end('{"error":"sold out"}'));
await new Promise((listening) => shop.listen(0, "127.0.0.1", listening));

function order(id) {
  return new Promise((ended, failed) => {
    const options = { host: "127.0.0.1", port: shop.address().port, path: `/orders/${id}`, method: "PUT" };
    const request = http.request(options, (answer) => answer.resume().on("end", () => ended(answer.statusCode)));
    request.on("error", failed).end("{}");
  });
}

const tracer = trace.getTracer("orders");
const traceId = await tracer.startActiveSpan("export orders", async (root) => {
  records.getLogger("orders").emit({ severityNumber: SeverityNumber.WARN, body: "1 order to do", attributes: { batch: 7 } });
  const code = await order(1);
  const error = new Error(`the shop answered ${code}`);
  root.recordException(error);
  root.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
  root.end();
  return root.spanContext().traceId;
});
await spans.forceFlush();
await records.forceFlush();
await spans.shutdown();
await records.shutdown();
shop.closeAllConnections();
shop.close();
console.log(traceId);
