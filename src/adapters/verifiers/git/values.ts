/** Up to this many values, the engine's own search is faster than one pass for all. */
const fewMax = 8;
const tailLength = 4;

/** Looks for many values in a text at once; gives the indexes of those that stand in it. */
export function openValueSearch(
  values: readonly (string | undefined)[],
): (text: string) => readonly number[] {
  const known = values.flatMap((value, index) =>
    value === undefined || value === '' ? [] : [{ value, index }],
  );
  const isFew = known.length <= fewMax;
  const alone = known.filter(({ value }) => isFew || value.length < tailLength);
  const byOwnSearch = (text: string): number[] =>
    alone.filter(({ value }) => text.includes(value)).map(({ index }) => index);
  if (alone.length === known.length) return byOwnSearch;
  const byTail = new Map<string, { readonly value: string; readonly index: number }[]>();
  const isTailEnd = new Uint8Array(1 << 16);
  for (const one of known) {
    if (one.value.length < tailLength) continue;
    const tail = one.value.slice(-tailLength);
    byTail.set(tail, [...(byTail.get(tail) ?? []), one]);
    isTailEnd[endOf(tail, tail.length - 1)] = 1;
  }
  return (text) => {
    const found = byOwnSearch(text);
    for (let at = 1; at < text.length; at += 1) {
      if (isTailEnd[endOf(text, at)] !== 1) continue;
      const end = at + 1;
      for (const { value, index } of byTail.get(text.slice(end - tailLength, end)) ?? []) {
        if (text.startsWith(value, end - value.length)) found.push(index);
      }
    }
    return found;
  };
}

/** The two last characters folded into 16 bits: a cheap look before the exact one. */
function endOf(text: string, last: number): number {
  return ((text.charCodeAt(last - 1) << 8) ^ text.charCodeAt(last)) & 0xffff;
}
