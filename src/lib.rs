//! Microsoft Defender for Cloud recommendations on Terraform and ARM templates, before the merge.
//!
//! Modules stand in storey order: each imports only from those above it in this list. The table of
//! who may import whom is in `docs/ARCHITECTURE.md` and is a test.

pub mod source;

pub mod edit;
pub mod model;
pub mod syntax;

pub mod expression;
pub mod lang;
pub mod rule;

pub mod finding;

pub mod check;
pub mod remediate;

pub mod config;
pub mod files;
pub mod output;

pub mod cli;

pub mod app;
