/** A unified diff, line by line; added and taken lines are told apart by their sign as well as by their tint. */
export function Diff({ text, name }: { readonly text: string; readonly name: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to take the focus
    <section aria-label={name} tabIndex={0} className="table-scroll">
      <pre className="w-max min-w-full rounded-lg border border-line bg-ground p-3 text-sm">
        {text.split('\n').map((line, at) => (
          <span key={`${at} ${line}`} className={`block ${tintOf(line)}`}>
            {line === '' ? ' ' : line}
          </span>
        ))}
      </pre>
    </section>
  );
}

function tintOf(line: string): string {
  if (line.startsWith('+++') || line.startsWith('---') || line.startsWith('@@')) return 'text-soft';
  if (line.startsWith('+')) return 'bg-tint';
  if (line.startsWith('-')) return 'bg-note text-note-ink';
  return '';
}
