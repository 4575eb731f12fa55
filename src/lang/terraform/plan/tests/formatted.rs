//! What `terraform fmt` says: what it accepts before a plan it accepts afterwards.

use std::process::Command;

use super::*;

/// The texts among `texts` that `terraform fmt` would change, by index; `None` without the program.
pub(super) fn unformatted(texts: &[&str]) -> Option<Vec<usize>> {
    let (listed, _) = run(texts, &["fmt", "-check", "-list=true"])?;
    let index = |line: &str| line.strip_suffix(".tf").unwrap().parse().unwrap();
    Some(listed.lines().map(index).collect())
}

/// The texts as `terraform fmt` writes them; `None` without the program.
pub(super) fn formatted(texts: &[String]) -> Option<Vec<String>> {
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    Some(run(&texts, &["fmt", "-list=false"])?.1)
}

/// What the program says of the texts, and the texts afterwards.
#[expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "the oracle reads files, and a test that is left out says so"
)]
fn run(texts: &[&str], arguments: &[&str]) -> Option<(String, Vec<String>)> {
    let folder = tempfile::tempdir().unwrap();
    let path = |index: usize| folder.path().join(format!("{index}.tf"));
    for (index, text) in texts.iter().enumerate() {
        std::fs::write(path(index), text).unwrap();
    }
    let run = Command::new("terraform")
        .args(arguments)
        .current_dir(folder.path())
        .output();
    let Ok(output) = run else {
        eprintln!("left out: there is no `terraform` to ask");
        return None;
    };
    // 3 says that some would be changed; what cannot be parsed gives 2.
    let code = output.status.code();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(code, Some(0 | 3)), "{code:?} {errors}");
    let after = (0..texts.len()).map(|index| std::fs::read_to_string(path(index)).unwrap());
    Some((String::from_utf8(output.stdout).unwrap(), after.collect()))
}

#[test]
fn what_was_formatted_stays_so() {
    let rows: Vec<&Row> = values::ROWS.iter().chain(bodies::ROWS).collect();
    let before: Vec<&str> = rows.iter().map(|row| row.0).collect();
    let after: Vec<&str> = rows.iter().map(|row| row.2).collect();
    let Some(before) = unformatted(&before) else {
        return;
    };
    let broken: Vec<&str> = unformatted(&after)
        .unwrap()
        .into_iter()
        .filter(|index| !before.contains(index))
        .map(|index| after[index])
        .collect();
    assert!(broken.is_empty(), "{}", broken.join("\n---\n"));
    let companions = companions::texts();
    let companions: Vec<&str> = companions.iter().map(String::as_str).collect();
    assert_eq!(unformatted(&companions).unwrap(), Vec::<usize>::new());
    assert!(
        before.len() < rows.len() / 2,
        "most rows are formatted: {before:?}"
    );
}
