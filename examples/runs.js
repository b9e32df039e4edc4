// The runs that the examples offer. In your portal their list comes from your server.
export const runs = [
  { name: 'A research crew', url: new URL('../tests/traces/sample.jsonl', import.meta.url).href },
  { name: 'A task that failed', url: new URL('../tests/traces/failing_task/otlp-crewai1.15.30.json', import.meta.url).href },
];

/** What the portal itself says about a run, from the viewer's report. */
export function summaryOf({ executions: [execution] }) {
  const { total_tokens: tokens } = execution.summary;
  return `${execution.name}: ${execution.status}, ${tokens === null ? 'tokens not recorded' : `${tokens} tokens`}`;
}
