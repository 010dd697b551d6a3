import { writeFile } from 'node:fs/promises';
import { openPacks, packOptions } from '../../content.ts';
import { checkPacks, runExamples } from '../../packs/check.ts';
import { coverageOf } from '../../packs/coverage.ts';
import { shippedPacksDir } from '../../packs/pack-folder.ts';
import { problemText } from '../../packs/problem.ts';
import { previewPage } from '../../preview-page.ts';
import { CliError, type ExitCode, exit } from '../exit.ts';
import { line, next, note, plural, writeJson } from '../output.ts';
import { type ConfigFlags, glanceSettings } from '../settings.ts';

export type PacksFlags = ConfigFlags & { readonly json?: boolean };

/** The folder named, else the configured one, else the packs that come with Foldback. */
async function folderOf(dir: string | undefined, flags: ConfigFlags): Promise<string> {
  return dir ?? (await glanceSettings(flags)).config.packs ?? shippedPacksDir();
}

export async function packsCheckCommand(dir: string | undefined, flags: PacksFlags): Promise<ExitCode> {
  const folder = await folderOf(dir, flags);
  const { problems, messages, examples } = checkPacks(folder, packOptions);
  if (flags.json === true) writeJson({ folder, messages, examples, problems });
  else {
    for (const problem of problems) line(problemText(problem));
    note(
      `${plural(messages, 'message')} linted, ${plural(examples, 'example')} run: ${plural(problems.length, 'problem')}.`,
    );
  }
  if (problems.length > 0) return exit.failed;
  next('npx foldback packs preview --out preview.html   every message on one page, for review');
  return exit.ok;
}

export async function packsTestCommand(dir: string | undefined, flags: PacksFlags): Promise<ExitCode> {
  const results = runExamples([...openPacks(await folderOf(dir, flags)).behaviours.values()]);
  const failed = results.filter(({ expected, said }) => expected !== said);
  if (flags.json === true) {
    for (const result of results) writeJson({ ...result, ok: result.expected === result.said });
  } else {
    for (const { behaviour, name, expected, said, file, line: at } of results) {
      const isOk = expected === said;
      line(`${isOk ? 'ok  ' : 'FAIL'}  ${behaviour}: ${name} → ${said}`);
      if (!isOk) line(`      ${file}:${at}: "${expected}" was to come`);
    }
  }
  note(`${plural(results.length, 'example')}, ${failed.length} of them not as they should be.`);
  if (failed.length > 0) return exit.failed;
  next('npx foldback packs check   lints every message too');
  return exit.ok;
}

export async function packsPreviewCommand(
  dir: string | undefined,
  flags: ConfigFlags & { readonly out: string },
): Promise<ExitCode> {
  const page = previewPage(openPacks(await folderOf(dir, flags)));
  await writeFile(flags.out, page).catch((error: unknown) => {
    throw new CliError(`${flags.out}: ${error instanceof Error ? error.message : 'it cannot be written.'}`);
  });
  note(`Every message in every channel and language is in ${flags.out}.`);
  next(`open ${flags.out} in a browser`);
  return exit.ok;
}

/** Longer lists are counted, with their gaps by id: a hundred lines of titles say less. */
const itemsShownMax = 20;

export async function packsCoverageCommand(dir: string | undefined, flags: PacksFlags): Promise<ExitCode> {
  const coverage = coverageOf(openPacks(await folderOf(dir, flags)));
  if (flags.json === true) {
    for (const one of coverage) writeJson(one);
    return exit.ok;
  }
  for (const { title, edition, items, gaps } of coverage) {
    line(`${title} ${edition}: ${items.length - gaps.length} of ${items.length} covered`);
    const shown =
      items.length <= itemsShownMax ? items : items.filter(({ behaviours }) => behaviours.length > 0);
    for (const { id, title: itemTitle, behaviours } of shown) {
      const by = behaviours.length === 0 ? 'gap' : behaviours.join(', ');
      line(`  ${id}  ${items.length <= itemsShownMax ? `${itemTitle}: ` : ''}${by}`);
    }
    if (items.length > itemsShownMax && gaps.length > 0) line(`  gaps: ${gaps.join(' ')}`);
  }
  next('npx foldback packs check   says which ids are unknown or withdrawn');
  return exit.ok;
}
