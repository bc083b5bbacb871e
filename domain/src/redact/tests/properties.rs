//! What holds for any text.

use super::*;
use proptest::prelude::*;

/// Pieces of which texts that matter are made.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "\"",
        "\\\"",
        "'",
        "\\",
        ":",
        "=",
        "&",
        "{",
        "}",
        "[",
        "]",
        "<",
        ">",
        "</",
        " ",
        "\n",
        "%",
        "%22",
        "+",
        "password",
        "token",
        "name",
        "value",
        "secret",
        "a",
        "b1",
        "Bearer ",
        "basic ",
        "eyJ",
        ".",
        "hunter2",
        "4111111111111111",
        "4111 1111 ",
        "sk_live_0123456789",
        "ghp_0123456789abcdef0123456789abcdefABCD",
        "://",
        "@",
        "dG9rZW49YWJjZGVmZ2g=",
        "[redacted]",
        "[redacted:token:~32:3fa91c20]",
        "[redacted:",
        "-----BEGIN PRIVATE KEY-----",
        "-----END ",
        "form-data; name=pin",
        "\r\n\r\n",
        "\r\n--",
        "é",
        "null",
        "Authorization: ",
        "cookie",
        "https://",
        "\\n",
        "%3D",
        "iv_read_",
    ]);
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_bytes_make_it_panic(bytes: Vec<u8>) {
        let rules = rules();
        let redactor = Redactor::new(&rules);
        for bytes in [bytes.clone(), [b"{\"token\":".as_slice(), &bytes].concat()] {
            let _ = redactor.look(&bytes, 0);
            let _ = encoded::body(&redactor, &bytes, Some("deflate"));
        }
    }

    #[test]
    fn no_text_makes_it_panic_and_marks_are_all_that_is_added(given in pieces()) {
        let rules = rules();
        let redactor = Redactor::new(&rules);
        let kept = redactor.look(given.as_bytes(), 0).expect("checked").unwrap_or_default();
        let marks = kept.windows(9).filter(|part| *part == b"[redacted").count();
        prop_assert!(kept.len() <= given.len() + 40 * marks, "{}", String::from_utf8_lossy(&kept));
    }

    #[test]
    fn redacting_twice_changes_nothing(given in pieces()) {
        let rules = rules();
        let redactor = Redactor::new(&rules);
        if let Some(once) = redactor.look(given.as_bytes(), 0).expect("checked") {
            let twice = redactor.look(&once, 0).expect("checked");
            let lossy = |text: &[u8]| String::from_utf8_lossy(text).into_owned();
            prop_assert_eq!(twice.as_deref().map(lossy), None, "{}", lossy(&once));
        }
    }

    #[test]
    fn bytes_without_names_and_shapes_stay_as_they_were(
        bytes in proptest::collection::vec(prop_oneof![0_u8..0x30, 0x3b_u8..0x40, 0x5b_u8..0x61, 0x7b_u8..=255], 0..200),
    ) {
        let rules = rules();
        let redactor = Redactor::new(&rules);
        // Neither letters nor digits nor `@`: no name, no number, no user part.
        prop_assert_eq!(redactor.look(&bytes, 0), Ok(None));
    }
}
