// Closes a test log with one plain line: how many tests passed, failed and were skipped.
import { readFileSync } from 'node:fs';

const esc = String.fromCharCode(27);
const text = readFileSync(process.argv[2], 'utf8').replaceAll(new RegExp(`${esc}\\[[0-9;]*m`, 'g'), '');
const line = text.split('\n').findLast((candidate) => /^\s*Tests\s/.test(candidate)) ?? '';
const count = (word) => Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? 0);
console.log(`${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`);
