/** What nobody sees, or what turns the words after it around. */
const unseen =
  /[\p{Cc}\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** A name that somebody outside chose: on a line of its own direction, with what would stay unseen written out. */
export function OutsideText({ text }: { readonly text: string }) {
  const shown = text.replace(
    unseen,
    (character) => `[U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`,
  );
  return <bdi className="break-all">{shown}</bdi>;
}
