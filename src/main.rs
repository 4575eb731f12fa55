//! The program: parses the arguments, takes the walk, returns the exit code.

use std::process::ExitCode;

use clap::Parser as _;
use iac_remediate::{app, cli::Cli};

fn main() -> ExitCode {
    ExitCode::from(app::run(&Cli::parse()))
}
