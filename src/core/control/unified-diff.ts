/** A unified diff that makes a file, as `git apply` takes it. `text` ends with a line break. */
export function creating(path: string, text: string): string {
  const lines = linesOf(text);
  return [
    `diff --git a/${path} b/${path}`,
    'new file mode 100644',
    '--- /dev/null',
    `+++ b/${path}`,
    `@@ -0,0 +1,${lines.length} @@`,
    ...lines.map((line) => `+${line}`),
    '',
  ].join('\n');
}

/** The way back: it takes away the file as it was made, and refuses one that was changed since. */
export function removing(path: string, text: string): string {
  const lines = linesOf(text);
  return [
    `diff --git a/${path} b/${path}`,
    'deleted file mode 100644',
    `--- a/${path}`,
    '+++ /dev/null',
    `@@ -1,${lines.length} +0,0 @@`,
    ...lines.map((line) => `-${line}`),
    '',
  ].join('\n');
}

/** Some lines of a file give way to others. `at` counts from 0. */
export type Edit = { readonly at: number; readonly remove: number; readonly add: readonly string[] };

const contextMax = 3;

/** A diff that changes lines of a text, with the lines around them. The text ends with a line break and has no `\r`. */
export function editing(path: string, text: string, edits: readonly Edit[]): string {
  const lines = linesOf(text);
  const sorted = edits.toSorted((a, b) => a.at - b.at);
  const groups: Edit[][] = [];
  for (const edit of sorted) {
    const last = groups.at(-1)?.at(-1);
    if (last !== undefined && edit.at - (last.at + last.remove) <= 2 * contextMax) groups.at(-1)?.push(edit);
    else groups.push([edit]);
  }
  let shift = 0;
  const hunks = groups.map((group) => {
    const [first, last] = [group[0], group.at(-1)];
    const from = Math.max(0, (first?.at ?? 0) - contextMax);
    const to = Math.min(lines.length, (last?.at ?? 0) + (last?.remove ?? 0) + contextMax);
    const body: string[] = [];
    let at = from;
    const keep = (until: number) => {
      for (; at < until; at += 1) body.push(` ${lines[at] ?? ''}`);
    };
    for (const { at: where, remove, add } of group) {
      keep(where);
      for (const line of lines.slice(where, where + remove)) body.push(`-${line}`);
      for (const line of add) body.push(`+${line}`);
      at = where + remove;
    }
    keep(to);
    const grown = group.reduce((sum, { remove, add }) => sum + add.length - remove, 0);
    const head = `@@ -${from + 1},${to - from} +${from + 1 + shift},${to - from + grown} @@`;
    shift += grown;
    return [head, ...body].join('\n');
  });
  return [`diff --git a/${path} b/${path}`, `--- a/${path}`, `+++ b/${path}`, ...hunks, ''].join('\n');
}

function linesOf(text: string): readonly string[] {
  return text.replace(/\n$/u, '').split('\n');
}
