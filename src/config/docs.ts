import { environmentName } from './read-environment.ts';
import { isSecretAt, phraseOf, type Setting } from './settings-tree.ts';

const intro = `# Settings

<!-- Written by scripts/config-docs.ts from src/config/schema.ts and the adapters' settings. Change the schema, then run: node scripts/config-docs.ts -->

Foldback reads \`foldback.yaml\` in the folder where it starts, or the file that \`FOLDBACK_CONFIG\` names. Every
setting can also come from the environment, which goes before the file:

- \`delivery.quietHours.from\` is \`FOLDBACK__DELIVERY__QUIET_HOURS__FROM\`: two underscores between steps.
- With \`_FILE\` behind the name, the variable names a file that holds the value, as secret stores mount it.
- Lists are divided by commas or blanks, or written as JSON. An empty variable counts as not set.
- \`DATABASE_URL\` is \`database.url\`.

Paths in the file start at the file's folder, other paths at the folder where Foldback starts. Nothing has to be set:
without any settings Foldback listens on this machine only, keeps its data in \`./.foldback\` and sends nothing.

At the start every setting is checked, and all problems are named at once, with their lines. Unknown names are
problems too. \`foldback doctor\` shows each setting in force and where it came from, without secrets.

Foldback does not start when

- a channel whose messages leave the machine is switched on without \`http.publicUrl\`;
- it would listen on more than this machine without \`http.publicUrl\` or \`http.hosts\`;
- a PostgreSQL is used and not all of \`keys\` are set, or only some of them are set, or one stands in two places;
- a key is not the one that made the stored data. A rotation puts the new key first and keeps the old one behind it.
`;

/** docs/config.md as the schema has it. */
export function configMarkdown(root: Setting): string {
  const plain = [...root.members].filter(([, setting]) => rowsOf(setting).length === 0);
  const grouped = [...root.members].filter(([, setting]) => rowsOf(setting).length > 0);
  const top = table(
    root,
    plain.map(([name, setting]) => ({ path: [name], setting })),
  );
  const groups = grouped.map(([name, setting]) => {
    const title = `## ${name}\n\n${setting.description}`;
    return `${title}\n\n${table(root, rowsOf(setting, [name]))}`;
  });
  return `${intro}\n## At the top\n\n${top}\n\n${groups.join('\n\n')}\n`;
}

type Row = { readonly path: readonly string[]; readonly setting: Setting };

/** All settings below a group, `[]` for the items of a list and `<name>` for any name. */
function rowsOf(setting: Setting, path: readonly string[] = []): readonly Row[] {
  const inner = [...setting.members].map(
    ([name, member]): Row => ({ path: [...path, name], setting: member }),
  );
  const last = path.at(-1) ?? '';
  const { item } = setting;
  if (item !== undefined && item.members.size > 0) {
    inner.push(
      ...[...item.members].map(([name, member]): Row => {
        const step = setting.kind === 'list' ? [...path.slice(0, -1), `${last}[]`] : [...path, '<name>'];
        return { path: [...step, name], setting: member };
      }),
    );
  }
  return inner.flatMap((row) => {
    const below = rowsOf(row.setting, row.path);
    return below.length > 0 ? below : [row];
  });
}

function table(root: Setting, rows: readonly Row[]): string {
  const lines = rows.map(({ path, setting }) => {
    const unset = setting.isRequired ? 'required' : '–';
    const shown = setting.byDefault === undefined ? unset : `\`${JSON.stringify(setting.byDefault)}\``;
    const secret = setting.isSecret || isSecretAt(root, path) ? ' Secret.' : '';
    const cells = [
      `\`${path.join('.')}\``,
      phraseOf(setting),
      shown,
      `${setting.description}${secret}`.trim(),
    ];
    return `| ${cells.map(cell).join(' | ')} |`;
  });
  return ['| setting | takes | default | what it is |', '|---|---|---|---|', ...lines].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

/** `delivery.quietHours.from` as its environment variable. */
export function variableOf(path: readonly string[]): string {
  return `FOLDBACK__${path.map(environmentName).join('__')}`;
}
