// React 19 passes properties and events to custom elements as they are: `oncrewscope-load` is the event `crewscope-load`.
import { StrictMode, useRef, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { define } from 'crew-scope';
import { runs, summaryOf, titleOf } from '../runs.js';
import '../portal.css';

define();

function Portal() {
  const viewer = useRef(null);
  const [run, setRun] = useState(runs[0]);
  const [report, setReport] = useState(null);
  const [trouble, setTrouble] = useState('');

  const show = (chosen) => {
    setRun(chosen);
    setReport(null);
    setTrouble('');
  };
  return (
    <main className="portal">
      <h1>Runs</h1>
      <nav>
        {runs.map((each) => (
          <button key={each.url} type="button" aria-pressed={each === run} onClick={() => show(each)}>{each.name}</button>
        ))}
        <h2>Tasks</h2>
        {report?.executions[0].tasks.map((task, at) => (
          <button key={at} type="button" onClick={() => viewer.current.select({ task: task.id ?? task.key })}>{titleOf(task)}</button>
        ))}
      </nav>
      <section>
        <p role="status">{trouble || (report ? summaryOf(report) : 'Reading…')}</p>
        <crew-scope
          ref={viewer}
          src={run.url}
          oncrewscope-load={async ({ target }) => setReport(await target.report())}
          oncrewscope-error={({ detail }) => setTrouble(`${detail.title}: ${detail.detail}`)}
        />
      </section>
    </main>
  );
}

createRoot(document.getElementById('root')).render(<StrictMode><Portal /></StrictMode>);
