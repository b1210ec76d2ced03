import { bytesOf } from '../../host/bytes.ts'
import { behindLinks, type FileState, files } from '../../host/file-state.ts'
import { defineModule, type Plan } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'

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
  probe: ({ src }) => [fileLook(src), bytesOf([src])],
  parse(output, { src }) {
    const [itself] = output.of(fileLook(src))
    const [bytes] = output.of(bytesOf([src]))
    return { file: behindLinks(src, itself).file, bytes: bytes! }
  },
  plan,
})

function fileLook(src: string) {
  return files([src], { follow: true })
}

function plan({ src }: ArgsOf<typeof declared>, { file, bytes }: State): Plan {
  const failed = problemOf(src, file)
  if (failed !== undefined) return { changes: [], failed }
  return { changes: [], result: { content: bytes.toString('base64'), encoding: 'base64', source: src } }
}

function problemOf(src: string, file: FileState | undefined): string | undefined {
  if (file === undefined) return `file not found: ${src}`
  if (file.type === 'directory') return `source is a directory and must be a file: ${src}`
  return file.type === 'file' ? undefined : `source is a ${file.type} and must be a file: ${src}`
}
