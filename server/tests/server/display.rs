//! How a reader likes the pages: kept in one cookie, rendered by the server.

use axum::{
    body::Body,
    http::{Method, StatusCode, header},
};
use serde_json::json;

use crate::support::{Answer, Server, request};

async fn choose(server: &Server, cookie: &str, form: &str) -> Answer {
    let request = request(Method::POST, "/display")
        .header(header::ORIGIN, "http://127.0.0.1:3000")
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let body = Body::from(form.to_owned());
    server.send(request.body(body).expect("a request")).await
}

async fn with_cookie(server: &Server, path: &str, cookie: &str) -> String {
    let request = request(Method::GET, path).header(header::COOKIE, cookie);
    server
        .send(request.body(Body::empty()).expect("a request"))
        .await
        .text()
}

async fn with_runs() -> Server {
    let server = Server::start().await;
    for (key, started) in [
        ("spring", "2025-03-30T01:30:00Z"),
        ("first", "2025-10-26T00:30:00Z"),
        ("second", "2025-10-26T01:30:00Z"),
    ] {
        let report = json!({"integration": {"key": "i", "flow": "f"}, "status": "ok", "started_at": started});
        let answer = server.put(&format!("/api/v1/runs/{key}"), &report).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    }
    server
}

const OSLO: &str = "display=zone=Europe/Oslo";

#[tokio::test]
async fn the_menu_works_without_script_and_leads_back_to_the_page() {
    let server = with_runs().await;
    let form = "theme=dark&density=compact&live=off&zone=Europe%2FOslo&back=%2Fmain%2Fflows%2Ff%3Fsize%3D50";
    let answer = choose(&server, "", form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.headers[header::LOCATION], "/main/flows/f?size=50");
    let cookie = answer.headers[header::SET_COOKIE].to_str().expect("text");
    assert_eq!(
        cookie,
        "display=theme=dark&density=compact&live=off&zone=Europe/Oslo; Path=/; Max-Age=31536000; SameSite=Lax"
    );
    let cookie = cookie.split(';').next().expect("a pair");
    let page = with_cookie(&server, "/main/flows/f", cookie).await;
    for text in [
        "data-theme=\"dark\"",
        "data-density=\"compact\"",
        "data-live=\"off\"",
        "data-zone=\"Europe/Oslo|60:CET",
        "name=\"color-scheme\" content=\"dark\"",
    ] {
        assert!(page.contains(text), "{text}");
    }
    // Each control may be sent alone; the others stay.
    let answer = choose(&server, cookie, "theme=light&back=//evil.test").await;
    assert_eq!(answer.headers[header::LOCATION], "/");
    let cookie = answer.headers[header::SET_COOKIE].to_str().expect("text");
    assert!(
        cookie.starts_with("display=theme=light&density=compact&live=off&zone=Europe/Oslo;"),
        "{cookie}"
    );
}

#[tokio::test]
async fn without_a_choice_the_system_decides_and_nonsense_changes_nothing() {
    let server = with_runs().await;
    for cookie in [
        "",
        "display=",
        "display=theme=pink&zone=Europe/Nowhere",
        "display=zone=%22%3E%3Cscript%3E",
    ] {
        let page = with_cookie(&server, "/main/integrations/i", cookie).await;
        assert!(
            !page.contains("data-theme=") && !page.contains("data-zone="),
            "{cookie}"
        );
        assert!(
            page.contains("content=\"light dark\"") && page.contains("30 Mar 2025 01:30:00 UTC"),
            "{cookie}"
        );
    }
    let answer = choose(&server, "", "zone=Europe%2FNowhere&theme=%0d%0aX").await;
    let cookie = answer.headers[header::SET_COOKIE].to_str().expect("text");
    assert!(cookie.starts_with("display=; "), "{cookie}");
    let foreign = request(Method::POST, "/display").header("sec-fetch-site", "cross-site");
    let answer = server
        .send(foreign.body(Body::empty()).expect("a request"))
        .await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn moments_are_told_in_the_chosen_zone_on_pages_and_in_files() {
    let server = with_runs().await;
    let page = with_cookie(&server, "/main/integrations/i", OSLO).await;
    for text in [
        "30 Mar 2025 03:30:00 CEST",
        "26 Oct 2025 02:30:00 CEST",
        "26 Oct 2025 02:30:00 CET",
        "(Europe/Oslo)",
    ] {
        assert!(page.contains(text), "{text}");
    }
    let file = with_cookie(&server, "/main/integrations/i/runs.csv", OSLO).await;
    assert!(
        file.contains("2025-10-26T02:30:00.000+01:00")
            && file.contains("2025-10-26T02:30:00.000+02:00"),
        "{file}"
    );
    let file = server.get("/main/integrations/i/runs.json").await.text();
    assert!(file.contains("2025-10-26T01:30:00.000Z"), "{file}");
}

#[tokio::test]
async fn what_was_typed_in_a_zone_means_the_same_to_whoever_opens_the_link() {
    let server = with_runs().await;
    let query = "?zone=Europe%2FOslo&started_from=2025-10-26T02:00&started_to=2025-10-26T02:59";
    for cookie in ["", OSLO, "display=zone=Asia/Tokyo"] {
        let file = with_cookie(
            &server,
            &format!("/main/integrations/i/runs.csv{query}"),
            cookie,
        )
        .await;
        // The hour that comes twice is the first one.
        assert!(
            file.contains("first") && !file.contains("second") && !file.contains("spring"),
            "{file}"
        );
        let page = with_cookie(&server, &format!("/main/integrations/i{query}"), cookie).await;
        // Links that are made are always in UTC.
        assert!(
            page.contains("started_from=2025-10-26T00%3A00") && !page.contains("&amp;zone="),
            "{cookie}"
        );
    }
    let page = with_cookie(&server, &format!("/main/integrations/i{query}"), OSLO).await;
    assert!(page.contains("Started 2025-10-26 02:00 to 2025-10-26 02:59 Europe/Oslo"));
    let unknown = server
        .get("/main/integrations/i?zone=Mars&started_from=2025-10-26T01:00")
        .await
        .text();
    assert!(unknown.contains("zone=Mars") && unknown.contains("means nothing here"));
}
