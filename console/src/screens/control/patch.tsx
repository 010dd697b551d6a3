import type { ControlStoryJson } from '../../api/shapes.ts';
import { Diff } from '../../parts/diff.tsx';
import { plain } from '../../parts/text.ts';

/** What it would change, and the way back. */
export function Patch({ control }: { readonly control: ControlStoryJson }) {
  const { files, rollback, apply, rollbackWords, unusable } = control;
  return (
    <section className="card min-w-0">
      <h2 className="mb-2">What it changes</h2>
      {apply !== undefined && <p className="mb-2 max-w-prose text-soft">{apply}</p>}
      <Files files={files} name="Patch" />
      {unusable.length > 0 && (
        <>
          <h3 className="mt-3 mb-1 text-sm text-soft">Left out, because it is more than a name</h3>
          <ul className="text-sm">
            {unusable.map(({ placeholder, shown, event }) => (
              <li key={`${placeholder} ${event}`}>
                {plain(placeholder)}: <code>{shown}</code>
              </li>
            ))}
          </ul>
        </>
      )}
      {rollback.length > 0 && (
        <details className="mt-3 border-t border-line pt-2">
          <summary className="cursor-pointer font-medium">The way back</summary>
          {rollbackWords !== undefined && <p className="my-2 max-w-prose text-soft">{rollbackWords}</p>}
          <Files files={rollback} name="Way back" />
        </details>
      )}
    </section>
  );
}

function Files(given: { readonly files: ControlStoryJson['files']; readonly name: string }) {
  const { files, name } = given;
  return (
    <ul className="space-y-3">
      {files.map(({ target, path, mode, text }) => (
        <li key={`${target} ${path}`}>
          <p className="mb-1 text-sm text-soft">
            {plain(mode)} <code>{path}</code> in {target}
          </p>
          <Diff text={text} name={`${name}: ${path} in ${target}`} />
        </li>
      ))}
    </ul>
  );
}
