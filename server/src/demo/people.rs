//! Invented people and companies. Every address ends in a reserved domain (RFC 2606).

use super::random::Random;

/// Given names, as written and as in an address.
const GIVEN: [(&str, &str); 40] = [
    ("Maren", "maren"),
    ("Tobias", "tobias"),
    ("Zoë", "zoe"),
    ("Amara", "amara"),
    ("Luca", "luca"),
    ("Ingrid", "ingrid"),
    ("Kwame", "kwame"),
    ("Jürgen", "juergen"),
    ("Priya", "priya"),
    ("Mateo", "mateo"),
    ("Noor", "noor"),
    ("Elif", "elif"),
    ("Søren", "soeren"),
    ("Chiara", "chiara"),
    ("Dmitri", "dmitri"),
    ("Aiko", "aiko"),
    ("Rafael", "rafael"),
    ("Hanna", "hanna"),
    ("Owen", "owen"),
    ("Leila", "leila"),
    ("Bram", "bram"),
    ("Camille", "camille"),
    ("Viktor", "viktor"),
    ("Nia", "nia"),
    ("Pavel", "pavel"),
    ("Greta", "greta"),
    ("Samir", "samir"),
    ("Agnès", "agnes"),
    ("Felix", "felix"),
    ("Yara", "yara"),
    ("Henrik", "henrik"),
    ("Joana", "joana"),
    ("Ravi", "ravi"),
    ("Saskia", "saskia"),
    ("Emil", "emil"),
    ("Beatriz", "beatriz"),
    ("Anton", "anton"),
    ("Mina", "mina"),
    ("Gareth", "gareth"),
    ("Lotte", "lotte"),
];

const FAMILY: [(&str, &str); 40] = [
    ("Holt", "holt"),
    ("Okafor", "okafor"),
    ("Müller", "mueller"),
    ("Lindqvist", "lindqvist"),
    ("Moreau", "moreau"),
    ("Castillo", "castillo"),
    ("Ferreira", "ferreira"),
    ("Novak", "novak"),
    ("Haddad", "haddad"),
    ("Jensen", "jensen"),
    ("Tanaka", "tanaka"),
    ("Bianchi", "bianchi"),
    ("Yıldız", "yildiz"),
    ("Petrov", "petrov"),
    ("Adeyemi", "adeyemi"),
    ("Weber", "weber"),
    ("Nowak", "nowak"),
    ("Iyer", "iyer"),
    ("de Vries", "devries"),
    ("Kovács", "kovacs"),
    ("Byrne", "byrne"),
    ("Larsson", "larsson"),
    ("Marchetti", "marchetti"),
    ("Osei", "osei"),
    ("Schneider", "schneider"),
    ("Duarte", "duarte"),
    ("Rahman", "rahman"),
    ("Virtanen", "virtanen"),
    ("Popescu", "popescu"),
    ("Garnier", "garnier"),
    ("Hughes", "hughes"),
    ("Sato", "sato"),
    ("Brandt", "brandt"),
    ("Mensah", "mensah"),
    ("Costa", "costa"),
    ("Keller", "keller"),
    ("Dubois", "dubois"),
    ("Wójcik", "wojcik"),
    ("Evans", "evans"),
    ("Nair", "nair"),
];

const COMPANY: [&str; 30] = [
    "Brightlane",
    "Oakmere",
    "Silverfern",
    "Tidewell",
    "Copperleaf",
    "Northgate",
    "Juniper",
    "Larkspur",
    "Redbrick",
    "Harborview",
    "Moonbeam",
    "Stonecrop",
    "Applegarth",
    "Fieldhouse",
    "Quillworks",
    "Bluehollow",
    "Saltmarsh",
    "Windrush",
    "Thistle",
    "Emberton",
    "Greywater",
    "Puddlejump",
    "Foxglove",
    "Marlowe",
    "Kestrel",
    "Dovetail",
    "Summerhill",
    "Ironbark",
    "Velvetpine",
    "Cloudberry",
];

const TRADE: [(&str, &str); 14] = [
    ("Outdoor", "outdoor"),
    ("Ceramics", "ceramics"),
    ("Coffee", "coffee"),
    ("Cycles", "cycles"),
    ("Books", "books"),
    ("Textiles", "textiles"),
    ("Garden Supply", "garden"),
    ("Studio", "studio"),
    ("Kitchen", "kitchen"),
    ("Toys", "toys"),
    ("Wine", "wine"),
    ("Optics", "optics"),
    ("Furniture", "furniture"),
    ("Records", "records"),
];

const MAIL: [&str; 5] = [
    "mail.example",
    "post.example",
    "inbox.test",
    "letterbox.example",
    "home.test",
];

const CITY: [(&str, &str, &str); 10] = [
    ("Hamburg", "DE", "20095"),
    ("Lyon", "FR", "69002"),
    ("Malmö", "SE", "21120"),
    ("Porto", "PT", "4000"),
    ("Utrecht", "NL", "3511"),
    ("Kraków", "PL", "30001"),
    ("Galway", "IE", "H91"),
    ("Graz", "AT", "8010"),
    ("Bilbao", "ES", "48001"),
    ("Turku", "FI", "20100"),
];

/// Somebody who uses the shop, writes the issue or gets the invoice.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) given: &'static str,
    pub(super) family: &'static str,
    pub(super) email: String,
    pub(super) city: &'static str,
    pub(super) country: &'static str,
    pub(super) zip: &'static str,
}

/// A company that has switched integrations on.
#[derive(Debug, Clone)]
pub(super) struct Company {
    pub(super) name: String,
    pub(super) domain: String,
}

/// The customer of a customer.
pub(super) fn anybody(random: &mut Random) -> Person {
    let host = *random.pick(&MAIL);
    with_address(random, host)
}

/// Somebody who works at `company`.
pub(super) fn employee(random: &mut Random, company: &Company) -> Person {
    with_address(random, &company.domain)
}

/// The company of that number: 420 different ones, then again from the first.
pub(super) fn company(number: usize) -> Company {
    let name = COMPANY[number % COMPANY.len()];
    // One more per round, so that the pairs differ for all rounds.
    let (trade, short) = TRADE[(number + number / COMPANY.len()) % TRADE.len()];
    Company {
        name: format!("{name} {trade}"),
        domain: format!("{}-{short}.example", name.to_lowercase()),
    }
}

fn with_address(random: &mut Random, host: &str) -> Person {
    let (given, given_address) = *random.pick(&GIVEN);
    let (family, family_address) = *random.pick(&FAMILY);
    let (city, country, zip) = *random.pick(&CITY);
    Person {
        given,
        family,
        email: format!("{given_address}.{family_address}@{host}"),
        city,
        country,
        zip,
    }
}

/// `text` as a value of a form or a query.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => {
                escaped.push(byte as char);
            }
            b' ' => escaped.push('+'),
            _ => {
                use std::fmt::Write as _;
                let _ = write!(escaped, "%{byte:02X}");
            }
        }
    }
    escaped
}
