/** What stands in for what a simulation writes into each mail: words, and the address that its links lead to. */
export type TemplateWords = {
  readonly firstName: string;
  readonly lastName: string;
  readonly position: string;
  readonly email: string;
  /** For every other value. */
  readonly other: string;
};

const action = /\{\{-?\s*([^{}]{0,200}?)\s*-?\}\}/gu;
const control = /^(?:if|else|end|range|with|define|template|block|\/\*)/u;

/**
 * Replaces actions of Go's `text/template` by neutral words: nothing of a template is ever run. `{{.URL}}` becomes the
 * address of the simulated page, where it is known.
 */
export function fillTemplate(text: string, words: TemplateWords, url: string, from: string): string {
  const values: Readonly<Record<string, string>> = {
    '.FirstName': words.firstName,
    '.LastName': words.lastName,
    '.Position': words.position,
    '.Email': words.email,
    '.From': from,
    '.URL': url,
    '.BaseURL': url,
    '.Tracker': '',
    '.TrackingURL': '',
    '.RId': '',
  };
  return text.replace(action, (_whole, inner: string) =>
    Object.hasOwn(values, inner) ? (values[inner] ?? '') : control.test(inner) ? '' : words.other,
  );
}
