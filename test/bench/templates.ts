import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Bed } from './bed.ts'
import { bundle } from './bundle.ts'
import { type Measurement, measure } from './measure.ts'
import { timed } from './process.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const COUNT = 1000

/** Public roles' kinds of templates, rendered a thousand times by this project and by python3-jinja2. */
export async function renderings(bed: Bed, runs: number): Promise<Measurement[]> {
  const script = bed.path('render-templates.mjs')
  bundle(here('render-templates.ts'), script)
  const contestants: Renderer[] = [
    { name: 'playssh', argv: [process.execPath, script] },
    { name: 'python3-jinja2', argv: ['/usr/bin/python3', here('render-templates.py')], ...missing() },
  ]
  const all: Measurement[] = []
  for (const name of readdirSync(here('templates')).filter((file) => file.endsWith('.j2'))) {
    const texts = new Set<string>()
    const once = async ({ argv }: Renderer) => {
      const ended = await timed([...argv, here('templates'), name, String(COUNT)], '/')
      if (ended.status !== 0) throw new Error(`${name}: ${ended.stderr}`)
      const { ms, text } = JSON.parse(ended.stdout) as { ms: number; text: string }
      if (texts.add(text).size > 1) throw new Error(`${name} is not the same text for both`)
      return { ms, peak: ended.peak, changed: undefined }
    }
    all.push(...(await measure({ part: 'render', what: name, contestants, runs: () => runs, once })))
  }
  return all
}

interface Renderer {
  readonly name: string
  readonly argv: readonly string[]
  readonly missing?: string
}

function missing(): { readonly missing?: string } {
  try {
    execFileSync('/usr/bin/python3', ['-c', 'import ansible, jinja2'], { stdio: 'ignore' })
    return {}
  } catch {
    return { missing: 'not installed' }
  }
}
