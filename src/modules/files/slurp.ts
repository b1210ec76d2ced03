import { bytesOf } from '../../host/bytes.ts'
import { behindLinks, type FileState, files } from '../../host/file-state.ts'
import { defineModule, type Plan } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { quotePath } from '../../shell/quote.ts'

const declared = options({
  src: { type: 'path', required: true, aliases: ['path'], help: 'The file to be read.' },
})

interface State {
  /** Behind symbolic links. */
  readonly file: FileState | undefined
  readonly bytes: Buffer
  /** What on the way to a file keeps it from being found: a folder that may not be searched, or what is no folder. */
  readonly obstacle: 'denied' | 'file' | undefined
}

/** Brings the content of a file of the host, whatever it holds. Semantics: ansible.builtin.slurp. */
export const slurp = defineModule<typeof declared, State>({
  name: 'slurp',
  summary: 'Reads a file of the host; its content is returned in base64.',
  options: declared,
  probe: ({ src }) => [fileLook(src), bytesOf([src]), obstacle(src)],
  parse(output, { src }) {
    const [itself] = output.of(fileLook(src))
    const [bytes] = output.of(bytesOf([src]))
    const obstacle = output.text === '' ? undefined : (output.text as 'denied' | 'file')
    return { file: behindLinks(src, itself).file, bytes: bytes!, obstacle }
  },
  plan,
})

function fileLook(src: string) {
  return files([src], { follow: true })
}

/** Goes up from a path that is not to be found to the first that is. */
function obstacle(src: string): string {
  return [
    `p=${quotePath(src)}`,
    'if [ ! -e "$p" ]; then',
    `  while [ ! -e "$p" ]; do case $p in */*) p=\${p%/*} ;; *) p=. ;; esac; p=\${p:-/}; done`,
    '  if [ ! -d "$p" ]; then printf file; elif [ ! -x "$p" ]; then printf denied; fi',
    'fi',
  ].join('\n')
}

function plan({ src }: ArgsOf<typeof declared>, { file, bytes, obstacle }: State): Plan {
  const failed = problemOf(src, file, obstacle)
  if (failed !== undefined) return { changes: [], failed }
  return { changes: [], result: { content: bytes.toString('base64'), encoding: 'base64', source: src } }
}

function problemOf(
  src: string,
  file: FileState | undefined,
  obstacle: State['obstacle'],
): string | undefined {
  if (obstacle === 'denied') return `file is not readable: ${src}`
  if (obstacle === 'file') return `unable to slurp file: ${src}: Not a directory`
  if (file === undefined) return `file not found: ${src}`
  if (file.type === 'directory') return `source is a directory and must be a file: ${src}`
  return file.type === 'file' ? undefined : `source is a ${file.type} and must be a file: ${src}`
}
