// The gallery of the start page: four real runs, recorded from the unmodified crewai (tests/traces). `path` is below samples/ on the
// hosted site; in the single file they are data blocks, which xtask/js/single-file.mjs puts there.
export const samples = [
  { path: 'sample.jsonl', name: 'success.jsonl', title: 'A run that went well', text: 'Three agents on three models, four tasks; one tool call failed on the way.' },
  { path: 'failing_task/otlp-crewai1.15.30.jsonl', name: 'failure.jsonl', title: 'A run that failed', text: 'A tool that breaks, an answer that was refused, a task that never began.' },
  { path: 'redundant_tools/otlp-crewai1.15.30.jsonl', name: 'wasteful.jsonl', title: 'A run that wasted tokens', text: 'The same calls again and again, and one huge prompt.' },
  { path: 'flow_nested/otlp-crewai1.15.30.json', name: 'flow.json', title: 'A flow', text: 'Two starts, a router, and two crews inside.' },
];
