// Plays the archived experiment of the demonstration and writes it down: some minutes on a quiet machine.
//   node scripts/archive-experiment.ts [people] [file]
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { archivedExperiment, archiveStory } from '../src/simulate/archive.ts';
import { simulate } from '../src/simulate/simulate.ts';

const [people = '4000', file = join(import.meta.dirname, '../src/simulate/archived-experiment.jsonl')] =
  process.argv.slice(2);
const played = await simulate({
  ...archiveStory,
  people: Number(people),
  onDay: (done) => {
    process.stderr.write(`day ${done} of ${archiveStory.days}\n`);
  },
});
const archived = archivedExperiment(played, Number(people));
await writeFile(file, `${JSON.stringify(archived)}\n`);
process.stdout.write(`${JSON.stringify(archived.effects)}\n`);
