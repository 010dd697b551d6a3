import { type AuthorReading, readAuthor } from '../../../core/author-address.ts';
import type { Account } from '../../../core/event.ts';
import { strangerOf } from '../../../core/lead-evidence.ts';
import type { Evidence } from '../../../core/owner.ts';
import { type OwnerWeights, weightOf } from '../../../core/owner-weights.ts';
import { formerEmail } from '../../../core/settle-owner-ref.ts';
import { inertPath } from '../../../core/untrusted-text.ts';
import type { Clone, Clones } from '../../../lib/git/clones.ts';
import { type Commit, headCommit, readCommit, type Signature, touches } from '../../../lib/git/commits.ts';
import { mapSignatures } from '../../../lib/git/mailmap.ts';
import type { OwnerDirectory, OwnerQuery } from '../../../ports/owner-directory.ts';
import { lineKey, openLineTracer, type TraceLines } from './trace-lines.ts';

/** Questions answered side by side; git's answers to them are held in memory. */
const chunkSize = 200;

/** Authors of commits in local clones, `.mailmap` applied. Moves only when a clone is fetched. */
export const directory = {
  id: 'git',
  title: 'Authors of commits in local clones',
  open: (settings: {
    readonly clones: Clones;
    readonly weights: OwnerWeights;
  }): Promise<OwnerDirectory | undefined> => {
    const { clones, weights } = settings;
    if (clones.count === 0) return Promise.resolve(undefined);
    const trace = openLineTracer();
    return Promise.resolve({
      id: directory.id,
      evidence: (queries) => answerAll({ clones, trace, weights }, queries),
    });
  },
};

type World = { readonly clones: Clones; readonly trace: TraceLines; readonly weights: OwnerWeights };

async function answerAll(
  { clones, trace, weights }: World,
  queries: readonly OwnerQuery[],
): Promise<readonly (readonly Evidence[])[]> {
  const answers: (readonly Evidence[])[] = queries.map(() => []);
  const byRepository = new Map<string | undefined, number[]>();
  queries.forEach(({ where }, index) => {
    const list = byRepository.get(where.repository) ?? [];
    list.push(index);
    byRepository.set(where.repository, list);
  });
  for (const [repository, indexes] of byRepository) {
    const found = await clones.find(repository);
    if (found.kind === 'none') continue;
    const evidence = await answerRepository(
      found.clone,
      trace,
      indexes.map((index) => queries[index]?.where ?? {}),
      weights,
    );
    indexes.forEach((index, at) => {
      answers[index] = evidence[at] ?? [];
    });
  }
  return answers;
}

type Where = OwnerQuery['where'];
type Introduction = {
  readonly commit: Commit;
  readonly kind: 'commit-author' | 'line-author';
  readonly detail: string;
};

async function answerRepository(
  clone: Clone,
  trace: TraceLines,
  places: readonly Where[],
  weights: OwnerWeights,
): Promise<readonly (readonly Evidence[])[]> {
  const head = await headCommit(clone);
  if (head === undefined) return [];
  const traced = await trace(clone, head, places);
  const introductions: (Introduction | undefined)[] = [];
  for (let at = 0; at < places.length; at += chunkSize) {
    const chunk = places.slice(at, at + chunkSize).map((where) => introductionOf(clone, where, traced));
    introductions.push(...(await Promise.all(chunk)));
  }
  const mapped = await mapAll(clone, head, introductions);
  return introductions.map((introduction) =>
    introduction === undefined ? [] : evidenceOf(introduction, mapped, weights),
  );
}

/** The commit that the report names, if the clone has it and it touches the file; else the one of the line. */
async function introductionOf(
  clone: Clone,
  where: Where,
  traced: ReadonlyMap<string, string>,
): Promise<Introduction | undefined> {
  const { commit: named, file, line } = where;
  if (named !== undefined) {
    const commit = await readCommit(clone, named);
    if (commit === undefined) return undefined;
    if (file === undefined) return { commit, kind: 'commit-author', detail: `commit ${shortName(commit)}` };
    if ((await touches(clone, commit, file)) !== 'yes') return undefined;
    const detail = `commit ${shortName(commit)}, which brought or changed ${inertPath(file)}`;
    return { commit, kind: 'commit-author', detail };
  }
  const oid = file === undefined || line === undefined ? undefined : traced.get(lineKey(file, line));
  const commit = oid === undefined ? undefined : await readCommit(clone, oid);
  if (commit === undefined || file === undefined) return undefined;
  const detail = `commit ${shortName(commit)}, which last changed line ${line} of ${inertPath(file)}`;
  return { commit, kind: 'line-author', detail };
}

/** Every signature once, since each batch costs a process. */
async function mapAll(
  clone: Clone,
  head: string,
  introductions: readonly (Introduction | undefined)[],
): Promise<ReadonlyMap<string, Signature>> {
  const once = new Map<string, Signature>();
  for (const introduction of introductions) {
    if (introduction === undefined) continue;
    const { author, committer } = introduction.commit;
    for (const signature of [author, committer]) once.set(signatureKey(signature), signature);
  }
  const mapped = await mapSignatures(clone, head, [...once.values()]);
  return new Map([...once.keys()].map((key, index) => [key, mapped[index] ?? { name: '', email: '' }]));
}

function evidenceOf(
  introduction: Introduction,
  mapped: ReadonlyMap<string, Signature>,
  weights: OwnerWeights,
): readonly Evidence[] {
  const { commit, kind, detail } = introduction;
  const author = mapped.get(signatureKey(commit.author)) ?? commit.author;
  const committer = mapped.get(signatureKey(commit.committer)) ?? commit.committer;
  return [
    ...evidenceFrom(weights, kind, commit.author, author, `Author of ${detail}.`),
    ...(signatureKey(author) === signatureKey(committer)
      ? []
      : evidenceFrom(weights, 'commit-committer', commit.committer, committer, `Committer of ${detail}.`)),
  ];
}

function evidenceFrom(
  weights: OwnerWeights,
  kind: string,
  written: Signature,
  mapped: Signature,
  detail: string,
): readonly Evidence[] {
  const reading = readAuthor(mapped);
  if (reading.kind === 'nobody') return [];
  const account = reading.account ?? formerAccount(readAuthor(written), reading.email);
  const owner = strangerOf(account === undefined ? reading : { ...reading, account });
  return [{ kind, owner, detail, weight: weightOf(weights, kind) }];
}

/** What the commit itself says of a mapped author, so that the report's author is seen to be the same. */
function formerAccount(written: AuthorReading, email: string | undefined): Account | undefined {
  if (written.kind === 'nobody' || email === undefined) return undefined;
  if (written.account !== undefined) return written.account;
  return written.email === undefined || written.email === email
    ? undefined
    : { system: formerEmail, name: written.email };
}

const shortName = (commit: Commit): string => commit.oid.slice(0, 10);
const signatureKey = (signature: Signature): string => `${signature.email}\n${signature.name}`;
