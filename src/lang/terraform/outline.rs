//! What a file declares, by name alone.

use std::sync::Arc;

use super::json_body;
use super::parsed::{Cache, Outline, Parsed};

/// The outline of `parsed`, which is looked through once.
pub(super) fn outline(cache: &Cache, parsed: &Parsed) -> Arc<Outline> {
    cache.outline(parsed, of)
}

fn of(parsed: &Parsed) -> Outline {
    let mut outline = Outline::default();
    let mut add = |[kind, name]: [String; 2]| {
        outline.resources.entry(kind).or_default().insert(name);
    };
    match parsed {
        Parsed::Hcl(tree) => {
            let body = tree.body();
            // Nor can an argument stand at the top of a file.
            let mut is_cut = !body.is_whole() || body.attributes().next().is_some();
            for block in body.blocks_of("resource") {
                let labels = block.labels().map(|label| label.text.into_owned());
                match <[String; 2]>::try_from(labels.collect::<Vec<_>>()) {
                    Ok(labels) => add(labels),
                    // A resource that is not named as it must be is none.
                    Err(_) => is_cut = true,
                }
            }
            outline.is_cut = is_cut;
        }
        Parsed::Json(text) => {
            let blocks = json_body::blocks(text);
            for block in blocks.iter().filter(|block| block.kind == "resource") {
                add([0, 1].map(|index| block.label(index).to_owned()));
            }
        }
    }
    outline
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{MemoryTree, RelPath, SourceTree};

    #[test]
    fn resources_are_listed_by_type_and_what_was_lost_is_told() {
        let rows = [
            (
                "a.tf",
                "resource \"a\" \"x\" {}\nresource \"a\" \"y\" {}\n",
                2,
                false,
            ),
            ("a.tf", "resource \"a\" {}\n", 0, true),
            ("a.tf", "x = 1\n", 0, true),
            ("a.tf", "resource \"a\" \"x\" {\n  b = \n}\n", 1, false),
            (
                "a.tf.json",
                r#"{"resource": {"a": {"x": {}, "y": {}}}}"#,
                2,
                false,
            ),
        ];
        for (path, text, count, is_cut) in rows {
            let tree = MemoryTree::new([(path, text)]);
            let file = tree.read(&RelPath::new(path).unwrap()).unwrap();
            let cache = Cache::default();
            let outline = outline(&cache, &cache.parsed(&file));
            let names = outline
                .resources
                .get("a")
                .map_or(0, std::collections::HashSet::len);
            assert_eq!((names, outline.is_cut), (count, is_cut), "{text}");
        }
    }
}
