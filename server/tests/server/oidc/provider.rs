//! An identity provider on loopback: real keys, real signatures, and every lie that is asked of it.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard},
};

use axum::{
    Form, Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Redirect, Response},
    routing::{get, post},
    serve::Listener,
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD as URL},
};
use ring::{
    digest, hmac,
    rand::SystemRandom,
    rsa::PublicKeyComponents,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
    },
};
use serde_json::{Map, Value, json};
use server::oidc::{Secret, Settings};
use tokio::net::TcpListener;

use super::tls::Tls;
use crate::support::NOW;

pub(super) const CLIENT: &str = "integration-view";
/// With letters that a form encodes.
pub(super) const SECRET: &str = "hush: a+b/c=";

/// With what a token is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signed {
    Rs256,
    Es256,
    /// By somebody else, in the name of the provider's key.
    ByAnother,
    /// With the client's secret, which the client knows too.
    Hs256,
    /// With the provider's public key as if it were a secret.
    Confused,
    Not,
}

/// What its description is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Described {
    Truly,
    /// It is somewhere else.
    Elsewhere,
    TooLong,
    /// It sends people and secrets over the open net.
    Plain,
    OfAnother,
    NoJson,
}

/// What it knows, and how it behaves.
pub(super) struct Says {
    pub(super) signed: Signed,
    /// Claims that differ from the usual ones; `null` leaves one out.
    pub(super) claims: Map<String, Value>,
    /// What is said beside the token.
    pub(super) userinfo: Value,
    pub(super) away: bool,
    pub(super) described: Described,
    /// How it names its elliptic key.
    pub(super) kid: String,
    /// How often it was asked for its keys.
    pub(super) asked: usize,
    codes: HashMap<String, HashMap<String, String>>,
    rsa: RsaKeyPair,
    ec: EcdsaKeyPair,
}

/// Cheap to clone.
#[derive(Clone)]
pub(super) struct Provider {
    pub(super) issuer: String,
    says: Arc<Mutex<Says>>,
}

fn elliptic() -> EcdsaKeyPair {
    let random = SystemRandom::new();
    let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random);
    let key = key.expect("a key");
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key.as_ref(), &random)
        .expect("a key")
}

impl Provider {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        Self::on(listener)
    }

    /// One that comes back to where it was.
    pub(super) async fn start_at(address: SocketAddr) -> Self {
        Self::on(TcpListener::bind(address).await.expect("the port"))
    }

    fn on(listener: TcpListener) -> Self {
        let address = listener.local_addr().expect("an address");
        Self::at(format!("http://{address}/realms/acme"), listener)
    }

    /// One behind TLS.
    pub(super) async fn start_tls() -> Self {
        let listener = Tls::bind().await;
        let port = listener.port();
        Self::at(format!("https://localhost:{port}/realms/acme"), listener)
    }

    fn at<L: Listener<Addr = SocketAddr>>(issuer: String, listener: L) -> Self {
        let provider = Self {
            issuer,
            says: Arc::new(Mutex::new(Says {
                signed: Signed::Rs256,
                claims: Map::new(),
                userinfo: json!({"sub": "u-1"}),
                away: false,
                described: Described::Truly,
                kid: "e".to_owned(),
                asked: 0,
                codes: HashMap::new(),
                rsa: RsaKeyPair::from_pkcs8(include_bytes!("rsa.der")).expect("a key"),
                ec: elliptic(),
            })),
        };
        let at = |path: &str| format!("/realms/acme/{path}");
        let router = Router::new()
            .route(&at(".well-known/openid-configuration"), get(discovery))
            .route(&at("elsewhere"), get(elsewhere))
            .route(&at("keys"), get(keys))
            .route(&at("token"), post(token))
            .route(&at("userinfo"), get(userinfo))
            .with_state(provider.clone());
        tokio::spawn(async { axum::serve(listener, router).await });
        provider
    }

    pub(super) fn says(&self) -> MutexGuard<'_, Says> {
        self.says.lock().expect("nobody panicked")
    }

    pub(super) fn lie(&self, claim: &str, value: Value) {
        self.says().claims.insert(claim.to_owned(), value);
    }

    /// Takes another key, under another name.
    pub(super) fn rotate(&self) {
        let mut says = self.says();
        says.ec = elliptic();
        says.kid = "e2".to_owned();
    }

    pub(super) fn settings(&self) -> Settings {
        Settings {
            issuer: self.issuer.clone(),
            client_id: CLIENT.to_owned(),
            secret: Secret::new(SECRET),
            label: "Acme".to_owned(),
            join: None,
            roots: None,
        }
    }

    /// What somebody's consent at this address leads to: a path with a code.
    pub(super) fn consent(&self, url: &str) -> String {
        let (to, query) = url.split_once('?').expect("a query");
        assert_eq!(to, format!("{}/authorize", self.issuer));
        let asked: HashMap<String, String> = serde_urlencoded::from_str(query).expect("a query");
        for (name, value) in [
            ("response_type", "code"),
            ("client_id", CLIENT),
            ("scope", "openid email"),
            ("code_challenge_method", "S256"),
            (
                "redirect_uri",
                "http://127.0.0.1:3000/sign-in/oidc/callback",
            ),
        ] {
            assert_eq!(asked[name], value, "{name}");
        }
        let mut says = self.says();
        let code = format!("code-{}", says.codes.len());
        let state = asked["state"].clone();
        says.codes.insert(code.clone(), asked);
        format!("/sign-in/oidc/callback?code={code}&state={state}")
    }
}

