import { type FileState, filesProbe, followed, readFiles } from './files.ts'
import { defineModule, type Plan } from './module.ts'
import { type ArgsOf, options } from './options.ts'
import { Output } from './output.ts'
import { quote, quotePath } from './sh.ts'

const declared = options({
  src: { type: 'path', required: true, aliases: ['path'], help: 'The file to be read.' },
})

interface State {
  /** Behind symbolic links. */
  readonly file: FileState | undefined
  readonly bytes: Buffer
}

/** Brings the content of a file of the host, whatever it holds. Semantics: ansible.builtin.slurp. */
export const slurp = defineModule<typeof declared, State>({
  name: 'slurp',
  summary: 'Reads a file of the host; its content is returned in base64.',
  options: declared,
  probe({ src }) {
    const path = quotePath(src)
    // Not by its size: files of /proc have none.
    const read = `[ -r ${path} ] || { echo ${quote(`file is not readable: ${src}`)} >&2; exit 1; }\ncat ${path}`
    return [filesProbe([src], { follow: true }), `if [ -f ${path} ]; then`, read, 'fi'].join('\n')
  },
  parse({ bytes }, { src }) {
    const output = new Output(bytes)
    const [itself] = readFiles(output, 1, { follow: true })
    return { file: followed(src, itself).file, bytes: output.rest() }
  },
  plan,
})

function plan({ src }: ArgsOf<typeof declared>, { file, bytes }: State): Plan {
  const failed = faultOf(src, file)
  if (failed !== undefined) return { changes: [], failed }
  return { changes: [], result: { content: bytes.toString('base64'), encoding: 'base64', source: src } }
}

function faultOf(src: string, file: FileState | undefined): string | undefined {
  if (file === undefined) return `file not found: ${src}`
  if (file.type === 'directory') return `source is a directory and must be a file: ${src}`
  return file.type === 'file' ? undefined : `source is a ${file.type} and must be a file: ${src}`
}
