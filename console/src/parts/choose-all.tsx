/** The box above a list of which several can be chosen. */
export function ChooseAll(given: {
  readonly ids: readonly string[];
  readonly chosen: number;
  readonly onPick: (ids: readonly string[], isPicked: boolean) => void;
}) {
  const { ids, chosen, onPick } = given;
  const isAll = chosen === ids.length;
  return (
    <label className="me-2 flex items-center gap-2 ps-4 text-sm">
      <input
        type="checkbox"
        className="size-6 shrink-0 accent-[var(--accent)]"
        checked={isAll}
        ref={(box) => {
          if (box !== null) box.indeterminate = chosen > 0 && !isAll;
        }}
        onChange={(event) => onPick(ids, event.target.checked)}
      />
      <span aria-live="polite">
        {chosen === 0 ? 'Choose all of this page' : `${chosen.toLocaleString()} chosen`}
      </span>
    </label>
  );
}
