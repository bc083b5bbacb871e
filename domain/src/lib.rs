//! The one vocabulary.
