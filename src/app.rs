//! The walk from arguments to exit code, one function a step: gather the inputs, judge the units,
//! propose or apply fixes, report.

pub mod derived;
mod exit;
mod failure;
mod fix;
mod inputs;
mod judge;
mod pages;
mod policy;
mod progress;
mod report;
mod rules;
mod scaffold;
mod standards;
mod terminal;
mod trial;

use std::io;

use crate::cli::{CheckArgs, Cli, Command, FixArgs, PolicyCommand};
use failure::Failure;
use inputs::Inputs;
use terminal::style;

pub use exit::{CLEAN, FAILED, FOUND};

/// Does what the command line asks and returns the exit code.
#[must_use]
pub fn run(cli: &Cli) -> u8 {
    let done = match &cli.command {
        Command::Check(args) => check(args, cli.no_color),
        Command::Fix(args) => apply(args, cli.no_color),
        Command::Test(args) => inputs::in_pool(None, || {
            trial::run(args, style(cli.no_color, &io::stdout()))
        }),
        Command::Rules(args) => rules::list(args, style(cli.no_color, &io::stdout())),
        Command::Explain(args) => rules::explain(args, style(cli.no_color, &io::stdout())),
        Command::Policy(PolicyCommand::Lint(args)) => {
            policy::lint(args, style(cli.no_color, &io::stdout()))
        }
        Command::Completions(args) => rules::completions(args),
    };
    match done {
        Ok(code) => code,
        // The reader has seen enough.
        Err(Failure::Io(error)) if error.kind() == io::ErrorKind::BrokenPipe => CLEAN,
        Err(failure) => {
            let style = style(cli.no_color, &io::stderr());
            // Nothing can be said any more when even this fails.
            let _ = failure.write(style, &mut io::stderr().lock());
            FAILED
        }
    }
}

/// `check`: judge and report.
fn check(args: &CheckArgs, no_color: bool) -> Result<u8, Failure> {
    inputs::in_pool(args.run.jobs, || {
        let inputs = Inputs::gather(&args.run)?;
        let (report, code) = judge::check(&inputs, &args.run);
        report::emit(args, &inputs, &report, style(no_color, &io::stdout()))?;
        Ok(code)
    })
}

/// `fix`: judge, apply what is proven until nothing is left to apply, and report what remains.
fn apply(args: &FixArgs, no_color: bool) -> Result<u8, Failure> {
    inputs::in_pool(args.run.jobs, || {
        let inputs = Inputs::gather(&args.run)?;
        fix::apply(args, &inputs, style(no_color, &io::stdout()))
    })
}
