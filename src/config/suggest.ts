/** The known name that was probably meant, if one is near. Small and capital letters and separators do not count. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  const wanted = bare(name);
  // A third of the letters wrong is another word.
  let best = { name: '', distance: Math.max(1, Math.floor(wanted.length / 3)) + 1 };
  for (const candidate of known) {
    const distance = editDistance(wanted, bare(candidate));
    if (distance < best.distance) best = { name: candidate, distance };
  }
  return best.name === '' ? undefined : best.name;
}

/** A name without capitals and separators: `PUBLIC_URL`, `publicUrl` and `public-url` are one. */
export function bare(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/gu, '');
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
export function editDistance(left: string, right: string): number {
  let [older, old]: [number[], number[]] = [
    [],
    Array.from({ length: right.length + 1 }, (_, index) => index),
  ];
  for (let i = 1; i <= left.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const isSame = left[i - 1] === right[j - 1];
      let cost = Math.min((row[j - 1] ?? 0) + 1, (old[j] ?? 0) + 1, (old[j - 1] ?? 0) + (isSame ? 0 : 1));
      if (i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1]) {
        cost = Math.min(cost, (older[j - 2] ?? 0) + 1);
      }
      row.push(cost);
    }
    [older, old] = [old, row];
  }
  return old[right.length] ?? 0;
}
