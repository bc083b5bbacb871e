//! Protobuf as an exporter writes it, as far as the tests need it.

/// A number in the form that protobuf gives lengths and tags.
fn varint(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number > 0x7f {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

/// A field of bytes.
pub(crate) fn field(number: u64, content: &[u8]) -> Vec<u8> {
    [
        &varint(number << 3 | 2)[..],
        &varint(content.len() as u64),
        content,
    ]
    .concat()
}

fn moment(number: u64, nanos: u64) -> Vec<u8> {
    [&varint(number << 3 | 1)[..], &nanos.to_le_bytes()].concat()
}

fn attribute(number: u64, key: &str, value: &str) -> Vec<u8> {
    let value = field(1, value.as_bytes());
    field(
        number,
        &[field(1, key.as_bytes()), field(2, &value)].concat(),
    )
}

/// A request with a trace of so many spans: a root and its children, all of them well, each with
/// this body.
pub(crate) fn spans(integration: &str, trace: &[u8; 16], count: u8, body: &str) -> Vec<u8> {
    let spans = (1..=count).map(|place| {
        let id = [0, 0, 0, 0, 0, 0, 0, place];
        let parent = if place == 1 {
            Vec::new()
        } else {
            field(4, &[0, 0, 0, 0, 0, 0, 0, 1])
        };
        let fields = [
            field(1, trace),
            field(2, &id),
            parent,
            field(5, format!("span {place}").as_bytes()),
            moment(7, 1_794_474_843_250_000_000),
            moment(8, 1_794_474_844_250_000_000),
            attribute(9, "integration.response.body", body),
            // The status: code 1 is "ok".
            field(15, &[3 << 3, 1]),
        ];
        field(2, &fields.concat())
    });
    let spans: Vec<u8> = spans.flatten().collect();
    let resource = [
        attribute(1, "integration.key", integration),
        attribute(1, "flow.key", "flow"),
    ];
    field(
        1,
        &[field(1, &resource.concat()), field(2, &spans)].concat(),
    )
}
