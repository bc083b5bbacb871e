//! How a reader likes the pages: the form that says it, and the cookie that keeps it.

use std::sync::Arc;

use app::context::{Look, Zones};
use axum::{
    Form,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
};
use domain::access::Reader;
use domain::display::Display;

use crate::{actions::own_page, zones};

/// The zones that pages may choose from.
pub(crate) const ZONES: Zones = Zones {
    find: zones::find,
    names: zones::names,
};

/// `POST /display`: keeps what was chosen and goes back to the page.
///
/// Fields that the form leaves out stay as they were, so that each control may be sent alone.
pub(crate) async fn set(headers: HeaderMap, Form(form): Form<Vec<(String, String)>>) -> Response {
    let mut display = look(&headers).display;
    let mut back = app::route::HOME.to_owned();
    for (name, value) in form.iter().take(16) {
        match name.as_str() {
            "back" => back = own_page(value).unwrap_or(back),
            "zone" if zones::find(value).is_none() => {}
            name => display.set(name, value),
        }
    }
    let mut response = Redirect::to(&back).into_response();
    if let Ok(value) = HeaderValue::from_str(&display.to_cookie()) {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
    response
}

/// What the cookie of a request says. A zone that does not exist is UTC.
pub(crate) fn look(headers: &HeaderMap) -> Look {
    let cookies = headers.get_all(header::COOKIE).iter();
    let texts = cookies.filter_map(|value| value.to_str().ok());
    let mut display = texts
        .map(Display::from_cookies)
        .find(|display| *display != Display::default())
        .unwrap_or_default();
    let zone = display.zone.as_deref().and_then(zones::find);
    if zone.is_none() {
        display.zone = None;
    }
    Look {
        display,
        zone: zone.unwrap_or_else(|| Arc::new(domain::zone::Zone::utc())),
        reader: Reader::default(),
    }
}
