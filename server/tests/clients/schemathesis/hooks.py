"""What a schema cannot say: how some bodies are written, and which refusals of valid requests are right."""

import atexit
import base64
import hmac
import json
import os
import re
import time
import uuid
from collections import defaultdict
from urllib.parse import unquote

import requests
import schemathesis
from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

# Refusals that depend on another field, on the address or on what is stored, by their code and the
# end of the path that they name. Everything else that a schema allows must be taken.
BEYOND_A_SCHEMA = {
    # A body says its key, and another one stands in the address; inside a run, another run.
    ("other_than_address", "key"),
    ("other_than_address", "run"),
    ("invalid_field", "run"),
    # A status is a word of ours, or one that stands for it in the workspace.
    ("invalid_field", "status"),
    # A file's name of which nothing is left without its folders.
    ("invalid_field", "name"),
    # Base64 of a length that no bytes have, or of two alphabets.
    ("invalid_field", "body_base64"),
    # A moment whose zone carries it out of the years that there are.
    ("invalid_field", "_at"),
}

# To JSON Schema 5.0 is an integer.
FRACTION_OF_ZERO = re.compile(r"invalid type: floating point `-?[0-9.e+]+`, expected (u16|u32|i64|a moment )")


def is_beyond_a_schema(response):
    """Whether a refusal goes by a rule that no schema holds."""
    try:
        problem = response.json()
    except ValueError:
        return False
    # Of `flow` and `user` one is needed, and of a batch, a monitor and its key.
    if problem.get("code") in ("missing_parameter", "missing_integration_key"):
        return True
    # A day that its month has not.
    if problem.get("code") == "invalid_filter":
        return problem["detail"].startswith(("started_from", "started_to")) and "-3" in problem["detail"]
    errors = problem.get("errors") or []
    return bool(errors) and all(
        FRACTION_OF_ZERO.match(error["rule"])
        or any(error["code"] == code and error["path"].endswith(end) for code, end in BEYOND_A_SCHEMA)
        for error in errors
    )


def is_refused_in_part(response):
    """A batch is answered 200 with the items that were refused, and so are spans and log records."""
    try:
        answer = response.json()
    except ValueError:
        return False
    return isinstance(answer, dict) and bool(answer.get("rejected") or answer.get("partialSuccess"))


# By operation, the statuses of its answers: the test asks whether each has ever done its work.
ANSWERED = defaultdict(set)


@schemathesis.hook
def after_call(context, case, response):
    ANSWERED[case.operation.label].add(response.status_code)


@atexit.register
def tell_answers():
    with open(f"answered-{os.getpid()}.json", "w", encoding="utf-8") as file:
        json.dump({label: sorted(statuses) for label, statuses in ANSWERED.items()}, file)


@schemathesis.hook
def filter_failure(context, failure, case, response):
    kind = type(failure).__name__
    if kind == "RejectedPositiveData":
        return not is_beyond_a_schema(response)
    if kind == "AcceptedNegativeData":
        return not is_refused_in_part(response)
    return True


def small(node):
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        small(inner)
    if isinstance(node, dict) and isinstance(node.get("maxItems"), int) and node["maxItems"] > 1_000:
        del node["maxItems"]


@schemathesis.hook
def before_load_schema(context, schema):
    """OpenAPI 3.1 has no word for one object a line: they are what an array has.

    Lists are not filled up to their 10,000 items: tests of the server do that, and here each would
    take seconds.
    """
    small(schema)
    for operations in schema["paths"].values():
        for operation in operations.values():
            content = operation.get("requestBody", {}).get("content", {})
            if "application/x-ndjson" in content:
                content["application/x-ndjson"] = {"schema": content["application/json"]["schema"]}


@schemathesis.serializer("application/x-ndjson")
def lines(context, value):
    """The items of a list, one a line; anything else is a line as well."""
    items = value if isinstance(value, list) else [value]
    return "\n".join(json.dumps(item) for item in items).encode()


@schemathesis.hook
def map_case(context, case):
    """A valid body names the thing and the run that its address names, where it names one."""
    if case.meta.generation.mode.is_positive and isinstance(case.body, dict):
        for name in ("key", "run"):
            if isinstance(case.body.get(name), str) and name in case.path_parameters:
                case.body[name] = unquote(case.path_parameters[name])
    return case


@schemathesis.hook
def before_call(context, case, kwargs):
    """An event is signed now, with the secret of the endpoint, where nothing is wrong with it."""
    if case.operation.path == "/hooks/{endpoint}" and case.meta.generation.mode.is_positive:
        sent = case.as_transport_kwargs(base_url="http://localhost")
        request = requests.Request("POST", "http://localhost", json=sent.get("json"), data=sent.get("data"))
        body = request.prepare().body or b""
        body = body.encode() if isinstance(body, str) else body
        identifier, moment = f"msg_{uuid.uuid4().hex}", str(int(time.time()))
        secret = base64.b64decode(os.environ["IV_WEBHOOK_SECRET"].removeprefix("whsec_"))
        signed = hmac.digest(secret, f"{identifier}.{moment}.".encode() + body, "sha256")
        case.headers["webhook-id"] = identifier
        case.headers["webhook-timestamp"] = moment
        case.headers["webhook-signature"] = "v1," + base64.b64encode(signed).decode()


def messages(kind, group, scope, items):
    """Requests of exporters in protobuf, some of them cut or followed by anything."""

    def build(identifiers, name, rest):
        message = kind()
        inner = getattr(getattr(message, group).add(), scope).add()
        for trace, span in identifiers:
            item = getattr(inner, items).add()
            item.trace_id, item.span_id = trace, span
            if hasattr(item, "name"):
                item.name = name
        return message.SerializeToString() + rest

    identifiers = st.tuples(st.binary(max_size=20), st.binary(max_size=10))
    # An unknown field, which is passed over.
    rest = st.sampled_from([b"", b"\xfa\x01\x03abc"])
    return st.builds(build, st.lists(identifiers, max_size=4), st.text(max_size=20), rest)


PROTOBUF = st.one_of(
    messages(ExportTraceServiceRequest, "resource_spans", "scope_spans", "spans"),
    messages(ExportLogsServiceRequest, "resource_logs", "scope_logs", "log_records"),
)
schemathesis.openapi.media_type("application/x-protobuf", PROTOBUF)
