import Handlebars from 'handlebars'
import type { Kind, TemplateProblem } from '../compiled.ts'

/** A statement or comment of Jinja. */
const TAG =
  /^\{%[-+]?\s*(?:(?:end)?(?:if|for|set|macro|call|filter|block|with|raw|autoescape)|elif|else|extends|include|import|from|do|break|continue)\b|^\{#/

/** Where a text has `{% %}` and `{# #}`. */
function* tagsOfJinja(text: string): Generator<{ start: number; end: number }> {
  const opening = /\{[%#]/g
  const closed = { '%': true, '#': true }
  for (let open = opening.exec(text); open !== null; open = opening.exec(text)) {
    const sign = open[0][1] as '%' | '#'
    // Looked for once, where there is none: a template is full of {{#if}}.
    const close = closed[sign] ? text.indexOf(`${sign}}`, opening.lastIndex) : -1
    closed[sign] = close !== -1
    if (close === -1) continue
    opening.lastIndex = close + 2
    yield { start: open.index, end: close + 2 }
  }
}

/** Jinja's `{% %}` and `{# #}`, which Handlebars would take for text. */
export function jinjaTags(text: string): TemplateProblem[] {
  return [...tagsOfJinja(text)]
    .filter(({ start, end }) => TAG.test(text.slice(start, end)))
    .map(({ start, end }) => ({
      message: `${text.slice(start, start + 2)} is Jinja, not Handlebars`,
      start,
      end,
    }))
}

/** What is wrong with a text that Handlebars cannot parse, and its own words when we know no better. */
export function explainSyntax(text: string, kind: Kind, message: string): TemplateProblem[] {
  return kind === 'expression' ? [explainExpression(text)] : explainTemplate(text, message)
}

function explainExpression(text: string): TemplateProblem {
  const at = { start: 0, end: text.length }
  if (text.includes('{{')) {
    const inner = /^\s*\{\{\{?(.*?)\}?\}\}\s*$/s.exec(text)?.[1]?.trim()
    const bare = inner?.includes('{{') ? undefined : inner
    const hint = bare === undefined ? 'name the variables in it as they are' : `write ${bare}`
    return { message: 'an expression is written without braces here', hint, ...at }
  }
  if (text.trim() === '') return { message: 'the expression is empty', ...at }
  const hint = 'expressions look like: forwarding, eq a "b", and (defined a) (not b)'
  return { message: `${excerpt(text.trim())} is not a Handlebars expression`, hint, ...at }
}

function excerpt(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}...` : text
}

interface Tag {
  readonly start: number
  readonly end: number
  readonly text: string
  /** What is between the braces, without `~` and `{`. */
  readonly inner: string
}

function explainTemplate(text: string, message: string): TemplateProblem[] {
  const tags = tagsOf(text)
  const problems = tags.flatMap((tag) => explainTag(tag) ?? [])
  if (problems.length > 0) return problems
  const unbalanced = unclosedBlock(tags) ?? unclosedBraces(text, tags)
  if (unbalanced !== undefined) return [unbalanced]
  const reason = message.split('\n').at(-1) ?? message
  return [{ message: `no valid template: ${reason}`, start: 0, end: text.length }]
}

function tagsOf(text: string): Tag[] {
  const tags: Tag[] = []
  for (let start = text.indexOf('{{'); start !== -1; ) {
    const isText = text[start - 1] === '\\'
    const tag = isText ? undefined : (commentAt(text, start) ?? tagAt(text, start))
    if (tag !== undefined && tag.inner !== undefined) tags.push({ ...tag, inner: tag.inner })
    start = text.indexOf('{{', tag?.end ?? start + 2)
  }
  return tags
}

/** A stretch between braces; what is inside of a comment is no matter. */
type Stretch = Omit<Tag, 'inner'> & { readonly inner?: string }

function commentAt(text: string, start: number): Stretch | undefined {
  if (!text.startsWith('{{!--', start)) return undefined
  const closing = /--~?\}\}/g
  closing.lastIndex = start + 5
  if (closing.exec(text) === null) return undefined
  return { start, end: closing.lastIndex, text: text.slice(start, closing.lastIndex) }
}

/** The tag that begins there; its end is not looked for inside of quotes. */
function tagAt(text: string, start: number): Stretch | undefined {
  const piece = /\}\}\}?|"[^"]*"|'[^']*'/g
  const from = start + /^\{\{\{?~?/.exec(text.slice(start, start + 4))![0].length
  piece.lastIndex = from
  for (let found = piece.exec(text); found !== null; found = piece.exec(text)) {
    if (!found[0].startsWith('}')) continue
    const end = piece.lastIndex
    return {
      start,
      end,
      text: text.slice(start, end),
      inner: text.slice(from, found.index).replace(/~$/, ''),
    }
  }
  return undefined
}

/** What is wrong with an expression between braces when it is read by itself. */
function explainTag(tag: Tag): TemplateProblem | undefined {
  const { start, end, inner } = tag
  const expression = /^(?:#|\^)?\s*(?:(?:else\s+)?(?:if|unless|each|with)\s+)?(.*)$/s.exec(inner)![1]!
  if (/^[/!>&*]|^else\b|^\^?$/.test(inner.trim()) && expression === inner) return undefined
  const bare = expression.replace(/\sas\s+\|[^|]*\|\s*$/, '').trimEnd()
  if (parses(expression === inner ? `{{${bare}}}` : `{{x ${bare}}}`)) return undefined
  return {
    message: `{{${excerpt(inner)}}} is not a Handlebars expression`,
    hint: 'write {{name}} or {{upper name}}, or \\{{ when braces are meant as text',
    start,
    end,
  }
}

function unclosedBlock(tags: readonly Tag[]): TemplateProblem | undefined {
  const open: { tag: Tag; name: string }[] = []
  for (const tag of tags) {
    const name = /^[#^]\s*([\w-]+)/.exec(tag.inner)?.[1]
    const closing = /^\/\s*([\w-]+)/.exec(tag.inner)?.[1]
    if (name !== undefined) open.push({ tag, name })
    else if (closing !== undefined) {
      const last = open.pop()
      if (last === undefined) return { ...span(tag), message: `{{/${closing}}} closes no block` }
      if (last.name !== closing) {
        return { ...span(tag), message: `{{/${closing}}} stands where {{/${last.name}}} is expected` }
      }
    } else if (/^else\b/.test(tag.inner) && open.length === 0) {
      return { ...span(tag), message: `{{${tag.inner}}} stands outside of any block` }
    }
  }
  const last = open.at(-1)
  if (last === undefined) return undefined
  return {
    ...span(last.tag),
    message: `${last.tag.text} is never closed`,
    hint: `write {{/${last.name}}} behind it`,
  }
}

function unclosedBraces(text: string, tags: readonly Tag[]): TemplateProblem | undefined {
  const opened = [...text.matchAll(/(?<!\\)\{\{/g)].find(
    ({ index }) => !tags.some((tag) => index >= tag.start && index < tag.end),
  )
  if (opened === undefined) return undefined
  const start = opened.index
  return {
    message: 'these braces are never closed',
    hint: 'write }} behind the expression, or \\{{ when braces are meant as text',
    start,
    end: start + 2,
  }
}

function span({ start, end }: Tag): { start: number; end: number } {
  return { start, end }
}

function parses(template: string): boolean {
  try {
    Handlebars.parseWithoutProcessing(template)
    return true
  } catch {
    return false
  }
}
