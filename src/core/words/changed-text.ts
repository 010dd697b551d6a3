/** A stretch of a text beside another one: in both, only in the earlier, or only in the later. */
export type Stretch = { readonly kind: 'same' | 'taken' | 'added'; readonly text: string };

/** Words of one text that are compared one by one; a longer one is shown as replaced from where it differs. */
export const wordsComparedMax = 1_200;

/** What changed from one text to another, word by word. White space goes with the word before it. */
export function changedText(before: string, after: string): readonly Stretch[] {
  const a = wordsIn(before);
  const b = wordsIn(after);
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end])
    end += 1;
  const stretches: { kind: Stretch['kind']; text: string }[] = [];
  const add = (kind: Stretch['kind'], text: string) => {
    const last = stretches.at(-1);
    if (text === '') return;
    if (last?.kind === kind) last.text += text;
    else stretches.push({ kind, text });
  };
  add('same', a.slice(0, start).join(''));
  for (const { kind, text } of between(a.slice(start, a.length - end), b.slice(start, b.length - end)))
    add(kind, text);
  add('same', a.slice(a.length - end).join(''));
  return stretches;
}

/** With a shared end of nothing, `slice(length - 0)` is nothing, as it should be. */
function wordsIn(text: string): readonly string[] {
  return text.match(/\s*\S+\s*?(?=\s|$)|\s+$/gu) ?? [];
}

/** By the longest row of words that both have. */
function between(a: readonly string[], b: readonly string[]): readonly Stretch[] {
  const whole: readonly Stretch[] = [
    { kind: 'taken', text: a.join('') },
    { kind: 'added', text: b.join('') },
  ];
  if (a.length === 0 || b.length === 0 || a.length > wordsComparedMax || b.length > wordsComparedMax)
    return whole;
  const width = b.length + 1;
  const longest = new Uint16Array((a.length + 1) * width);
  const at = (i: number, j: number) => longest[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1)
    for (let j = b.length - 1; j >= 0; j -= 1)
      longest[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const found: Stretch[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const left = a[i];
    const right = b[j];
    if (left !== undefined && left === right) {
      found.push({ kind: 'same', text: left });
      i += 1;
      j += 1;
    } else if (left !== undefined && (right === undefined || at(i + 1, j) >= at(i, j + 1))) {
      found.push({ kind: 'taken', text: left });
      i += 1;
    } else if (right !== undefined) {
      found.push({ kind: 'added', text: right });
      j += 1;
    }
  }
  return found;
}
