//! What an HTTP status code means, in the words of RFC 9110 and the IANA registry.

/// Where all codes are listed.
pub const REGISTRY: &str =
    "https://www.iana.org/assignments/http-status-codes/http-status-codes.xhtml";

/// Whether a code tells of a failure.
#[must_use]
pub fn is_error(code: i64) -> bool {
    code >= 400
}

/// The registered name of a code; its class where the code itself is not registered.
#[must_use]
pub fn name(code: i64) -> &'static str {
    match code {
        100 => "Continue",
        101 => "Switching Protocols",
        102 => "Processing",
        103 => "Early Hints",
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        203 => "Non-Authoritative Information",
        204 => "No Content",
        205 => "Reset Content",
        206 => "Partial Content",
        207 => "Multi-Status",
        208 => "Already Reported",
        226 => "IM Used",
        300 => "Multiple Choices",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        402 => "Payment Required",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        407 => "Proxy Authentication Required",
        408 => "Request Timeout",
        409 => "Conflict",
        410 => "Gone",
        411 => "Length Required",
        412 => "Precondition Failed",
        413 => "Content Too Large",
        414 => "URI Too Long",
        415 => "Unsupported Media Type",
        416 => "Range Not Satisfiable",
        417 => "Expectation Failed",
        421 => "Misdirected Request",
        422 => "Unprocessable Content",
        423 => "Locked",
        424 => "Failed Dependency",
        425 => "Too Early",
        426 => "Upgrade Required",
        428 => "Precondition Required",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        451 => "Unavailable For Legal Reasons",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        505 => "HTTP Version Not Supported",
        506 => "Variant Also Negotiates",
        507 => "Insufficient Storage",
        508 => "Loop Detected",
        511 => "Network Authentication Required",
        _ => class(code),
    }
}

fn class(code: i64) -> &'static str {
    match code {
        100..=199 => "an informational code",
        200..=299 => "a code of success",
        300..=399 => "a redirection",
        400..=499 => "an error of the request",
        500..=599 => "an error of the server",
        _ => "not a registered code",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_named_or_else_its_class() {
        let named = [404, 429, 299, 599, 0].map(name);
        let expected = [
            "Not Found",
            "Too Many Requests",
            "a code of success",
            "an error of the server",
            "not a registered code",
        ];
        assert_eq!(named, expected);
    }
}
