import { Dialog } from '@base-ui/react/dialog';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { IdentityJson } from '../../api/shapes.ts';
import { ChooseAll } from '../../parts/choose-all.tsx';
import { OneByOne } from '../../parts/one-by-one.tsx';
import { OutsideText } from '../../parts/outside-text.tsx';
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
  return (
    <>
      {items.length > 0 && (
        <div className="mb-3 flex flex-wrap items-center gap-2">
          <ChooseAll ids={items.map(({ id }) => id)} chosen={picked.length} onPick={onPick} />
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
            {handed !== undefined && (
              <OneByOne
                picked={handed}
                text="Name"
                fields={<NameOwnerFields />}
                name={({ name }) => <OutsideText text={name} />}
                run={async ({ id }, typed) => handedOverText((await nameOwner(id, typed)).handedOver)}
              />
            )}
          </Dialog.Popup>
        </Dialog.Portal>
      </Dialog.Root>
    </>
  );
}
