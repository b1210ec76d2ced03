import { bytesOf } from '../../host/bytes.ts'
import { files, followed } from '../../host/file-state.ts'
import { folderOf } from '../../host/paths.ts'
import { defineModule } from '../../sdk/module.ts'
import type { ArgsOf } from '../../sdk/options.ts'
import type { Probe, ProbeOutput } from '../../sdk/probe.ts'
import { declared } from './options.ts'
import { plan, type State } from './plan.ts'

type Args = ArgsOf<typeof declared>

/**
 * Keeps a line NAME=VALUE in a file of such lines: a module to copy, in no catalogue. docs/modules-howto.md goes through
 * it. A real one says here whose semantics it has.
 */
export const setting = defineModule<typeof declared, State>({
  name: 'setting',
  summary: 'Keeps a setting in a file of lines NAME=VALUE.',
  options: declared,
  validate: problems,
  probe,
  parse,
  plan,
})

// Before a connection, only what is written without templates is here; `complete` says that nothing else will come.
function problems({ path, name, value, state }: Partial<Args>, complete: boolean): string[] {
  const found: string[] = []
  if (path !== undefined && /(^|\/)$/.test(path))
    found.push(`path: ${JSON.stringify(path)} is not a path of a file`)
  if (name !== undefined && !/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(name))
    found.push(
      `name: ${JSON.stringify(name)} is not a name of a setting; letters, digits, "_", "." and "-" are`,
    )
  if (value?.includes('\n')) found.push('value holds a line break, and a setting is one line')
  if (complete && state === 'present' && value === undefined)
    found.push('setting needs "value", unless state is absent')
  return found
}

// Probes of src/host are the same for all modules, so those of many tasks go to the host as one script.
function probe(args: Args): Probe {
  return [filesLook(args), bytesOf([args.path])]
}

function parse(output: ProbeOutput, args: Args): State {
  const [itself, folder] = output.of(filesLook(args))
  const [bytes] = output.of(bytesOf([args.path]))
  // Raises for a link of another user to what is not theirs: root would write there on their behalf.
  const reached = followed(args.path, itself)
  // Who put something there between the two probes may have linked to what is not theirs.
  return { ...reached, folder, bytes: reached.file === undefined ? '' : bytes!.toString('latin1') }
}

function filesLook({ path }: Args) {
  return files([path, folderOf(path)], { follow: true })
}
