import { randomBytes } from 'node:crypto';
import { schemaSteps } from '../../adapters/stores/postgres/migrate.ts';
import { type App, openApp } from '../../app.ts';
import { consoleMissing } from '../../app-console.ts';
import { type Door, openDoor } from '../../app-door.ts';
import { effective, secretValues } from '../../config/effective.ts';
import { findKeys } from '../../config/keys-store.ts';
import { createLog } from '../../lib/log.ts';
import { lockData, type Role, type Serving, serve } from '../../serve.ts';
import { CliError, type ExitCode, exit } from '../exit.ts';
import { note } from '../output.ts';
import { type ConfigFlags, openSettings } from '../settings.ts';

export type ServeFlags = ConfigFlags & { readonly role: Role };

/** A second signal later than this means it: one keypress reaches this process and its launcher alike. */
const insistAfterMs = 1_000;

export async function serveCommand(flags: ServeFlags): Promise<ExitCode> {
  const loaded = await openSettings(flags);
  const { config } = loaded;
  const isEmbedded = config.database.url === undefined;
  if (isEmbedded && flags.role !== 'all')
    throw new CliError('Roles apart need one database that both reach: set DATABASE_URL to a PostgreSQL.');
  const log = createLog({ level: config.log.level, secrets: secretValues(loaded) });
  log.debug({ settings: effective(loaded) }, 'settings');
  const stop = stopSignal();
  // Two processes on one folder lose data silently: whoever has lost the lock writes nothing more.
  const onLost = (): never => {
    log.fatal({}, 'the lock of the data folder was lost; ending at once');
    process.exit(exit.failed);
  };
  const lock = isEmbedded ? await lockData(config.data.dir, onLost) : undefined;
  let door: Door | undefined;
  try {
    const found = await findKeys(config, randomBytes);
    door = flags.role === 'worker' ? undefined : await openDoor(config.http);
    const app = await openApp({
      config,
      keys: found.keys,
      log,
      onSchemaStep: (progress) => {
        // Of a new store all steps are missing, and nobody waits for what was there.
        const level = progress.of === schemaSteps.length ? 'debug' : 'info';
        log[level]({ ...progress }, 'the schema is brought up to date');
        door?.tell(progress);
      },
    });
    try {
      const serving = await serve(app, flags.role, door);
      banner(app, serving, flags.role);
      if (found.source === 'generated')
        note(`New keys are in ${found.path}. Keep a copy of them apart from the data.`);
      const signal = await stop;
      note(`${signal}: finishing what runs …`);
      await serving.stop();
    } finally {
      await app.close();
    }
  } finally {
    // Closed already, unless the start failed.
    await door?.close();
    await lock?.release();
  }
  note('Stopped.');
  return exit.ok;
}

function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let stoppedAt: number | undefined;
    const onSignal = (signal: NodeJS.Signals): void => {
      if (stoppedAt !== undefined && performance.now() - stoppedAt > insistAfterMs) process.exit(exit.failed);
      stoppedAt ??= performance.now();
      resolve(signal);
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  });
}

function banner({ config, sources }: App, serving: Serving, role: Role): void {
  const { url } = serving;
  if (url === undefined) {
    note('Foldback works without a door of its own (--role worker). Stop it with Ctrl-C.');
    return;
  }
  const isShadow = config.delivery.mode === 'shadow';
  const noConsole = consoleMissing();
  const lines = [
    `Foldback listens on ${url}${role === 'api' ? ', without a worker' : ''}`,
    ...(noConsole === undefined ? [] : [noConsole]),
    ...(serving.claimUrl === undefined
      ? []
      : ['', 'Become its administrator (one use, 30 minutes):', `  ${serving.claimUrl}`]),
    '',
    isShadow
      ? 'Mode: shadow. Messages are shown in the product and sent to nobody.'
      : `Mode: live. Messages go out through the channel ${config.delivery.channel}.`,
    ...(config.database.url === undefined
      ? [
          `Evaluation storage in ${config.data.dir}: not safe from a power cut. Set DATABASE_URL for a PostgreSQL.`,
        ]
      : []),
    '',
    `Feed it a first report. It reads ${sources.map(({ title }) => title).join(', ')}:`,
    '  npx foldback try report.json --repo .        who would be told what; changes nothing',
    '  npx foldback import report.json              as history: nobody is told until you release it',
    `  curl -X POST ${url}/v1/sources/${sources[0]?.id} --data-binary @report.json \\`,
    '    -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json"',
    '',
    'Stop it with Ctrl-C.',
  ];
  note(lines.join('\n'));
}
