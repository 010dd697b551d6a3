/**
 * `npm run bench -- NAME` measures one figure against its limit, in one run on one machine. The last line of stdout is
 * {"bench","ratio","limit","foldback","unit"}; everything else goes to stderr. Sizes come from the environment.
 */
import { readdirSync } from 'node:fs';
import type { Figure } from './support/figure.ts';

const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && file !== 'run.ts')
  .map((file) => file.slice(0, -3));
const [name = ''] = process.argv.slice(2);
if (!names.includes(name)) {
  process.stderr.write(`npm run bench -- NAME, where NAME is one of: ${names.join(', ')}\n`);
  process.exit(2);
}
const { bench }: { readonly bench: () => Promise<Figure> } = await import(`./${name}.ts`);
const { ratio, limit, foldback, unit } = await bench();
process.stdout.write(`${JSON.stringify({ bench: name, ratio, limit, foldback, unit })}\n`);
