//! Terraform configuration syntax.
