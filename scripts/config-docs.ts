import { writeFileSync } from 'node:fs';
import { channels, sources } from '../src/adapters/index.ts';
import { configMarkdown } from '../src/config/docs.ts';
import { configSchema } from '../src/config/schema.ts';
import { settingsTree } from '../src/config/settings-tree.ts';

/** Writes docs/config.md from the schema and the adapters' own settings. A test compares the two. */
const text = configMarkdown(settingsTree(configSchema({ channels, sources })));
writeFileSync(new URL('../docs/config.md', import.meta.url), text);
