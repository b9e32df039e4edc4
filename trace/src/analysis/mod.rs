//! From the model to answers.
