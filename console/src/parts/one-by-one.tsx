import { Dialog } from '@base-ui/react/dialog';
import { type FormEvent, type ReactNode, useState } from 'react';
import { typedIn } from './fields.tsx';
import { Tag } from './states.tsx';

type Line = { readonly isDone: boolean; readonly text: string };

/**
 * In a dialog: asks, does one after another, and says of each what became of it. What failed keeps nothing else from being
 * done.
 */
export function OneByOne<T extends { readonly id: string }>(given: {
  readonly picked: readonly T[];
  /** What the press says that begins it. */
  readonly text: string;
  readonly fields: ReactNode;
  /** How one of them is named. */
  readonly name: (one: T) => ReactNode;
  /** Does it, and says in a few words what was done. */
  readonly run: (one: T, typed: ReturnType<typeof typedIn>) => Promise<string>;
  readonly onDone?: () => void;
}) {
  const { text, fields, name, onDone } = given;
  // The list behind may change while this runs; what was confirmed does not.
  const [picked] = useState(given.picked);
  const [lines, setLines] = useState<ReadonlyMap<string, Line> | undefined>();
  const run = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const typed = typedIn(event.currentTarget);
    let said: ReadonlyMap<string, Line> = new Map();
    setLines(said);
    for (const one of picked) {
      const line = await given.run(one, typed).then(
        (done): Line => ({ isDone: true, text: done }),
        (fault: unknown): Line => ({
          isDone: false,
          text: fault instanceof Error ? fault.message : 'It did not work.',
        }),
      );
      said = new Map([...said, [one.id, line]]);
      setLines(said);
    }
    onDone?.();
  };
  if (lines === undefined)
    return (
      <form onSubmit={(event) => void run(event)} className="space-y-3">
        {fields}
        <div className="flex flex-wrap justify-end gap-2">
          <Dialog.Close className="button">Cancel</Dialog.Close>
          <button type="submit" className="button button-first">
            {text}: {picked.length.toLocaleString()}
          </button>
        </div>
      </form>
    );
  const isRunning = lines.size < picked.length;
  return (
    <>
      <p role="status" className="mb-2">
        {progressText([...lines.values()], picked.length)}
      </p>
      <ul className="mb-3 divide-y divide-line">
        {picked.map((one) => (
          <li key={one.id} className="flex flex-wrap items-baseline justify-between gap-x-3 py-1.5 text-sm">
            {name(one)}
            <Outcome line={lines.get(one.id)} />
          </li>
        ))}
      </ul>
      <div className="flex justify-end">
        <Dialog.Close className="button" disabled={isRunning}>
          Close
        </Dialog.Close>
      </div>
    </>
  );
}

function progressText(lines: readonly Line[], all: number): string {
  if (lines.length < all) return `${lines.length.toLocaleString()} of ${all.toLocaleString()} …`;
  const failed = lines.filter(({ isDone }) => !isDone).length;
  return failed === 0 ? 'All done.' : `${failed.toLocaleString()} of ${all.toLocaleString()} did not work.`;
}

function Outcome({ line }: { readonly line: Line | undefined }) {
  if (line === undefined) return <span className="text-soft">waits</span>;
  if (line.isDone) return <Tag tone="good">{line.text}</Tag>;
  return <span className="text-note-ink">{line.text}</span>;
}
