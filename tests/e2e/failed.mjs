// A reporter of Node's test runner: the files in which a test failed, a name a line. `cargo xtask test` runs those once more, alone.
import { basename } from 'node:path';

export default async function* failed(source) {
  const files = new Set();
  for await (const { type, data } of source) if (type === 'test:fail' && data.file) files.add(basename(data.file));
  for (const file of files) yield `${file}\n`;
}
