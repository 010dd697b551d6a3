import { join } from 'node:path';
import { openEmbedded } from '../../src/adapters/stores/postgres/open.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import { lockData } from '../../src/serve.ts';

// Opens the embedded store in a folder, for the first time or again, and says how far it came.
const folder = process.argv[2] ?? '';
const lock = await lockData(folder);
process.stdout.write('opening\n');
const store = await openEmbedded(join(folder, 'store'));
const { events } = await store.read.totals(loopPrincipal);
process.stdout.write(`opened ${events}\n`);
await store.close();
await lock.release();
