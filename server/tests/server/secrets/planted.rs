//! Invented secrets, and reports that hold one in each of their places.

use std::io::Read as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{
    percent::push_encoded,
    redact::{Names, Rules},
};
use serde_json::{Value, json};

/// In the middle of every secret; cards have none, they are looked for themselves.
pub(super) const SENTINELS: [&str; 6] = [
    "c0ffee5ec7e7d00d",
    "C0FFEE5EC7E7D00D",
    "4111111111111111",
    "5555555555554444",
    "378282246310005",
    "4111 1111 1111 1111",
];

/// Before and behind a secret in a sentence.
pub(super) const SENTENCES: [(&str, &str); 12] = [
    ("login failed, password=", " was refused"),
    ("connect with pwd=", "; timeout 30 s"),
    ("config: api_key: ", ", region: eu"),
    ("retrying with token=", ""),
    ("X-Api-Key: ", ""),
    ("client_secret = ", " is not valid"),
    ("options {password: '", "', user: 'ann'}"),
    ("{\"msg\": \"x\", \"secret\": \"", "\"}"),
    ("GET /v1/contacts?access_token=", "&limit=10 HTTP/1.1"),
    ("dsn postgres://app:", "@db.test:5432/crm"),
    ("env DB_PASSWORD=\"", "\" missing"),
    ("request.headers.authorization: Bearer ", " (401)"),
];

/// Numbers that seem random and are the same in every run.
#[derive(Debug)]
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn of(&mut self, letters: &str, length: usize) -> String {
        let letters = letters.as_bytes();
        let any = |random: &mut Self| {
            char::from(letters[(random.next() % letters.len() as u64) as usize])
        };
        (0..length).map(|_| any(self)).collect()
    }

    pub(super) fn text(&mut self, length: usize) -> String {
        let rest = self.of(
            "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789",
            length - 2,
        );
        // Never a word, as a person's password rarely is one either.
        format!("a{rest}7")
    }
}

/// A secret: known by its looks, or by the name beside it.
#[derive(Debug)]
pub(super) struct Secret {
    name: Option<&'static str>,
    value: String,
}

const NAMES: [&str; 20] = [
    "password",
    "secret",
    "passwd",
    "api_key",
    "apikey",
    "auth",
    "credentials",
    "mysql_pwd",
    "private_key",
    "token",
    "access_token",
    "refreshToken",
    "client-secret",
    "X-Api-Key",
    "sessionid",
    "signature",
    "cookie",
    "Authorization",
    "card[number]",
    "csrf_token",
];

impl Secret {
    pub(super) fn new(number: usize, random: &mut Random) -> Self {
        let [low, high] = [SENTINELS[0], SENTINELS[1]];
        let text = |random: &mut Random, length: usize| {
            let left = (length - low.len()) / 2;
            let right = length - low.len() - left;
            format!(
                "{}{low}{}",
                random.text(left.max(2)),
                random.text(right.max(2))
            )
        };
        let shape = |value: String| Self { name: None, value };
        match number % 26 {
            0 => shape(format!("AKIA{high}")),
            1 => shape(format!("ghp_{}", text(random, 36))),
            2 => shape(format!("github_pat_{}", text(random, 60))),
            3 => shape(format!("xoxb-1234567890-{}", text(random, 24))),
            4 => shape(format!(
                "https://hooks.slack.com/services/T0000/B0000/{}",
                text(random, 24)
            )),
            5 => shape(format!("sk_live_{}", text(random, 24))),
            6 => shape(format!("whsec_{}", text(random, 32))),
            7 => shape(format!("AIza{}", text(random, 35))),
            8 => shape(format!("ya29.{}", text(random, 60))),
            9 => shape(format!("glpat-{}", text(random, 20))),
            10 => shape(format!("npm_{}", text(random, 36))),
            11 => shape(format!("SG.{}.{}", text(random, 22), text(random, 43))),
            12 => shape(format!("SK{low}{}", random.of("0123456789abcdef", 16))),
            13 => shape(format!("sk-proj-{}A9", text(random, 40))),
            14 => shape(format!("iv_ingest_{}", text(random, 49))),
            15 => shape(format!(
                "eyJhbGciOiJIUzI1NiJ9.{}.{}",
                text(random, 60),
                text(random, 43)
            )),
            16 => shape(format!(
                "-----BEGIN RSA PRIVATE KEY-----\nMII{}\n{}\n-----END RSA PRIVATE KEY-----",
                text(random, 60),
                text(random, 60)
            )),
            17 => shape(format!("Bearer {}", text(random, 40))),
            18 => shape(format!(
                "Basic {}",
                STANDARD.encode(format!("ann:{}", text(random, 20)))
            )),
            19 => shape(SENTINELS[2 + number / 26 % 4].to_owned()),
            20 => shape(format!("postgres://ann:{}@db.test/crm", text(random, 20))),
            _ => Self {
                name: Some(NAMES[number / 5 % NAMES.len()]),
                value: text(random, 18 + number % 30),
            },
        }
    }

    /// In a sentence or a field of a form.
    fn text(&self) -> String {
        match self.name {
            Some(name) => format!("{name}={}", self.value),
            None => format!("it is {} here", self.value),
        }
    }

