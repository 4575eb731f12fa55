use std::io::{self, Write};

/// JSON on its way out, in which no two `#` stand side by side: build agents look for `##[command]` and
/// `##vso[command]` anywhere in what a program prints. Inside JSON, `#` only stands in texts, where
/// `\u0023` says the same.
pub(super) struct Defused<'w> {
    out: &'w mut dyn Write,
    after_hash: bool,
}

impl<'w> Defused<'w> {
    /// Writes to `out`.
    pub(super) fn new(out: &'w mut dyn Write) -> Self {
        Self {
            out,
            after_hash: false,
        }
    }
}

impl Write for Defused<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut from = 0;
        for at in memchr::memchr_iter(b'#', bytes) {
            let follows = if at == 0 {
                self.after_hash
            } else {
                bytes[at - 1] == b'#'
            };
            if follows {
                self.out.write_all(&bytes[from..at])?;
                self.out.write_all(br"\u0023")?;
                from = at + 1;
            }
        }
        self.out.write_all(&bytes[from..])?;
        if let Some(last) = bytes.last() {
            self.after_hash = *last == b'#';
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_command_is_left_and_the_text_is_the_same() {
        let rows = [
            "",
            "a # b",
            "##vso[x]",
            "###[x]##",
            "a #",
            "# ## ##[group]",
            "é##[x]",
        ];
        for text in rows {
            let whole = serde_json::to_string(text).unwrap();
            // Whatever pieces it is written in.
            for size in 1..=whole.len() {
                let mut out = Vec::new();
                let mut defused = Defused::new(&mut out);
                for piece in whole.as_bytes().chunks(size) {
                    defused.write_all(piece).unwrap();
                }
                let out = String::from_utf8(out).unwrap();
                assert!(!out.contains("##"), "{out}");
                assert_eq!(serde_json::from_str::<String>(&out).unwrap(), text);
            }
        }
    }
}
