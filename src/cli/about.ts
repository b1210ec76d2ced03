import packageJson from '../../package.json' with { type: 'json' }
import type { About, Execution } from '../protocol/request.ts'

/** What is said of a run before it begins: with -v which settings hold, with -vv also of which versions it is. */
export function aboutRun(
  files: readonly string[],
  { rolesPath, collectionsPath, library }: Execution,
): About[] {
  const config = files.map((file) => `Using ${file} as config file`)
  const versions = [
    `playssh ${packageJson.version}`,
    `  config file = ${files.join(', ') || 'None'}`,
    `  configured role search path = ${rolesPath.join(':')}`,
    `  configured collection search path = ${collectionsPath.join(':')}`,
    `  configured module search path = ${library.join(':')}`,
    `  executable location = ${process.argv[1]}`,
    `  node version = ${process.versions.node} (${process.execPath})`,
    `  openssl version = ${process.versions.openssl}`,
  ]
  return [
    ...versions.map((message) => ({ level: 2, message })),
    ...(config.length > 0 ? config : ['No config file found; using defaults']).map((message) => ({
      level: 1,
      message,
    })),
  ]
}
