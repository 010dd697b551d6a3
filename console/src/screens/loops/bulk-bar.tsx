import { Dialog } from '@base-ui/react/dialog';
import { useState } from 'react';
import type { CallerJson, LoopJson } from '../../api/shapes.ts';
import { ChooseAll } from '../../parts/choose-all.tsx';
import { may } from '../../parts/may.ts';
import { type BulkAction, bulkActions } from './bulk-actions.ts';
import { BulkForm } from './bulk-form.tsx';

/** What can be done to those that are chosen; nothing is shown before one is. */
export function BulkBar(given: {
  readonly items: readonly LoopJson[];
  readonly picked: readonly LoopJson[];
  readonly onPick: (ids: readonly string[], isPicked: boolean) => void;
  readonly me: CallerJson | undefined;
}) {
  const { items, picked, onPick, me } = given;
  const ids = items.map(({ id }) => id);
  return (
    <div className="mb-3 flex flex-wrap items-center gap-2">
      <ChooseAll ids={ids} chosen={picked.length} onPick={onPick} />
      {picked.length > 0 &&
        bulkActions
          .filter(({ scopes }) => scopes.every((scope) => may(me, scope)))
          .map((action) => (
            <Act key={action.id} action={action} picked={picked} onEnd={() => onPick(ids, false)} />
          ))}
    </div>
  );
}

function Act(given: {
  readonly action: BulkAction;
  readonly picked: readonly LoopJson[];
  readonly onEnd: () => void;
}) {
  const { action, picked, onEnd } = given;
  const [isOpen, setIsOpen] = useState(false);
  const [isDone, setIsDone] = useState(false);
  return (
    <Dialog.Root
      open={isOpen}
      onOpenChange={(open) => {
        setIsOpen(open);
        // Those that were chosen stand in the list of what became of them until it is closed.
        if (!open && isDone) onEnd();
        if (open) setIsDone(false);
      }}
    >
      <Dialog.Trigger className="button">{action.label} …</Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 bg-black/40" />
        <Dialog.Popup className="card fixed top-1/2 left-1/2 flex max-h-[calc(100vh-2rem)] w-[min(34rem,calc(100vw-2rem))] -translate-x-1/2 -translate-y-1/2 flex-col overflow-auto">
          <Dialog.Title className="mb-1 text-lg font-semibold">
            {action.label}: {picked.length.toLocaleString()}
          </Dialog.Title>
          <Dialog.Description className="mb-4 text-soft">{action.says(picked)}</Dialog.Description>
          <BulkForm action={action} picked={picked} onDone={() => setIsDone(true)} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
