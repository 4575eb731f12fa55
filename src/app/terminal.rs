//! The terminal: its colours, and the standard output.

use std::io::{self, IsTerminal as _, Write};

use crate::output::Style;

/// Colours only for a terminal whose user did not refuse them.
pub(super) fn style(no_color: bool, stream: &dyn Terminal) -> Style {
    let refused = no_color || std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    if refused || !stream.is_one() {
        Style::plain()
    } else {
        Style::coloured()
    }
}

/// A stream that may be a terminal.
pub(super) trait Terminal {
    fn is_one(&self) -> bool;
}

impl Terminal for io::Stdout {
    fn is_one(&self) -> bool {
        self.is_terminal()
    }
}

impl Terminal for io::Stderr {
    fn is_one(&self) -> bool {
        self.is_terminal()
    }
}

/// Writes to the standard output at one go.
pub(super) fn print(body: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    body(&mut out)?;
    out.flush()
}
