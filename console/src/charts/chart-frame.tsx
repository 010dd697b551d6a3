import { type ReactNode, useEffect, useId, useRef, useState } from 'react';

export type Column<Row> = {
  readonly title: string;
  readonly of: (row: Row) => string;
};

/** A chart with what it says, how many it is about, and the same numbers as a table. */
export function ChartFrame<Row>(given: {
  readonly title: string;
  readonly n: string;
  readonly says?: ReactNode;
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  readonly columns: readonly Column<Row>[];
  readonly children: ReactNode;
}) {
  const { title, n, says, rows, keyOf, columns, children } = given;
  const [isTable, setIsTable] = useState(false);
  const id = useId();
  return (
    <figure className="card min-w-0 break-inside-avoid" aria-labelledby={id}>
      <figcaption className="mb-3 flex items-start justify-between gap-x-4 gap-y-2">
        <span className="min-w-0">
          <span id={id} className="block font-semibold">
            {title}
          </span>
          <span className="text-sm text-soft">{n}</span>
        </span>
        <button
          type="button"
          className="button min-h-8 shrink-0 py-0.5 text-sm font-normal"
          aria-pressed={isTable}
          onClick={() => setIsTable(!isTable)}
        >
          {isTable ? 'As a chart' : 'As a table'}
        </button>
      </figcaption>
      {isTable ? <Table title={title} rows={rows} keyOf={keyOf} columns={columns} /> : children}
      {says !== undefined && <div className="mt-3 max-w-prose text-sm text-soft">{says}</div>}
    </figure>
  );
}

export function Table<Row>(given: {
  readonly title: string;
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  readonly columns: readonly Column<Row>[];
}) {
  const { title, rows, keyOf, columns } = given;
  const [first, ...others] = columns;
  return (
    // It scrolls by keyboard, too.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to take the focus
    <section aria-label={`${title}, as a table`} tabIndex={0} className="table-scroll">
      <table className="w-full text-sm tabular-nums">
        <thead>
          <tr className="text-soft">
            {columns.map((column, at) => (
              <th
                key={column.title}
                scope="col"
                className={`py-1 align-bottom font-normal ${at === 0 ? 'text-start' : 'ps-4 text-end'}`}
              >
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)} className="border-t border-line">
              <th scope="row" className="py-1 text-start font-medium">
                {first?.of(row)}
              </th>
              {others.map((column) => (
                <td key={column.title} className="py-1 ps-4 text-end">
                  {column.of(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const widthBefore = 600;

/** How wide a chart may be drawn, so that its letters stay as large as all others. */
export function useWidth() {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(widthBefore);
  useEffect(() => {
    const { current } = box;
    if (current === null) return;
    const watcher = new ResizeObserver(([entry]) => {
      if (entry !== undefined && entry.contentRect.width > 0) setWidth(Math.floor(entry.contentRect.width));
    });
    watcher.observe(current);
    return () => watcher.disconnect();
  }, []);
  return { box, width };
}
