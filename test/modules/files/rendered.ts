import { contentOf } from '../../../src/shell/content.ts'

/** A template that was rendered to this text. */
export const rendered = (text: string) => ({
  path: '/roles/x/templates/x.conf.hbs',
  mode: 0o600,
  content: contentOf(text),
})
