#![no_main]

use std::sync::LazyLock;

use iac_remediate::rule::Catalog;

#[path = "../laws.rs"]
#[expect(dead_code, reason = "each target holds one of the laws")]
mod laws;

static CATALOG: LazyLock<Catalog> = LazyLock::new(Catalog::built_in);

libfuzzer_sys::fuzz_target!(|text: &str| {
    let name = if !text.trim_start().starts_with('{') {
        "main.tf"
    } else if text.contains("\"resource\"") {
        "main.tf.json"
    } else {
        "main.json"
    };
    laws::fix_validity(&CATALOG, name, text);
});
