use super::{
    super::wire::{Malformed, Message, Value},
    encode::{bytes, varint, varint_field},
};

fn fields(bytes: &[u8]) -> Result<Vec<(u32, Value<'_>)>, Malformed> {
    let mut fields = Vec::new();
    Message::new(bytes).each(|number, value| {
        fields.push((number, value));
        Ok::<_, Malformed>(())
    })?;
    Ok(fields)
}

#[test]
fn every_kind_of_field_is_read() {
    let message = [
        varint_field(1, u64::MAX),
        bytes(2, b"ab"),
        vec![3 << 3 | 1, 1, 0, 0, 0, 0, 0, 0, 0x80],
        vec![4 << 3 | 5, 2, 0, 0, 0],
        // The largest number of a field, and an empty one.
        [varint(((1 << 29) - 1) << 3 | 2), vec![0]].concat(),
    ];
    assert_eq!(
        fields(&message.concat()),
        Ok(vec![
            (1, Value::Varint(u64::MAX)),
            (2, Value::Bytes(b"ab")),
            (3, Value::Fixed64(1 << 63 | 1)),
            (4, Value::Fixed32(2)),
            ((1 << 29) - 1, Value::Bytes(b"")),
        ])
    );
    assert_eq!(fields(b""), Ok(Vec::new()));
}

#[test]
fn a_message_that_ends_too_early_is_malformed_wherever_it_ends() {
    let message = [
        varint_field(1, 1 << 40),
        bytes(2, b"abc"),
        vec![3 << 3 | 1, 1, 2, 3, 4, 5, 6, 7, 8],
        vec![4 << 3 | 5, 1, 2, 3, 4],
        vec![5 << 3 | 3, 1 << 3, 7, 5 << 3 | 4],
    ];
    let whole = message.concat();
    let mut ends = vec![0];
    for part in &message {
        ends.push(ends.last().expect("one") + part.len());
    }
    for end in 0..=whole.len() {
        let read = fields(&whole[..end]);
        match ends.contains(&end) {
            true => assert!(read.is_ok(), "{end}"),
            false => assert_eq!(read, Err(Malformed::Truncated), "{end}"),
        }
    }
}

#[test]
fn what_no_writer_writes_is_malformed() {
    let cases: [(&[u8], Malformed); 10] = [
        // Eleven bytes; ten bytes of which the last has more than one bit.
        (
            &[8, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1],
            Malformed::Overlong,
        ),
        (
            &[8, 255, 255, 255, 255, 255, 255, 255, 255, 255, 2],
            Malformed::Overlong,
        ),
        // A length that is longer than anything.
        (
            &[10, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1, 0],
            Malformed::Truncated,
        ),
        // A field without a number, with one that is too large, and with one that is no 32 bits.
        (&[0, 0], Malformed::BadTag),
        (&[0x80, 0x80, 0x80, 0x80, 0x10, 0], Malformed::BadTag),
        (&[0x80, 0x80, 0x80, 0x80, 0x80, 0x01, 0], Malformed::BadTag),
        // Unknown wire types; groups that end without a beginning, or another one's.
        (&[8 | 6, 0], Malformed::BadType),
        (&[8 | 7, 0], Malformed::BadType),
        (&[8 | 4], Malformed::BadType),
        (&[8 | 3, 16 | 4], Malformed::BadType),
    ];
    for (bytes, expected) in cases {
        assert_eq!(fields(bytes), Err(expected), "{bytes:?}");
    }
}

#[test]
fn groups_are_passed_over_as_deep_as_they_may_be() {
    let nested =
        |levels: usize| [[11_u8].repeat(levels), [12].repeat(levels), vec![16, 7]].concat();
    let deep = nested(8);
    assert_eq!(
        fields(&deep),
        Ok(vec![(1, Value::Group), (2, Value::Varint(7))])
    );
    assert_eq!(fields(&nested(9)), Err(Malformed::BadType));
    assert_eq!(fields(&[11_u8].repeat(1_000_000)), Err(Malformed::BadType));
}
