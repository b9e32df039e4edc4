// The runs that the examples offer. In your portal their list comes from your server.
export const runs = [
  { name: 'A research crew', url: new URL('../tests/traces/sample.jsonl', import.meta.url).href },
  { name: 'A task that failed', url: new URL('../tests/traces/failing_task/otlp-crewai1.15.30.json', import.meta.url).href },
];

/** A task's name; crewai gives one only where the crew's author did. */
export const titleOf = ({ name, description }) => name || description?.slice(0, 60) || 'Unnamed task';

/** What the portal itself says about a run, from the viewer's report. */
export function summaryOf({ executions: [execution] }) {
  const { total_tokens: tokens } = execution.summary;
  return `${execution.name}: ${execution.status}, ${tokens === null ? 'tokens not recorded' : `${tokens} tokens`}`;
}
