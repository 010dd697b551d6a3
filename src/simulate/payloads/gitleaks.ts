/** One finding of a scan in the form of gitleaks 8, as `gitleaks git --report-format json` writes it. */
export type LeakPlace = {
  readonly repository: string;
  readonly file: string;
  readonly line: number;
  readonly startColumn: number;
  readonly commit: string;
  readonly author: { readonly name: string; readonly email: string };
  readonly at: number;
};

/** @param isRedacted as written with `--redact`: the secret itself is not in the report */
export function gitleaksFinding(rule: string, secret: string, place: LeakPlace, isRedacted: boolean) {
  const shown = isRedacted ? 'REDACTED' : secret;
  return {
    RuleID: rule,
    Description: `Detected by the rule ${rule}.`,
    StartLine: place.line,
    EndLine: place.line,
    StartColumn: place.startColumn,
    EndColumn: place.startColumn + secret.length - 1,
    Match: shown,
    Secret: shown,
    File: place.file,
    SymlinkFile: '',
    Commit: place.commit,
    Link: `https://github.com/${place.repository}/blob/${place.commit}/${place.file}#L${place.line}`,
    Entropy: 4.1,
    Author: place.author.name,
    Email: place.author.email,
    Date: new Date(place.at).toISOString(),
    Message: 'Make it work',
    Tags: [],
    Fingerprint: `${place.commit}:${place.file}:${rule}:${place.line}`,
  };
}
