import { readdir } from 'node:fs/promises';
import { hasTables } from '../../adapters/stores/postgres/has-tables.ts';
import { openPostgres } from '../../adapters/stores/postgres/open.ts';
import { isDatabaseUrl } from '../../config/fields.ts';
import { AppError } from '../../core/errors.ts';
import { circumstances } from '../../simulate/circumstances.ts';
import { scoreFolder, simulate } from '../../simulate/simulate.ts';
import { allWords, type PlantedWords } from '../../simulate/words.ts';
import { type ExitCode, exit } from '../exit.ts';
import { line, note, table, writeJson } from '../output.ts';
import { openProgress } from '../progress.ts';

export type SimulateFlags = {
  readonly seed: string;
  readonly days: string;
  readonly people: string;
  readonly identitiesPerPerson: string;
  readonly circumstances?: string;
  readonly words?: string;
  readonly mailsOnly?: boolean;
  readonly database?: string;
  readonly export?: string;
  readonly score?: string;
  readonly detail?: boolean;
  readonly json?: boolean;
};

export async function simulateCommand(flags: SimulateFlags): Promise<ExitCode> {
  const judged = flags.score === undefined ? await run(flags) : await scoreFolder(flags.score);
  const { score, effects, controls, identities, detail } = judged;
  if (flags.json === true) {
    writeJson({
      ...score,
      effects,
      controls,
      ...(identities === undefined ? {} : { identities }),
      ...(flags.detail === true ? { detail } : {}),
    });
    return exit.ok;
  }
  const { owner, dedupe, falseFixes, toldTwice, lost } = score;
  line(
    table(
      ['what', 'figure'],
      [
        ['named owners that are right', owner.precisionAt1.toFixed(4)],
        ['cases with a named owner', owner.coverage.toFixed(4)],
        ['Brier score of the confidence', owner.brier.toFixed(4)],
        ['F1 of what was told to be one case', dedupe.f1.toFixed(4)],
        ['said to be fixed and was not', `${falseFixes}`],
        ['said twice', `${toldTwice}`],
        ['lost', `${lost}`],
      ],
    ),
  );
  line();
  line(
    table(
      ['message', 'true ratio', 'from', 'to', 'verdict'],
      effects.map((one) => [
        one.variant,
        `${one.true}`,
        `${one.low ?? '…'}`,
        `${one.high ?? '…'}`,
        one.verdict,
      ]),
    ),
  );
  const inForce = controls.filter(({ planted }) => planted !== null);
  if (controls.length > 0) note(`${inForce.length} of ${controls.length} proposed controls are in force.`);
  if (inForce.length > 0) {
    line();
    line(
      table(
        ['control', 'scope', 'state', 'before', 'since', 'true ratio', 'from', 'to', 'verdict'],
        inForce.map(({ template, scope, state, before, after, ...one }) => [
          template,
          scope.kind === 'team' ? scope.id : scope.kind,
          state,
          `${before?.failures ?? '…'}`,
          `${after?.failures ?? '…'}`,
          `${one.true ?? '…'}`,
          `${one.low ?? '…'}`,
          `${one.high ?? '…'}`,
          one.verdict,
        ]),
      ),
    );
  }
  if (flags.detail === true) note(JSON.stringify(detail, undefined, 1));
  return exit.ok;
}

async function run(flags: SimulateFlags) {
  const days = whole('days', flags.days, 7, 730);
  const options = {
    seed: whole('seed', flags.seed, 0, 2 ** 31),
    days,
    people: whole('people', flags.people, 8, 20_000),
    identitiesPerPerson: whole('identities-per-person', flags.identitiesPerPerson, 0, 50),
    circumstances: listOf('circumstances', flags.circumstances, circumstances),
    words: wordsOf(flags.words),
    ...(flags.mailsOnly === true ? { isMailsOnly: true } : {}),
  };
  if (flags.export !== undefined && (await readdir(flags.export).catch(() => [])).length > 0)
    throw new AppError('bad-request', `${flags.export} is not empty.`);
  const { database } = flags;
  if (database !== undefined) await refuseUsed(database);
  const progress = openProgress('Simulating');
  return simulate({
    ...options,
    ...(flags.export === undefined ? {} : { exportTo: flags.export }),
    ...(database === undefined ? {} : { openStore: () => openPostgres(database) }),
    onDay: (done) => progress.at(`day ${done} of ${days}`, done / days),
  }).finally(progress.end);
}

/** A story is told to nobody's data: what is there is neither read nor changed. */
async function refuseUsed(url: string): Promise<void> {
  if (!isDatabaseUrl(url))
    throw new AppError('bad-request', 'Write --database as postgres://user:password@host:5432/name.');
  if (await hasTables(url))
    throw new AppError('bad-request', 'That database has tables already. Name an empty one.');
}

/** The usual words first: the others are held against them. */
function wordsOf(text: string | undefined): readonly PlantedWords[] {
  if (text === undefined) return allWords;
  const tried = allWords.filter((words) => words !== 'usual');
  const given = new Set(listOf('words', text, tried));
  if (given.size === 0) throw new AppError('bad-request', `--words names some of ${tried.join(', ')}.`);
  return ['usual', ...tried.filter((words) => given.has(words))];
}

function listOf<Name extends string>(option: string, text = '', known: readonly Name[]): readonly Name[] {
  return text
    .split(',')
    .filter((word) => word !== '')
    .map((word) => {
      const found = known.find((one) => one === word.trim());
      if (found === undefined) throw new AppError('bad-request', `--${option} knows ${known.join(', ')}.`);
      return found;
    });
}

function whole(name: string, text: string, from: number, to: number): number {
  const value = Number(text);
  if (/^\d+$/u.test(text) && value >= from && value <= to) return value;
  throw new AppError('bad-request', `--${name} is a whole number from ${from} to ${to}.`);
}
