//! From the model to answers: summary, tasks, agents, calls, final output, conversation, report.
//!
//! Pure functions over the model. The page and the report command show what these return and compute nothing themselves. Depends on
//! `crewscope-trace` alone: how a trace is read is the matter of `crewscope-import`.

pub mod compare;
pub mod conversation;
pub mod coverage;
mod crew_totals;
mod envelope;
pub mod findings;
pub mod mask;
mod output;
mod prices;
mod reconcile;
pub mod report;
mod reported;
mod rows;
pub mod search;
pub mod step;
mod summary;
pub mod take;
pub mod timeline;
mod tokens;
pub mod transcript;

pub use output::{final_output, readable, FinalOutput};
pub use prices::{Found, NoPrice, Price, PriceFileError, Prices, Step};
pub use reconcile::{reconcile, reconcile_in, Check, Quantity, Reason, Reconciliation, Verdict};
pub use rows::{agents, calls, tasks, tasks_in, AgentRow, TaskRow};
pub use summary::{summary, summary_in, Summary, TokensFrom};
pub use tokens::{model_of, totals, Cost, Totals};
