//! Whose run a trace is: said by attributes, else by the key of the exporter, else by the service.
//!
//! Spans come one by one and the root comes last, so that each says how much its word weighs
//! ([`Claim`]); the store keeps the weightiest.

use super::{attributes::Attributes, call::lenient_key};
use crate::{
    Key,
    access::Bounds,
    report::{Claim, FlowReport, IntegrationReport, Name, Reference, Rejection},
};

/// What an item says of the integration of its run.
#[derive(Debug, Default)]
pub(super) struct Owner {
    pub(super) integration: Option<Reference<IntegrationReport>>,
    pub(super) claim: Claim,
}

impl Owner {
    /// What a span or log record says with its own attributes and those of its resource.
    pub(super) fn of(
        is_root: bool,
        own: &Attributes,
        resource: &Attributes,
        bounds: &Bounds,
    ) -> Result<Self, Rejection> {
        let said_here = own.text(&["integration.key"]);
        let is_own = said_here.is_some();
        let said = said_here.or_else(|| resource.text(&["integration.key"]));
        let named = match said {
            Some(text) => Some(key("integration.key", &text)?),
            None => bounds.integration.clone(),
        };
        let is_named = named.is_some();
        let service = || lenient_key(&resource.text(&["service.name"])?);
        let Some(key) = named.or_else(service) else {
            return Ok(Self::default());
        };
        // Beside a key that stands in a span of its own, or in the root, its other attributes
        // tell of the integration; anywhere else they may tell of anything.
        let empty = Attributes::default();
        let places = match (is_root || is_own, is_named) {
            (true, _) => [own, resource],
            (false, true) => [resource, &empty],
            (false, false) => [&empty, &empty],
        };
        Ok(Self {
            integration: Some(described(key, places, bounds)?),
            claim: match (is_root, is_named) {
                (true, true) => Claim::NamedByRoot,
                (false, true) => Claim::NamedBySpan,
                (true, false) => Claim::Root,
                (false, false) => Claim::Span,
            },
        })
    }
}

fn described(
    key: Key,
    places: [&Attributes; 2],
    bounds: &Bounds,
) -> Result<Reference<IntegrationReport>, Rejection> {
    let said = |names: &[&str]| places.iter().find_map(|place| place.text(names));
    let name = said(&["integration.name"]).map(Name::from);
    let user_id = said(&["user.id", "enduser.id"]).map(Name::from);
    let flow = said(&["flow.key"]).map(|text| self::key("flow.key", &text));
    let flow = flow.transpose()?.map(|key| match said(&["flow.name"]) {
        // A key for one integration may name its flow, not describe it.
        Some(name) if bounds.integration.is_none() => Reference::Whole(Box::new(FlowReport {
            key: Some(key),
            name: Some(name.into()),
            ..FlowReport::default()
        })),
        _ => Reference::Key(key),
    });
    if name.is_none() && user_id.is_none() && flow.is_none() {
        return Ok(Reference::Key(key));
    }
    Ok(Reference::Whole(Box::new(IntegrationReport {
        key: Some(key),
        name,
        user_id,
        flow,
        ..IntegrationReport::default()
    })))
}

/// A key that somebody chose: what is wrong with it is theirs to know.
fn key(path: &str, text: &str) -> Result<Key, Rejection> {
    Key::new(text.trim()).map_err(|error| Rejection::new(path, "invalid_field", error.to_string()))
}