    /// As JSON.
    fn json(&self) -> Value {
        match self.name {
            Some(name) => json!({"a": 1, name: self.value}),
            None => json!({"a": 1, "note": self.value}),
        }
    }

    fn xml(&self) -> String {
        match self.name {
            // A bracket cannot stand in the name of an element.
            Some("card[number]") => format!("<a><cardNumber>{}</cardNumber></a>", self.value),
            Some(name) => format!("<a><ns:{name} x=\"1\">{}</ns:{name}></a>", self.value),
            None => format!("<a><note>{}</note></a>", self.value),
        }
    }

    fn part(&self) -> String {
        let name = self.name.unwrap_or("note");
        format!(
            "--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{}\r\n--b--\r\n",
            self.value
        )
    }
}

/// How a secret is written.
#[derive(Debug, Clone, Copy)]
pub(super) enum Coding {
    Plain,
    Url,
    Base64,
    Gzip,
}

impl Coding {
    pub(super) const ALL: [Self; 4] = [Self::Plain, Self::Url, Self::Base64, Self::Gzip];

    fn text(self, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Url => {
                let mut code = String::new();
                push_encoded(&mut code, text);
                code
            }
            Self::Base64 => STANDARD.encode(text),
            Self::Gzip => STANDARD.encode(packed(text)),
        }
    }

    /// A body: packed as it is, where it may be bytes.
    fn body(self, text: &str) -> Value {
        match self {
            Self::Gzip => json!(STANDARD.encode(packed(text))),
            other => json!(STANDARD.encode(other.text(text))),
        }
    }
}

fn packed(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    flate2::read::GzEncoder::new(text.as_bytes(), flate2::Compression::fast())
        .read_to_end(&mut bytes)
        .expect("memory");
    bytes
}

pub(super) fn key(number: usize, coding: Coding) -> String {
    format!("r{number}-{}", format!("{coding:?}").to_lowercase())
}

/// A run with the secret in twenty-nine places.
pub(super) fn run(number: usize, secret: &Secret, coding: Coding) -> Value {
    let text = coding.text(&secret.text());
    let json = secret.json();
    let in_address = match coding {
        // In an address even a plain text is written so.
        Coding::Plain => Coding::Url.text(&secret.text()),
        _ => text.clone(),
    };
    let nested = json!({"event": {"body": json.to_string()}}).to_string();
    let step = |key: &str, request: Value, response: Value, object: Value| {
        json!({"key": key, "app": {"key": "crm", "name": format!("CRM {text}"), "contact": text, "documentation_url": format!("https://crm.test/?q={in_address}")},
            "name": format!("Send {text}"), "error": format!("refused: {text}"), "status": "failed",
            "request": request, "response": response, "object": object})
    };
    let headers = json!({"Authorization": format!("Bearer {}", secret.value), "X-Note": text, "Cookie": secret.value});
    json!({
        "type": "run", "key": key(number, coding), "status": "failed",
        "summary": format!("sent {text}"), "error": text,
        "trigger": {"app": text, "name": format!("Trigger {text}"), "type": text},
        "integration": {"key": format!("i{}", number % 50), "name": text, "user_id": "dana@acme.test", "description": text, "status_reason": text,
            "flow": {"key": "f", "name": text, "description": format!("does {text}"), "group": text, "interface_type": text}},
        "log": [{"key": "1", "message": format!("sent {text}"), "description": text}],
        "steps": [
            step("1",
                json!({"method": "POST", "url": format!("https://ann:{0}@crm.test/v1/{in_address}/x?q={in_address}&token={0}#{in_address}", Coding::Url.text(&secret.value)), "headers": headers, "body_base64": coding.body(&json.to_string())}),
                json!({"status": 401, "headers": {"Set-Cookie": secret.value, "X-Echo": text}, "body_base64": coding.body(&nested)}),
                json!({"password": secret.value, "note": text, "inner": json})),
            step("2",
                json!({"url": "/", "body_base64": coding.body(&secret.xml())}),
                json!({"status": 400, "body_base64": coding.body(&format!("a=1&{}&b=2", form(secret)))}),
                json!({"list": [text]})),
            step("3",
                json!({"url": "/", "headers": {"Content-Type": "multipart/form-data; boundary=b"}, "body_base64": coding.body(&secret.part())}),
                json!({"status": 400, "body_base64": coding.body(&format!("line one\n{}\nline three", secret.text()))}),
                json!({"x": json.to_string()})),
        ],
    })
}

/// The name and the bytes of a file with the secret in both.
pub(super) fn file(secret: &Secret, coding: Coding) -> (String, Vec<u8>) {
    let texts = [
        secret.text(),
        secret.json().to_string(),
        secret.xml(),
        form(secret),
    ];
    let text = texts.join("\n");
    let bytes = match coding {
        Coding::Gzip => packed(&text),
        other => other.text(&text).into_bytes(),
    };
    let name = secret.text().chars().take(200).collect();
    (name, bytes)
}

fn form(secret: &Secret) -> String {
    let value = Coding::Url.text(&secret.value);
    format!(
        "{}={value}",
        Coding::Url.text(secret.name.unwrap_or("note"))
    )
}

/// The rules of a workspace that has set nothing.
pub(super) fn rules() -> Rules {
    Rules::new([7; 32], Names::default())
}
