"""Exports one run of an integration with the official OpenTelemetry SDK for Python.

Where to and with which key is in OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_EXPORTER_OTLP_HEADERS, as
everywhere. Prints the trace id. Every span leaves twice, in two orders.
"""

import http.server
import json
import logging
import sys
import threading

import requests
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor


class Crm(http.server.BaseHTTPRequestHandler):
    """What the integration talks to: it knows one contact."""

    def do_GET(self):
        found = self.path == "/contacts/1"
        body = json.dumps({"id": 1} if found else {"error": "no such contact"}).encode()
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def keep_bodies(span, response):
    """Bodies are in no convention: they are set on purpose."""
    span.set_attribute("integration.response.body", response.text)


def main():
    crm = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Crm)
    threading.Thread(target=crm.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{crm.server_port}"

    resource = Resource.create(
        {
            "service.name": "contact-sync",
            "integration.key": "int_python",
            "integration.name": "Contacts of Acme",
            "flow.key": "contacts",
            "flow.name": "Contact sync",
        }
    )
    spans = TracerProvider(resource=resource)
    # The child leaves at once, before its root; and all of them again, compressed, at the end.
    spans.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter()))
    spans.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(compression=Compression.Gzip)))
    records = LoggerProvider(resource=resource)
    records.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter()))
    logger = logging.getLogger("sync")
    logger.setLevel(logging.INFO)
    logger.addHandler(LoggingHandler(level=logging.INFO, logger_provider=records))
    RequestsInstrumentor().instrument(tracer_provider=spans, response_hook=lambda span, _, response: keep_bodies(span, response))

    tracer = spans.get_tracer("sync")
    with tracer.start_as_current_span("sync contacts", attributes={"user.id": "u_1"}) as root:
        logger.info("%s contacts to do", 2, extra={"batch": 7})
        requests.get(f"{address}/contacts/1", timeout=5)
        try:
            with tracer.start_as_current_span("update contact") as child:
                child.add_event("looked up", {"contact": 2})
                requests.get(f"{address}/contacts/2", timeout=5).raise_for_status()
        except requests.HTTPError:
            logger.exception("contact 2 is lost")
        trace_id = trace.format_trace_id(root.get_span_context().trace_id)
    flushed = spans.force_flush() and records.force_flush()
    spans.shutdown()
    records.shutdown()
    if not flushed:
        sys.exit("not everything was exported")
    print(trace_id)


if __name__ == "__main__":
    main()
