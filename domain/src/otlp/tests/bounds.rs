//! Whose run a trace is.

use super::*;

fn key(text: &str) -> Key {
    Key::new(text).expect("a key")
}

/// The claim and the integration: its key, name, user, flow and the flow's name.
fn owner(is_root: bool, resource: &Value, own: &Value, bounds: &Bounds) -> (Claim, [String; 5]) {
    let parent = if is_root { "" } else { "EEE19B7EC3C1B173" };
    let request = request(resource, &[span(own, &json!({"parentSpanId": parent}))]);
    let taken = read(
        request.to_string().as_bytes(),
        Signal::Traces,
        Format::Json,
        bounds,
    );
    let run = run_of(&taken.expect("readable").items[0]).clone();
    let text = |text: Option<crate::report::Name>| text.unwrap_or_default().0;
    let said = match run.integration {
        None => Default::default(),
        Some(Reference::Key(key)) => [
            key.to_string(),
            String::new(),
            String::new(),
            String::new(),
            String::new(),
        ],
        Some(Reference::Whole(whole)) => {
            let flow = whole.flow.map(Reference::into_whole).unwrap_or_default();
            let flow_key = flow.key.map_or_else(String::new, |key| key.to_string());
            let key = whole.key.expect("a key").to_string();
            [
                key,
                text(whole.name),
                text(whole.user_id),
                flow_key,
                text(flow.name),
            ]
        }
    };
    (run.claim, said)
}

#[test]
fn attributes_come_before_the_key_and_the_key_before_the_service() {
    let service = json!({"service.name": "shop", "user.id": "7"});
    let named = json!({"service.name": "shop", "integration.key": "acme", "integration.name": "Acme", "flow.key": "orders", "flow.name": "Orders"});
    let own = json!({"integration.key": "own", "enduser.id": "9"});
    let (none, all) = (json!({}), Bounds::default());
    let mine = Bounds {
        integration: Some(key("mine")),
        flow: None,
    };
    let flow = Bounds {
        integration: None,
        flow: Some(key("f")),
    };
    let told = |key: &str, name: &str, user: &str, flow: &str, flow_name: &str| {
        [key, name, user, flow, flow_name].map(str::to_owned)
    };
    for (is_root, resource, own, bounds, claim, expected) in [
        (
            true,
            &service,
            &none,
            &all,
            Claim::Root,
            told("shop", "", "7", "", ""),
        ),
        (
            false,
            &service,
            &none,
            &all,
            Claim::Span,
            told("shop", "", "", "", ""),
        ),
        (
            true,
            &named,
            &none,
            &all,
            Claim::NamedByRoot,
            told("acme", "Acme", "", "orders", "Orders"),
        ),
        (
            false,
            &named,
            &none,
            &all,
            Claim::NamedBySpan,
            told("acme", "Acme", "", "orders", "Orders"),
        ),
        (
            false,
            &service,
            &own,
            &all,
            Claim::NamedBySpan,
            told("own", "", "9", "", ""),
        ),
        (
            true,
            &named,
            &own,
            &all,
            Claim::NamedByRoot,
            told("own", "Acme", "9", "orders", "Orders"),
        ),
        (
            true,
            &service,
            &none,
            &mine,
            Claim::NamedByRoot,
            told("mine", "", "7", "", ""),
        ),
        (
            false,
            &service,
            &json!({"user.id": "passing"}),
            &mine,
            Claim::NamedBySpan,
            told("mine", "", "7", "", ""),
        ),
        // The store refuses it.
        (
            true,
            &named,
            &none,
            &mine,
            Claim::NamedByRoot,
            told("acme", "Acme", "", "orders", ""),
        ),
        (
            true,
            &service,
            &none,
            &flow,
            Claim::Root,
            told("shop", "", "7", "", ""),
        ),
        (true, &none, &none, &all, Claim::Certain, Default::default()),
    ] {
        assert_eq!(
            owner(is_root, resource, own, bounds),
            (claim, expected),
            "{is_root} {resource} {own} {bounds:?}"
        );
    }
}

#[test]
fn a_name_that_somebody_chose_and_is_no_key_is_refused() {
    for own in [
        json!({"integration.key": "a\nb"}),
        json!({"integration.key": "x".repeat(129)}),
        json!({"integration.key": "a", "flow.key": ".."}),
    ] {
        let taken = take_json(&request(&json!({}), &[span(&own, &json!({}))]));
        let rejection = taken.items[0].as_ref().expect_err("refused");
        assert!(rejection.path.ends_with(".key"), "{rejection:?}");
    }
    let odd = run(
        &json!({"service.name": "a\nb"}),
        span(&json!({}), &json!({})),
    );
    assert!(matches!(odd.integration, Some(Reference::Key(key)) if key.as_str() == "a b"));
}
