//! Bodies as readers see them: indented, folded, searched, taken apart, compared, made a command.
#![no_main]

use arbitrary::Arbitrary;
use domain::{
    Body, Headers, Payload, body, curl, diff, json,
    lines::{Form, Lines, view::View},
    multipart,
    payload::{Request, Response},
};
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Read<'a> {
    content_type: &'a str,
    needle: &'a str,
    columns: u8,
    then: &'a [u8],
    now: &'a [u8],
}

fuzz_target!(|read: Read<'_>| {
    let kind = body::kind(read.now, Some(read.content_type));
    for form in [Form::of(kind), Form::Json, Form::Xml, Form::Raw] {
        let (lines, _) = Lines::read(read.now, form);
        assert!(lines.count() > 0);
        for line in 0..lines.count().min(200) {
            let pieces = lines.pieces(line);
            pieces.iter().for_each(|piece| _ = lines.source(*piece));
            assert!(lines.closing(line).is_none_or(|closing| closing > line && closing < lines.count()));
            assert!(lines.parent(line).is_none_or(|parent| parent < line));
            let _ = (lines.path(line), lines.value(line));
        }
        let mut view = View::new(lines, usize::from(read.columns).max(1));
        view.search(read.needle);
        view.next_found(false);
        view.fold_to(Some(1));
        view.go(1);
        for row in 0..view.rows().min(200) {
            assert!(view.row(row).is_some());
        }
        view.fold_to(None);
        assert!(view.set_columns(usize::from(read.columns) + 2) || view.rows() > 0);
    }
    let _ = (body::form(read.now), body::show(read.now), body::hex_head(read.now, 4));
    if let Some((parts, _)) = multipart::parts(read.now, read.content_type) {
        assert!(parts.len() <= multipart::MOST_PARTS);
    }
    let payload = |bytes: &[u8]| Payload {
        request: Some(Request {
            method: Some("POST".to_owned()),
            url: Some(read.needle.to_owned()),
            headers: Headers(vec![("content-type".to_owned(), read.content_type.to_owned())]),
            body: Some(Body { bytes: bytes.to_vec(), ..Body::default() }),
        }),
        response: Some(Response {
            status: Some(200),
            headers: Headers(vec![("content-type".to_owned(), read.content_type.to_owned())]),
            body: Some(Body { bytes: bytes.to_vec(), ..Body::default() }),
        }),
        object: None,
    };
    let (then, now) = (payload(read.then), payload(read.now));
    let _ = diff::payloads(&then, &now);
    let _ = now.request.as_ref().and_then(curl::command);
    if let Ok(text) = std::str::from_utf8(read.now) {
        let _ = json::pretty(text, 100);
    }
});
