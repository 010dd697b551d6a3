import { createHash } from 'node:crypto';
import { normaliseSecret, secretContent } from '../../core/secret-content.ts';
import { providerOf, type SecretProvider, shapesIn } from '../../core/secret-provider.ts';

/** A secret in a text. The value itself stays in this file: what leaves it is where it was and what kind it is. */
export type Hit = {
  /** From 1. */
  readonly line: number;
  readonly provider: SecretProvider;
  readonly rule: string;
  /** SHA-256 of the secret, hex: the same secret elsewhere has the same. */
  readonly hash: string;
};

/** Shapes of values that are secrets wherever they stand. The others need the look around them that rules have. */
const plainShapes: ReadonlySet<string> = new Set([
  'aws',
  'github',
  'gitlab',
  'slack',
  'stripe',
  'gcp',
  'anthropic',
  'openai',
  'npm',
]);

/** A whole key block (RFC 7468), also with line breaks written out: the rules know only those of 100 digits and more. */
const keyBlock =
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[A-Za-z0-9+/=\s\\]{50,20000}-----END /gu;

/**
 * Finds secrets in the lines that are new.
 *
 * @param path as in the repository; some rules look at the name
 * @param isNew whether a line, from 1, is one of those that count
 */
export async function scanText(
  path: string,
  text: string,
  isNew: (line: number) => boolean,
): Promise<readonly Hit[]> {
  const lineAt = lineCounter(text);
  const hits: Hit[] = [];
  const taken: { readonly from: number; readonly to: number }[] = [];
  const add = (from: number, to: number, rule: string, provider: SecretProvider): void => {
    const [first, last] = [lineAt(from), lineAt(Math.max(from, to - 1))];
    const isOverlapping = taken.some((one) => from < one.to && to > one.from);
    const content = secretContent(text.slice(from, to));
    if (isOverlapping || content === undefined) return;
    taken.push({ from, to });
    for (let line = first; line <= last; line++) {
      if (!isNew(line)) continue;
      const hash = createHash('sha256').update(normaliseSecret(content)).digest('hex');
      hits.push({ line: first, provider, rule, hash });
      return;
    }
  };
  for (const { range, rule } of await byRules(path, text)) {
    add(range[0], range[1], rule, providerOf(rule));
  }
  for (const { 0: block, index } of text.matchAll(keyBlock)) {
    if (!/EXAMPLE/u.test(block)) add(index, index + block.length, 'private-key-block', 'private-key');
  }
  for (const { provider, value, index } of shapesIn(text)) {
    if (plainShapes.has(provider) && !/EXAMPLE/u.test(value)) {
      add(index, index + value.length, `${provider}-shape`, provider);
    }
  }
  return hits.toSorted((one, other) => one.line - other.line);
}

type Found = { readonly range: readonly [number, number]; readonly rule: string };

async function byRules(path: string, text: string): Promise<readonly Found[]> {
  const [{ lintSource }, { creator }] = await Promise.all([
    import('@secretlint/core'),
    import('@secretlint/secretlint-rule-preset-recommend'),
  ]);
  const linted = await lintSource({
    source: { filePath: path, content: text, ext: '', contentType: 'text' },
    options: { noPhysicFilePath: true, config: { rules: [{ id: 'recommend', rule: creator, options: {} }] } },
  });
  return linted.messages.map(({ range, ruleId, messageId }) => {
    const name = ruleId.replace(/^.*secretlint-rule-/u, '');
    return { range, rule: `${name} ${messageId}` };
  });
}

function lineCounter(text: string): (index: number) => number {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (index) => {
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= index) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}
