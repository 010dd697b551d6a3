import { z } from 'zod';
import { type ExitCode, exit } from '../exit.ts';
import { line, next, writeJson } from '../output.ts';
import { type StoreFlags, withSession } from '../session.ts';

export type CoverageFlags = StoreFlags & {
  readonly from?: string;
  readonly to?: string;
  readonly framework?: string;
  readonly json?: boolean;
};

const answerSchema = z.object({
  from: z.string(),
  until: z.string(),
  items: z.array(
    z.object({
      framework: z.string(),
      edition: z.string(),
      title: z.string(),
      notes: z.array(z.string()),
      items: z.array(
        z.object({
          id: z.string(),
          reference: z.string(),
          title: z.string(),
          behaviours: z.array(z.string()),
          loops: z.number(),
          verified: z.number(),
          held: z.number(),
          controls: z.array(z.string()),
        }),
      ),
      gaps: z.array(z.string()),
      silent: z.array(z.string()),
    }),
  ),
});

/** What is covered of each framework: by behaviours, by cases of a period, by controls; and what is not. */
export async function evidenceCoverageCommand(flags: CoverageFlags): Promise<ExitCode> {
  const { from, to, framework } = flags;
  const answer = await withSession(flags, (session) =>
    session.ask({ method: 'GET', path: '/v1/coverage', query: { from, to, framework } }, answerSchema),
  );
  if (flags.json === true) {
    writeJson(answer);
    return exit.ok;
  }
  line(`Cases from ${answer.from} to ${answer.until}`);
  for (const { title, edition, notes, items, gaps, silent } of answer.items) {
    line();
    line(`${title} ${edition}: a behaviour bears on ${items.length - gaps.length} of ${items.length}`);
    for (const { reference, behaviours, loops, verified, held, controls } of items) {
      if (behaviours.length === 0) continue;
      const control = `, ${controls.length} controls in force`;
      line(`  ${reference}  ${loops} cases, ${verified} verified, ${held} held${control}`);
      line(`    ${behaviours.join(', ')}`);
    }
    if (silent.length > 0) line(`  without a case in this time: ${silent.join(' ')}`);
    if (gaps.length > 0) line(`  gaps, without a behaviour: ${gaps.join(' ')}`);
    for (const note of notes) line(`  ${note}`);
  }
  next('npx foldback evidence export --from 2026-01-01 --to 2026-03-31 --format html --out evidence.html');
  return exit.ok;
}
