//! erasing
