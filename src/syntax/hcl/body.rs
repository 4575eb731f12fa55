use rustc_hash::FxHashSet;

use super::node::{BARE, CUT, NodeId, NodeKind, QUOTED, UNCLOSED};
use super::parse::{Chain, Parser, Read, offset};
use crate::source::NoticeKind;

/// How the end of a block is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BodyRules {
    /// By its closing brace.
    Braces,
    /// By its closing brace, or by a line that starts a block of the top level at the left margin.
    Margin,
}

/// Kinds of block that stand at the top level of a configuration and nowhere else at the margin.
const TOP_LEVEL: [&str; 14] = [
    "resource",
    "data",
    "variable",
    "output",
    "module",
    "provider",
    "locals",
    "terraform",
    "moved",
    "import",
    "removed",
    "check",
    "ephemeral",
    "action",
];

const OWN_LINE: &str = "An argument or block must start on a line of its own.";
const CLOSE_HERE: &str =
    "The closing brace must stand on the line of the opening one, as the argument does.";
const CLOSE_LINE: &str = "The closing brace must stand on a line of its own.";

impl<'s> Parser<'s> {
    /// Reads a whole file.
    pub(super) fn file(&mut self, rules: BodyRules) -> NodeId {
        let (items, cut) = self.items(rules, true);
        let end = self.bytes.len();
        self.add_over(NodeKind::Body, cut, 0, end, items)
    }

    /// Reads arguments and blocks up to a closing brace, which is left, or to the end. Returns `CUT` with
    /// them where something that stands there was lost.
    fn items(&mut self, rules: BodyRules, top: bool) -> (Chain, u8) {
        let mut chain = Chain::new();
        let mut cut = 0;
        let mut names: FxHashSet<&'s str> = FxHashSet::default();
        let (mut count, mut one_line) = (0_usize, false);
        loop {
            let before = self.at;
            self.lines_matter = false;
            self.skip();
            self.lines_matter = true;
            let fresh = (top && count == 0)
                || self.at_margin()
                || self.text[before..self.at].contains('\n');
            let Some(byte) = self.byte() else {
                return (chain, cut);
            };
            if byte == b'}' {
                if !top {
                    let one_liner = one_line && count == 1;
                    if !fresh && count > 0 && !one_liner {
                        self.refused(CLOSE_LINE);
                    } else if fresh && one_line {
                        self.refused(CLOSE_HERE);
                    }
                    return (chain, cut);
                }
                self.fail("This closing brace closes nothing.");
                self.at += 1;
                cut = CUT;
                continue;
            }
            if !top && rules == BodyRules::Margin && self.at_margin_block() {
                return (chain, cut);
            }
            let start = self.at;
            let guessed = self.guessed;
            let item = self.item_or_rest(rules);
            if item.is_none() || self.guessed > guessed {
                cut = CUT;
            }
            let attribute = item.filter(|id| self.kind_of(*id) == NodeKind::Attribute);
            if count == 0 && !fresh && attribute.is_some() {
                one_line = true;
            } else if !fresh {
                self.refused_at(start, OWN_LINE);
            }
            count += 1;
            if let Some(id) = item {
                self.link(&mut chain, id);
            }
            if let Some(id) = attribute {
                let name = self.name_of(id);
                if !names.insert(name) {
                    self.refused_at(start, "An argument of this name is already set above.");
                }
            }
        }
    }

    /// Reads one item; where that fails, passes what belongs to it.
    fn item_or_rest(&mut self, rules: BodyRules) -> Option<NodeId> {
        let start = self.at;
        if let Ok(item) = self.item(rules) {
            return Some(item);
        }
        self.waste(start);
        self.at = self.end_of_broken(start);
        if self.at == start {
            self.at += self.char().map_or(1, char::len_utf8);
        }
        None
    }

    /// Counts what was read in vain since `start`; where that is too much, gives up on the file.
    fn waste(&mut self, start: usize) {
        self.wasted += self.at.saturating_sub(start);
        if self.exhausted() {
            self.notice(
                NoticeKind::Limit,
                start,
                self.bytes.len(),
                "This text has too many errors; from here on it was not read.",
            );
            self.at = self.bytes.len();
        }
    }

