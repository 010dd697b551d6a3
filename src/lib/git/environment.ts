import { devNull } from 'node:os';
import { delimiter, isAbsolute } from 'node:path';

/**
 * What a git process may see. A clone's own configuration, hooks and attributes are hostile: each can name a program.
 * So the environment starts empty, the settings that run programs are overridden on the command line (the highest
 * scope of git-config(1)), and the working tree is an empty folder of ours.
 */
export type GitPlace = {
  /** Absolute path of the repository's own folder (`.git`, or a bare repository). */
  readonly gitDir: string;
  /** An empty folder that belongs to this process: working tree, home and current folder in one. */
  readonly emptyDir: string;
  /** Absolute path of the index to look at; without it there is none. */
  readonly indexFile?: string;
  /** Where git keeps what a push brought until its hook has agreed: absolute, as git itself told the hook. */
  readonly quarantine?: { readonly objects: string; readonly alternates: string };
};

/** A program that fails at once, wherever git wants a helper. */
const refuse = 'false';

export function hardenedEnvironment(place: GitPlace): Record<string, string> {
  return {
    PATH: searchPath(),
    LC_ALL: 'C',
    HOME: place.emptyDir,
    XDG_CONFIG_HOME: place.emptyDir,
    GIT_DIR: place.gitDir,
    // Given so that `core.worktree` of the clone is not followed and no file of its working tree is read.
    GIT_WORK_TREE: place.emptyDir,
    GIT_INDEX_FILE: place.indexFile ?? `${place.emptyDir}/index`,
    ...(place.quarantine === undefined
      ? {}
      : {
          GIT_OBJECT_DIRECTORY: place.quarantine.objects,
          GIT_ALTERNATE_OBJECT_DIRECTORIES: place.quarantine.alternates,
        }),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_SYSTEM: devNull,
    GIT_CONFIG_GLOBAL: devNull,
    GIT_ATTR_NOSYSTEM: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_GRAFT_FILE: devNull,
    GIT_NO_LAZY_FETCH: '1',
    // A list of allowed protocols; no protocol is called `none`, and this overrides all `protocol.*.allow`.
    GIT_ALLOW_PROTOCOL: 'none',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: refuse,
    SSH_ASKPASS: refuse,
    GIT_SSH_COMMAND: refuse,
    GIT_PROXY_COMMAND: refuse,
    GIT_EDITOR: refuse,
    GIT_PAGER: 'cat',
    PAGER: 'cat',
  };
}

export function hardenedOptions(place: GitPlace, more: readonly string[] = []): readonly string[] {
  const settings = [
    `safe.directory=${place.gitDir}`,
    `core.hooksPath=${devNull}`,
    'core.fsmonitor=false',
    'core.pager=cat',
    `core.editor=${refuse}`,
    `core.sshCommand=${refuse}`,
    `core.askPass=${refuse}`,
    'core.gitProxy=',
    `core.attributesFile=${devNull}`,
    `core.excludesFile=${devNull}`,
    'core.useReplaceRefs=false',
    // A commit graph may lie about parents; the commits themselves cannot.
    'core.commitGraph=false',
    // Otherwise every hex name is also looked up as a branch name.
    'core.warnAmbiguousRefs=false',
    'credential.helper=',
    'diff.external=',
    `diff.orderFile=${devNull}`,
    `gpg.program=${refuse}`,
    `gpg.ssh.program=${refuse}`,
    `gpg.x509.program=${refuse}`,
    'log.showSignature=false',
    'mailmap.file=',
    'protocol.allow=never',
    'protocol.ext.allow=never',
    'submodule.recurse=false',
    'maintenance.auto=false',
    'gc.auto=0',
    ...more,
  ];
  return [
    '--no-pager',
    '--no-replace-objects',
    '--literal-pathspecs',
    ...settings.flatMap((setting) => ['-c', setting]),
  ];
}

/** Relative entries would let a folder choose which `git` runs. */
function searchPath(): string {
  const path = process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin';
  return path
    .split(delimiter)
    .filter((entry) => isAbsolute(entry))
    .join(delimiter);
}
