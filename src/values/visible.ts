/**
 * What a terminal acts on, and what reorders, hides or takes away what stands beside it without being seen itself:
 * controls (C0, C1), formats (bidi, tags), what is ignored by default, separators of lines, and what is no character.
 */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/gu

/** Where such characters are part of how a picture or a word is written: selectors, and joiners. */
const written = new RegExp(
  [
    String.raw`(?<=\p{Extended_Pictographic})[\ufe0e\ufe0f]`,
    String.raw`(?<=[#*0-9])\ufe0f(?=\u20e3)`,
    String.raw`(?<=\p{Extended_Pictographic}\ufe0f?|\p{Emoji_Modifier})\u200d(?=\p{Extended_Pictographic})`,
    String.raw`(?<=[\p{Lo}\p{M}])[\u200c\u200d](?=[\p{Lo}\p{M}])`,
  ].join('|'),
  'uy',
)

const plain = /^[\x20-\x7e]*$/

/** A text with every character that nobody would see written as an escape; line ends and tabs too. */
export function visible(text: string): string {
  if (plain.test(text)) return text
  return text.replace(unseen, (character, at: number) => {
    written.lastIndex = at
    return written.test(text) ? character : escaped(character)
  })
}

/** The same for a text of several lines, which stay lines. */
export function visibleLines(text: string): string {
  return text.split('\n').map(visible).join('\n')
}

/** A JSON text that means the same, of which everything can be seen. */
export function visibleJson(json: string): string {
  return json.replace(unseen, (character) =>
    character === '\n' ? character : character.split('').map(unit).join(''),
  )
}

function escaped(character: string): string {
  const code = character.codePointAt(0)!
  if (character === '\n') return '\\n'
  if (character === '\r') return '\\r'
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`
  return code <= 0xffff ? unit(character) : `\\u{${code.toString(16)}}`
}

function unit(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
