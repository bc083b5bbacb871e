//! Every block of the documents for those who write programs is run, and by which test.

use super::{DEVELOPING, blocks};

const API: &str = include_str!("../../../../docs/API.md");
const IV: &str = include_str!("../../../../docs/IV.md");

/// Where the tests are.
const TESTS: [&str; 3] = [
    include_str!("../snippets.rs"),
    include_str!("commands.rs"),
    include_str!("../clients/documented.rs"),
];

const FIRST: &str = "the_first_run_is_reported_as_the_documentation_says";
/// What is installed there is pinned, and so not installed by what is pasted.
const PACKAGES: &str = "the_packages_of_the_documentation_are_those_that_the_clients_have";
/// It also keeps the programs in Go and Rust in the words of their blocks.
const COMPARED: &str = "the_clients_that_are_compiled_say_what_the_documentation_says";
const NATIVE: &str = "two_lines_of_the_native_api_report_a_run_and_two_more_its_file";
const COMMANDS: &str = "iv_reports_commands_as_the_documentation_says";
/// No package registry that the tests can count on has OpenTelemetry for Java.
const NOT_RUN: &str = "";

/// Section, language and test of each block, in their order.
#[rustfmt::skip]
const RUN: [(&str, &str, &str); 22] = [
    ("Your first run", "sh", FIRST),
    ("Your first run", "sh", FIRST),
    ("Your first run", "python", FIRST),
    ("Your first run", "js", FIRST),
    ("OpenTelemetry", "sh", "what_the_documentation_says_in_python_exports_a_run_with_its_call"),
    ("Python", "sh", PACKAGES),
    ("Python", "python", "what_the_documentation_says_in_python_exports_a_run_with_its_call"),
    ("JavaScript", "sh", PACKAGES),
    ("JavaScript", "js", "what_the_documentation_says_in_javascript_exports_a_run_with_its_call"),
    ("Java", "sh", NOT_RUN),
    ("Java", "java", NOT_RUN),
    ("Go", "go", "what_the_documentation_says_in_go_exports_a_run_with_its_call"),
    ("Rust", "toml", COMPARED),
    ("Rust", "rust", "what_the_documentation_says_in_rust_exports_a_run"),
    ("A command: `iv`", "sh", COMMANDS),
    ("Heartbeats", "sh", "heartbeats_tell_how_a_script_ended_and_it_ends_as_its_work_did"),
    ("OneVizion's log API", "sh", "a_run_takes_what_onevizions_log_api_is_told"),
    ("Webhooks", "sh", "the_endpoint_that_is_made_takes_signed_events"),
    ("Lime's helpers", "python", "lm_45_to_57_the_python_of_the_documentation_does_what_the_helpers_do"),
    ("Two lines", "sh", NATIVE),
    ("Files", "sh", NATIVE),
    ("`iv`, for machines that run integrations", "sh", COMMANDS),
];

#[test]
fn every_block_of_the_documents_is_run_by_a_test() {
    let documents = [DEVELOPING, API, IV].into_iter().flat_map(blocks);
    let found: Vec<_> = documents
        .map(|block| (block.section, block.language))
        .collect();
    let known = RUN.map(|(section, language, _)| (section, language));
    assert_eq!(found, known, "a new block needs a test that runs it");
    for (section, language, test) in RUN {
        let is_there = TESTS
            .iter()
            .any(|text| text.contains(&format!("fn {test}()")));
        assert!(is_there || test == NOT_RUN, "{section}, {language}: {test}");
    }
}
