//! The values that are given to the variables of a root module, in Terraform's order of strength.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::parsed::{Cache, Parsed};
use super::scope::Written;
use super::section::{Expression, Section};
use crate::source::{
    Encoding, FileId, Notice, NoticeKind, ReadError, RelPath, SourceFile, SourceTree,
};
use crate::syntax::hcl::{self, Tree};

/// The files and arguments that give values to a root module's variables, weakest first.
#[derive(Default)]
pub(super) struct Given {
    files: Vec<Arc<Parsed>>,
    /// `--var name=value`: the name, the value as text, and as an expression.
    arguments: Vec<(String, Argument)>,
    /// What could not be read.
    pub(super) notices: Vec<Notice>,
}

/// One `--var`.
struct Argument {
    text: String,
    expression: Tree,
}

/// One value given to a variable.
#[derive(Clone, Copy, Debug)]
pub(super) enum Input<'t> {
    /// A line of a variable values file.
    Line(Expression<'t>),
    /// A `--var`: as it is spelled, for variables of type string, and read as an expression.
    Argument(&'t str, &'t Tree),
}

impl Given {
    /// Reads what Terraform reads by itself in `root`, then `var_files`, then `vars`.
    pub(super) fn load(
        root: &RelPath,
        var_files: &[RelPath],
        vars: &[(String, String)],
        tree: &dyn SourceTree,
        cache: &Cache,
    ) -> Self {
        let mut given = Self::default();
        for path in automatic(&tree.list(root)).iter().chain(var_files) {
            match tree.read(path) {
                Ok(file) => {
                    let parsed = cache.parsed(&file);
                    given.notices.extend(parsed.notices());
                    given.files.push(parsed);
                }
                Err(error) => given.notices.push(unread(path, &error)),
            }
        }
        for (name, text) in vars {
            let file = Arc::new(SourceFile::new(
                FileId(u32::MAX),
                RelPath::root(),
                text.clone(),
                Encoding::Utf8,
            ));
            let argument = Argument {
                text: text.clone(),
                expression: hcl::parse_expression(&file),
            };
            given.arguments.push((name.clone(), argument));
        }
        given
    }

    /// The strongest value given to each variable.
    pub(super) fn inputs(&self) -> BTreeMap<String, Input<'_>> {
        let mut inputs = BTreeMap::new();
        for parsed in &self.files {
            match &**parsed {
                Parsed::Hcl(tree) => {
                    for argument in Section::of(tree.body()).arguments {
                        let name = argument.name.into_owned();
                        inputs.insert(name, Input::Line(argument.value));
                    }
                }
                Parsed::Json(text) => {
                    let members = text
                        .tree
                        .root()
                        .into_iter()
                        .flat_map(crate::syntax::json::Node::members);
                    for member in members.filter(|member| member.key != "//") {
                        let value = Expression::Plain(member.value);
                        inputs.insert(member.key.into_owned(), Input::Line(value));
                    }
                }
            }
        }
        for (name, argument) in &self.arguments {
            let input = Input::Argument(&argument.text, &argument.expression);
            inputs.insert(name.clone(), input);
        }
        inputs
    }

    /// The ids of the files that were read.
    pub(super) fn ids(&self) -> impl Iterator<Item = FileId> {
        self.files.iter().map(|parsed| parsed.id())
    }
}

impl Input<'_> {
    /// How a literal in it is recorded.
    pub(super) fn written(self) -> Written {
        match self {
            Self::Line(_) => Written::Tfvars,
            Self::Argument(..) => Written::CommandLine,
        }
    }
}

/// The variable values files that Terraform loads by itself, weakest first.
fn automatic(files: &[RelPath]) -> Vec<RelPath> {
    let mut found: Vec<RelPath> = ["terraform.tfvars", "terraform.tfvars.json"]
        .iter()
        .filter_map(|name| files.iter().find(|it| it.file_name() == *name))
        .cloned()
        .collect();
    let mut auto: Vec<&RelPath> = files
        .iter()
        .filter(|path| {
            let name = path.file_name();
            name.ends_with(".auto.tfvars") || name.ends_with(".auto.tfvars.json")
        })
        .collect();
    auto.sort_by(|a, b| a.file_name().cmp(b.file_name()));
    found.extend(auto.into_iter().cloned());
    found
}

fn unread(path: &RelPath, error: &ReadError) -> Notice {
    let message = format!("This variable values file cannot be read: {error}.");
    Notice::about(NoticeKind::UnreadableInput, path.clone(), message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::MemoryTree;

    #[test]
    fn the_later_file_is_the_stronger_one() {
        let tree = MemoryTree::new([
            ("r/terraform.tfvars", "a = 1\nb = 1\nc = 1\nd = 1\ne = 1\n"),
            ("r/terraform.tfvars.json", r#"{"b": 2}"#),
            ("r/z.auto.tfvars", "c = 4\nd = 4\ne = 4\n"),
            ("r/a.auto.tfvars.json", r#"{"c": 3}"#),
            ("r/not.tfvars", "a = 9\n"),
            ("env/x.tfvars", "d = 5\ne = 5\n"),
        ]);
        let path = |text| RelPath::new(text).unwrap();
        let vars = [("e".to_owned(), "6".to_owned())];
        let cache = Cache::default();
        let given = Given::load(&path("r"), &[path("env/x.tfvars")], &vars, &tree, &cache);
        let said: Vec<(String, String)> = given
            .inputs()
            .into_iter()
            .map(|(name, input)| {
                let text = match input {
                    Input::Line(value) => {
                        let span = value.span();
                        tree.get(span.file).unwrap().slice(span).to_owned()
                    }
                    Input::Argument(_, tree) => tree.expression().text().to_owned(),
                };
                (name, text)
            })
            .collect();
        let expected = [("a", "1"), ("b", "2"), ("c", "4"), ("d", "5"), ("e", "6")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(said, expected);
        assert!(given.notices.is_empty());
    }
}
