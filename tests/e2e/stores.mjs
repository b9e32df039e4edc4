// Trace stores as the page meets them, answering with the shapes in tests/traces. Routes below `/store/` of the test server:
//
//   jaeger/trace/<id>                       the page of Jaeger's interface: HTML, as for any path it does not know
//   jaeger/api/traces/<id>                  its answer; another id: 404
//   jaeger/api/v3/traces/<id>               the same as OTLP
//   tempo/api/traces/<id>, tempo/api/v2/traces/<id>
//   phoenix/projects/<project>/traces/<id>  a page of Phoenix' interface
//   phoenix/v1/projects/<project>/spans     pages of at most 4 spans, `cursor` as it was given out
//   phoenix/broken/v1/projects/<project>/spans   the same, and the second page fails
//   locked/api/traces/<id>                  401
//   proxy/api/traces/<id>                   a sign-in page with status 200
import { readFileSync } from 'node:fs';

const HTML = '<!doctype html><title>A store</title><div id="root"></div>';
const PAGE = 4;

/** Answers a request below `/store/`. `file` gives the path of a trace. */
export function answerOfStore(request, response, url, file) {
  const path = decodeURIComponent(url.pathname).replace(/^\/store\//, '');
  const send = (status, type, body) => void response.writeHead(status, { 'Content-Type': type }).end(body);
  const json = (value) => send(200, 'application/json', typeof value === 'string' ? value : JSON.stringify(value));
  const lite = (form) => readFileSync(file(`lite_agent/${form}-crewai1.15.30.json`), 'utf8');
  const id = path.split('/').pop();
  if (path.startsWith('jaeger/api/') || path.startsWith('tempo/api/')) {
    const jaeger = lite('jaeger');
    if (!jaeger.includes(id)) return send(404, 'application/json', '{"data":null,"errors":[{"code":404,"msg":"trace not found"}]}');
    const form = { 'jaeger/api/traces': 'jaeger', 'jaeger/api/v3/traces': 'jaeger-v3', 'tempo/api/traces': 'tempo', 'tempo/api/v2/traces': 'tempo-v2' };
    return json(lite(form[path.split('/').slice(0, -1).join('/')]));
  }
  if (/^phoenix\/(broken\/)?v1\/projects\/[^/]+\/spans$/.test(path)) {
    const { data } = JSON.parse(lite('phoenix'));
    const from = Number(Buffer.from(url.searchParams.get('cursor') ?? '', 'base64').toString() || 0);
    if (from > 0 && path.startsWith('phoenix/broken/')) return send(500, 'text/plain', 'the database is gone');
    const until = Math.min(from + Math.min(PAGE, Number(url.searchParams.get('limit') ?? 100)), data.length);
    const cursor = until < data.length ? Buffer.from(String(until)).toString('base64') : null;
    return json({ data: data.slice(from, until), next_cursor: cursor });
  }
  if (path.startsWith('locked/')) return send(401, 'application/json', '{"detail":"Not authenticated"}');
  if (/^(jaeger|phoenix|proxy)\//.test(path)) return send(200, 'text/html; charset=utf-8', HTML);
  return send(404, 'text/plain', 'no such store');
}
