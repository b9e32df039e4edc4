// The portal around the viewer: chooses a run, says what the report says, and selects tasks. The example for webpack has it, too.
import { runs, summaryOf, titleOf } from '../runs.js';

const button = (text, press) => Object.assign(document.createElement('button'), { type: 'button', textContent: text, onclick: press });

export function portal() {
  const viewer = document.querySelector('crew-scope');
  const status = document.querySelector('[role=status]');
  const buttons = runs.map((run) => button(run.name, () => show(run)));
  document.querySelector('#runs').append(...buttons);

  function show(run) {
    buttons.forEach((each, at) => each.setAttribute('aria-pressed', runs[at] === run));
    status.textContent = 'Reading…';
    viewer.src = run.url;
  }
  viewer.addEventListener('crewscope-load', async () => {
    const report = await viewer.report();
    status.textContent = summaryOf(report);
    const { tasks } = report.executions[0];
    document.querySelector('#tasks').replaceChildren(...tasks.map((task) => button(titleOf(task), () => viewer.select({ task: task.id ?? task.key }))));
  });
  viewer.addEventListener('crewscope-error', ({ detail }) => { status.textContent = `${detail.title}: ${detail.detail}`; });
  show(runs[0]);
}
