import { defineModule } from '../../sdk/module.ts'
import { options } from '../../sdk/options.ts'
import { NOTHING } from '../../sdk/plans.ts'

export const include_vars = defineModule({
  name: 'include_vars',
  summary: 'Reads variables of the host from files of this machine, for the rest of the run.',
  options: options({
    file: { type: 'str', help: 'A file, looked for in vars/ of the role and beside the playbook.' },
    dir: { type: 'str', help: 'A folder of which every file is read, in the order of their names.' },
    name: { type: 'str', help: 'A variable that holds what is read, instead of one for each name in it.' },
    depth: { type: 'int', help: 'How many folders deep `dir` is gone through; 0: all.', default: 0 },
    files_matching: { type: 'str', help: 'Only files of `dir` whose name matches this regular expression.' },
    ignore_files: {
      type: 'strings',
      help: 'Regular expressions of names in `dir` that are left out.',
      default: [],
    },
    extensions: {
      type: 'strings',
      help: 'Endings that files of `dir` may have.',
      default: ['yaml', 'yml', 'json'],
    },
    ignore_unknown_extensions: {
      type: 'bool',
      help: 'Leave out files of `dir` with other endings, which else are an error.',
      default: false,
    },
    hash_behaviour: {
      type: 'str',
      choices: ['replace', 'merge'],
      help: 'Whether a map that is known already is replaced or merged with what is read.',
      default: 'replace',
    },
  }),
  freeForm: 'file',
  controls: 'include_vars',
  validate({ file, dir }, complete) {
    if (file !== undefined && dir !== undefined) return ['include_vars: file and dir exclude each other']
    return complete && file === undefined && dir === undefined ? ['include_vars needs "file" or "dir"'] : []
  },
  plan: () => NOTHING,
})
