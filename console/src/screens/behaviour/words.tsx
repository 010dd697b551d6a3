import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { wordsQuery } from '../../api/queries.ts';
import type { WordsJson } from '../../api/shapes.ts';
import { Tag, Waiting } from '../../parts/states.tsx';
import { plain } from '../../parts/text.ts';

type Item = WordsJson['items'][number];
type Part = Item['channels'][number]['parts'][number];

/** Every message in one language, as text or as a channel shows it. */
export function Words({ id }: { readonly id: string }) {
  const words = useQuery(wordsQuery(id));
  const [language, setLanguage] = useState<string>();
  const [channel, setChannel] = useState('');
  if (words.data === undefined) return <Waiting query={words} />;
  const { items } = words.data;
  const languages = [...new Set(items.map((item) => item.language))];
  const shown = language ?? languages[0] ?? '';
  const channels = items[0]?.channels ?? [];
  return (
    <section className="card min-w-0">
      <div className="mb-3 flex flex-wrap items-center justify-between gap-3">
        <h2>What is said</h2>
        <div className="flex flex-wrap gap-3">
          <Choice
            label="Language"
            value={shown}
            onChoose={setLanguage}
            options={languages.map((one) => [one, one])}
          />
          <Choice
            label="As in"
            value={channel}
            onChoose={setChannel}
            options={[['', 'Text'], ...channels.map(({ id: of, title }) => [of, title] as const)]}
          />
        </div>
      </div>
      <p className="mb-3 text-sm text-soft">Names, places and keys are invented.</p>
      {items
        .filter((item) => item.language === shown)
        .map((item) => (
          <Sample key={item.version + item.moment} item={item} channel={channel} />
        ))}
    </section>
  );
}

function Choice(given: {
  readonly label: string;
  readonly value: string;
  readonly onChoose: (value: string) => void;
  readonly options: readonly (readonly [string, string])[];
}) {
  return (
    <label className="flex items-center gap-2">
      <span className="text-sm text-soft">{given.label}</span>
      <select
        className="field w-auto"
        value={given.value}
        onChange={(event) => given.onChoose(event.target.value)}
      >
        {given.options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

function Sample({ item, channel }: { readonly item: Item; readonly channel: string }) {
  const inChannel = item.channels.find(({ id }) => id === channel);
  return (
    <details className="border-t border-line py-2">
      <summary className="cursor-pointer py-1">
        <span className="font-medium">{plain(item.moment)}</span>{' '}
        {item.variant !== 'usual' && <Tag tone="quiet">{item.variant}</Tag>}{' '}
        <span className="text-soft">{item.full.subject}</span>
      </summary>
      <p className="mt-1 text-sm text-soft">
        <code>{item.version}</code>
      </p>
      {inChannel === undefined ? (
        <div className="mt-2 grid gap-3 pb-2 md:grid-cols-2" lang={item.language}>
          {[
            { title: 'All is known', sample: item.full },
            { title: 'Little is known', sample: item.sparse },
          ].map(({ title, sample }) => (
            <div key={title}>
              <h3 className="mb-1 text-sm text-soft" lang="en">
                {title}, {sample.words} words
              </h3>
              <div className="rounded-lg border border-line bg-ground p-3 text-sm whitespace-pre-line">
                <p className="mb-2 font-semibold">{sample.subject}</p>
                {sample.text}
              </div>
            </div>
          ))}
        </div>
      ) : (
        <div
          className="mt-2 max-w-xl space-y-2 rounded-lg border border-line bg-ground p-3 text-sm wrap-anywhere whitespace-pre-line"
          lang={item.language}
        >
          {inChannel.parts.map((part, index) => (
            <PartShown key={index} part={part} />
          ))}
        </div>
      )}
    </details>
  );
}

function PartShown({ part }: { readonly part: Part }) {
  if (part.kind === 'buttons')
    return (
      <ul className="flex flex-wrap gap-2">
        {part.labels.map((label) => (
          <li key={label} className="rounded border border-line px-2 py-1 font-medium">
            {label}
          </li>
        ))}
      </ul>
    );
  if (part.kind === 'source') return <pre className="text-xs whitespace-pre-wrap">{part.text}</pre>;
  const looks = { title: 'font-semibold', step: 'font-medium', small: 'text-soft', text: '' };
  return <p className={looks[part.kind]}>{part.text}</p>;
}
