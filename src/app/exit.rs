//! The exit codes.

/// Nothing at or above the threshold.
pub const CLEAN: u8 = 0;
/// Findings at or above the threshold, or input that could not be read.
pub const FOUND: u8 = 1;
/// The run could not be done: usage, configuration, rules, a missing path.
pub const FAILED: u8 = 2;
