//! Throw-away services for tests.
