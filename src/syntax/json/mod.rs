//! JSON with comments, as Resource Manager reads it.
