//! The answers that failing calls get, and what the engine says of them.

use super::{
    catalogue::Flow,
    cause::Cause,
    item::{Body, Headers},
    script::Scene,
};

/// A bad answer and what the engine says of it.
#[derive(Debug)]
pub(super) struct Bad {
    pub(super) status: Option<u16>,
    pub(super) headers: Headers,
    pub(super) body: Body,
    pub(super) said: String,
    pub(super) class: &'static str,
}

/// The answer that `cause` brings.
pub(super) fn bad(cause: Cause, scene: &mut Scene<'_>) -> Bad {
    let app = scene.seat.flow.target().name;
    let json = |text: String| {
        (
            vec![("Content-Type", "application/json".to_owned())],
            Body::Json(text),
        )
    };
    let html = |text: &str| {
        (
            vec![("Content-Type", "text/html".to_owned())],
            Body::Text(text.to_owned()),
        )
    };
    let (status, class, said, (headers, body)) = match cause {
        Cause::TokenExpired => {
            let (mut headers, body) = json(format!(
                r#"{{"error":{{"code":"TOKEN_EXPIRED","message":"The access token has expired. Ask the user to connect again.","documentation":"https://docs.pipeloom.example/api/v2/error-codes#TOKEN_EXPIRED","trace":"{}"}}}}"#,
                scene.random.hex(),
            ));
            let challenge =
                r#"Bearer realm="pipeloom", error="invalid_token", error_description="expired""#;
            headers.push(("WWW-Authenticate", challenge.to_owned()));
            (
                401,
                "Configuration",
                format!("{app} answered 401 TOKEN_EXPIRED"),
                (headers, body),
            )
        }
        Cause::PermissionLost => {
            let text = r#"{"error":{"code":"INSUFFICIENT_SCOPE","message":"This connection may no longer write.","required":["write"],"granted":["read"]}}"#;
            (
                403,
                "Configuration",
                format!("{app} answered 403 INSUFFICIENT_SCOPE"),
                json(text.to_owned()),
            )
        }
        Cause::Outage => {
            let (mut headers, body) = html(UNAVAILABLE);
            headers.push(("Retry-After", "3600".to_owned()));
            (
                503,
                "External",
                "Norrland ERP answered 503 Service Unavailable".to_owned(),
                (headers, body),
            )
        }
        Cause::RateLimited => {
            let wait_s = scene.random.between(20, 60);
            let (mut headers, body) = json(format!(
                r#"{{"type":"rate_limited","title":"Too many requests","detail":"600 requests per minute are allowed for this account.","retry_after":{wait_s}}}"#
            ));
            headers.push(("Retry-After", wait_s.to_string()));
            headers.push(("X-RateLimit-Limit", "600".to_owned()));
            headers.push(("X-RateLimit-Remaining", "0".to_owned()));
            (
                429,
                "External",
                format!("{app} answered 429 Too Many Requests three times"),
                (headers, body),
            )
        }
        Cause::TimedOut => (
            504,
            "External",
            format!("{app} answered 504 Gateway Timeout"),
            html(TIMEOUT),
        ),
        Cause::Invalid => {
            let (field, value, rule) = invalid(scene.seat.flow);
            let text = format!(
                r#"{{"message":"Validation failed","errors":[{{"field":"{field}","code":"invalid","value":"{value}","detail":"{rule}"}}]}}"#
            );
            (
                422,
                "External",
                format!("{app} answered 422: {field} {rule}"),
                json(text),
            )
        }
        Cause::Fault => {
            let said =
                format!("{app} answered with a SOAP fault: article is locked for stocktaking");
            let headers = vec![("Content-Type", "text/xml; charset=utf-8".to_owned())];
            (
                500,
                "External",
                said,
                (headers, Body::Text(FAULT.to_owned())),
            )
        }
        Cause::MiddleFailed { .. } => {
            let text = format!(
                r#"{{"error":{{"code":"COMPANY_NOT_FOUND","message":"No company with domain {}."}}}}"#,
                scene.seat.company.domain,
            );
            (
                404,
                "External",
                format!("{app} answered 404 COMPANY_NOT_FOUND"),
                json(text),
            )
        }
        Cause::Reset => {
            let said = format!("{app} closed the connection without an answer, three times");
            let (headers, body) = html("");
            return Bad {
                status: None,
                headers,
                body,
                said,
                class: "Technical",
            };
        }
        _ => (
            502,
            "External",
            format!("{app} answered 502 Bad Gateway"),
            html(GATEWAY),
        ),
    };
    Bad {
        status: Some(status),
        headers,
        body,
        said,
        class,
    }
}

/// Field, value and rule that a flow's target insists on.
pub(super) fn invalid(flow: Flow) -> (&'static str, &'static str, &'static str) {
    match flow {
        Flow::Leads => ("email", "info@@home.test", "is not an e-mail address"),
        Flow::Invoices => ("tax_code", "DE16", "is not valid in this period"),
        _ => ("phone", "0000", "is too short (minimum is 7 digits)"),
    }
}

const UNAVAILABLE: &str = "<!DOCTYPE html>\n<html lang=\"en\">\n<head><title>503 Service Unavailable</title></head>\n<body>\n<h1>Norrland ERP is not available</h1>\n<p>We are working on a disturbance in our data centre. Please try again in an hour.</p>\n</body>\n</html>\n";
const TIMEOUT: &str = "<html>\r\n<head><title>504 Gateway Time-out</title></head>\r\n<body>\r\n<center><h1>504 Gateway Time-out</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";
const GATEWAY: &str = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";
const FAULT: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">
  <soap:Body>
    <soap:Fault>
      <faultcode>soap:Server</faultcode>
      <faultstring>ARTICLE_LOCKED: article is locked for stocktaking</faultstring>
      <detail>
        <NorrlandFault xmlns="urn:norrland:faults:1" number="4711" retry="true"/>
      </detail>
    </soap:Fault>
  </soap:Body>
</soap:Envelope>
"#;
