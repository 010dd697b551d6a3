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

/** A hunk that changes some lines of a file, `from` being the 1-based line where they begin. */
export function changing(
  path: string,
  from: number,
  before: readonly string[],
  after: readonly string[],
): string {
  return [
    `diff --git a/${path} b/${path}`,
    `--- a/${path}`,
    `+++ b/${path}`,
    `@@ -${from},${before.length} +${from},${after.length} @@`,
    ...before.map((line) => `-${line}`),
    ...after.map((line) => `+${line}`),
    '',
  ].join('\n');
}

function linesOf(text: string): readonly string[] {
  return text.replace(/\n$/u, '').split('\n');
}
