//! The wire format of Protocol Buffers: fields of a message, one after the other.
//!
//! It borrows, keeps nothing and trusts no length. It knows no message: what a field means is the
//! reader's business ([`super::protobuf`]).

/// Groups inside groups that are passed over; nothing has written any for many years.
const GROUPS: u8 = 8;

/// Bytes that are no message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Malformed {
    #[error("it ends in the middle of a field")]
    Truncated,
    #[error("a number has more than 64 bits")]
    Overlong,
    #[error("a field has no number, or one that is too large")]
    BadTag,
    #[error("a field has an unknown wire type, or groups do not match")]
    BadType,
}

/// The content of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value<'b> {
    Varint(u64),
    Fixed64(u64),
    Fixed32(u32),
    Bytes(&'b [u8]),
    /// A group, passed over.
    Group,
}

/// What is left of a message.
#[derive(Debug, Clone, Copy)]
pub(super) struct Message<'b>(&'b [u8]);

impl<'b> Message<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Self {
        Self(bytes)
    }

    /// Calls `take` with the number and the content of each field.
    pub(super) fn each<E: From<Malformed>>(
        mut self,
        mut take: impl FnMut(u32, Value<'b>) -> Result<(), E>,
    ) -> Result<(), E> {
        while !self.0.is_empty() {
            let (number, value) = self.field(GROUPS)?;
            take(number, value)?;
        }
        Ok(())
    }

    fn field(&mut self, groups: u8) -> Result<(u32, Value<'b>), Malformed> {
        let (number, kind) = self.tag()?;
        let value = match kind {
            0 => Value::Varint(self.varint()?),
            1 => Value::Fixed64(u64::from_le_bytes(self.array()?)),
            2 => {
                let length = usize::try_from(self.varint()?).map_err(|_| Malformed::Truncated)?;
                Value::Bytes(self.bytes(length)?)
            }
            3 => {
                self.group(number, groups)?;
                Value::Group
            }
            5 => Value::Fixed32(u32::from_le_bytes(self.array()?)),
            _ => return Err(Malformed::BadType),
        };
        Ok((number, value))
    }

    fn tag(&mut self) -> Result<(u32, u64), Malformed> {
        let tag = self.varint()?;
        let number = u32::try_from(tag >> 3).map_err(|_| Malformed::BadTag)?;
        // The largest field number that there is.
        if !(1..1 << 29).contains(&number) {
            return Err(Malformed::BadTag);
        }
        Ok((number, tag & 7))
    }

    /// Passes over the rest of a group.
    fn group(&mut self, begun: u32, left: u8) -> Result<(), Malformed> {
        let left = left.checked_sub(1).ok_or(Malformed::BadType)?;
        loop {
            let before = *self;
            let (number, kind) = self.tag()?;
            match kind {
                4 if number == begun => return Ok(()),
                4 => return Err(Malformed::BadType),
                _ => {
                    *self = before;
                    self.field(left)?;
                }
            }
        }
    }

    fn varint(&mut self) -> Result<u64, Malformed> {
        let mut number = 0_u64;
        for place in 0..10 {
            let [byte] = self.array()?;
            // The tenth byte has room for one bit.
            if place == 9 && byte > 1 {
                return Err(Malformed::Overlong);
            }
            number |= u64::from(byte & 0x7f) << (7 * place);
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(Malformed::Overlong)
    }

    fn bytes(&mut self, length: usize) -> Result<&'b [u8], Malformed> {
        let (taken, rest) = self
            .0
            .split_at_checked(length)
            .ok_or(Malformed::Truncated)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let (taken, rest) = self
            .0
            .split_first_chunk::<N>()
            .ok_or(Malformed::Truncated)?;
        self.0 = rest;
        Ok(*taken)
    }
}
