import { toBoolean } from '../values/truth.ts'
import type { Value } from '../values/value.ts'

/** A text with each template in it replaced by a word. */
export function withoutTemplates(text: string): string {
  return text
    .replace(/\{\{[\s\S]*?\}\}/g, 'JINJA_EXPRESSION')
    .replace(/\{%[\s\S]*?%\}/g, 'JINJA_STATEMENT')
    .replace(/\{#[\s\S]*?#\}/g, 'JINJA_COMMENT')
}

export function holdsTemplate(text: string): boolean {
  return /\{[{%#]/.test(text)
}

/** Whether a value means yes, as Ansible takes it; what means neither does not. */
export function isTrue(value: Value | undefined): boolean {
  return value !== undefined && value !== null && toBoolean(value) === true
}
