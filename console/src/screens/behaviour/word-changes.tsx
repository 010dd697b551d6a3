import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { WordsOfVersionJson, WordVersionsJson } from '../../api/shapes.ts';
import { wordsOfVersionQuery } from '../../api/word-queries.ts';
import { Choose } from '../../parts/fields.tsx';
import { Waiting } from '../../parts/states.tsx';
import { dayText } from '../../parts/text.ts';

type Version = WordVersionsJson['items'][number];
type Part = WordsOfVersionJson['parts'][number];

/** The words of one version beside those of another: what went is struck out, what came is underlined. */
export function WordChanges({ id, items }: { readonly id: string; readonly items: readonly Version[] }) {
  const kept = items.flatMap((item) => (item.hash === undefined ? [] : [{ ...item, hash: item.hash }]));
  const [chosen, choose] = useState<string>();
  const [other, chooseOther] = useState<string>();
  const later = kept.find(({ hash }) => hash === chosen) ?? kept[0];
  if (later === undefined) return <p className="mt-2 text-soft">No words of this moment are kept.</p>;
  const before = kept.filter(({ hash }) => hash !== later.hash);
  // The one that stood before it, else the usual words beside which a variant stands.
  const usual =
    before.find(
      ({ variant, loadedAt = '' }) => variant === later.variant && loadedAt < (later.loadedAt ?? ''),
    ) ?? before.find(({ variant }) => variant === 'usual');
  const against = other === '' ? undefined : (before.find(({ hash }) => hash === other) ?? usual);
  return (
    <div className="mt-3 pb-2">
      <div className="mb-3 grid gap-3 sm:grid-cols-2">
        <Choose
          label="Words of"
          value={later.hash}
          choices={kept.map((item) => [item.hash, nameOf(item)] as const)}
          onSet={choose}
        />
        {before.length > 0 && (
          <Choose
            label="Compared with"
            value={against?.hash ?? ''}
            all="Nothing"
            choices={before.map((item) => [item.hash, nameOf(item)] as const)}
            onSet={chooseOther}
          />
        )}
      </div>
      <Parts id={id} hash={later.hash} against={against?.hash} language={later.language} />
    </div>
  );
}

const nameOf = ({ version, variant, loadedAt }: Version): string =>
  `${version}${variant === 'usual' ? '' : `, ${variant}`}${loadedAt === undefined ? '' : `, since ${dayText(loadedAt)}`}`;

function Parts(given: {
  readonly id: string;
  readonly hash: string;
  readonly against: string | undefined;
  readonly language: string;
}) {
  const { id, hash, against, language } = given;
  const words = useQuery(wordsOfVersionQuery(id, hash, against));
  if (words.data === undefined) return <Waiting query={words} />;
  const { parts } = words.data;
  const changed = parts.filter(({ kind }) => kind !== 'same');
  const same = against === undefined ? parts : parts.filter(({ kind }) => kind === 'same');
  return (
    <>
      {against !== undefined && (
        <p className="mb-2 text-sm text-soft">
          {changed.length === 0
            ? 'The words are the same; only the number differs.'
            : `${changed.length} of ${parts.length} parts differ.`}
        </p>
      )}
      {changed.length > 0 && <PartList parts={changed} language={language} />}
      {against === undefined ? (
        <PartList parts={same} language={language} />
      ) : (
        same.length > 0 && (
          <details className="mt-2">
            <summary className="cursor-pointer py-1 text-sm text-soft">What is the same</summary>
            <PartList parts={same} language={language} />
          </details>
        )
      )}
    </>
  );
}

function PartList({ parts, language }: { readonly parts: readonly Part[]; readonly language: string }) {
  return (
    <dl className="space-y-2 rounded-lg border border-line bg-ground p-3 text-sm">
      {parts.map((part) => (
        <div key={part.name}>
          <dt className="text-soft">
            {part.name}
            {part.kind === 'added' && ', new'}
            {part.kind === 'taken' && ', gone'}
          </dt>
          <dd className="wrap-anywhere whitespace-pre-line" lang={language}>
            {part.text.map((stretch, at) => (
              <Shown key={`${at} ${stretch.kind}`} stretch={stretch} />
            ))}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Shown({ stretch: { kind, text } }: { readonly stretch: Part['text'][number] }) {
  if (kind === 'taken') return <del className="bg-note text-note-ink decoration-1">{text}</del>;
  if (kind === 'added') return <ins className="bg-tint underline-offset-2">{text}</ins>;
  return text;
}
