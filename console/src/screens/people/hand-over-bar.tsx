import { Dialog } from '@base-ui/react/dialog';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { IdentityJson } from '../../api/shapes.ts';
import { typedIn } from '../../parts/fields.tsx';
import { OutsideText } from '../../parts/outside-text.tsx';
import { Tag } from '../../parts/states.tsx';
import { handedOverText, NameOwnerFields, nameOwner } from './name-owner-fields.tsx';

type Pick = (ids: readonly string[], isPicked: boolean) => void;

/** What can be done to those that are chosen; nothing is shown before one is. */
export function HandOverBar(given: {
  readonly items: readonly IdentityJson[];
  readonly picked: readonly IdentityJson[];
  readonly onPick: Pick;
}) {
  const { items, picked, onPick } = given;
  // What was handed over leaves the list behind, and stands here until it was read.
  const [handed, setHanded] = useState<readonly IdentityJson[] | undefined>();
  const client = useQueryClient();
  const close = () => {
    onPick(handed?.map(({ id }) => id) ?? [], false);
    setHanded(undefined);
    void client.invalidateQueries();
  };
  const isAll = picked.length === items.length;
  return (
    <>
      {items.length > 0 && (
        <div className="mb-3 flex flex-wrap items-center gap-2">
          <label className="me-2 flex items-center gap-2 ps-4 text-sm">
            <input
              type="checkbox"
              className="size-6 shrink-0 accent-[var(--accent)]"
              checked={isAll}
              ref={(box) => {
                if (box !== null) box.indeterminate = picked.length > 0 && !isAll;
              }}
              onChange={(event) =>
                onPick(
                  items.map(({ id }) => id),
                  event.target.checked,
                )
              }
            />
            <span aria-live="polite">
              {picked.length === 0 ? 'Choose all of this page' : `${picked.length.toLocaleString()} chosen`}
            </span>
          </label>
          {picked.length > 0 && (
            <button type="button" className="button" onClick={() => setHanded(picked)}>
              Say who owns them …
            </button>
          )}
        </div>
      )}
      <Dialog.Root open={handed !== undefined} onOpenChange={(isOpen) => isOpen || close()}>
        <Dialog.Portal>
          <Dialog.Backdrop className="fixed inset-0 bg-black/40" />
          <Dialog.Popup className="card fixed top-1/2 left-1/2 flex max-h-[calc(100vh-2rem)] w-[min(34rem,calc(100vw-2rem))] -translate-x-1/2 -translate-y-1/2 flex-col overflow-auto">
            <Dialog.Title className="mb-1 text-lg font-semibold">
              Say who owns them: {(handed?.length ?? 0).toLocaleString()}
            </Dialog.Title>
            <Dialog.Description className="mb-4 text-soft">
              Whoever you name answers for them from now on. Open loops about them are handed over, and what
              is reported later goes there.
            </Dialog.Description>
            {handed !== undefined && <HandOverForm picked={handed} />}
          </Dialog.Popup>
        </Dialog.Portal>
      </Dialog.Root>
    </>
  );
}

type Line = { readonly isDone: boolean; readonly text: string };

/** One after another; of each is said what became of it: what failed keeps nothing else from being done. */
function HandOverForm({ picked }: { readonly picked: readonly IdentityJson[] }) {
  const [lines, setLines] = useState<ReadonlyMap<string, Line> | undefined>();
  const isRunning = lines !== undefined && lines.size < picked.length;
  const run = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const typed = typedIn(event.currentTarget);
    let said: ReadonlyMap<string, Line> = new Map();
    setLines(said);
    for (const { id } of picked) {
      const line = await nameOwner(id, typed).then(
        ({ handedOver }): Line => ({ isDone: true, text: handedOverText(handedOver) }),
        (fault: unknown): Line => ({
          isDone: false,
          text: fault instanceof Error ? fault.message : 'It did not work.',
        }),
      );
      said = new Map([...said, [id, line]]);
      setLines(said);
    }
  };
  if (lines === undefined)
    return (
      <form onSubmit={(event) => void run(event)} className="space-y-3">
        <NameOwnerFields />
        <div className="flex flex-wrap justify-end gap-2">
          <Dialog.Close className="button">Cancel</Dialog.Close>
          <button type="submit" className="button button-first">
            Name: {picked.length.toLocaleString()}
          </button>
        </div>
      </form>
    );
  const failed = [...lines.values()].filter(({ isDone }) => !isDone).length;
  return (
    <>
      <p role="status" className="mb-2">
        {isRunning
          ? `${lines.size.toLocaleString()} of ${picked.length.toLocaleString()} …`
          : failed === 0
            ? 'All done.'
            : `${failed.toLocaleString()} of ${picked.length.toLocaleString()} did not work.`}
      </p>
      <ul className="mb-3 divide-y divide-line">
        {picked.map(({ id, name }) => (
          <li key={id} className="flex flex-wrap items-baseline justify-between gap-x-3 py-1.5 text-sm">
            <OutsideText text={name} />
            <Outcome line={lines.get(id)} />
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

function Outcome({ line }: { readonly line: Line | undefined }) {
  if (line === undefined) return <span className="text-soft">waits</span>;
  return line.isDone ? (
    <Tag tone="good">{line.text}</Tag>
  ) : (
    <span className="text-note-ink">{line.text}</span>
  );
}
