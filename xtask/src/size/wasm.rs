//! Sizes of what is in a wasm file.

use anyhow::Result;
use std::collections::HashMap;
use wasmparser::{KnownCustom, Name, Parser, Payload, TypeRef};

/// A wasm file, without its custom sections.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wasm {
    /// Name and bytes of each function that has code.
    pub(super) functions: Vec<(String, usize)>,
    /// Bytes of constant data.
    pub(super) data: usize,
    /// Bytes of all other sections.
    pub(super) other: usize,
}

impl Wasm {
    pub(super) fn read(bytes: &[u8]) -> Result<Self> {
        let (mut imports, mut sizes, mut data, mut custom) = (0, Vec::new(), 0, 0);
        let mut names: HashMap<u32, String> = HashMap::new();
        for payload in Parser::new(0).parse_all(bytes) {
            match payload? {
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        imports += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                    }
                }
                Payload::CodeSectionEntry(body) => sizes.push(body.range().len()),
                Payload::DataSection(section) => data = section.range().len(),
                Payload::CustomSection(section) => {
                    custom += section.range().len();
                    if let KnownCustom::Name(reader) = section.as_known() {
                        for part in reader {
                            let Name::Function(map) = part? else { continue };
                            for naming in map {
                                let naming = naming?;
                                names.insert(naming.index, naming.name.to_owned());
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        let code: usize = sizes.iter().sum();
        let functions = sizes.into_iter().zip(imports..).map(|(size, index)| {
            let name = names.remove(&index);
            (name.unwrap_or_else(|| format!("function {index}")), size)
        });
        Ok(Self {
            functions: functions.collect(),
            data,
            other: bytes.len().saturating_sub(code + data + custom),
        })
    }

    /// Bytes of all of it.
    pub(super) fn total(&self) -> usize {
        let code: usize = self.functions.iter().map(|(_, bytes)| bytes).sum();
        code + self.data + self.other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One imported function, two with code of two and four bytes, three bytes of data, two names.
    const TINY: &[u8] = b"\0asm\x01\0\0\0\
        \x01\x04\x01\x60\0\0\
        \x02\x07\x01\x01e\x01f\0\0\
        \x03\x03\x02\0\0\
        \x05\x03\x01\0\x01\
        \x0a\x09\x02\x02\0\x0b\x04\0\x01\x01\x0b\
        \x0b\x09\x01\0\x41\0\x0b\x03abc\
        \0\x17\x04name\x01\x10\x02\0\x04glue\x01\x07app::ab";

    #[test]
    fn functions_are_named_behind_the_imported_ones() {
        let wasm = Wasm::read(TINY).unwrap();
        assert_eq!(
            wasm.functions,
            [("app::ab".to_owned(), 2), ("function 2".to_owned(), 4)]
        );
        assert_eq!(wasm.data, 9);
        let custom = 0x17;
        assert_eq!(wasm.total(), TINY.len() - custom);
    }

    #[test]
    fn what_is_no_wasm_is_refused() {
        assert!(Wasm::read(b"<html>").is_err());
        assert!(Wasm::read(&TINY[..40]).is_err());
    }
}