    fn item(&mut self, rules: BodyRules) -> Read {
        let start = self.at;
        if self.identifier().is_none() {
            return Err(self.fail("The name of an argument or a block was expected here."));
        }
        let name_end = self.at;
        self.skip();
        let id = match self.byte() {
            Some(b'=') if self.peek(1) != Some(b'=') => self.attribute(start),
            Some(b'{' | b'"') => self.block(start, rules)?,
            Some(_) if self.at_identifier() => self.block(start, rules)?,
            _ => {
                return Err(
                    self.fail("An equals sign or the braces of a block were expected here.")
                );
            }
        };
        self.node_mut(id).aux = offset(name_end);
        Ok(id)
    }

    /// Reads what follows the name of an argument. The argument stays even if its value is lost.
    fn attribute(&mut self, start: usize) -> NodeId {
        self.at += 1;
        self.skip();
        let value_start = self.at;
        let nodes = self.nodes.len();
        let value = self.value().unwrap_or_else(|_| {
            self.nodes.truncate(nodes);
            self.waste(value_start);
            if self.at < self.bytes.len() {
                self.at = self.end_of_broken(start).max(value_start);
            }
            let written = self.text[value_start..self.at].trim_end();
            let end = value_start + written.len();
            self.add_over(NodeKind::Invalid, 0, value_start, end, Chain::new())
        });
        let end = self.nodes[value as usize].end as usize;
        let children = self.chain(&[value]);
        self.add_over(NodeKind::Attribute, 0, start, end, children)
    }

    fn value(&mut self) -> Read {
        let value = self.expression()?;
        self.skip();
        if self.at_line_end() || self.byte() == Some(b'}') {
            Ok(value)
        } else {
            Err(self.fail("The end of the line was expected here, after the value."))
        }
    }

    fn block(&mut self, start: usize, rules: BodyRules) -> Read {
        let mut children = Chain::new();
        while self.byte() != Some(b'{') {
            let label = self.label()?;
            self.link(&mut children, label);
            self.skip();
        }
        let open = self.at;
        self.at += 1;
        let (items, cut) = self.deeper(|parser| Ok(parser.items(rules, false)))?;
        let body = self.add(NodeKind::Body, cut, open + 1, items);
        self.link(&mut children, body);
        let closed = self.eat("}");
        if !closed {
            self.unclosed = true;
            self.notice(
                NoticeKind::UnreadableInput,
                open,
                open + 1,
                "This brace is never closed.",
            );
        }
        let op = if closed { 0 } else { UNCLOSED };
        let block = self.add(NodeKind::Block, op, start, children);
        self.skip();
        Ok(block)
    }

    fn label(&mut self) -> Read {
        let start = self.at;
        if self.identifier().is_some() {
            return Ok(self.add(NodeKind::Label, BARE, start, Chain::new()));
        }
        if self.byte() != Some(b'"') {
            return Err(self.fail("A label or the opening brace of a block was expected here."));
        }
        let label = self.quoted()?;
        if self.kind_of(label) != NodeKind::String {
            self.at = start;
            return Err(self.fail("The label of a block cannot be computed."));
        }
        let node = self.node_mut(label);
        node.kind = NodeKind::Label;
        node.op = QUOTED;
        Ok(label)
    }

    /// Returns `true` if a block of the top level starts here, at the left margin.
    fn at_margin_block(&mut self) -> bool {
        if !self.at_margin() {
            return false;
        }
        let before = self.at;
        let known = self
            .identifier()
            .is_some_and(|name| TOP_LEVEL.contains(&name));
        self.skip();
        let block = matches!(self.byte(), Some(b'"' | b'{'));
        self.at = before;
        known && block
    }

    fn at_margin(&self) -> bool {
        self.at == 0 || self.bytes[self.at - 1] == b'\n'
    }

    fn kind_of(&self, id: NodeId) -> NodeKind {
        self.nodes[id as usize].kind
    }

    fn name_of(&self, id: NodeId) -> &'s str {
        let node = self.nodes[id as usize];
        &self.text[node.start as usize..node.aux as usize]
    }

    fn refused(&mut self, message: &str) {
        self.refused_at(self.at, message);
    }

    /// Reports what Terraform refuses although it is clear what is meant.
    pub(super) fn refused_at(&mut self, at: usize, message: &str) {
        let len = self.text[at..].chars().next().map_or(0, char::len_utf8);
        self.notice(NoticeKind::InvalidConfiguration, at, at + len, message);
    }
}
