import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type DragEvent, useId, useState } from 'react';
import { ask } from '../api/ask.ts';
import type { ImportedJson } from '../api/shapes.ts';
import { Refusal } from './fields.tsx';

/** A file that a person has at hand, as history: it tells nobody until it is released. */
export function DropReport() {
  const client = useQueryClient();
  const id = useId();
  const [isOver, setIsOver] = useState(false);
  const take = useMutation({
    mutationFn: async (file: File) =>
      ask<ImportedJson>(`/v1/imports?${new URLSearchParams({ id: await idOf(file), fileName: file.name })}`, {
        body: file,
      }),
    onSuccess: () => client.invalidateQueries(),
  });
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setIsOver(false);
    const [file] = event.dataTransfer.files;
    if (file !== undefined) take.mutate(file);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is one way more; the field in it is the way for everybody
    <div
      onDragOver={(event) => {
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={drop}
      className={`rounded-lg border border-dashed p-3 ${isOver ? 'border-accent bg-tint' : 'border-edge'}`}
    >
      <p className="mb-2">
        Of gitleaks, TruffleHog, GitHub and others: told by its content. It becomes history, and nobody hears
        of it until you release it.
      </p>
      <label htmlFor={id} className="mb-1 block text-sm text-soft">
        A report file, dropped here or chosen
      </label>
      <input
        id={id}
        type="file"
        className="w-full text-sm file:me-3 file:cursor-pointer file:rounded-lg file:border file:border-solid file:border-accent file:bg-card file:px-3 file:py-1.5 file:font-semibold file:text-accent"
        disabled={take.isPending}
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          if (file !== undefined) take.mutate(file);
          event.target.value = '';
        }}
      />
      <div className="mt-2">
        {take.isPending && <p role="status">Reading …</p>}
        <Refusal text={take.error?.message} />
        {take.data !== undefined && <Taken taken={take.data} />}
      </div>
    </div>
  );
}

function Taken({ taken }: { readonly taken: ImportedJson }) {
  const { source, records, accepted, duplicates, unmatched, rejected, rejections } = taken;
  const n = (count: number | undefined) => (count ?? 0).toLocaleString();
  return (
    <div role="status" className="text-sm">
      <p>
        {source}: {n(records)} {records === 1 ? 'record' : 'records'} read, {n(accepted)} new
        {(duplicates ?? 0) > 0 && `, ${n(duplicates)} known already`}
        {(unmatched ?? 0) > 0 && `, ${n(unmatched)} that no behaviour speaks of`}
        {(rejected ?? 0) > 0 && `, ${n(rejected)} refused`}.
      </p>
      {rejections.slice(0, 5).map(({ line, index, reason }) => (
        <p key={index} className="text-soft">
          Line {line}: {reason}
        </p>
      ))}
      {(accepted ?? 0) > 0 && (
        <Link to="/loops" search={{ state: 'backlog' }} className="link">
          See the history
        </Link>
      )}
    </div>
  );
}

/** By it the same file goes on where it ended. Where the browser hashes nothing (no HTTPS), each try is a new one. */
async function idOf(file: File): Promise<string> {
  const subtle: SubtleCrypto | undefined = globalThis.crypto.subtle;
  const bytes =
    subtle === undefined
      ? crypto.getRandomValues(new Uint8Array(32))
      : new Uint8Array(await subtle.digest('SHA-256', await file.arrayBuffer()));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
