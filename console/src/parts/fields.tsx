import type { ReactNode } from 'react';

/** A control with its name above it and what helps under it. */
export function Labelled(given: {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly children: ReactNode;
}) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is handed in
    <label className="block">
      <span className="mb-1 block text-sm text-soft">{given.label}</span>
      {given.children}
      {given.hint !== undefined && <span className="mt-1 block text-sm text-soft">{given.hint}</span>}
    </label>
  );
}

export type Choice = readonly [value: string, text: string];

/** One of a closed list; the first stands for all of them where `all` is given. */
export function Choose(given: {
  readonly label: string;
  readonly hint?: string;
  readonly name?: string;
  readonly value?: string;
  readonly all?: string;
  readonly choices: readonly Choice[];
  readonly onSet?: (value: string) => void;
}) {
  const { label, hint, name, value, all, choices, onSet } = given;
  return (
    <Labelled label={label} hint={hint}>
      <select
        className="field"
        name={name}
        {...(onSet === undefined
          ? { defaultValue: value }
          : { value: value ?? '', onChange: (event) => onSet(event.target.value) })}
      >
        {all !== undefined && <option value="">{all}</option>}
        {choices.map(([id, text]) => (
          <option key={id} value={id}>
            {text}
          </option>
        ))}
      </select>
    </Labelled>
  );
}

/** Set on Enter or when it is left, so that no half-written name is asked for. */
export function SoughtText(given: {
  readonly label: string;
  readonly value: string;
  readonly placeholder?: string;
  readonly onSet: (value: string) => void;
}) {
  const { label, value, placeholder, onSet } = given;
  const set = (text: string) => {
    if (text.trim() !== value) onSet(text.trim());
  };
  return (
    <Labelled label={label}>
      <input
        key={value}
        className="field"
        defaultValue={value}
        placeholder={placeholder}
        onBlur={(event) => set(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') set(event.currentTarget.value);
        }}
      />
    </Labelled>
  );
}

/** What was typed, by name and without space around it; what was left empty is not there. */
export function typedIn(form: HTMLFormElement): Readonly<Record<string, string>> {
  const pairs = [...new FormData(form)].flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' && value.trim() !== '' ? [[name, value.trim()]] : [],
  );
  return Object.fromEntries(pairs);
}

/** A refusal beside the form that it is about. */
export function Refusal({ text, id }: { readonly text: string | undefined; readonly id?: string }) {
  if (text === undefined) return undefined;
  return (
    <p
      id={id}
      role="alert"
      className="rounded-lg border border-note-line bg-note px-3 py-2 text-sm text-note-ink"
    >
      {text}
    </p>
  );
}
