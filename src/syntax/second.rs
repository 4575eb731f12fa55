//! The independent second parser: it vetoes the result of an edit where it accepted the original.

use crate::source::RelPath;

/// Returns `true` if a parser that shares no code with ours reads `text` as the language of `path`.
#[must_use]
#[expect(
    clippy::case_sensitive_file_extension_comparisons,
    reason = "this is how the files were chosen"
)]
pub fn second_parser_accepts(path: &RelPath, text: &str) -> bool {
    let name = path.file_name();
    if name.ends_with(".json") || name.ends_with(".jsonc") {
        let options = jsonc_parser::ParseOptions {
            allow_comments: true,
            allow_loose_object_property_names: false,
            allow_trailing_commas: true,
            ..Default::default()
        };
        return jsonc_parser::parse_to_ast(
            text,
            &jsonc_parser::CollectOptions::default(),
            &options,
        )
        .is_ok();
    }
    hcl_edit::parser::parse_body(text).is_ok()
}
