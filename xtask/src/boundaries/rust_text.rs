//! Rust source as the rules need it: code without comments, strings apart, tests marked.
//!
//! A lexer of the few things that hide text, no parser.

/// A string literal and the line where it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Literal {
    pub(super) line: usize,
    pub(super) text: String,
    /// The last few characters of code before it, such as `path!(`.
    pub(super) before: String,
}

#[derive(Debug)]
pub(super) struct RustText {
    /// Lines as in the file; comments are gone and every string is `""`.
    code: String,
    pub(super) literals: Vec<Literal>,
    /// Lines inside `#[cfg(test)]` modules, as ranges.
    tests: Vec<std::ops::RangeInclusive<usize>>,
}

impl RustText {
    pub(super) fn read(source: &str) -> Self {
        let mut text = Self {
            code: String::new(),
            literals: Vec::new(),
            tests: Vec::new(),
        };
        text.separate(&source.chars().collect::<Vec<_>>());
        text.tests = test_regions(&text.code);
        text
    }

    pub(super) fn code(&self) -> &str {
        &self.code
    }

    /// Numbered from 1.
    pub(super) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.code
            .lines()
            .enumerate()
            .map(|(index, line)| (index + 1, line))
    }

    pub(super) fn line_of(&self, offset: usize) -> usize {
        line_of(&self.code, offset)
    }

    pub(super) fn is_test(&self, line: usize) -> bool {
        self.tests.iter().any(|region| region.contains(&line))
    }

    fn separate(&mut self, source: &[char]) {
        let at = |index: usize| source.get(index).copied().unwrap_or('\0');
        let mut index = 0;
        while index < source.len() {
            let here = at(index);
            let after_word = self
                .code
                .chars()
                .next_back()
                .is_some_and(|last| last.is_alphanumeric() || last == '_');
            if here == '/' && at(index + 1) == '/' {
                while index < source.len() && at(index) != '\n' {
                    index += 1;
                }
            } else if here == '/' && at(index + 1) == '*' {
                index = self.skip_block_comment(source, index);
            } else if here == '"' {
                index = self.take_string(source, index + 1, None);
            } else if let Some((hashes, start)) = raw_string(source, index).filter(|_| !after_word)
            {
                index = self.take_string(source, start, Some(hashes));
            } else if here == '\'' && at(index + 1) == '\\' {
                // An escaped character; what follows the backslash may be a quote.
                index += 3;
                while index < source.len() && at(index) != '\'' {
                    index += 1;
                }
                index += 1;
            } else if here == '\'' && at(index + 2) == '\'' {
                index += 3;
            } else {
                self.code.push(here);
                index += 1;
            }
        }
    }

    fn skip_block_comment(&mut self, source: &[char], start: usize) -> usize {
        let (mut index, mut depth) = (start, 0);
        while index < source.len() {
            match (source[index], source.get(index + 1)) {
                ('/', Some('*')) => {
                    depth += 1;
                    index += 2;
                }
                ('*', Some('/')) => {
                    depth -= 1;
                    index += 2;
                    if depth == 0 {
                        break;
                    }
                }
                (character, _) => {
                    if character == '\n' {
                        self.code.push('\n');
                    }
                    index += 1;
                }
            }
        }
        index
    }

    /// Takes the string whose content begins at `start`; `hashes` is given for raw ones.
    fn take_string(&mut self, source: &[char], start: usize, hashes: Option<usize>) -> usize {
        let line = line_of(&self.code, self.code.len());
        let before: String = {
            let last: Vec<char> = self.code.chars().rev().take(12).collect();
            last.into_iter().rev().collect()
        };
        self.code.push_str("\"\"");
        let (mut index, mut text, mut newlines) = (start, String::new(), 0);
        while index < source.len() {
            let here = source[index];
            let closes = here == '"'
                && hashes.is_none_or(|hashes| {
                    source[index + 1..]
                        .iter()
                        .take(hashes)
                        .filter(|next| **next == '#')
                        .count()
                        == hashes
                });
            if closes {
                index += 1 + hashes.unwrap_or(0);
                break;
            }
            if here == '\\' && hashes.is_none() {
                text.push(here);
                index += 1;
            }
            if let Some(character) = source.get(index) {
                newlines += usize::from(*character == '\n');
                text.push(*character);
            }
            index += 1;
        }
        self.code.extend(std::iter::repeat_n('\n', newlines));
        self.literals.push(Literal { line, text, before });
        index
    }
}

/// Number of `#` and start of the content, if a raw string (`r"`, `r#"`, `br"`) begins here.
fn raw_string(source: &[char], index: usize) -> Option<(usize, usize)> {
    let mut cursor = index;
    if source.get(cursor) == Some(&'b') || source.get(cursor) == Some(&'c') {
        cursor += 1;
    }
    if source.get(cursor) != Some(&'r') {
        return None;
    }
    cursor += 1;
    let hashes = source[cursor..]
        .iter()
        .take_while(|next| **next == '#')
        .count();
    cursor += hashes;
    (source.get(cursor) == Some(&'"')).then_some((hashes, cursor + 1))
}

fn line_of(text: &str, offset: usize) -> usize {
    1 + text.as_bytes()[..offset]
        .iter()
        .filter(|byte| **byte == b'\n')
        .count()
}

/// From each `#[cfg(test)]` to the end of the block that follows it.
fn test_regions(code: &str) -> Vec<std::ops::RangeInclusive<usize>> {
    const MARK: &str = "#[cfg(test)]";
    let mut regions = Vec::new();
    for (start, _) in code.match_indices(MARK) {
        let mut depth = 0_usize;
        for (offset, character) in code[start + MARK.len()..].char_indices() {
            match character {
                // `mod tests;`: the file of that name is known by its name.
                ';' if depth == 0 => break,
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                _ => continue,
            }
            if depth == 0 && character == '}' {
                let end = start + MARK.len() + offset;
                regions.push(line_of(code, start)..=line_of(code, end));
                break;
            }
        }
    }
    regions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_vanish_and_strings_stand_apart() {
        let text = RustText::read(
            "let a = \"x // \\\" y\"; // SELECT 1\n/* view! /* nested */\n */ let b = r#\"raw \" text\"#;\n\
             let c = '\"'; let d: &'static str = b\"bytes\"; let e = '\\'';\n",
        );
        assert_eq!(
            text.code(),
            "let a = \"\"; \n\n let b = \"\";\nlet c = ; let d: &'static str = b\"\"; let e = ;\n"
        );
        let literals: Vec<(usize, &str)> = text
            .literals
            .iter()
            .map(|literal| (literal.line, literal.text.as_str()))
            .collect();
        assert_eq!(
            literals,
            [(1, "x // \\\" y"), (3, "raw \" text"), (4, "bytes")]
        );
    }

    #[test]
    fn lines_stay_where_they_were_after_a_long_string() {
        let text = RustText::read("let q = \"\nSELECT\n\";\nnow();\n");
        assert_eq!(text.literals[0].line, 1);
        assert_eq!(text.lines().nth(3), Some((4, "now();")));
    }

    #[test]
    fn test_modules_are_known_by_their_braces() {
        let text = RustText::read(
            "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() { if x {} }\n}\nfn c() {}\n\
             #[cfg(test)]\nmod other;\nfn d() {}\n",
        );
        let marked: Vec<usize> = (1..=9).filter(|line| text.is_test(*line)).collect();
        assert_eq!(marked, [2, 3, 4, 5]);
    }
}
