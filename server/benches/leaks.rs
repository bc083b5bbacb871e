//! What the time of an answer gives away: whether an account exists, whether a workspace does.
//!
//! `cargo bench -p server --bench leaks` prints medians of 200 tries of each, taken in turns so that
//! a busy machine slows both, and their ratio. Goals S5 and S6 of the project: within 5 % and 10 %.

use std::{
    io::Write as _,
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};

use axum::{Router, body::Body};
use domain::{
    Timestamp,
    access::{Role, Token},
};
use http::{Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use server::{
    address::Peer,
    clock::{self, Clock},
    entry::Entry,
    router::router,
    state::AppState,
};
use store::{NewSession, Store};
use tower::ServiceExt as _;

const TRIES: u32 = 200;
const NOW: Timestamp = Timestamp::from_ms(1_794_474_843_250);
const SITE: &str = "http://127.0.0.1:3000";
/// Longer than a throttled account waits.
const BETWEEN_MS: i64 = 20 * 60 * 1_000;

type Failure = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let url = format!("sqlite:{}", folder.path().join("leaks.db").display());
    let store = Store::open(&url, 7).await?;
    let mut state = AppState::new(store.clone(), Clock::Fixed(NOW), SITE.to_owned(), None);
    state.entry = Entry::guarded(true);
    store.ensure_workspace("main", NOW).await?;
    let theirs = store.ensure_workspace("theirs", NOW).await?;
    store.ensure_workspace("foreign", NOW).await?;
    first_admin(&state).await?;

    let (known, unknown) = sign_ins(&state).await?;
    report(
        "signing in, wrong password: known, unknown account",
        known,
        unknown,
    )?;

    let secret = Token::Session.secret([9; 32]);
    let stranger = store
        .invite(theirs.id, "kim@acme.test", Role::Admin, NOW)
        .await??;
    let session = NewSession {
        secret: secret.clone(),
        agent: String::new(),
        address: String::new(),
    };
    store.sign_in(stranger.id, session, NOW).await?;
    let app = router(state);
    for page in [
        "flows",
        "runs",
        "runs/r",
        "integrations/i",
        "keys",
        "audit",
        "runs.csv",
    ] {
        let (mut foreign, mut missing) = (Vec::new(), Vec::new());
        for number in 0..TRIES {
            let mut both = [("foreign", &mut foreign), ("nowhere", &mut missing)];
            // Each comes first as often as the other.
            if number % 2 == 1 {
                both.reverse();
            }
            for (workspace, times) in both {
                let request = Request::get(format!("/{workspace}/{page}"))
                    .header(header::HOST, "127.0.0.1:3000")
                    .header(header::COOKIE, format!("session={secret}"));
                let (status, took) = ask(&app, request.body(Body::empty())?).await?;
                assert_eq!(status, StatusCode::NOT_FOUND);
                times.push(took);
            }
        }
        report(&format!("/…/{page}: foreign, missing"), foreign, missing)?;
    }
    Ok(())
}

/// Makes an account that has a password.
async fn first_admin(state: &AppState) -> Result<(), Failure> {
    let secret = Token::Setup.secret([1; 32]);
    state
        .store
        .create_ticket(None, &secret, NOW.plus_ms(1_000), NOW)
        .await?;
    let app = router(state.clone());
    let set_up = Request::get(format!("/setup/{secret}")).header(header::HOST, "127.0.0.1:3000");
    let answer = app.clone().oneshot(set_up.body(Body::empty())?).await?;
    let cookie = answer
        .headers()
        .get(header::SET_COOKIE)
        .ok_or("no session")?;
    let cookie = cookie
        .to_str()?
        .split(';')
        .next()
        .unwrap_or_default()
        .to_owned();
    let mut complete = form(
        "/account/complete",
        "email=dana%40acme.test&password=correct+horse+battery",
    )?;
    complete
        .headers_mut()
        .insert(header::COOKIE, cookie.parse()?);
    let (status, _) = ask(&app, complete).await?;
    assert_eq!(status, StatusCode::SEE_OTHER);
    Ok(())
}

async fn sign_ins(state: &AppState) -> Result<(Vec<Duration>, Vec<Duration>), Failure> {
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for number in 0..TRIES {
        let mut state = state.clone();
        state.clock = Clock::Fixed(NOW.plus_ms(BETWEEN_MS * (i64::from(number) + 1)));
        let app = router(state);
        for (email, times) in [("dana", &mut known), ("nobody", &mut unknown)] {
            let body = format!("email={email}%40acme.test&password=wrong{number}");
            let mut request = form("/sign-in", &body)?;
            let address = IpAddr::V4(Ipv4Addr::from(0xCB00_7100 + number));
            request.extensions_mut().insert(Peer(address));
            let (status, took) = ask(&app, request).await?;
            assert_ne!(
                status,
                StatusCode::TOO_MANY_REQUESTS,
                "it was not evaluated"
            );
            times.push(took);
        }
    }
    Ok((known, unknown))
}

fn form(path: &str, body: &str) -> Result<Request<Body>, Failure> {
    let request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header(header::HOST, "127.0.0.1:3000")
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    Ok(request.body(Body::from(body.to_owned()))?)
}

async fn ask(app: &Router, request: Request<Body>) -> Result<(StatusCode, Duration), Failure> {
    let began = clock::instant();
    let answer = app.clone().oneshot(request).await?;
    let status = answer.status();
    answer.into_body().collect().await?;
    Ok((status, began.elapsed()))
}

fn report(what: &str, one: Vec<Duration>, other: Vec<Duration>) -> Result<(), Failure> {
    let (one, other) = (median(one), median(other));
    let ratio = one.as_secs_f64() / other.as_secs_f64();
    writeln!(
        std::io::stdout(),
        "{what}: {one:.1?}, {other:.1?}, ratio {ratio:.3}"
    )?;
    Ok(())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
