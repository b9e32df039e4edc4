// Prints the SHA-256 of a file: node sha256.mjs FILE
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

console.log(createHash('sha256').update(readFileSync(process.argv[2])).digest('hex'));