async fn discovery(State(provider): State<Provider>) -> Response {
    let says = provider.says();
    if says.away {
        return StatusCode::BAD_GATEWAY.into_response();
    }
    let issuer = &provider.issuer;
    let mut document = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
    });
    match says.described {
        Described::Truly => {}
        Described::Elsewhere => {
            return Redirect::temporary(&format!("{issuer}/elsewhere")).into_response();
        }
        Described::TooLong => document["more"] = json!("x".repeat(1_024 * 1_024)),
        Described::Plain => document["token_endpoint"] = json!("http://localhost/token"),
        Described::OfAnother => document["issuer"] = json!("https://id.evil.test"),
        Described::NoJson => return "<html>".into_response(),
    }
    Json(document).into_response()
}

/// Where a redirect leads: as good as the first place, for whoever follows.
async fn elsewhere(State(provider): State<Provider>) -> Response {
    provider.says().described = Described::Truly;
    discovery(State(provider)).await
}

async fn keys(State(provider): State<Provider>) -> Json<Value> {
    let mut says = provider.says();
    says.asked += 1;
    let rsa = PublicKeyComponents::<Vec<u8>>::from(says.rsa.public_key());
    let point = says.ec.public_key().as_ref();
    Json(json!({"keys": [
        {"kty": "new", "kid": "that nobody knows yet"},
        {"kty": "RSA", "kid": "r", "use": "sig", "alg": "RS256", "n": URL.encode(rsa.n), "e": URL.encode(rsa.e)},
        {"kty": "EC", "kid": says.kid, "crv": "P-256", "x": URL.encode(&point[1..33]), "y": URL.encode(&point[33..])},
    ]}))
}

async fn userinfo(
    State(provider): State<Provider>,
    headers: HeaderMap,
) -> (StatusCode, Json<Value>) {
    match headers[header::AUTHORIZATION] == "Bearer at-1" {
        true => (StatusCode::OK, Json(provider.says().userinfo.clone())),
        false => (StatusCode::UNAUTHORIZED, Json(Value::Null)),
    }
}

/// As strict as a provider should be: the client's secret, a code once, and who asked for it.
async fn token(
    State(provider): State<Provider>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> (StatusCode, Json<Value>) {
    let refused = |error: &str| (StatusCode::BAD_REQUEST, Json(json!({"error": error})));
    let mut says = provider.says();
    if says.away {
        return (StatusCode::BAD_GATEWAY, Json(Value::Null));
    }
    let encoded = "integration-view:hush%3A+a%2Bb%2Fc%3D";
    let basic = format!("Basic {}", STANDARD.encode(encoded));
    if headers
        .get(header::AUTHORIZATION)
        .is_none_or(|value| *value != *basic)
    {
        return refused("invalid_client");
    }
    let Some(asked) = says.codes.get_mut(&form["code"]).map(std::mem::take) else {
        return refused("invalid_grant");
    };
    let challenge = digest::digest(&digest::SHA256, form["code_verifier"].as_bytes());
    if asked.get("code_challenge") != Some(&URL.encode(challenge))
        || form["redirect_uri"] != asked["redirect_uri"]
        || form["grant_type"] != "authorization_code"
    {
        return refused("invalid_grant");
    }
    let now = NOW.as_ms() / 1_000;
    let mut claims = json!({
        "iss": provider.issuer, "aud": CLIENT, "sub": "u-1", "iat": now, "exp": now + 300,
        "nonce": asked["nonce"], "email": "dana@acme.test", "email_verified": true,
    });
    for (name, value) in &says.claims {
        match value {
            Value::Null => drop(claims.as_object_mut().expect("an object").remove(name)),
            value => claims[name] = value.clone(),
        }
    }
    let answer =
        json!({"access_token": "at-1", "token_type": "Bearer", "id_token": signed(&says, &claims)});
    (StatusCode::OK, Json(answer))
}

fn signed(says: &Says, claims: &Value) -> String {
    let (alg, kid) = match says.signed {
        Signed::Rs256 => ("RS256", "r"),
        Signed::Es256 | Signed::ByAnother => ("ES256", says.kid.as_str()),
        Signed::Hs256 | Signed::Confused => ("HS256", "r"),
        Signed::Not => ("none", "r"),
    };
    let part = |value: &Value| URL.encode(value.to_string());
    let message = format!(
        "{}.{}",
        part(&json!({"alg": alg, "kid": kid})),
        part(claims)
    );
    let bytes = message.as_bytes();
    let random = SystemRandom::new();
    let tag = |secret: &[u8]| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
        hmac::sign(&key, bytes).as_ref().to_vec()
    };
    let by = |key: &EcdsaKeyPair| {
        key.sign(&random, bytes)
            .expect("a signature")
            .as_ref()
            .to_vec()
    };
    let signature = match says.signed {
        Signed::Rs256 => {
            let mut signature = vec![0; says.rsa.public().modulus_len()];
            let done = says
                .rsa
                .sign(&RSA_PKCS1_SHA256, &random, bytes, &mut signature);
            done.expect("a signature");
            signature
        }
        Signed::Es256 => by(&says.ec),
        Signed::ByAnother => by(&elliptic()),
        Signed::Hs256 => tag(SECRET.as_bytes()),
        Signed::Confused => tag(says.rsa.public_key().as_ref()),
        Signed::Not => Vec::new(),
    };
    format!("{message}.{}", URL.encode(signature))
}
