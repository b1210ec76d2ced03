import { readFileSync } from '../values/controller-files.ts'

/**
 * What the comment above a function says that a file exports by this name, or as its default; undefined where there is
 * none. Lines become one, and what follows an `@tag` is left out.
 */
export function commentAbove(path: string, name: string): string | undefined {
  const text = readFileSync(path, 'utf8')
  const escaped = name.replace(/\W/g, '\\$&')
  const head = String.raw`/\*\*((?:(?!\*/)[\s\S])*)\*/\s*export\s+`
  const named = new RegExp(String.raw`${head}(?:async\s+)?(?:function\s*\*?|const|let)\s+${escaped}\b`)
  const isDefault = new RegExp(String.raw`${head}default\b`)
  const comment = (named.exec(text) ?? isDefault.exec(text))?.[1]
  const [words = ''] = (comment ?? '').replace(/^\s*\* ?/gm, '').split(/^\s*@/m)
  return words.replace(/\s+/g, ' ').trim() || undefined
}
