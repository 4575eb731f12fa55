//! Root modules in memory, evaluated whole.
