import { isMap, isScalar, visit } from 'yaml'
import type { Found } from '../finding.ts'
import type { LintFile } from '../lint-file.ts'

/** Keys that a map has twice: the last one holds. */
export function duplicates(file: LintFile): Found[] {
  const found: Found[] = []
  for (const document of file.composed)
    visit(document, (_key, node) => {
      if (!isMap(node)) return
      const seen = new Set<string>()
      for (const { key } of node.items) {
        if (!isScalar(key) || key.range === undefined || key.range === null || key.value === '<<') continue
        const name = String(key.value)
        if (seen.has(name))
          found.push({
            part: 'key-duplicates',
            message: `"${name}" is given twice, and the last one holds`,
            place: file.at(key.range[0], key.range[1]),
          })
        seen.add(name)
      }
    })
  return found
}
