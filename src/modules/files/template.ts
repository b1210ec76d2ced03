import { validateProblems } from '../../host/write.ts'
import { defineModule } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { type CopyArgs, copying, placeOptions, type State } from './copy.ts'

const declared = options({
  ...placeOptions,
  src: { type: 'template', required: true, help: 'Handlebars template, rendered for the host.' },
})

/** Puts a rendered template on a host. Semantics: ansible.builtin.template, with Handlebars. */
export const template = defineModule<typeof declared, State>({
  name: 'template',
  summary: 'Renders a template for each host and puts it there.',
  options: declared,
  validate: (args) => validateProblems(args.validate),
  probe: (args, view) => copying.probe(asCopy(args), view),
  parse: (output, args, view) => copying.parse(output, asCopy(args), view),
  plan: (args, state, view) => copying.plan(asCopy(args), state, view),
  interpret: (outcomes, args, state) => copying.conclude(outcomes, asCopy(args), state),
})

function asCopy(args: ArgsOf<typeof declared>): CopyArgs {
  return {
    ...args,
    content: undefined,
    remote_src: false,
    directory_mode: undefined,
    local_follow: undefined,
    checksum: undefined,
    decrypt: true,
  }
}
